package org.farga.access;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Set;

/**
 * Counts working days as Regulation (EEC, Euratom) No 1182/71 does: neither Saturdays, Sundays nor public holidays; the day
 * of the event is not counted, and the last day is over with its last hour.
 *
 * @param zone where the days begin and end
 * @param closed single days on which the centre is closed besides
 */
record WorkingDays(ZoneId zone, PublicHolidays holidays, Set<LocalDate> closed) {
    WorkingDays {
        closed = Set.copyOf(closed);
    }

    /** The calendar of a centre in Barcelona that closes on no other days, in the given zone. */
    static WorkingDays barcelona(ZoneId zone) {
        return new WorkingDays(zone, PublicHolidays.BARCELONA, Set.of());
    }

    boolean isWorkingDay(LocalDate day) {
        return day.getDayOfWeek() != DayOfWeek.SATURDAY
                && day.getDayOfWeek() != DayOfWeek.SUNDAY
                && !holidays.on(day)
                && !closed.contains(day);
    }

    /** This day, or the last working day before it. */
    LocalDate onOrBefore(LocalDate day) {
        LocalDate found = day;
        while (!isWorkingDay(found)) {
            found = found.minusDays(1);
        }
        return found;
    }

    /** The last second of the {@code days}-th working day after the day of {@code from}; {@code days} is at least 1. */
    Instant due(Instant from, int days) {
        LocalDate day = dayOf(from);
        for (int counted = 0; counted < days; ) {
            day = day.plusDays(1);
            if (isWorkingDay(day)) {
                counted++;
            }
        }
        return lastSecondOf(day);
    }

    /** When the clock starts that something at this instant sets going: with the next day. */
    Instant clockStart(Instant event) {
        return dayOf(event).plusDays(1).atStartOfDay(zone).toInstant();
    }

    /** How much of the time between two instants lies on working days; nothing where the second is not after the first. */
    Duration time(Instant from, Instant to) {
        Duration sum = Duration.ZERO;
        Instant begin = from;
        for (LocalDate day = dayOf(from); begin.isBefore(to); day = day.plusDays(1)) {
            Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
            if (isWorkingDay(day)) {
                sum = sum.plus(Duration.between(begin, end.isBefore(to) ? end : to));
            }
            begin = end;
        }
        return sum;
    }

    /**
     * The last second of the working day on which this much more time on working days has gone by; whoever has nothing left
     * still has the rest of the day, or of the next working day where this is none.
     */
    Instant dueAfter(Instant from, Duration left) {
        Duration open = left;
        Instant begin = from;
        for (LocalDate day = dayOf(from); ; day = day.plusDays(1)) {
            Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
            if (isWorkingDay(day)) {
                open = open.minus(Duration.between(begin, end));
                if (!open.isPositive()) {
                    return lastSecondOf(day);
                }
            }
            begin = end;
        }
    }

    private Instant lastSecondOf(LocalDate day) {
        return day.plusDays(1).atStartOfDay(zone).toInstant().minusSeconds(1);
    }

    private LocalDate dayOf(Instant instant) {
        return LocalDate.ofInstant(instant, zone);
    }
}
