package org.farga.review;

import java.time.Instant;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;

/**
 * That somebody is to review a proposal.
 *
 * @param since when it came into this state
 */
record Assignment(ProposalId proposal, PersonId reviewer, State state, Instant since) {
    enum State {
        /** A run or an officer proposes it; nobody was told. */
        PROPOSED,
        /** The reviewer was told and is to review. */
        ACTIVE,
        /** The reviewer said no. */
        DECLINED,
        /** A conflict of interest ended it. */
        RECUSED,
        /** An officer took it away, or the reviewer left. */
        RELEASED
    }
}
