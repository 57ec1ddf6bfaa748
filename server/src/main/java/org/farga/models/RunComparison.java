package org.farga.models;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/** Runs side by side: what they were given and what became of it, a row a parameter and a row a metric. */
record RunComparison(List<Run> runs, List<Parameter> parameters, List<Metric> metrics) {
    static final int LEAST_RUNS = 2;
    static final int MOST_RUNS = 20;

    RunComparison {
        runs = List.copyOf(runs);
        parameters = List.copyOf(parameters);
        metrics = List.copyOf(metrics);
    }

    /** Refused as {@code runs-to-compare} where there are too few or too many of them. */
    static Outcome<List<RunId>> choose(@Nullable Collection<RunId> asked) {
        List<RunId> runs = asked == null ? List.of() : asked.stream().distinct().toList();
        return runs.size() < LEAST_RUNS || runs.size() > MOST_RUNS
                ? Outcome.refused(Refusal.invalid("runs-to-compare", LEAST_RUNS, MOST_RUNS))
                : Outcome.done(runs);
    }

    static RunComparison of(
            List<Run> runs, Map<RunId, Map<String, String>> parameters, Map<RunId, List<RunMetric>> metrics) {
        Map<RunId, Map<String, RunMetric>> byName = metrics.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        e -> e.getValue().stream().collect(Collectors.toMap(RunMetric::name, m -> m, (a, b) -> a))));
        return new RunComparison(
                runs,
                names(parameters).stream()
                        .map(name -> new Parameter(name, values(runs, parameters, name)))
                        .toList(),
                names(byName).stream()
                        .map(name -> new Metric(name, values(runs, byName, name)))
                        .toList());
    }

    private static List<String> names(Map<RunId, ? extends Map<String, ?>> of) {
        TreeSet<String> names = new TreeSet<>();
        of.values().forEach(one -> names.addAll(one.keySet()));
        return List.copyOf(names);
    }

    private static <T> List<@Nullable T> values(List<Run> runs, Map<RunId, Map<String, T>> of, String name) {
        List<@Nullable T> values = new ArrayList<>();
        runs.forEach(run -> values.add(of.getOrDefault(run.id(), Map.of()).get(name)));
        return values;
    }

    /** A parameter's value in each run, in the order of the runs; null where a run has none. */
    record Parameter(String name, List<@Nullable String> values) {
        boolean differs() {
            return values.stream().distinct().count() > 1;
        }
    }

    /** How a metric stands in each run, in the order of the runs; null where a run has none. */
    record Metric(String name, List<@Nullable RunMetric> values) {
        boolean differs() {
            return values.stream()
                            .map(m -> m == null ? null : (Double) m.lastValue())
                            .distinct()
                            .count()
                    > 1;
        }

        /** The best value that a run reached; null where the metric's name does not tell which is better. */
        @Nullable
        Double best(RunMetric metric) {
            return switch (Direction.of(name)) {
                case LOWER -> metric.least();
                case HIGHER -> metric.most();
                case UNKNOWN -> null;
            };
        }

        /** Which runs did best by their best values: their places; none where nobody can tell or all are alike. */
        List<Integer> winners() {
            List<Double> bests = values.stream()
                    .filter(Objects::nonNull)
                    .map(this::best)
                    .filter(v -> v != null && Double.isFinite(v))
                    .distinct()
                    .toList();
            if (bests.size() < 2) {
                return List.of();
            }
            double best = Direction.of(name) == Direction.LOWER
                    ? bests.stream().mapToDouble(d -> d).min().orElseThrow()
                    : bests.stream().mapToDouble(d -> d).max().orElseThrow();
            return IntStream.range(0, values.size())
                    .filter(i -> {
                        RunMetric metric = values.get(i);
                        Double own = metric == null ? null : best(metric);
                        return own != null && own == best;
                    })
                    .boxed()
                    .toList();
        }
    }

    /** Which way a metric gets better, by the words that its name is made of. */
    enum Direction {
        LOWER,
        HIGHER,
        UNKNOWN;

        private static final List<String> LOWER_WORDS =
                List.of("loss", "error", "err", "mse", "rmse", "mae", "mape", "perplexity", "ppl", "wer", "cer", "nll");
        private static final List<String> HIGHER_WORDS = List.of(
                "accuracy",
                "acc",
                "f1",
                "auc",
                "auroc",
                "precision",
                "recall",
                "score",
                "bleu",
                "rouge",
                "r2",
                "iou",
                "dice",
                "map",
                "ndcg");

        static Direction of(String name) {
            for (String word : name.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)) {
                if (LOWER_WORDS.contains(word)) {
                    return LOWER;
                }
                if (HIGHER_WORDS.contains(word)) {
                    return HIGHER;
                }
            }
            return UNKNOWN;
        }
    }
}
