package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * When what is submitted is taken up: at once, or at the next of some cut-offs. A cut-off is kept as the local time in Brussels
 * at which people know it; what is submitted before its instant is in time, what is submitted in its very millisecond is not.
 *
 * @param cutOffs in order, each once; empty where intake is rolling
 */
record Intake(boolean rolling, List<LocalDateTime> cutOffs) {
    static final ZoneId BRUSSELS = ZoneId.of("Europe/Brussels");
    static final Intake ROLLING = new Intake(true, List.of());
    static final int MOST_CUT_OFFS = 500;

    /** The last day of the month, however long it is. */
    static final int LAST_DAY = 0;

    private static final WorkingDays WORKING_DAYS = new WorkingDays(BRUSSELS, PublicHolidays.BRUSSELS, Set.of());

    Intake {
        cutOffs = rolling ? List.of() : cutOffs.stream().distinct().sorted().toList();
    }

    /** The cut-off that a submission at this instant is for; nothing where intake is rolling or no cut-off is left. */
    Optional<Instant> next(Instant submitted) {
        return instants().filter(submitted::isBefore).findFirst();
    }

    /** Whether a submission at this instant would be taken up at all. */
    boolean takes(Instant submitted) {
        return rolling || next(submitted).isPresent();
    }

    Stream<Instant> instants() {
        return cutOffs.stream().map(Intake::instant).sorted();
    }

    /**
     * A local time in Brussels as an instant. One that the clocks pass twice is the second time, to the applicant's favour;
     * one that they skip is as much after the gap.
     */
    static Instant instant(LocalDateTime local) {
        return ZonedDateTime.of(local, BRUSSELS).withLaterOffsetAtOverlap().toInstant();
    }

    /**
     * Cut-offs after a pattern, such as the 15th and the last day of each month at 10:00, each moved to the working day before
     * where it falls on a weekend or a Belgian public holiday.
     *
     * @param daysOfMonth 1 to 31, or {@link #LAST_DAY}; a day that a month does not have is its last
     * @param everyMonths 1 for each month, 2 for each second one, counted from the first
     */
    static List<LocalDateTime> pattern(
            Set<Integer> daysOfMonth, int everyMonths, LocalTime at, LocalDate from, LocalDate until) {
        Set<LocalDateTime> found = new TreeSet<>();
        for (YearMonth month = YearMonth.from(from);
                !month.atDay(1).isAfter(until) && found.size() < MOST_CUT_OFFS;
                month = month.plusMonths(everyMonths)) {
            for (int day : daysOfMonth) {
                LocalDate planned =
                        day == LAST_DAY ? month.atEndOfMonth() : month.atDay(Math.min(day, month.lengthOfMonth()));
                LocalDate moved = WORKING_DAYS.onOrBefore(planned);
                if (!moved.isBefore(from) && !planned.isAfter(until)) {
                    found.add(moved.atTime(at));
                }
            }
        }
        return List.copyOf(found);
    }

    /** Whether people in Brussels work on the day of a cut-off. */
    static boolean isWorkingDay(LocalDateTime cutOff) {
        return WORKING_DAYS.isWorkingDay(cutOff.toLocalDate());
    }

    /** The day of a cut-off, or the last working day before it. */
    static LocalDate workingDayBefore(LocalDateTime cutOff) {
        return WORKING_DAYS.onOrBefore(cutOff.toLocalDate());
    }
}
