package org.farga.aid;

import java.time.LocalDate;
import java.time.Month;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the sum of aid stands over the years before and after a day, in the units of its drawing. */
record AidPlot(
        String area,
        String line,
        double ceilingY,
        double warningY,
        double todayX,
        List<Mark> years,
        List<Mark> amounts) {
    static final int WIDTH = 520;
    static final int HEIGHT = 220;
    static final int LEFT = 70;
    static final int RIGHT = 10;
    static final int BOTTOM = 26;
    private static final int TOP = 20;

    /** A mark on an axis: where it is, and the year or the cents that it says. */
    record Mark(double at, long value) {}

    static AidPlot of(Headroom headroom) {
        LocalDate from = headroom.day().minusYears(headroom.ceiling().years());
        LocalDate to = headroom.day().plusYears(headroom.ceiling().years());
        List<Headroom.Step> steps = headroom.steps(from, to);
        long most = Math.max(
                headroom.ceiling().cents(),
                steps.stream().mapToLong(Headroom.Step::cents).max().orElse(0));
        double top = most * 1.08;
        double days = ChronoUnit.DAYS.between(from, to);
        StringBuilder line = new StringBuilder();
        double last = y(steps.getFirst().cents(), top);
        line.append(point(LEFT, last));
        for (Headroom.Step step : steps.subList(1, steps.size())) {
            double x = x(from, step.day(), days);
            double y = y(step.cents(), top);
            line.append(point(x, last)).append(point(x, y));
            last = y;
        }
        line.append(point(WIDTH - RIGHT, last));
        String area = point(LEFT, y(0, top)) + line + point(WIDTH - RIGHT, y(0, top));
        List<Mark> years = new ArrayList<>();
        for (int year = from.getYear() + 1; year <= to.getYear(); year++) {
            years.add(new Mark(x(from, LocalDate.of(year, Month.JANUARY, 1), days), year));
        }
        List<Mark> amounts = new ArrayList<>();
        for (int i = 0; i <= 4; i++) {
            long cents = headroom.ceiling().cents() * i / 4;
            amounts.add(new Mark(y(cents, top), cents));
        }
        return new AidPlot(
                area.strip(),
                line.toString().strip(),
                y(headroom.ceiling().cents(), top),
                y(headroom.ceiling().warningCents(), top),
                x(from, headroom.day(), days),
                years,
                amounts);
    }

    private static double x(LocalDate from, LocalDate day, double days) {
        return LEFT + (WIDTH - LEFT - RIGHT) * ChronoUnit.DAYS.between(from, day) / days;
    }

    private static double y(long cents, double top) {
        double room = HEIGHT - TOP - BOTTOM;
        return TOP + room - room * cents / top;
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f ", x, y);
    }
}
