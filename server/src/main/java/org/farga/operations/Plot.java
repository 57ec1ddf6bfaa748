package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A small drawing of 24 hours: a line for each stretch without a gap, in the units of its box. */
record Plot(List<String> lines, List<Tick> hours, double top) {
    static final int WIDTH = 320;
    static final int HEIGHT = 110;
    static final int LEFT = 58;
    static final int RIGHT = 8;
    static final int TOP = 10;
    static final int BOTTOM = 22;
    private static final Duration LENGTH = Duration.ofHours(24);
    private static final Duration GAP = Duration.ofMinutes(25);

    /** A mark on the time axis, with its moment. */
    record Tick(double x, Instant at) {}

    static Plot of(List<SampleTable.Span> spans, Instant now, Function<SampleTable.Span, @Nullable Double> value) {
        Instant from = now.minus(LENGTH);
        double most = 0;
        for (SampleTable.Span span : spans) {
            Double v = value.apply(span);
            most = Math.max(most, v == null ? 0 : v);
        }
        double top = nice(most);
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        Instant before = null;
        for (SampleTable.Span span : spans) {
            Double v = value.apply(span);
            if (v == null) {
                continue;
            }
            if (before != null && Duration.between(before, span.from()).compareTo(GAP) > 0) {
                lines.add(line.toString());
                line.setLength(0);
            }
            before = span.from();
            double y = HEIGHT - BOTTOM - v / top * (HEIGHT - TOP - BOTTOM);
            line.append(line.isEmpty() ? "" : " ")
                    .append(String.format(Locale.ROOT, "%.1f,%.1f", x(from, span.from()), y));
        }
        if (!line.isEmpty()) {
            // A single point is drawn as a short dash.
            String only = line.toString();
            lines.add(
                    only.contains(" ")
                            ? only
                            : only + " "
                                    + String.format(
                                            Locale.ROOT,
                                            "%.1f,%s",
                                            Double.parseDouble(only.substring(0, only.indexOf(','))) + 2,
                                            only.substring(only.indexOf(',') + 1)));
        }
        List<Tick> hours = new ArrayList<>();
        for (int ago = 20; ago >= 4; ago -= 8) {
            Instant at = now.minus(Duration.ofHours(ago));
            hours.add(new Tick(x(from, at), at));
        }
        return new Plot(List.copyOf(lines), List.copyOf(hours), top);
    }

    private static double x(Instant from, Instant at) {
        double share = Duration.between(from, at).toSeconds() / (double) LENGTH.toSeconds();
        return LEFT + Math.max(0, Math.min(1, share)) * (WIDTH - LEFT - RIGHT);
    }

    /** The least of 1, 2, 5 times a power of ten that is not below; 1 for nothing. */
    static double nice(double value) {
        if (value <= 1) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 5, 10}) {
            if (power * factor >= value) {
                return power * factor;
            }
        }
        return power * 10;
    }
}
