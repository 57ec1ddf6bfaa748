package org.farga.models;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.platform.Answer;
import org.farga.platform.SafeCell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
@RequestMapping("/runs")
class RunComparisonPages {
    private final RunComparisons comparisons;
    private final Shells shells;

    RunComparisonPages(RunComparisons comparisons, Shells shells) {
        this.comparisons = comparisons;
        this.shells = shells;
    }

    // The second is the address that older links have.
    @GetMapping({"/comparison", "/compare"})
    ModelAndView compare(
            Actor actor,
            @RequestParam(required = false) @Nullable List<RunId> run,
            @RequestParam(required = false) @Nullable String metric,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        return switch (comparisons.compare(actor, run)) {
            case Outcome.Done<RunComparison>(RunComparison comparison) -> {
                model.put("comparison", comparison);
                model.put("axes", ParallelAxes.of(comparison, metric));
                model.put("metric", ParallelAxes.chosen(comparison, metric));
                yield new ModelAndView("models/comparison", model);
            }
            case Outcome.Refused<RunComparison> refused -> {
                ModelAndView page = new ModelAndView("models/comparison-choose", model);
                page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
                yield page;
            }
        };
    }

    /** The tables as CSV: a row a run, a column a parameter and three a metric. */
    @GetMapping("/comparison.csv")
    void csv(Actor actor, @RequestParam(required = false) @Nullable List<RunId> run, HttpServletResponse response)
            throws IOException {
        RunComparison comparison = Answer.of(comparisons.compare(actor, run));
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"runs.csv\"");
        try (PrintWriter out = response.getWriter();
                CSVPrinter csv = new CSVPrinter(out, CSVFormat.RFC4180)) {
            List<Object> header = new ArrayList<>(List.of("run", "name", "state"));
            comparison.parameters().forEach(p -> header.add(cell(p.name())));
            comparison.metrics().forEach(m -> {
                header.add(cell(m.name()));
                header.add(cell(m.name() + " (least)"));
                header.add(cell(m.name() + " (most)"));
            });
            csv.printRecord(header);
            for (int i = 0; i < comparison.runs().size(); i++) {
                Run one = comparison.runs().get(i);
                List<Object> row = new ArrayList<>(List.of(one.id(), cell(one.name()), one.state()));
                for (RunComparison.Parameter parameter : comparison.parameters()) {
                    row.add(cell(parameter.values().get(i)));
                }
                for (RunComparison.Metric metric : comparison.metrics()) {
                    RunMetric value = metric.values().get(i);
                    row.add(value == null ? "" : value.lastValue());
                    row.add(value == null ? "" : value.least());
                    row.add(value == null ? "" : value.most());
                }
                csv.printRecord(row);
            }
        }
    }

    /** A spreadsheet takes a text that starts like a formula for one; what a job wrote is not to be trusted with that. */
    private static String cell(@Nullable String text) {
        if (text == null) {
            return "";
        }
        boolean number = text.matches("[+-]?[0-9.]+([eE][+-]?[0-9]+)?");
        return number ? text : SafeCell.of(text);
    }

    /** One metric's points as CSV, at most as many as a picture of it could hold. */
    @GetMapping("/series.csv")
    void seriesCsv(Actor actor, @RequestParam List<RunId> run, @RequestParam String name, HttpServletResponse response)
            throws IOException {
        List<RunSeries> all = comparisons.series(
                actor, run, name, new RunSeries.Window(Long.MIN_VALUE, Long.MAX_VALUE, RunSeries.MOST_POINTS));
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"series.csv\"");
        try (PrintWriter out = response.getWriter();
                CSVPrinter csv = new CSVPrinter(out, CSVFormat.RFC4180)) {
            csv.printRecord("run", "metric", "step", "value");
            for (RunSeries series : all) {
                for (RunSeries.Point point : series.points()) {
                    csv.printRecord(series.run(), cell(name), point.step(), point.value());
                }
            }
        }
    }
}
