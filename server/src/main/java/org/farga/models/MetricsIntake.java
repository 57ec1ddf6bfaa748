package org.farga.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.models.Run.Remark;

/**
 * What reading a piece of metrics changes in a run: which points are new, how each metric stands after them, and what was
 * left out because a bound was reached. Rules only: nothing is read or written here.
 */
final class MetricsIntake {
    static final int MOST_NAMES = 1_000;
    static final int MOST_PARAMETERS = 1_000;
    static final int MOST_POINTS = 1_000_000;

    private final Map<String, RunTable.Numbered> metrics;
    private final Map<String, RunTable.Numbered> changed = new LinkedHashMap<>();
    private final List<RunTable.Row> rows = new ArrayList<>();
    private final Set<Remark> remarks;
    private int points;
    private long garbageLines;

    private MetricsIntake(Run run, Map<String, RunTable.Numbered> metrics) {
        this.metrics = new LinkedHashMap<>(metrics);
        this.remarks = new LinkedHashSet<>(run.remarks());
        this.points = run.points();
        this.garbageLines = run.garbageLines();
    }

    static MetricsIntake of(Run run, Map<String, RunTable.Numbered> metrics, MetricsLines lines) {
        MetricsIntake intake = new MetricsIntake(run, metrics);
        lines.points().forEach(intake::take);
        intake.garbageLines += lines.garbageLines();
        lines.garbage().forEach(intake::remark);
        return intake;
    }

    /** Whether a run with so many points takes no more. */
    static boolean isFull(Run run) {
        return run.points() >= MOST_POINTS;
    }

    private void take(MetricsLines.Point point) {
        RunTable.Numbered known = metrics.get(point.name());
        if (points >= MOST_POINTS) {
            remark(new Remark("too-many-points", String.valueOf(MOST_POINTS)));
        } else if (known == null && metrics.size() >= MOST_NAMES) {
            remark(new Remark("too-many-metrics", String.valueOf(MOST_NAMES)));
        } else {
            int number = known == null ? metrics.size() + 1 : known.number();
            long step = point.step().orElse(known == null ? 0 : known.metric().points());
            RunMetric after = known == null
                    ? new RunMetric(point.name(), 1, step, point.value(), point.value(), point.value())
                    : after(known.metric(), step, point.value());
            RunTable.Numbered numbered = new RunTable.Numbered(number, after);
            metrics.put(point.name(), numbered);
            changed.put(point.name(), numbered);
            rows.add(new RunTable.Row(point.lineOffset(), number, step, point.value()));
            points++;
        }
    }

    /** The last value is that of the largest step, and among equal steps that of the later line, as in MLflow. */
    private static RunMetric after(RunMetric before, long step, double value) {
        boolean later = step >= before.lastStep();
        return new RunMetric(
                before.name(),
                before.points() + 1,
                later ? step : before.lastStep(),
                later ? value : before.lastValue(),
                Math.min(before.least(), value),
                Math.max(before.most(), value));
    }

    private void remark(Remark remark) {
        if (remarks.size() < Run.MOST_REMARKS / 2) {
            remarks.add(remark);
        }
    }

    /** The metrics that have new points. */
    List<RunTable.Numbered> changed() {
        return List.copyOf(changed.values());
    }

    List<RunTable.Row> rows() {
        return List.copyOf(rows);
    }

    /** The run with its new counts and remarks. */
    Run after(Run run) {
        return new Run(
                run.id(),
                run.job(),
                run.project(),
                run.name(),
                run.startedBy(),
                run.state(),
                run.startedAt(),
                run.endedAt(),
                points,
                garbageLines,
                List.copyOf(remarks));
    }
}
