package org.farga.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/runs")
class RunComparisonApi {
    private final RunComparisons comparisons;

    RunComparisonApi(RunComparisons comparisons) {
        this.comparisons = comparisons;
    }

    record ComparedRunJson(RunId id, @Nullable JobId job, ProjectId project, String name, RunState state) {}

    /** A parameter with its value in each run that has it. */
    record ComparedParameterJson(String name, boolean differs, Map<String, String> values) {}

    record ComparedValueJson(
            int points,
            long lastStep,
            @Nullable Double lastValue,
            @Nullable Double least,
            @Nullable Double most) {}

    /** A metric with how it stands in each run that has it, and the runs that did best where its name tells which is best. */
    record ComparedMetricJson(String name, boolean differs, Map<String, ComparedValueJson> values, List<RunId> best) {}

    record RunComparisonJson(
            List<ComparedRunJson> runs, List<ComparedParameterJson> parameters, List<ComparedMetricJson> metrics) {}

    /** The points of one run: step by step, each with its value; {@code total} counts those that the window holds. */
    record RunSeriesJson(RunId run, long total, List<Long> steps, List<Double> values) {}

    record MetricSeriesJson(String name, List<RunSeriesJson> series) {}

    /** Two to twenty runs side by side. */
    @GetMapping("/comparison")
    RunComparisonJson compare(Actor actor, @RequestParam(required = false) @Nullable List<RunId> run) {
        RunComparison comparison = Answer.of(comparisons.compare(actor, run));
        List<Run> runs = comparison.runs();
        return new RunComparisonJson(
                runs.stream()
                        .map(r -> new ComparedRunJson(r.id(), r.job(), r.project(), r.name(), r.state()))
                        .toList(),
                comparison.parameters().stream()
                        .map(p -> {
                            Map<String, String> values = new LinkedHashMap<>();
                            for (int i = 0; i < runs.size(); i++) {
                                String value = p.values().get(i);
                                if (value != null) {
                                    values.put(runs.get(i).id().toString(), value);
                                }
                            }
                            return new ComparedParameterJson(p.name(), p.differs(), values);
                        })
                        .toList(),
                comparison.metrics().stream()
                        .map(m -> {
                            Map<String, ComparedValueJson> values = new LinkedHashMap<>();
                            for (int i = 0; i < runs.size(); i++) {
                                RunMetric value = m.values().get(i);
                                if (value != null) {
                                    values.put(
                                            runs.get(i).id().toString(),
                                            new ComparedValueJson(
                                                    value.points(),
                                                    value.lastStep(),
                                                    finite(value.lastValue()),
                                                    finite(value.least()),
                                                    finite(value.most())));
                                }
                            }
                            return new ComparedMetricJson(
                                    m.name(),
                                    m.differs(),
                                    values,
                                    m.winners().stream()
                                            .map(i -> runs.get(i).id())
                                            .toList());
                        })
                        .toList());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /**
     * One metric of one or several runs for a picture, within a window of steps: where a run has more than {@code points}
     * values there (2,000 unless told, 20,000 at the most), it is thinned so that no extreme gets lost.
     */
    @GetMapping("/series")
    MetricSeriesJson series(
            Actor actor,
            @RequestParam List<RunId> run,
            @RequestParam String name,
            @RequestParam(required = false) @Nullable Long from,
            @RequestParam(required = false) @Nullable Long to,
            @RequestParam(required = false) @Nullable Integer points) {
        RunSeries.Window window = new RunSeries.Window(
                from == null ? Long.MIN_VALUE : from,
                to == null ? Long.MAX_VALUE : to,
                points == null ? RunSeries.DEFAULT_POINTS : points);
        return new MetricSeriesJson(
                name,
                comparisons.series(actor, run, name, window).stream()
                        .map(s -> new RunSeriesJson(
                                s.run(),
                                s.total(),
                                s.points().stream().map(RunSeries.Point::step).toList(),
                                s.points().stream().map(RunSeries.Point::value).toList()))
                        .toList());
    }
}
