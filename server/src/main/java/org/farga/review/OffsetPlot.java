package org.farga.review;

import java.util.ArrayList;
import java.util.List;

/** Reviewers' offsets as bars left and right of none, the harshest above, in the units of the drawing. */
record OffsetPlot(int height, double scale, List<Bar> bars) {
    static final int WIDTH = 560;
    static final int MIDDLE = WIDTH / 2;
    static final int ROW = 26;
    static final int TOP = 22;
    private static final int MOST = 60;
    private static final double HALF = MIDDLE - 20.0;

    /** @param x its left edge */
    record Bar(Panels.Offset offset, double x, double width, int y) {}

    /** The most extreme where there are very many; the table below the plot has all. */
    static OffsetPlot of(List<Panels.Offset> offsets) {
        List<Panels.Offset> shown = offsets.size() <= MOST
                ? offsets
                : java.util.stream.Stream.concat(
                                offsets.subList(0, MOST / 2).stream(),
                                offsets.subList(offsets.size() - MOST / 2, offsets.size()).stream())
                        .toList();
        double widest = shown.stream()
                .mapToDouble(o -> Math.abs(o.offset().doubleValue()))
                .max()
                .orElse(0);
        // At least half a mark to each side, so that small differences look small.
        double scale = Math.max(0.5, Math.ceil(widest * 2) / 2);
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            double value = shown.get(i).offset().doubleValue();
            double width = Math.abs(value) / scale * HALF;
            bars.add(new Bar(shown.get(i), round(value < 0 ? MIDDLE - width : MIDDLE), round(width), TOP + i * ROW));
        }
        return new OffsetPlot(TOP + shown.size() * ROW + 4, scale, bars);
    }

    private static double round(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
