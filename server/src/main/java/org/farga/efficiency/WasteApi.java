package org.farga.efficiency;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.farga.allocation.Projects;
import org.farga.efficiency.Waste.Sums;
import org.farga.efficiency.Wastes.By;
import org.farga.efficiency.Wastes.Question;
import org.farga.efficiency.Wastes.Sort;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
class WasteApi {
    private static final String CSV = "text/csv";
    private static final int MOST_LINES = 200;

    private final Wastes wastes;
    private final Projects projects;

    WasteApi(Wastes wastes, Projects projects) {
        this.wastes = wastes;
        this.projects = projects;
    }

    record WasteSumsJson(
            long jobs,
            GpuHours gpuHours,
            GpuHours gpuHoursMeasured,
            GpuHours gpuHoursUnused,
            GpuHours gpuHoursIdle,
            @Nullable BigDecimal gpuUnusedPercent,
            CpuHours cpuHours,
            CpuHours cpuHoursMeasured,
            CpuHours cpuHoursUnused,
            @Nullable BigDecimal cpuUnusedPercent,
            BigDecimal memoryGibibyteHoursUnused,
            @Nullable BigDecimal memoryUnusedPercent,
            BigDecimal timeLimitHoursUnused,
            @Nullable BigDecimal timeLimitUnusedPercent) {
        static WasteSumsJson of(Sums s) {
            return new WasteSumsJson(
                    s.jobs(),
                    new GpuHours(s.gpuHeldMilliseconds()),
                    new GpuHours(s.gpuMeasuredMilliseconds()),
                    new GpuHours(s.gpuUnusedMilliseconds()),
                    new GpuHours(s.gpuIdleMilliseconds()),
                    percent(s.gpuUnused()),
                    new CpuHours(s.cpuHeldMilliseconds()),
                    new CpuHours(s.cpuMeasuredMilliseconds()),
                    new CpuHours(s.cpuUnusedMilliseconds()),
                    percent(s.cpuUnused()),
                    s.memoryUnusedGibibyteHours(),
                    percent(s.memoryUnused()),
                    s.timeUnusedHours(),
                    percent(s.timeUnused()));
        }

        private static @Nullable BigDecimal percent(@Nullable Share share) {
            return share == null ? null : share.percent();
        }
    }

    record WasteLineJson(String id, String name, WasteSumsJson waste) {}

    record WasteJson(
            String from,
            String to,
            By by,
            Sort sort,
            WasteSumsJson total,
            List<WasteLineJson> items,
            @Nullable String next) {
        static WasteJson of(Wastes.View view) {
            return new WasteJson(
                    view.months().from().toString(),
                    view.months().to().toString(),
                    view.by(),
                    view.sort(),
                    WasteSumsJson.of(view.total()),
                    view.lines().items().stream()
                            .map(l -> new WasteLineJson(l.key(), l.name(), WasteSumsJson.of(l.sums())))
                            .toList(),
                    view.lines().next());
        }
    }

    /** Over the whole centre, by project, person or cluster; months as {@code 2026-11}, by default the last and this one. */
    @GetMapping("/waste")
    WasteJson ofCentre(
            Actor actor,
            @RequestParam(required = false) @Nullable By by,
            @RequestParam(required = false) @Nullable Sort sort,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return WasteJson.of(wastes.ofCentre(actor, new Question(by, sort, from, to, cursor, limit)));
    }

    /** The first 200 lines of the same. */
    @GetMapping(path = "/waste.csv", produces = CSV)
    void ofCentreAsCsv(
            Actor actor,
            @RequestParam(required = false) @Nullable By by,
            @RequestParam(required = false) @Nullable Sort sort,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletResponse response)
            throws IOException {
        csv(wastes.ofCentre(actor, new Question(by, sort, from, to, cursor, MOST_LINES)), "waste", response);
    }

    /** Of one project, for its lead and those who run the centre. */
    @GetMapping("/projects/{idOrSlug}/waste")
    WasteJson ofProject(
            Actor actor,
            @PathVariable String idOrSlug,
            @RequestParam(required = false) @Nullable By by,
            @RequestParam(required = false) @Nullable Sort sort,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return WasteJson.of(wastes.ofProject(
                actor, projects.visible(actor, idOrSlug), new Question(by, sort, from, to, cursor, limit)));
    }

    /** The first 200 lines of the same. */
    @GetMapping(path = "/projects/{idOrSlug}/waste.csv", produces = CSV)
    void ofProjectAsCsv(
            Actor actor,
            @PathVariable String idOrSlug,
            @RequestParam(required = false) @Nullable By by,
            @RequestParam(required = false) @Nullable Sort sort,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletResponse response)
            throws IOException {
        Projects.Summary project = projects.visible(actor, idOrSlug);
        csv(
                wastes.ofProject(actor, project, new Question(by, sort, from, to, cursor, MOST_LINES)),
                "waste-" + project.slug(),
                response);
    }

    private static void csv(Wastes.View view, String name, HttpServletResponse response) throws IOException {
        response.setContentType(CSV);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                "attachment; filename=\"%s-%s-%s.csv\""
                        .formatted(name, view.months().from(), view.months().to()));
        Writer writer = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        WasteCsv.write(view.lines().items(), writer);
        writer.flush();
    }
}
