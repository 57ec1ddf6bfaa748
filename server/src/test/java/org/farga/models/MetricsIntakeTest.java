package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.farga.models.MetricsLines.Point;
import org.farga.models.Run.Remark;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.junit.jupiter.api.Test;

class MetricsIntakeTest {
    private static Run run(int points) {
        return new Run(
                RunId.create(),
                new JobId(1),
                ProjectId.create(),
                "train",
                PersonId.create(),
                RunState.RUNNING,
                Instant.EPOCH,
                null,
                points,
                0,
                List.of(),
                Run.Tracked.OF_JOB);
    }

    private static Point point(long offset, String name, OptionalLong step, double value) {
        return new Point(offset, name, step, value);
    }

    private static MetricsLines lines(Point... points) {
        return new MetricsLines(List.of(points), List.of(), List.of(), 0, 1);
    }

    @Test
    void theLastValueIsThatOfTheLargestStep() {
        MetricsIntake intake = MetricsIntake.of(
                run(0),
                Map.of(),
                lines(
                        point(0, "loss", OptionalLong.of(2), 0.4),
                        point(1, "loss", OptionalLong.of(1), 0.9),
                        point(2, "loss", OptionalLong.of(2), 0.3)));
        assertThat(intake.changed())
                .containsExactly(new RunTable.Numbered(1, new RunMetric("loss", 3, 2, 0.3, 0.3, 0.9), null));
    }

    @Test
    void withoutAStepValuesCountThemselvesAlsoOverPieces() {
        Map<String, RunTable.Numbered> known =
                Map.of("loss", new RunTable.Numbered(4, new RunMetric("loss", 7, 6, 1, 1, 1), null));
        MetricsIntake intake = MetricsIntake.of(
                run(7),
                known,
                lines(point(0, "loss", OptionalLong.empty(), 2), point(1, "new", OptionalLong.empty(), 3)));
        assertThat(intake.rows()).containsExactly(new RunTable.Row(0, 4, 7, 2.0, null), new RunTable.Row(1, 2, 0, 3.0, null));
        assertThat(intake.after(run(7)).points()).isEqualTo(9);
    }

    @Test
    void aRunTakesAMillionPointsAndSaysThatThereWereMore() {
        Run full = run(MetricsIntake.MOST_POINTS - 1);
        MetricsIntake intake = MetricsIntake.of(
                full, Map.of(), lines(point(0, "a", OptionalLong.of(1), 1), point(1, "a", OptionalLong.of(2), 1)));
        assertThat(intake.rows()).hasSize(1);
        Run after = intake.after(full);
        assertThat(MetricsIntake.isFull(after)).isTrue();
        assertThat(after.remarks()).containsExactly(new Remark("too-many-points", "1000000"));
    }

    @Test
    void aRunHasAThousandMetricsAndThoseItHasGoOn() {
        Map<String, RunTable.Numbered> known = new HashMap<>();
        IntStream.rangeClosed(1, MetricsIntake.MOST_NAMES)
                .forEach(i -> known.put("m" + i, new RunTable.Numbered(i, new RunMetric("m" + i, 1, 0, 1, 1, 1), null)));
        MetricsIntake intake = MetricsIntake.of(
                run(1_000),
                known,
                lines(point(0, "more", OptionalLong.of(1), 1), point(1, "m5", OptionalLong.of(1), 1)));
        assertThat(intake.rows()).containsExactly(new RunTable.Row(1, 5, 1, 1.0, null));
        assertThat(intake.after(run(1_000)).remarks()).containsExactly(new Remark("too-many-metrics", "1000"));
    }

    @Test
    void remarksComeBackAsTheyWereStored() {
        Remark remark = new Remark("file-link", "a b/c d");
        assertThat(Remark.parse(remark.toString())).isEqualTo(remark);
        assertThat(Remark.parse("alone")).isEqualTo(new Remark("alone", ""));
    }
}
