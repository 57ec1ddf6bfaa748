package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrackedMetricsTest {
    private static Tracked.Value value(String name, double value, long step, long at) {
        return new Tracked.Value(name, value, step, Instant.ofEpochMilli(at));
    }

    private static RunMetric only(TrackedMetrics taken) {
        assertThat(taken.changed()).hasSize(1);
        return taken.changed().getFirst().metric();
    }

    @Test
    void theLastValueIsThatOfTheLargestStepThenOfTheLatestTimeThenTheLargest() {
        assertThat(only(TrackedMetrics.of(
                        0, Map.of(), List.of(value("a", 1, 5, 10), value("a", 2, 4, 99), value("a", 3, 5, 9)))))
                .isEqualTo(new RunMetric("a", 3, 5, 1, 1, 3));
        assertThat(only(TrackedMetrics.of(0, Map.of(), List.of(value("a", 1, 5, 10), value("a", 2, 5, 11))))
                        .lastValue())
                .isEqualTo(2);
        assertThat(only(TrackedMetrics.of(0, Map.of(), List.of(value("a", 2, 5, 10), value("a", 1, 5, 10))))
                        .lastValue())
                .isEqualTo(2);
    }

    @Test
    void whatIsNotANumberIsKeptAndIsNeitherLeastNorMost() {
        RunMetric metric = only(TrackedMetrics.of(
                0, Map.of(), List.of(value("a", Double.NaN, 0, 0), value("a", 3, 1, 0), value("a", Double.NaN, 2, 0))));
        assertThat(metric.lastValue()).isNaN();
        assertThat(metric.least()).isEqualTo(3);
        assertThat(metric.most()).isEqualTo(3);
        RunMetric infinite = only(TrackedMetrics.of(
                0, Map.of(), List.of(value("a", 1, 0, 0), value("a", Double.POSITIVE_INFINITY, 1, 0))));
        assertThat(infinite.most()).isInfinite();
    }

    @Test
    void placesGoOnAfterThePointsThatAreThere() {
        TrackedMetrics taken = TrackedMetrics.of(
                7,
                Map.of("a", new RunTable.Numbered(4, new RunMetric("a", 7, 6, 1, 1, 1), Instant.EPOCH)),
                List.of(value("a", 2, 7, 1), value("b", 3, 0, 1)));
        assertThat(taken.rows())
                .extracting(RunTable.Row::lineOffset)
                .containsExactly(TrackedMetrics.FIRST_PLACE + 7, TrackedMetrics.FIRST_PLACE + 8);
        assertThat(taken.rows()).extracting(RunTable.Row::metric).containsExactly(4, 2);
        assertThat(taken.points()).isEqualTo(9);
    }

    @Test
    void allOfItIsTakenOrNothing() {
        assertThat(TrackedMetrics.of(MetricsIntake.MOST_POINTS - 1, Map.of(), List.of(value("a", 1, 0, 0)))
                        .refusal())
                .isEmpty();
        assertThat(TrackedMetrics.of(
                                MetricsIntake.MOST_POINTS - 1,
                                Map.of(),
                                List.of(value("a", 1, 0, 0), value("a", 1, 1, 0)))
                        .refusal())
                .hasValueSatisfying(r -> assertThat(r.name()).isEqualTo("tracking-too-many"));
        Map<String, RunTable.Numbered> known = new HashMap<>();
        IntStream.rangeClosed(1, MetricsIntake.MOST_NAMES)
                .forEach(i -> known.put(
                        "m" + i, new RunTable.Numbered(i, new RunMetric("m" + i, 1, 0, 1, 1, 1), Instant.EPOCH)));
        assertThat(TrackedMetrics.of(1_000, known, List.of(value("m5", 1, 1, 1))).refusal()).isEmpty();
        assertThat(TrackedMetrics.of(1_000, known, List.of(value("more", 1, 1, 1))).refusal()).isPresent();
    }
}
