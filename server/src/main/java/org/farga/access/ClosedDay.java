package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/** A day on which the centre is closed besides weekends and public holidays, such as between Christmas and New Year. */
record ClosedDay(LocalDate day, String reason, PersonId by, Instant at) {
    private static final int LONGEST_REASON = 200;
    private static final int EARLIEST_YEAR = 2020;
    private static final int LATEST_YEAR = 2100;

    static Outcome<ClosedDay> of(@Nullable LocalDate day, @Nullable String reason, PersonId by, Instant now) {
        Fields fields = new Fields()
                .present("day", day)
                .rule(
                        "day",
                        day == null || (day.getYear() >= EARLIEST_YEAR && day.getYear() <= LATEST_YEAR),
                        "out-of-range",
                        EARLIEST_YEAR,
                        LATEST_YEAR)
                .text("reason", reason, LONGEST_REASON);
        var refusal = fields.refusal();
        return refusal.isPresent() || day == null || reason == null
                ? Outcome.refused(refusal.orElseThrow())
                : Outcome.done(new ClosedDay(day, reason.strip(), by, now));
    }
}
