package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkingDaysTest {
    private static final ZoneId MADRID = ZoneId.of("Europe/Madrid");
    private static final WorkingDays DAYS = WorkingDays.barcelona(MADRID);

    /** Dates of Easter Sunday as the Church publishes them. */
    @ParameterizedTest
    @CsvSource({
        "1961, 1961-04-02",
        "2000, 2000-04-23",
        "2024, 2024-03-31",
        "2025, 2025-04-20",
        "2026, 2026-04-05",
        "2027, 2027-03-28",
        "2028, 2028-04-16",
        "2038, 2038-04-25",
        "2285, 2285-03-22"
    })
    void easterFallsWhereTheChurchSays(int year, LocalDate easter) {
        assertThat(WorkingDays.easter(year)).isEqualTo(easter);
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
        WorkingDays closed = new WorkingDays(MADRID, Set.of(), Set.of(), Set.of(LocalDate.parse("2026-11-24")));
        assertThat(closed.due(Instant.parse("2026-11-23T09:00:00Z"), 1))
                .isEqualTo(Instant.parse("2026-11-25T22:59:59Z"));
    }
}
