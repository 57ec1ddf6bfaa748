package org.farga.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.farga.platform.DatabaseState;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.OutgoingMail;
import org.junit.jupiter.api.Test;

/** When a figure becomes a finding, and how bad. */
class JudgementsTest {
    private static final long GIB = 1L << 30;
    private static final Instant NOW = Instant.parse("2026-11-23T03:00:00Z");

    @Test
    void aDiskIsCriticalBelowOneGibibyteAndWarnedOfBelowATenth() {
        assertThat(DiskCheck.judge(100 * GIB, 50 * GIB)).isEmpty();
        assertThat(DiskCheck.judge(100 * GIB, 9 * GIB)).contains(Severity.WARNING);
        assertThat(DiskCheck.judge(100 * GIB, GIB / 2)).contains(Severity.CRITICAL);
        assertThat(DiskCheck.judge(450 * GIB, 8 * GIB)).contains(Severity.CRITICAL);
        // A tenth of a petabyte is no shortage.
        assertThat(DiskCheck.judge(1L << 50, 60 * 1024 * GIB)).isEmpty();
    }

    @Test
    void aDatabasesGrowthIsReckonedByTheDayAndToldTwoWeeksBeforeItsDiskIsFull() {
        Instant weekAgo = NOW.minusSeconds(7 * 86_400);
        DatabaseGrowth growth = new DatabaseGrowth(weekAgo, 10 * GIB, NOW, 17 * GIB, 20 * GIB);
        assertThat(growth.bytesPerDay()).hasValue(GIB);
        assertThat(growth.daysLeft()).hasValue(20);
        assertThat(growth.judge()).isEmpty();
        assertThat(new DatabaseGrowth(weekAgo, 10 * GIB, NOW, 17 * GIB, 13 * GIB).judge())
                .get()
                .satisfies(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING))
                .satisfies(f -> assertThat(f.arguments()).isEqualTo(List.of(1024L, 13L)));
        assertThat(new DatabaseGrowth(weekAgo, 10 * GIB, NOW, 17 * GIB, 2 * GIB).judge())
                .get()
                .satisfies(f -> assertThat(f.severity()).isEqualTo(Severity.CRITICAL));
        // It shrinks; its disk is elsewhere; an hour says nothing.
        assertThat(new DatabaseGrowth(weekAgo, 17 * GIB, NOW, 10 * GIB, 1L).daysLeft())
                .isEmpty();
        assertThat(new DatabaseGrowth(weekAgo, 10 * GIB, NOW, 17 * GIB, null).judge())
                .isEmpty();
        assertThat(new DatabaseGrowth(NOW.minusSeconds(3600), 10 * GIB, NOW, 17 * GIB, 1L).bytesPerDay())
                .isEmpty();
    }

    @Test
    void aDatabaseThatIsWellHasNoFinding() {
        assertThat(DatabaseCheck.judge(server(18, 20, null, 50_000_000, null, null), NOW))
                .isEmpty();
    }

    @Test
    void usedUpConnectionsLongTransactionsAndOldRowsAreTold() {
        assertThat(severities(server(18, 85, null, 0, null, null))).containsExactly("database-connections WARNING");
        assertThat(severities(server(18, 96, null, 0, null, null))).containsExactly("database-connections CRITICAL");
        assertThat(severities(server(18, 5, NOW.minusSeconds(301), 0, null, null)))
                .containsExactly("database-transaction WARNING");
        assertThat(severities(server(18, 5, NOW.minusSeconds(3601), 0, null, null)))
                .containsExactly("database-transaction CRITICAL");
        assertThat(severities(server(18, 5, null, 1_900_000_000, null, null)))
                .containsExactly("database-wraparound CRITICAL");
        assertThat(severities(server(18, 5, null, 0, NOW, 61.0)))
                .containsExactly("database-archiving WARNING", "database-standby WARNING");
    }

    @Test
    void aVersionOutOfSupportIsTold() {
        assertThat(severities(server(14, 5, null, 0, null, null))).containsExactly("database-version WARNING");
        assertThat(severities(server(12, 5, null, 0, null, null))).containsExactly("database-version WARNING");
        assertThat(severities(server(15, 5, null, 0, null, null))).isEmpty();
    }

    @Test
    void mailThatWaitsIsLateOnlyWhereAServerIsSet() {
        Instant old = NOW.minusSeconds(3600);
        assertThat(MailCheck.judge(new OutgoingMail.State(false, 3, old, null, null, null), NOW))
                .singleElement()
                .extracting(HealthFinding::severity)
                .isEqualTo(Severity.NOTICE);
        assertThat(MailCheck.judge(new OutgoingMail.State(true, 3, old, null, NOW, "refused"), NOW))
                .singleElement()
                .satisfies(f -> assertThat(f.arguments()).containsExactly(3L, "refused"));
        assertThat(MailCheck.judge(new OutgoingMail.State(true, 3, NOW.minusSeconds(60), null, null, null), NOW))
                .isEmpty();
    }

    @Test
    void aCertificateIsToldThreeWeeksBeforeItEnds() {
        assertThat(AddressCheck.judge("x", NOW.plusSeconds(86_400L * 30), NOW)).isEmpty();
        assertThat(AddressCheck.judge("x", NOW.plusSeconds(86_400L * 10), NOW))
                .hasValueSatisfying(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING));
        assertThat(AddressCheck.judge("x", NOW.plusSeconds(86_400L * 3), NOW))
                .hasValueSatisfying(f -> assertThat(f.severity()).isEqualTo(Severity.CRITICAL));
        assertThat(AddressCheck.judge("x", NOW.minusSeconds(1), NOW))
                .hasValueSatisfying(f -> assertThat(f.name()).isEqualTo("certificate-ended"));
    }

    @Test
    void fewFailedRequestsAreNoAlarmAndManyAre() {
        assertThat(Traffic.judge(new Traffic.Minute(1000, 4, 20.0, 0))).isEmpty();
        assertThat(Traffic.judge(new Traffic.Minute(300, 5, 20.0, 0)))
                .singleElement()
                .extracting(HealthFinding::severity)
                .isEqualTo(Severity.WARNING);
        assertThat(Traffic.judge(new Traffic.Minute(20, 10, 20.0, 0)))
                .singleElement()
                .extracting(HealthFinding::severity)
                .isEqualTo(Severity.CRITICAL);
        assertThat(Traffic.judge(new Traffic.Minute(100, 0, 2500.0, 0)))
                .singleElement()
                .extracting(HealthFinding::name)
                .isEqualTo("requests-slow");
    }

    @Test
    void the95thPercentileIsTheBucketInWhichItLies() {
        TreeMap<Double, Double> before = new TreeMap<>(java.util.Map.of(10.0, 100.0, 100.0, 100.0, 1000.0, 100.0));
        TreeMap<Double, Double> now = new TreeMap<>(java.util.Map.of(10.0, 190.0, 100.0, 196.0, 1000.0, 200.0));
        assertThat(Traffic.p95(before, now, 100)).isEqualTo(100.0);
        assertThat(Traffic.p95(before, now, 0)).isNull();
    }

    @Test
    void aPlotHasAGapWhereNothingWasTaken() {
        List<SampleTable.Span> spans = List.of(
                new SampleTable.Span(NOW.minusSeconds(3600 * 5), 1, 0, null, 0),
                new SampleTable.Span(NOW.minusSeconds(3600 * 5 - 600), 3, 0, null, 0),
                new SampleTable.Span(NOW.minusSeconds(3600), 7, 0, null, 0));
        Plot plot = Plot.of(spans, NOW, s -> (double) s.workDue());
        assertThat(plot.lines()).hasSize(2);
        assertThat(plot.top()).isEqualTo(10);
        assertThat(Plot.of(spans, NOW, SampleTable.Span::p95Milliseconds).lines())
                .isEmpty();
    }

    private static List<String> severities(DatabaseState.Server server) {
        return DatabaseCheck.judge(server, NOW).stream()
                .map(f -> f.name() + " " + f.severity())
                .toList();
    }

    private static DatabaseState.Server server(
            int major, long connections, Instant longest, long xidAge, Instant archivingFailed, Double lag) {
        return new DatabaseState.Server(
                major, major + ".1", connections, 100, 1, NOW, longest, xidAge, archivingFailed, lag);
    }
}
