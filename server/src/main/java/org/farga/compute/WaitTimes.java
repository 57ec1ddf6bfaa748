package org.farga.compute;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How long jobs lately waited from submission to start, by partition and day of the start. */
record WaitTimes(LocalDate first, LocalDate last, List<Day> days) {
    WaitTimes {
        days = List.copyOf(days);
    }

    /**
     * One partition's on one day.
     *
     * @param partition empty where the cluster has none, or it is not known
     * @param median in whole seconds; half of the jobs waited no longer
     * @param p90 nine in ten waited no longer
     */
    record Day(String partition, LocalDate day, int jobs, Duration median, Duration p90) {}

    /** By partition, in the order of their names. */
    Map<String, List<Day>> byPartition() {
        return days.stream().collect(Collectors.groupingBy(Day::partition, TreeMap::new, Collectors.toList()));
    }

    /**
     * Where the marks of one partition's drawing stand.
     *
     * @param median and {@code p90}: points of lines; a day without jobs is passed over
     * @param top the longest wait that the axis shows
     */
    record Plot(String median, String p90, List<Dot> dots, Duration top, List<Tick> ticks) {
        static final int WIDTH = 320;
        static final int HEIGHT = 120;
        static final int LEFT = 58;
        static final int RIGHT = 10;
        static final int TOP = 10;
        static final int BOTTOM = 22;

        record Dot(double x, double median, double p90, Day day) {}

        record Tick(double x, LocalDate day) {}
    }

    /** On an axis of square roots: waits of seconds and of days are both to be seen. */
    Plot plot(List<Day> of) {
        long longest = of.stream().mapToLong(day -> day.p90().toSeconds()).max().orElse(0);
        Duration top = top(longest);
        long count = Math.max(1, last.toEpochDay() - first.toEpochDay());
        double width = Plot.WIDTH - Plot.LEFT - Plot.RIGHT;
        List<Plot.Dot> dots = new ArrayList<>();
        for (Day day : of) {
            double x = Plot.LEFT + width * (day.day().toEpochDay() - first.toEpochDay()) / count;
            dots.add(new Plot.Dot(x, y(day.median(), top), y(day.p90(), top), day));
        }
        List<Plot.Tick> ticks = List.of(
                new Plot.Tick(Plot.LEFT, first),
                new Plot.Tick(Plot.LEFT + width * (count / 2) / count, first.plusDays(count / 2)),
                new Plot.Tick(Plot.LEFT + width, last));
        return new Plot(
                dots.stream().map(dot -> point(dot.x(), dot.median())).collect(Collectors.joining(" ")),
                dots.stream().map(dot -> point(dot.x(), dot.p90())).collect(Collectors.joining(" ")),
                dots,
                top,
                ticks);
    }

    private static double y(Duration wait, Duration top) {
        double share = Math.sqrt(Math.min(1, wait.toSeconds() / (double) top.toSeconds()));
        return Plot.HEIGHT - Plot.BOTTOM - share * (Plot.HEIGHT - Plot.TOP - Plot.BOTTOM);
    }

    /** The next of the times that people think in. */
    private static Duration top(long seconds) {
        for (Duration round : List.of(
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                Duration.ofHours(1),
                Duration.ofHours(4),
                Duration.ofHours(12),
                Duration.ofDays(1),
                Duration.ofDays(3),
                Duration.ofDays(7))) {
            if (seconds <= round.toSeconds()) {
                return round;
            }
        }
        return Duration.ofDays(Math.ceilDiv(seconds, 86_400));
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
    }
}
