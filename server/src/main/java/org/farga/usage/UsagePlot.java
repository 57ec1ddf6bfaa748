package org.farga.usage;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where the marks of a plot of usage against time stand, in the units of its drawing: a bar a day, the sum so far as a
 * line, the award and the even pace towards it.
 */
record UsagePlot(
        List<Bar> bars,
        String line,
        String area,
        List<Tick> hours,
        List<Tick> days,
        double awardY,
        boolean awardShown,
        int decimals) {
    static final int WIDTH = 560;
    static final int HEIGHT = 240;
    static final int LEFT = 56;
    static final int RIGHT = 12;
    static final int TOP = 14;
    static final int BOTTOM = 28;
    private static final int DAY_TICKS = 4;
    // Below this share of the award the sum would lie on the axis: then the award is named instead of drawn.
    private static final double LEAST_SHARE = 0.05;

    /** One day's bar, and its value in hours. */
    record Bar(LocalDate day, double x, double y, double width, double height, double hours) {}

    /** A mark on an axis, at its place with its value. */
    record Tick(double at, double hours, LocalDate day) {}

    /**
     * @param hours use of each day with any, in hours
     * @param first the period's first day
     * @param last its last day
     * @param today the day until which the sum is drawn
     * @param award in hours
     */
    static UsagePlot of(Map<LocalDate, Double> hours, LocalDate first, LocalDate last, LocalDate today, double award) {
        TreeMap<LocalDate, Double> all = new TreeMap<>(hours);
        // Imported jobs may lie before the period; nothing that was used is left out of the picture.
        LocalDate from = all.isEmpty() || first.isBefore(all.firstKey()) ? first : all.firstKey();
        LocalDate to = all.isEmpty() || last.isAfter(all.lastKey()) ? last : all.lastKey();
        long count = ChronoUnit.DAYS.between(from, to) + 1;
        double dayWidth = (WIDTH - LEFT - RIGHT) / (double) count;
        double sum = all.values().stream().mapToDouble(Double::doubleValue).sum();
        boolean awardShown = sum == 0 || award <= sum / LEAST_SHARE;
        double top = niceAbove(Math.max(sum, awardShown ? award : 0));
        double scale = (HEIGHT - TOP - BOTTOM) / top;
        double floor = HEIGHT - BOTTOM;

        List<Bar> bars = new ArrayList<>();
        StringBuilder line = new StringBuilder(point(LEFT, floor));
        double soFar = 0;
        double x = LEFT;
        for (LocalDate day = from; !day.isAfter(to) && !day.isAfter(today); day = day.plusDays(1)) {
            double used = all.getOrDefault(day, 0.0);
            x = LEFT + dayWidth * ChronoUnit.DAYS.between(from, day);
            if (used > 0) {
                double gap = Math.min(2, dayWidth * 0.2);
                bars.add(new Bar(
                        day, x + gap / 2, floor - used * scale, Math.max(0.5, dayWidth - gap), used * scale, used));
            }
            soFar += used;
            x += dayWidth;
            line.append(' ').append(point(x, floor - soFar * scale));
        }
        String area = line + " " + point(x, floor) + " " + point(LEFT, floor);
        return new UsagePlot(
                List.copyOf(bars),
                line.toString(),
                area,
                hourTicks(top, scale, floor),
                dayTicks(from, count, dayWidth),
                floor - award * scale,
                awardShown && award > 0,
                decimals(top / 4));
    }

    /** By GPU-hours or CPU-hours of these days. */
    static UsagePlot gpu(Statements.Days days) {
        return of(
                days.days().stream()
                        .collect(Collectors.toMap(
                                UsageDay::day, d -> d.gpuHours().milliseconds() / 3.6e6)),
                days.first(),
                days.last(),
                days.today(),
                days.allocation().gpuHours().milliseconds() / 3.6e6);
    }

    static UsagePlot cpu(Statements.Days days) {
        return of(
                days.days().stream()
                        .collect(Collectors.toMap(
                                UsageDay::day, d -> d.cpuHours().milliseconds() / 3.6e6)),
                days.first(),
                days.last(),
                days.today(),
                days.allocation().cpuHours().milliseconds() / 3.6e6);
    }

    private static List<Tick> hourTicks(double top, double scale, double floor) {
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i <= 4; i++) {
            double value = top * i / 4;
            ticks.add(new Tick(floor - value * scale, value, LocalDate.EPOCH));
        }
        return ticks;
    }

    private static List<Tick> dayTicks(LocalDate from, long count, double dayWidth) {
        List<Tick> ticks = new ArrayList<>();
        long step = Math.max(1, Math.ceilDiv(count, DAY_TICKS));
        for (long i = 0; i < count; i += step) {
            ticks.add(new Tick(LEFT + dayWidth * (i + 0.5), 0, from.plusDays(i)));
        }
        return ticks;
    }

    /** The least of 1, 2, 4, 8 times a power of ten that is not below: quarters of it are short numbers. */
    static double niceAbove(double value) {
        if (!(value > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 4, 8, 10}) {
            if (power * factor >= value) {
                return power * factor;
            }
        }
        return power * 20;
    }

    /** As many as tell marks that are so far apart. */
    static int decimals(double step) {
        for (int decimals = 0; decimals < 9; decimals++) {
            double shifted = step * Math.pow(10, decimals);
            if (shifted >= 0.5 && Math.abs(shifted - Math.rint(shifted)) < 1e-6) {
                return decimals;
            }
        }
        return 9;
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.2f,%.2f", x, y);
    }
}
