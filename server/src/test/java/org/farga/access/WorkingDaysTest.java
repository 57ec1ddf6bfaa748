package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkingDaysTest {
    private static final ZoneId MADRID = ZoneId.of("Europe/Madrid");
    private static final WorkingDays DAYS = WorkingDays.barcelona(MADRID);

    /** The days after Easter Sunday as the Church publishes it. */
    @ParameterizedTest
    @CsvSource({"2024-04-01", "2025-04-21", "2026-04-06", "2027-03-29", "2028-04-17", "2038-04-26"})
    void easterMondayFollowsWhatTheChurchSays(LocalDate monday) {
        assertThat(DAYS.isWorkingDay(monday)).isFalse();
        assertThat(DAYS.isWorkingDay(monday.minusDays(3))).isFalse();
        assertThat(DAYS.isWorkingDay(monday.plusDays(1))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-04-03, Good Friday",
        "2026-04-06, Easter Monday",
        "2026-05-25, Whit Monday",
        "2026-06-24, Sant Joan",
        "2026-09-11, Diada",
        "2026-09-24, la Mercè",
        "2026-10-12, National Day",
        "2026-12-08, Immaculate Conception",
        "2027-01-06, Epiphany",
        "2026-11-21, a Saturday",
        "2026-11-22, a Sunday"
    })
    void nobodyWorksOn(LocalDate day, String name) {
        assertThat(DAYS.isWorkingDay(day)).as(name).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2026-11-23", "2026-04-02", "2026-04-07", "2026-12-07", "2026-12-31"})
    void peopleWorkOn(LocalDate day) {
        assertThat(DAYS.isWorkingDay(day)).isTrue();
    }

    /** From, number of days, and the last second of the last day, all in the centre's own time. */
    @ParameterizedTest
    @CsvSource({
        // Monday to Wednesday.
        "2026-11-23T09:00:00Z, 2, 2026-11-25T22:59:59Z",
        // Friday: the weekend does not count.
        "2026-11-20T09:00:00Z, 2, 2026-11-24T22:59:59Z",
        // Saturday and Sunday count as little as Friday evening.
        "2026-11-21T09:00:00Z, 2, 2026-11-24T22:59:59Z",
        "2026-11-22T22:30:00Z, 2, 2026-11-24T22:59:59Z",
        // Half past eleven in the evening in London is half past midnight of the next day here.
        "2026-11-23T23:30:00Z, 2, 2026-11-26T22:59:59Z",
        // Over Christmas: 25 (Friday), 26 and the weekend are off.
        "2026-12-24T09:00:00Z, 2, 2026-12-29T22:59:59Z",
        // Over Easter: Friday to Monday are off.
        "2026-04-01T09:00:00Z, 2, 2026-04-07T21:59:59Z",
        // Into summer time on 29 March 2026: the last hour comes an hour earlier in UTC.
        "2026-03-27T09:00:00Z, 1, 2026-03-30T21:59:59Z",
        // Out of summer time on 25 October 2026.
        "2026-10-23T09:00:00Z, 1, 2026-10-26T22:59:59Z",
        // Over new year.
        "2026-12-31T09:00:00Z, 3, 2027-01-07T22:59:59Z"
    })
    void aDeadlineIsTheLastSecondOfTheLastWorkingDay(Instant from, int days, Instant due) {
        assertThat(DAYS.due(from, days)).isEqualTo(due);
    }

    @Test
    void aDayOnWhichTheCentreIsClosedDoesNotCount() {
        WorkingDays closed = new WorkingDays(MADRID, PublicHolidays.BARCELONA, Set.of(LocalDate.parse("2026-11-24")));
        assertThat(closed.due(Instant.parse("2026-11-23T09:00:00Z"), 1))
                .isEqualTo(Instant.parse("2026-11-25T22:59:59Z"));
    }

    /** Half days count as what they are, and days off as nothing; across the change of the clocks as well. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T09:00:00Z, 2026-11-23T21:00:00Z, PT12H",
        "2026-11-20T11:00:00Z, 2026-11-23T11:00:00Z, PT24H",
        "2026-11-21T09:00:00Z, 2026-11-22T20:00:00Z, PT0S",
        "2026-11-23T10:00:00Z, 2026-11-23T09:00:00Z, PT0S",
        "2026-03-27T22:00:00Z, 2026-03-30T22:00:00Z, PT25H"
    })
    void onlyTimeOnWorkingDaysCounts(Instant from, Instant to, java.time.Duration time) {
        assertThat(DAYS.time(from, to)).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        // Nothing left: the rest of the day, or of the next working day.
        "2026-11-23T09:00:00Z, PT0S, 2026-11-23T22:59:59Z",
        "2026-11-21T09:00:00Z, PT0S, 2026-11-23T22:59:59Z",
        "2026-11-23T09:00:00Z, PT14H, 2026-11-23T22:59:59Z",
        "2026-11-23T09:00:00Z, PT14H1S, 2026-11-24T22:59:59Z",
        "2026-11-20T09:00:00Z, PT24H, 2026-11-23T22:59:59Z"
    })
    void whatIsLeftIsOverWithTheLastSecondOfItsLastDay(Instant from, java.time.Duration left, Instant due) {
        assertThat(DAYS.dueAfter(from, left)).isEqualTo(due);
    }

    /** Another centre keeps other days; a place that there is not is named with those that there are. */
    @Test
    void publicHolidaysAreThoseOfThePlace() {
        LocalDate corpusChristi = LocalDate.parse("2026-06-04");
        assertThat(PublicHolidays.of("pt").on(corpusChristi)).isTrue();
        assertThat(PublicHolidays.BARCELONA.on(corpusChristi)).isFalse();
        assertThat(PublicHolidays.BARCELONA.on(LocalDate.parse("2026-09-24"))).isTrue();
        assertThat(PublicHolidays.of("es").on(LocalDate.parse("2026-09-24"))).isFalse();
        assertThat(PublicHolidays.BARCELONA.place(Locale.ENGLISH)).isEqualTo("Spain, Catalonia, Barcelona");
        assertThat(PublicHolidays.of("de-by-mu").place(Locale.ENGLISH)).startsWith("Germany, ");
        assertThatThrownBy(() -> PublicHolidays.of("xx")).hasMessageContaining("there are").hasMessageContaining("es");
        assertThatThrownBy(() -> PublicHolidays.of("es-qq")).hasMessageContaining("Spain").hasMessageContaining("ct");
    }
}
