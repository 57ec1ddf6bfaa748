package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntakeTest {
    private static final Intake TWO = new Intake(
            false, List.of(LocalDateTime.parse("2026-12-31T10:00"), LocalDateTime.parse("2026-12-15T10:00")));

    /** Brussels is an hour before UTC in winter: ten o'clock is nine. */
    @ParameterizedTest
    @CsvSource({
        "2026-12-15T08:59:59.999Z, 2026-12-15T09:00:00Z",
        "2026-12-15T09:00:00.000Z, 2026-12-31T09:00:00Z",
        "2026-12-15T09:00:00.001Z, 2026-12-31T09:00:00Z",
        "2026-12-31T08:59:59.999Z, 2026-12-31T09:00:00Z",
        "2026-12-31T09:00:00.000Z,"
    })
    void theVeryMillisecondOfACutOffIsForTheNext(Instant submitted, Instant cutOff) {
        assertThat(TWO.next(submitted).orElse(null)).isEqualTo(cutOff);
        assertThat(TWO.takes(submitted)).isEqualTo(cutOff != null);
    }

    @Test
    void rollingIntakeTakesAtAnyTimeAndHasNoCutOff() {
        assertThat(Intake.ROLLING.takes(Instant.EPOCH)).isTrue();
        assertThat(Intake.ROLLING.next(Instant.EPOCH)).isEmpty();
    }

    /** Ten in Brussels is eight or nine in UTC; what the clocks pass twice is the second time, what they skip an hour later. */
    @ParameterizedTest
    @CsvSource({
        "2026-07-15T10:00, 2026-07-15T08:00:00Z",
        "2026-12-15T10:00, 2026-12-15T09:00:00Z",
        "2026-10-25T02:30, 2026-10-25T01:30:00Z",
        "2026-10-25T01:59, 2026-10-24T23:59:00Z",
        "2026-03-29T02:30, 2026-03-29T01:30:00Z",
        "2026-03-29T03:00, 2026-03-29T01:00:00Z"
    })
    void daylightSavingIsCountedAsInBrussels(LocalDateTime local, Instant instant) {
        assertThat(Intake.instant(local)).isEqualTo(instant);
    }

    @Test
    void aPatternIsMovedOffWeekendsAndBelgianHolidays() {
        assertThat(pattern(Set.of(15, Intake.LAST_DAY), 1, "2026-04-01", "2026-08-31"))
                .containsExactly(
                        "2026-04-15",
                        "2026-04-30",
                        "2026-05-15",
                        // 31 May is a Sunday.
                        "2026-05-29",
                        "2026-06-15",
                        "2026-06-30",
                        "2026-07-15",
                        "2026-07-31",
                        // 15 August is a Saturday and Assumption.
                        "2026-08-14",
                        "2026-08-31");
        // All Saints is a Sunday, Armistice a Wednesday, National Day of Belgium a Tuesday.
        assertThat(pattern(Set.of(1), 1, "2026-11-01", "2026-11-30")).isEmpty();
        assertThat(pattern(Set.of(11), 1, "2026-11-01", "2026-11-30")).containsExactly("2026-11-10");
        assertThat(pattern(Set.of(21), 1, "2026-07-01", "2026-07-31")).containsExactly("2026-07-20");
        // All Souls is no public holiday in Belgium.
        assertThat(pattern(Set.of(2), 1, "2026-11-01", "2026-11-30")).containsExactly("2026-11-02");
    }

    @Test
    void aMonthWithoutTheDayHasItsLast() {
        assertThat(pattern(Set.of(31), 1, "2027-02-01", "2027-02-28")).containsExactly("2027-02-26");
        assertThat(pattern(Set.of(30, 31, Intake.LAST_DAY), 1, "2027-02-01", "2027-02-28"))
                .containsExactly("2027-02-26");
        assertThat(pattern(Set.of(15), 2, "2027-01-01", "2027-06-30"))
                .containsExactly("2027-01-15", "2027-03-15", "2027-05-14");
    }

    private static List<String> pattern(Set<Integer> days, int every, String from, String until) {
        return Intake.pattern(days, every, LocalTime.of(10, 0), LocalDate.parse(from), LocalDate.parse(until)).stream()
                .map(c -> c.toLocalDate().toString())
                .toList();
    }
}
