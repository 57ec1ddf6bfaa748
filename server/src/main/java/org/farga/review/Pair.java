package org.farga.review;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;

/**
 * An assignment as officers see it: with why it was made.
 *
 * @param pinned whether a run keeps it
 * @param byHand whether an officer made it
 * @param affinity in millionths of a perfect match, as it was when it was made
 * @param changedBy who brought it into its state; null where a run did
 */
record Pair(
        ProposalId proposal,
        PersonId reviewer,
        UUID round,
        Assignment.State state,
        Instant since,
        boolean pinned,
        boolean byHand,
        int affinity,
        Explanation why,
        @Nullable PersonId changedBy,
        @Nullable String reason) {

    /** Whether it takes a place of the reviewer's and counts as one of the proposal's reviews. */
    boolean counts() {
        return state == Assignment.State.PROPOSED || state == Assignment.State.ACTIVE;
    }

    /** Whether a run leaves it as it is. */
    boolean isKept() {
        return state == Assignment.State.ACTIVE || (state == Assignment.State.PROPOSED && pinned);
    }

    /**
     * Why this reviewer.
     *
     * @param affinity its parts
     * @param rank of this reviewer by affinity among all in the pool for this proposal; equals share one
     * @param candidates how many there were
     * @param before those with more affinity who were not given it, the best first
     * @param moreBefore how many more of those there are
     */
    record Explanation(Affinity affinity, int rank, int candidates, List<Passed> before, int moreBefore) {
        Explanation {
            before = List.copyOf(before);
        }
    }

    /** One who would have fitted better, and what stood against it. */
    record Passed(PersonId reviewer, int affinity, Standing standing) {}

    /** How somebody stands to a proposal. */
    enum Standing {
        /** Reviews it. */
        ASSIGNED,
        /** A conflict of interest, decided or open. */
        CONFLICT,
        /** Not there at the time. */
        AWAY,
        /** Said no to it, or stepped back; an officer can still ask them again. */
        DECLINED,
        /** An officer took it off them. */
        TAKEN_OFF,
        /** Has as many as they take, of which each gains more by them. */
        FULL,
        /** Could take it. */
        FREE
    }
}
