package org.farga.models;

/**
 * A metric of a run, as its values have it so far.
 *
 * @param lastValue may be NaN or infinite, as it was measured
 * @param least of the values that are numbers; NaN where none is
 * @param most of the values that are numbers; NaN where none is
 */
record RunMetric(String name, int points, long lastStep, double lastValue, double least, double most) {
    static RunMetric first(String name, long step, double value) {
        return new RunMetric(name, 1, step, value, value, value);
    }

    /** With one more value, which is the last where it came later. */
    RunMetric with(long step, double value, boolean later) {
        boolean known = !Double.isNaN(least);
        boolean number = !Double.isNaN(value);
        return new RunMetric(
                name,
                points + 1,
                later ? step : lastStep,
                later ? value : lastValue,
                known && number ? Math.min(least, value) : known ? least : value,
                known && number ? Math.max(most, value) : known ? most : value);
    }
}
