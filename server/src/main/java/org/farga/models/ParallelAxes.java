package org.farga.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs as lines across upright axes, one axis a parameter that differs and the last one a metric: which settings led where.
 * All positions are shares of an axis' height, 0 at its foot and 1 at its head.
 *
 * @param lines one a run, in the order of the runs
 */
record ParallelAxes(List<Axis> axes, List<Line> lines) {
    static final int MOST_AXES = 10;
    static final int COLOURS = 5;
    private static final int MOST_TICKS = 6;

    /** How values are laid along an axis. */
    enum Scale {
        LINEAR,
        /** For positive numbers over two orders of magnitude and more: learning rates and sizes. */
        LOGARITHMIC,
        CATEGORIES
    }

    record Tick(String label, double place) {}

    /** @param metric whether it shows what came out, rather than what went in */
    record Axis(String name, boolean metric, Scale scale, List<Tick> ticks) {}

    /**
     * A run.
     *
     * @param places on each axis; null where the run has no value there
     * @param values as they were written
     * @param colour from 0 for the least to {@link #COLOURS} - 1 for the most of the metric; -1 where it has none
     */
    record Line(Run run, List<@Nullable Double> places, List<String> values, int colour) {}

    /** Of a comparison; the metric named, or the first that differs. Without a parameter that differs there is no axis. */
    static ParallelAxes of(RunComparison comparison, @Nullable String metric) {
        List<RunComparison.Parameter> parameters = comparison.parameters().stream()
                .filter(RunComparison.Parameter::differs)
                .limit(MOST_AXES)
                .toList();
        if (parameters.isEmpty()) {
            return new ParallelAxes(List.of(), List.of());
        }
        List<Axis> axes = new ArrayList<>();
        List<List<@Nullable Double>> places = new ArrayList<>();
        List<List<@Nullable String>> written = new ArrayList<>();
        for (RunComparison.Parameter parameter : parameters) {
            Laid laid = lay(parameter.values());
            axes.add(new Axis(parameter.name(), false, laid.scale(), laid.ticks()));
            places.add(laid.places());
            written.add(parameter.values());
        }
        RunComparison.Metric shown = chosen(comparison, metric);
        if (shown != null) {
            List<@Nullable String> last = new ArrayList<>();
            shown.values()
                    .forEach(m -> last.add(
                            m == null || !Double.isFinite(m.lastValue()) ? null : String.valueOf(m.lastValue())));
            Laid laid = lay(last);
            axes.add(new Axis(shown.name(), true, laid.scale(), laid.ticks()));
            places.add(laid.places());
            written.add(last);
        }
        List<Line> lines = new ArrayList<>();
        for (int run = 0; run < comparison.runs().size(); run++) {
            int at = run;
            List<@Nullable Double> onAxes = new ArrayList<>();
            places.forEach(axis -> onAxes.add(axis.get(at)));
            List<String> values = written.stream()
                    .map(axis -> Objects.requireNonNullElse(axis.get(at), ""))
                    .toList();
            Double outcome = shown == null ? null : onAxes.getLast();
            lines.add(new Line(
                    comparison.runs().get(run),
                    onAxes,
                    values,
                    outcome == null ? -1 : (int) Math.min(COLOURS - 1, outcome * COLOURS)));
        }
        return new ParallelAxes(List.copyOf(axes), List.copyOf(lines));
    }

    static RunComparison.@Nullable Metric chosen(RunComparison comparison, @Nullable String metric) {
        return comparison.metrics().stream()
                .filter(m -> m.name().equals(metric))
                .findFirst()
                .or(() -> comparison.metrics().stream()
                        .filter(RunComparison.Metric::differs)
                        .findFirst())
                .or(() -> comparison.metrics().stream().findFirst())
                .orElse(null);
    }

    /** Values laid along one axis. */
    record Laid(Scale scale, List<Tick> ticks, List<@Nullable Double> places) {}

    static Laid lay(List<@Nullable String> values) {
        List<@Nullable Double> numbers = new ArrayList<>();
        values.forEach(v -> numbers.add(v == null ? null : number(v)));
        boolean numeric = true;
        for (int i = 0; i < values.size(); i++) {
            numeric &= values.get(i) == null || numbers.get(i) != null;
        }
        return numeric ? numbers(numbers) : categories(values);
    }

    private static Laid numbers(List<@Nullable Double> numbers) {
        double least = numbers.stream()
                .filter(Objects::nonNull)
                .mapToDouble(d -> d)
                .min()
                .orElse(0);
        double most = numbers.stream()
                .filter(Objects::nonNull)
                .mapToDouble(d -> d)
                .max()
                .orElse(0);
        boolean logarithmic = least > 0 && most / least >= 100;
        double from = logarithmic ? Math.log10(least) : least;
        double to = logarithmic ? Math.log10(most) : most;
        List<@Nullable Double> places = new ArrayList<>();
        numbers.forEach(n -> places.add(
                n == null ? null : to == from ? 0.5 : ((logarithmic ? Math.log10(n) : n) - from) / (to - from)));
        List<Tick> ticks = new ArrayList<>();
        if (to == from) {
            ticks.add(new Tick(label(least), 0.5));
        } else if (logarithmic) {
            ticks.add(new Tick(label(least), 0));
            int first = (int) Math.floor(from) + 1;
            int every = Math.max(1, (int) Math.ceil((Math.ceil(to) - first) / (MOST_TICKS - 2.0)));
            for (int power = first; power < to - 0.1; power += every) {
                if (power - from > 0.1) {
                    ticks.add(new Tick(label(Math.pow(10, power)), (power - from) / (to - from)));
                }
            }
            ticks.add(new Tick(label(most), 1));
        } else {
            for (double share : new double[] {0, 0.25, 0.5, 0.75, 1}) {
                ticks.add(new Tick(label(least + (most - least) * share), share));
            }
        }
        return new Laid(logarithmic ? Scale.LOGARITHMIC : Scale.LINEAR, List.copyOf(ticks), places);
    }

    private static Laid categories(List<@Nullable String> values) {
        TreeSet<String> names = new TreeSet<>();
        values.stream().filter(Objects::nonNull).forEach(names::add);
        List<String> sorted = List.copyOf(names);
        List<@Nullable Double> places = new ArrayList<>();
        values.forEach(v -> places.add(v == null ? null : place(sorted.indexOf(v), sorted.size())));
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            ticks.add(new Tick(sorted.get(i), place(i, sorted.size())));
        }
        return new Laid(Scale.CATEGORIES, List.copyOf(ticks), places);
    }

    private static double place(int index, int count) {
        return count == 1 ? 0.5 : (double) index / (count - 1);
    }

    private static @Nullable Double number(String value) {
        if (!value.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?") || value.length() > 40) {
            return null;
        }
        double number = Double.parseDouble(value);
        return Double.isFinite(number) ? number : null;
    }

    /** Four significant digits, without zeros behind. */
    private static String label(double number) {
        if (number == 0) {
            return "0";
        }
        java.math.BigDecimal rounded = new java.math.BigDecimal(number)
                .round(new java.math.MathContext(4))
                .stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent < -4 || exponent > 6 ? rounded.toString() : rounded.toPlainString();
    }
}
