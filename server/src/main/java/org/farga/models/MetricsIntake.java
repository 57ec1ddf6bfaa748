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
            // The last value is that of the largest step, and among equal steps that of the later line, as in MLflow.
            boolean later = known == null || step >= known.metric().lastStep();
            RunMetric after = known == null
                    ? RunMetric.first(point.name(), step, point.value())
                    : known.metric().with(step, point.value(), later);
            RunTable.Numbered numbered = new RunTable.Numbered(number, after, later ? null : known.lastAt());
            metrics.put(point.name(), numbered);
            changed.put(point.name(), numbered);
            rows.add(new RunTable.Row(point.lineOffset(), number, step, point.value(), null));
            points++;
        }
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
        return run.with(points, garbageLines, List.copyOf(remarks));
    }
}
