package org.farga.models;

import java.util.List;
import org.farga.shared.RunId;

/**
 * A metric's values in one run within a window of steps: each step once, with the value that was reported last for it.
 * Values that are no finite numbers are left out, because a picture has no place for them.
 *
 * @param total how many values lie in the window
 */
record RunSeries(RunId run, long total, List<Point> points) {
    static final int DEFAULT_POINTS = 2_000;
    static final int MOST_POINTS = 20_000;

    RunSeries {
        points = List.copyOf(points);
    }

    record Point(long step, double value) {}

    boolean isThinned() {
        return points.size() < total;
    }

    /**
     * What part of a series is asked for.
     *
     * @param from the first step
     * @param to the last step
     * @param most how many points at the most, at least 4
     */
    record Window(long from, long to, int most) {
        Window {
            most = Math.clamp(most, 4, MOST_POINTS);
        }
    }
}
