package org.farga.access;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.Set;

/**
 * Counts working days as Regulation (EEC, Euratom) No 1182/71 does: neither Saturdays, Sundays nor public holidays; the day
 * of the event is not counted, and the last day is over with its last hour.
 *
 * @param zone where the days begin and end
 * @param fixed public holidays on the same date each year
 * @param fromEaster public holidays that move with Easter Sunday, as days after it (before it where negative)
 * @param closed single days on which the centre is closed besides
 */
record WorkingDays(ZoneId zone, Set<MonthDay> fixed, Set<Integer> fromEaster, Set<LocalDate> closed) {
    /** 1 January, Epiphany, Labour Day, Assumption, National Day, All Saints, Constitution, Immaculate Conception, Christmas. */
    private static final Set<MonthDay> SPAIN = Set.of(
            MonthDay.of(1, 1),
            MonthDay.of(1, 6),
            MonthDay.of(5, 1),
            MonthDay.of(8, 15),
            MonthDay.of(10, 12),
            MonthDay.of(11, 1),
            MonthDay.of(12, 6),
            MonthDay.of(12, 8),
            MonthDay.of(12, 25));

    /** Sant Joan, Diada, Sant Esteve; la Mercè in Barcelona. */
    private static final Set<MonthDay> CATALONIA_AND_BARCELONA =
            Set.of(MonthDay.of(6, 24), MonthDay.of(9, 11), MonthDay.of(12, 26), MonthDay.of(9, 24));

    private static final int GOOD_FRIDAY = -2;
    private static final int EASTER_MONDAY = 1;
    private static final int WHIT_MONDAY = 50;

    WorkingDays {
        fixed = Set.copyOf(fixed);
        fromEaster = Set.copyOf(fromEaster);
        closed = Set.copyOf(closed);
    }

    /** The calendar of a centre in Barcelona, in the given zone. */
    static WorkingDays barcelona(ZoneId zone) {
        Set<MonthDay> fixed = new java.util.HashSet<>(SPAIN);
        fixed.addAll(CATALONIA_AND_BARCELONA);
        return new WorkingDays(zone, fixed, Set.of(GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY), Set.of());
    }

    boolean isWorkingDay(LocalDate day) {
        return day.getDayOfWeek() != DayOfWeek.SATURDAY
                && day.getDayOfWeek() != DayOfWeek.SUNDAY
                && !fixed.contains(MonthDay.from(day))
                && !closed.contains(day)
                && fromEaster.stream()
                        .noneMatch(d -> easter(day.getYear()).plusDays(d).equals(day));
    }

    /** The last second of the {@code days}-th working day after the day of {@code from}; {@code days} is at least 1. */
    Instant due(Instant from, int days) {
        LocalDate day = LocalDate.ofInstant(from, zone);
        for (int counted = 0; counted < days; ) {
            day = day.plusDays(1);
            if (isWorkingDay(day)) {
                counted++;
            }
        }
        return day.plusDays(1).atStartOfDay(zone).toInstant().minusSeconds(1);
    }

    /** Easter Sunday of a Gregorian year, after the anonymous algorithm that Meeus gives (Astronomical Algorithms, ch. 8). */
    static LocalDate easter(int year) {
        int a = year % 19;
        int b = year / 100;
        int c = year % 100;
        int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        int m = (a + 11 * h + 22 * l) / 451;
        int monthAndDay = h + l - 7 * m + 114;
        return LocalDate.of(year, monthAndDay / 31, monthAndDay % 31 + 1);
    }
}
