package org.farga.usage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Where the bars of a report's periods stand, in the units of its drawing. */
record PeriodPlot(List<Bar> bars, List<Tick> ticks, int decimals) {
    static final int WIDTH = 560;
    static final int HEIGHT = 220;
    static final int LEFT = 64;
    static final int BOTTOM = 26;
    private static final int TOP = 12;
    private static final int NAMES = 6;
    private static final double WIDEST = 72;

    /** A period's bar; its name where there is room for it, otherwise nothing. */
    record Bar(double x, double y, double width, double height, double hours, String period, String shown) {}

    /** A mark on the axis of hours. */
    record Tick(double y, double hours) {}

    static PeriodPlot of(List<UsageReport.Line> periods, ToDoubleFunction<UsageReport.Line> hours) {
        double most = periods.stream().mapToDouble(hours).max().orElse(0);
        double top = UsagePlot.niceAbove(most);
        double room = HEIGHT - TOP - BOTTOM;
        double step = (WIDTH - LEFT - 8) / (double) Math.max(1, periods.size());
        int each = Math.max(1, Math.ceilDiv(periods.size(), NAMES));
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < periods.size(); i++) {
            UsageReport.Line line = periods.get(i);
            double value = Math.max(0, hours.applyAsDouble(line));
            double height = room * value / top;
            bars.add(new Bar(
                    LEFT + step * i + (step - Math.clamp(step * 0.8, 0.5, WIDEST)) / 2,
                    TOP + room - height,
                    Math.clamp(step * 0.8, 0.5, WIDEST),
                    height,
                    value,
                    line.name(),
                    i % each == 0 ? line.name() : ""));
        }
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i <= 4; i++) {
            ticks.add(new Tick(TOP + room - room * i / 4, top * i / 4));
        }
        return new PeriodPlot(List.copyOf(bars), ticks, UsagePlot.decimals(top / 4));
    }

    static PeriodPlot gpu(UsageReport report) {
        return of(report.periods(), l -> l.gpuHours().milliseconds() / 3.6e6);
    }

    /** TB-hours. */
    static PeriodPlot storage(UsageReport report) {
        return of(report.periods(), l -> l.stored().hours().doubleValue());
    }

    static PeriodPlot cpu(UsageReport report) {
        return of(report.periods(), l -> l.cpuHours().milliseconds() / 3.6e6);
    }
}
