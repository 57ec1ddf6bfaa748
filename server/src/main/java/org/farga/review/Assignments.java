package org.farga.review;

import java.util.List;
import java.util.Optional;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.springframework.stereotype.Service;

/** Who reviews what. */
@Service
class Assignments {
    private final AssignmentTable table;

    Assignments(AssignmentTable table) {
        this.table = table;
    }

    /** All that there ever were of a proposal, in the order of their reviewers' identifiers. */
    List<Assignment> ofProposal(ProposalId proposal) {
        return table.ofProposal(proposal);
    }

    /** All that a reviewer ever had, the latest first; not those that are only proposed, of which they do not know. */
    List<Assignment> ofReviewer(PersonId reviewer) {
        return table.ofReviewer(reviewer);
    }

    /** The one by which this person is to review the proposal now. */
    Optional<Assignment> active(ProposalId proposal, PersonId reviewer) {
        return table.find(proposal, reviewer).filter(a -> a.state() == Assignment.State.ACTIVE);
    }
}
