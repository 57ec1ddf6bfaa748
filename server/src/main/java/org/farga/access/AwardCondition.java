package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Something that an award is bound to, which the applicant accepts with it.
 *
 * @param dueOn the last day on which it is fulfilled in time
 * @param fulfilledBy the access officer who saw it fulfilled, and how
 */
record AwardCondition(
        ProposalId proposal,
        int number,
        String text,
        LocalDate dueOn,
        @Nullable Instant acceptedAt,
        @Nullable PersonId acceptedBy,
        @Nullable Instant fulfilledAt,
        @Nullable PersonId fulfilledBy,
        @Nullable String note) {
    static final int LONGEST = 2_000;

    /** How many the form of the decision has room for; through the API there may be more. */
    static final int ON_THE_FORM = 3;

    private static final int MOST = 20;

    /** One as an access officer types it. */
    record Wanted(@Nullable String text, @Nullable LocalDate dueOn) {}

    static Optional<Refusal> refusal(List<@Nullable Wanted> wanted, LocalDate today) {
        Fields fields = new Fields().rule("conditions", wanted.size() <= MOST, "too-many-items", MOST);
        for (Wanted each : wanted) {
            fields.rule(
                    "conditions",
                    each != null
                            && each.text() != null
                            && !each.text().isBlank()
                            && each.text().length() <= LONGEST
                            && each.dueOn() != null
                            && !each.dueOn().isBefore(today),
                    "bad-condition",
                    LONGEST);
        }
        return fields.refusal();
    }

    boolean isOpen() {
        return acceptedAt != null && fulfilledAt == null;
    }

    boolean isOverdue(LocalDate today) {
        return isOpen() && today.isAfter(dueOn);
    }
}
