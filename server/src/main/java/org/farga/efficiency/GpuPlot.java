package org.farga.efficiency;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.farga.efficiency.GpuSeries.Point;
import org.jspecify.annotations.Nullable;

/**
 * A drawing of what a job's GPUs did over its time: a line for each GPU and each stretch in which somebody looked.
 *
 * @param top what the highest point of the box stands for
 * @param seconds what its right end stands for
 */
record GpuPlot(List<Line> lines, BigDecimal top, long seconds) {
    static final int WIDTH = 640;
    static final int HEIGHT = 170;
    static final int LEFT = 54;
    static final int RIGHT = 12;
    static final int TOP = 12;
    static final int BOTTOM = 26;

    /** As many as have colours of their own. */
    static final int MOST_GPUS = 8;

    GpuPlot {
        lines = List.copyOf(lines);
    }

    /** The points of one stretch, of the GPU that stands at this place. */
    record Line(int place, String points) {}

    /** How busy they were, in hundredths. */
    static GpuPlot ofUse(List<GpuUse> gpus, long seconds) {
        return of(gpus, seconds, Point::percent, BigDecimal.valueOf(100));
    }

    /** Their memory in GiB, in a box as high as the largest has, in whole GiB. */
    static GpuPlot ofMemory(List<GpuUse> gpus, long seconds) {
        long most = 1;
        for (GpuUse gpu : gpus) {
            most = Math.max(most, gpu.memoryMebibytes() == null ? 0 : gpu.memoryMebibytes());
            most = Math.max(most, gpu.peakMemoryMebibytes() == null ? 0 : gpu.peakMemoryMebibytes());
        }
        return of(
                gpus,
                seconds,
                p -> p.mebibytes() == null ? null : Advice.gibibytes(p.mebibytes()),
                BigDecimal.valueOf(Math.ceilDiv(most, 1024)));
    }

    private static GpuPlot of(
            List<GpuUse> gpus, long seconds, Function<Point, @Nullable BigDecimal> value, BigDecimal top) {
        List<Line> lines = new ArrayList<>();
        long width = Math.max(1, seconds);
        for (int place = 0; place < Math.min(MOST_GPUS, gpus.size()); place++) {
            GpuSeries series = gpus.get(place).series();
            StringBuilder line = new StringBuilder();
            long before = -1;
            for (Point point : series.points()) {
                BigDecimal at = value.apply(point);
                if (at == null) {
                    continue;
                }
                if (before >= 0 && point.second() - before > series.spanSeconds()) {
                    lines.add(new Line(place, whole(line)));
                    line.setLength(0);
                }
                before = point.second();
                double x = LEFT + Math.min(1, point.second() / (double) width) * (WIDTH - LEFT - RIGHT);
                double y =
                        HEIGHT - BOTTOM - Math.min(1, at.doubleValue() / top.doubleValue()) * (HEIGHT - TOP - BOTTOM);
                line.append(line.isEmpty() ? "" : " ").append(String.format(Locale.ROOT, "%.1f,%.1f", x, y));
            }
            if (!line.isEmpty()) {
                lines.add(new Line(place, whole(line)));
            }
        }
        return new GpuPlot(lines, top, width);
    }

    /** A single point is drawn as a short dash. */
    private static String whole(StringBuilder line) {
        String text = line.toString();
        if (text.contains(" ")) {
            return text;
        }
        int comma = text.indexOf(',');
        double x = Double.parseDouble(text.substring(0, comma));
        return text + String.format(Locale.ROOT, " %.1f,%s", x + 3, text.substring(comma + 1));
    }
}
