package org.farga.access;

import de.focus_shift.jollyday.core.HolidayCalendar;
import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.Year;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public holidays of a place: Jollyday's calendar of the country, region and city, and days of the year that it does not
 * know. Safe for use by many threads at once.
 */
final class PublicHolidays {
    /** Spain, Catalonia and the city; la Mercè is the city's own and not in Jollyday. */
    static final PublicHolidays BARCELONA =
            new PublicHolidays(HolidayCalendar.SPAIN, Set.of(MonthDay.of(9, 24)), "ct", "bcn");

    /** Belgium as a whole, which is what cut-offs of the Union keep to. */
    static final PublicHolidays BRUSSELS = new PublicHolidays(HolidayCalendar.BELGIUM, Set.of());

    private final HolidayCalendar country;
    private final Set<MonthDay> besides;
    private final String[] within;
    private final Map<Integer, Set<LocalDate>> years = new ConcurrentHashMap<>();

    private PublicHolidays(HolidayCalendar country, Set<MonthDay> besides, String... within) {
        this.country = country;
        this.besides = besides;
        this.within = within.clone();
    }

    boolean on(LocalDate day) {
        return years.computeIfAbsent(day.getYear(), this::read).contains(day);
    }

    /** All of a year, in order. */
    Stream<LocalDate> of(int year) {
        return years.computeIfAbsent(year, this::read).stream().sorted();
    }

    private Set<LocalDate> read(int year) {
        HolidayManager calendar = HolidayManager.getInstance(ManagerParameters.create(country));
        // What is only kept in mind, such as All Souls, is no day off.
        return Stream.concat(
                        calendar.getHolidays(Year.of(year), HolidayType.PUBLIC_HOLIDAY, within).stream()
                                .map(holiday -> holiday.getDate()),
                        besides.stream().map(day -> day.atYear(year)))
                .collect(Collectors.toUnmodifiableSet());
    }
}
