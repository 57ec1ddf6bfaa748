package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinalReportTest {
    private static final Instant DUE = Instant.parse("2027-03-01T23:00:00Z");

    private static FinalReport report(FinalReport.State state, FinalReport.@Nullable Reminder reminded) {
        return new FinalReport(
                ProposalId.create(),
                state,
                DUE.minus(Duration.ofDays(90)),
                DUE,
                reminded,
                FinalReport.ReportContent.NONE,
                null,
                null,
                List.of(),
                null,
                null,
                1);
    }

    private static Instant startOf(LocalDate day) {
        return day.atStartOfDay(Intake.BRUSSELS).toInstant();
    }

    // The day after the last day, and the last day on which a report is in time.
    @ParameterizedTest
    @CsvSource({
        "2026-12-01, 2027-02-28", // after 30 November: February has no 30th
        "2027-12-01, 2028-02-29", // the same before a leap day
        "2027-03-01, 2027-05-28", // after 28 February
        "2027-01-01, 2027-03-31", // clocks go forward meanwhile
        "2026-09-16, 2026-12-15" // and back
    })
    void aReportIsDueThreeCalendarMonthsAfterTheLastDay(LocalDate after, LocalDate due) {
        assertThat(FinalReport.due(startOf(after)))
                .as("to the end of that day in Brussels")
                .isEqualTo(startOf(due.plusDays(1)));
    }

    @Test
    void eachReminderIsSentOnceAndTheLatestOnly() {
        FinalReport fresh = report(FinalReport.State.OWED, null);
        assertThat(fresh.reminder(DUE.minus(Duration.ofDays(31)))).isEmpty();
        assertThat(fresh.reminder(DUE.minus(Duration.ofDays(30)))).contains(FinalReport.Reminder.MONTH);
        assertThat(fresh.reminder(DUE.minus(Duration.ofDays(2))))
                .as("a month's is not sent beside a week's")
                .contains(FinalReport.Reminder.WEEK);
        FinalReport told = report(FinalReport.State.OWED, FinalReport.Reminder.WEEK);
        assertThat(told.reminder(DUE.minusMillis(1))).isEmpty();
        assertThat(told.reminder(DUE)).contains(FinalReport.Reminder.OVERDUE);
        assertThat(report(FinalReport.State.OWED, FinalReport.Reminder.OVERDUE).reminder(DUE.plusSeconds(9)))
                .isEmpty();
        assertThat(report(FinalReport.State.SUBMITTED, null).reminder(DUE)).isEmpty();
    }

    @Test
    void onlyWhatItsWritersHaveToDoIsOverdue() {
        assertThat(report(FinalReport.State.OWED, null).isOverdue(DUE)).isTrue();
        assertThat(report(FinalReport.State.RETURNED, null).isOverdue(DUE)).isTrue();
        assertThat(report(FinalReport.State.OWED, null).isOverdue(DUE.minusMillis(1)))
                .isFalse();
        assertThat(report(FinalReport.State.SUBMITTED, null).isOverdue(DUE)).isFalse();
        assertThat(report(FinalReport.State.ACCEPTED, null).isOverdue(DUE)).isFalse();
    }

    @Test
    void aReportNeedsResultsAndAnAnswerOnPublishingAndASummaryWhereItMayBePublished() {
        FinalReport.ReportContent none = FinalReport.ReportContent.NONE;
        assertThat(none.refusalToKeep()).isEmpty();
        assertThat(none.refusalToSubmit().orElseThrow().fields())
                .extracting(f -> f.field())
                .containsExactlyInAnyOrder("results", "publish");
        assertThat(new FinalReport.ReportContent("It works.", null, null, null, null, null, true)
                        .refusalToSubmit()
                        .orElseThrow()
                        .fields())
                .extracting(f -> f.field())
                .containsExactly("summary");
        assertThat(new FinalReport.ReportContent("It works.", null, null, null, null, null, false).refusalToSubmit())
                .isEmpty();
    }
}
