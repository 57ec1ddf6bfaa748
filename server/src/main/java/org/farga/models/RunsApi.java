package org.farga.models;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/runs")
class RunsApi {
    private final Runs runs;
    private final Models models;

    RunsApi(Runs runs, Models models) {
        this.runs = runs;
        this.models = models;
    }

    record RunSummaryJson(
            RunId id,
            @Nullable JobId job,
            ProjectId project,
            String name,
            RunState state,
            PersonId startedBy,
            Instant startedAt,
            @Nullable Instant endedAt,
            int points) {
        static RunSummaryJson of(Run r) {
            return new RunSummaryJson(
                    r.id(),
                    r.job(),
                    r.project(),
                    r.name(),
                    r.state(),
                    r.startedBy(),
                    r.startedAt(),
                    r.endedAt(),
                    r.points());
        }
    }

    record RunFileJson(String path, long bytes, String sha256) {
        static RunFileJson of(RunFile f) {
            return new RunFileJson(f.path(), f.bytes(), f.sha256());
        }
    }

    record RunRemarkJson(String reason, String where) {}

    /** A metric as its values have it so far; what is not a number, such as a loss that became NaN, is left out. */
    record LastMetricJson(
            String name,
            int points,
            long lastStep,
            @Nullable Double lastValue,
            @Nullable Double least,
            @Nullable Double most) {
        static LastMetricJson of(RunMetric m) {
            return new LastMetricJson(
                    m.name(),
                    m.points(),
                    m.lastStep(),
                    number(m.lastValue()),
                    number(m.least()),
                    number(m.most()));
        }
    }

    record RunModelJson(String model, String name, int number) {}

    record RunJson(
            RunId id,
            @Nullable JobId job,
            ProjectId project,
            String name,
            RunState state,
            PersonId startedBy,
            Instant startedAt,
            @Nullable Instant endedAt,
            Map<String, String> parameters,
            List<String> metrics,
            List<LastMetricJson> lastMetrics,
            List<RunFileJson> files,
            List<RunModelJson> models,
            int points,
            long garbageLines,
            List<RunRemarkJson> remarks) {}

    /** JSON has no NaN and no infinity. */
    static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /**
     * A series; each point is [step, value, milliseconds since 1970 at which it was read]. {@code total} counts all values,
     * also those that are not numbers, which are no points.
     */
    record SeriesJson(String name, int total, List<List<Number>> points) {}

    @GetMapping
    Page<RunSummaryJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable ProjectId project,
            @RequestParam(required = false) @Nullable JobId job,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return runs.list(actor, project, job, cursor, limit).map(RunSummaryJson::of);
    }

    @GetMapping("/{id}")
    RunJson get(Actor actor, @PathVariable RunId id) {
        Run r = runs.get(actor, id);
        List<RunMetric> metrics = runs.metrics(id);
        return new RunJson(
                r.id(),
                r.job(),
                r.project(),
                r.name(),
                r.state(),
                r.startedBy(),
                r.startedAt(),
                r.endedAt(),
                runs.parameters(id),
                metrics.stream().map(RunMetric::name).toList(),
                metrics.stream().map(LastMetricJson::of).toList(),
                runs.files(id).stream().map(RunFileJson::of).toList(),
                models.ofRun(id).stream()
                        .map(m -> new RunModelJson(m.model().toString(), m.name(), m.number()))
                        .toList(),
                r.points(),
                r.garbageLines(),
                r.remarks().stream()
                        .map(remark -> new RunRemarkJson(remark.reason(), remark.where()))
                        .toList());
    }

    /** Longer series than {@code most} (5,000 unless told, 100,000 at the most) are thinned so that their picture stays. */
    @GetMapping("/{id}/metrics")
    SeriesJson metrics(
            Actor actor,
            @PathVariable RunId id,
            @RequestParam String name,
            @RequestParam(required = false) @Nullable Integer most) {
        Runs.Series series = runs.series(actor, id, name, most);
        return new SeriesJson(
                name,
                series.total(),
                series.samples().stream()
                        .filter(s -> Double.isFinite(s.value()))
                        .map(s -> List.<Number>of(s.step(), s.value(), s.atMilliseconds()))
                        .toList());
    }

    /** The file as it was left, whole or by range; its ETag is its SHA-256. */
    @GetMapping(path = "/{id}/files/{*path}", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    ResponseEntity<Resource> file(Actor actor, @PathVariable RunId id, @PathVariable String path) {
        return download(runs.file(actor, id, path.substring(1)));
    }

    static ResponseEntity<Resource> download(Runs.Kept kept) {
        return ResponseEntity.ok()
                .eTag("\"" + kept.file().sha256() + "\"")
                // Never shown in the browser as a page of ours: what a job wrote is not to be trusted.
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(kept.file().name(), StandardCharsets.UTF_8)
                                .build()
                                .toString())
                .body(new FileSystemResource(kept.content()));
    }
}
