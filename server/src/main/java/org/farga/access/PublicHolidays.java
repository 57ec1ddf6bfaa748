package org.farga.access;

import de.focus_shift.jollyday.core.CalendarHierarchy;
import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.Year;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The public holidays of a place: Jollyday's calendar of the country, region and city, and days of the year that it does not
 * know. Safe for use by many threads at once.
 */
final class PublicHolidays {
    /** Spain, Catalonia and the city. */
    static final PublicHolidays BARCELONA = of("es-ct-bcn");

    /** Belgium as a whole, which is what cut-offs of the Union keep to. */
    static final PublicHolidays BRUSSELS = of("be");

    private final String country;
    private final Set<MonthDay> besides;
    private final String[] within;
    private final List<String> regions;
    private final Map<Integer, Set<LocalDate>> years = new ConcurrentHashMap<>();

    private PublicHolidays(String country, String[] within, List<String> regions, Set<MonthDay> besides) {
        this.country = country;
        this.within = within.clone();
        this.regions = List.copyOf(regions);
        this.besides = besides;
    }

    /**
     * Those of a place by Jollyday's codes, from the country inwards: {@code es-ct-bcn}, {@code pt}, {@code de-by-mu}. Throws
     * {@link IllegalArgumentException} that says which codes there are instead.
     */
    static PublicHolidays of(String place) {
        String[] parts = place.strip().toLowerCase(Locale.ROOT).split("-", -1);
        Set<String> countries = HolidayManager.getSupportedCalendarCodes().stream()
                .map(code -> code.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!countries.contains(parts[0])) {
            throw new IllegalArgumentException(place + ": no calendar of holidays of " + parts[0] + "; there are "
                    + String.join(", ", countries));
        }
        String[] within = Arrays.copyOfRange(parts, 1, parts.length);
        CalendarHierarchy at = HolidayManager.getInstance(ManagerParameters.create(parts[0])).getCalendarHierarchy();
        List<String> regions = new ArrayList<>();
        for (String part : within) {
            CalendarHierarchy inner = at.getChildren().get(part);
            if (inner == null) {
                throw new IllegalArgumentException(place + ": no calendar of holidays of " + part + " within "
                        + at.getDescription(Locale.ROOT) + "; there are "
                        + String.join(", ", new TreeSet<>(at.getChildren().keySet())));
            }
            at = inner;
            regions.add(at.getDescription(Locale.ROOT));
        }
        // La Mercè is the city's own and not in Jollyday.
        return new PublicHolidays(
                parts[0],
                within,
                regions,
                String.join("-", parts).equals("es-ct-bcn") ? Set.of(MonthDay.of(9, 24)) : Set.of());
    }

    /** The place's names: the country's in this language, the others as Jollyday has them in English. */
    String place(Locale language) {
        return Stream.concat(
                        Stream.of(Locale.of("", country).getDisplayCountry(language)), regions.stream())
                .collect(Collectors.joining(", "));
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
