package org.farga.models;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.shared.Refusal;

/**
 * What values that came by the tracking protocol change in a run. Unlike a metrics file, a program is told at once where
 * something is too much, so all of it is taken or nothing. Rules only: nothing is read or written here.
 */
final class TrackedMetrics {
    /** Where the places of values begin that did not come from the metrics file. */
    static final long FIRST_PLACE = 1L << 40;

    private final Map<String, RunTable.Numbered> metrics;
    private final Map<String, RunTable.Numbered> changed = new LinkedHashMap<>();
    private final List<RunTable.Row> rows = new ArrayList<>();
    private int points;

    private TrackedMetrics(int points, Map<String, RunTable.Numbered> metrics) {
        this.points = points;
        this.metrics = new LinkedHashMap<>(metrics);
    }

    /** Of a run that has so many points and these metrics. */
    static TrackedMetrics of(int points, Map<String, RunTable.Numbered> metrics, Collection<Tracked.Value> values) {
        TrackedMetrics taken = new TrackedMetrics(points, metrics);
        values.forEach(taken::take);
        return taken;
    }

    private void take(Tracked.Value value) {
        RunTable.Numbered known = metrics.get(value.name());
        int number = known == null ? metrics.size() + 1 : known.number();
        boolean later = known == null || isLater(value, known);
        RunMetric after = known == null
                ? RunMetric.first(value.name(), value.step(), value.value())
                : known.metric().with(value.step(), value.value(), later);
        Instant lastAt = later || known == null ? value.at() : known.lastAt();
        RunTable.Numbered numbered = new RunTable.Numbered(number, after, lastAt);
        metrics.put(value.name(), numbered);
        changed.put(value.name(), numbered);
        rows.add(new RunTable.Row(FIRST_PLACE + points, number, value.step(), value.value(), value.at()));
        points++;
    }

    /** MLflow's order: the larger step, then the later time, then the larger value. */
    private static boolean isLater(Tracked.Value value, RunTable.Numbered known) {
        long step = known.metric().lastStep();
        Instant at = known.lastAt();
        if (value.step() != step || at == null) {
            return value.step() >= step;
        }
        int times = value.at().compareTo(at);
        return times > 0 || (times == 0 && Double.compare(value.value(), known.metric().lastValue()) >= 0);
    }

    /** Why not all of it can be taken. */
    Optional<Refusal> refusal() {
        if (points > MetricsIntake.MOST_POINTS) {
            return Optional.of(Refusal.invalid("tracking-too-many", MetricsIntake.MOST_POINTS, "points"));
        }
        return metrics.size() > MetricsIntake.MOST_NAMES
                ? Optional.of(Refusal.invalid("tracking-too-many", MetricsIntake.MOST_NAMES, "metrics"))
                : Optional.empty();
    }

    List<RunTable.Numbered> changed() {
        return List.copyOf(changed.values());
    }

    List<RunTable.Row> rows() {
        return List.copyOf(rows);
    }

    /** How many points the run has then. */
    int points() {
        return points;
    }
}
