package org.farga.review;

import java.time.Instant;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The applicant's answer to the reviews of a proposal: once, within a time. Without an answer the reviews stand as they are.
 *
 * @param until the last second on which it may be given
 * @param closedAt when it was given or the time was over; null while it may be given
 */
record Rebuttal(
        ProposalId proposal,
        Instant openedAt,
        Instant until,
        @Nullable Instant closedAt,
        @Nullable String answer,
        @Nullable PersonId answeredBy) {
    static final int LONGEST_ANSWER = 10_000;

    boolean isOpen(Instant now) {
        return closedAt == null && !now.isAfter(until);
    }

    Optional<Refusal> refusalToAnswer(@Nullable String typed, Instant now) {
        return isOpen(now)
                ? new Fields().text("answer", typed, LONGEST_ANSWER).refusal()
                : Optional.of(Refusal.conflict(answer == null ? "rebuttal-over" : "rebuttal-given"));
    }

    Rebuttal answered(String typed, PersonId by, Instant now) {
        return new Rebuttal(proposal, openedAt, until, now, typed.strip(), by);
    }

    Rebuttal closed(Instant now) {
        return new Rebuttal(proposal, openedAt, until, now, null, null);
    }
}
