package org.farga.access;

import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where reviews come in: whoever organises them hears of {@link ExpertReviewBegun} and says here what the experts found. Until
 * there is such a module, access officers enter the outcome by hand, and it is shown as such.
 */
@Service
public class ReviewStep {
    private final Proposals proposals;
    private final ProposalTable table;

    ReviewStep(Proposals proposals, ProposalTable table) {
        this.proposals = proposals;
        this.table = table;
    }

    /**
     * Ends the step of expert review; in the transaction that ends the last review.
     *
     * @param recommended whether the proposal reached the thresholds
     * @param summary what whoever decides reads; at most 5,000 characters
     * @return the proposal; refused as {@code proposal-in-another-step} where it is not in this step any more
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<ProposalId> done(ProposalId id, boolean recommended, String summary) {
        Proposal proposal = table.lock(id).orElseThrow();
        if (!(proposal.state() instanceof ProposalState.Submitted submitted)
                || submitted.step() != Step.Kind.EXPERT_REVIEW) {
            return Outcome.refused(Refusal.conflict(
                    "proposal-in-another-step",
                    proposal.code(),
                    String.valueOf(proposal.state().inStep()),
                    Step.Kind.EXPERT_REVIEW));
        }
        proposals.goOn(
                proposal,
                submitted,
                recommended ? ProposalEvent.Result.PASSED : ProposalEvent.Result.FAILED,
                summary,
                null,
                false);
        return Outcome.done(id);
    }
}
