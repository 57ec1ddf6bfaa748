package org.farga.people;

import java.time.Duration;
import java.time.Instant;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * An organisation that leaves. Nothing new begins from {@code begunAt} on; its people can read and take away what is
 * theirs until {@code closesAt}, and call it off; then they lose their membership, and its past stays on record.
 */
record Closing(
        OrganisationId organisation,
        Instant begunAt,
        PersonId begunBy,
        String reason,
        Instant closesAt,
        @Nullable Instant closedAt) {
    static final int LONGEST_DAYS = 90;
    private static final int USUAL_DAYS = 30;

    /** Checks what was typed; the name must be the organisation's, so that nobody closes one by a slip. */
    static Outcome<Closing> begin(
            Organisation organisation,
            @Nullable String name,
            @Nullable String reason,
            @Nullable Integer days,
            PersonId by,
            Instant now) {
        Fields fields = new Fields()
                .text("name", name, 200)
                .rule(
                        "name",
                        name == null || name.isBlank() || name.strip().equals(organisation.name()),
                        "not-its-name",
                        organisation.name())
                .text("reason", reason, 1_000)
                .number("days", days == null ? USUAL_DAYS : days.longValue(), 0, LONGEST_DAYS);
        var refusal = fields.refusal();
        if (refusal.isPresent() || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Duration notice = Duration.ofDays(days == null ? USUAL_DAYS : days);
        return Outcome.done(new Closing(organisation.id(), now, by, reason.strip(), now.plus(notice), null));
    }
}
