package org.farga.access;

import java.time.Clock;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The days on which the centre is closed, which access officers and administrators enter, and the calendar that follows. */
@Service
class ClosedDays {
    private final ClosedDayTable table;
    private final AuditLog audit;
    private final Settings settings;
    private final Clock clock;
    private final PublicHolidays holidays;

    /** @param place whose public holidays count, as {@link PublicHolidays#of(String)} reads it */
    ClosedDays(
            ClosedDayTable table,
            AuditLog audit,
            Settings settings,
            Clock clock,
            @Value("${farga.access.holidays:es-ct-bcn}") String place) {
        this.table = table;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
        this.holidays = PublicHolidays.of(place);
    }

    static Optional<Refusal> refusalToEnter(Actor actor) {
        return actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR)
                ? Optional.empty()
                : Optional.of(Refusal.forbidden("access-officers-only"));
    }

    /** Deadlines that were shown stay as projections until something happens to a proposal; clocks count by the new calendar. */
    @Transactional
    Outcome<ClosedDay> enter(Actor actor, @Nullable LocalDate day, @Nullable String reason) {
        Optional<Refusal> refusal = refusalToEnter(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return ClosedDay.of(day, reason, actor.person(), clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .map(closed -> {
                    table.put(closed);
                    audit.record(
                            actor,
                            "closed-day.entered",
                            "closed-day",
                            closed.day().toString(),
                            Map.of("day", closed.day().toString(), "reason", closed.reason()));
                    return closed;
                });
    }

    @Transactional
    Outcome<LocalDate> remove(Actor actor, @Nullable LocalDate day) {
        Optional<Refusal> refusal = refusalToEnter(actor);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (day == null || !table.remove(day)) {
            throw new NotFoundException("closed-day");
        }
        audit.record(actor, "closed-day.removed", "closed-day", day.toString(), Map.of("day", day.toString()));
        return Outcome.done(day);
    }

    /** From the beginning of this year on, in order; anybody may know them, because deadlines depend on them. */
    List<ClosedDay> list() {
        return table.list(LocalDate.ofInstant(clock.instant(), settings.zone()).withDayOfYear(1));
    }

    /** The public holidays that the centre keeps. */
    PublicHolidays holidays() {
        return holidays;
    }

    /** The centre's calendar as of now. */
    WorkingDays workingDays() {
        return new WorkingDays(settings.zone(), holidays, table.days());
    }
}
