package org.farga.compute;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.compute.JobFeed.Position;
import org.farga.dataspace.Datasets;
import org.farga.dataspace.Datasets.VersionSummary;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.Messages;
import org.farga.platform.Standing;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
@RequestMapping("/api/v1/jobs")
class JobsApi {
    private static final int LARGEST_PIECE_BYTES = 1 << 20;
    private static final long TAIL_BYTES = 256 * 1024;
    private static final MediaType PLAIN = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);
    private static final Pattern EVENT_ID = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    private final Jobs jobs;
    private final JobSubmissions submissions;
    private final JobFeeds feeds;
    private final Datasets datasets;
    private final People people;
    private final Explanations explanations;
    private final Messages messages;
    private final Usage usage;
    private final Clock clock;

    JobsApi(
            Jobs jobs,
            JobSubmissions submissions,
            JobFeeds feeds,
            Datasets datasets,
            People people,
            Explanations explanations,
            Messages messages,
            Usage usage,
            Clock clock) {
        this.jobs = jobs;
        this.submissions = submissions;
        this.feeds = feeds;
        this.datasets = datasets;
        this.people = people;
        this.explanations = explanations;
        this.messages = messages;
        this.usage = usage;
        this.clock = clock;
    }

    record JobDatasetJson(String slug, int number) {}

    record UsageJson(GpuHours gpuHours, CpuHours cpuHours, long seconds) {}

    record JobJson(
            JobId id,
            String name,
            ProjectId project,
            AllocationId allocation,
            String cluster,
            JobState state,
            @Nullable String reason,
            @Nullable String explanation,
            @Nullable String remedy,
            @Nullable Integer jobsAhead,
            @Nullable Instant expectedStartAt,
            PersonId submittedBy,
            String submittedByName,
            Instant submittedAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Instant cancellationRequestedAt,
            @Nullable Integer exitCode,
            int cpus,
            long memoryMebibytes,
            int gpus,
            long timeLimitSeconds,
            long diskMebibytes,
            List<JobDatasetJson> datasets,
            Map<String, String> environment,
            @Nullable String model,
            @Nullable String gpuType,
            boolean exclusive,
            @Nullable String partition,
            @Nullable String qos,
            @Nullable Long array,
            @Nullable Integer arrayIndex,
            @Nullable Integer arrayAtOnce,
            @Nullable String dependency,
            @Nullable String engineJobId,
            @Nullable String unixUser,
            @Nullable String scriptSha256,
            @Nullable String nodes,
            @Nullable List<Integer> gpuIndexes,
            @Nullable Long cpuMilliseconds,
            @Nullable Long peakMemoryMebibytes,
            @Nullable UsageJson usage) {}

    record PreflightFindingJson(
            Finding.Severity severity,
            String check,
            String field,
            String sentence,
            @Nullable String fix,
            @Nullable String link) {}

    record PreflightJson(boolean ok, List<PreflightFindingJson> findings) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<JobJson> submit(Actor actor, @RequestBody JobRequest body, HttpServletRequest request) {
        Job job = Answer.of(submissions.submit(actor, body));
        return ResponseEntity.created(URI.create("/api/v1/jobs/" + job.id()))
                .body(json(actor, List.of(job), request).getFirst());
    }

    @PostMapping("/preflight")
    PreflightJson preflight(Actor actor, @RequestBody JobRequest body, HttpServletRequest request) {
        Locale language = Languages.of(request);
        List<Finding> findings = submissions.preflight(actor, body);
        return new PreflightJson(
                findings.stream().noneMatch(Finding::isRefused),
                findings.stream()
                        .map(finding -> new PreflightFindingJson(
                                finding.severity(),
                                finding.check(),
                                finding.field(),
                                messages.text(
                                        language,
                                        finding.message(),
                                        finding.arguments().toArray()),
                                finding.fix() == null || !messages.has(finding.fix())
                                        ? null
                                        : messages.text(
                                                language,
                                                finding.fix(),
                                                finding.arguments().toArray()),
                                finding.link()))
                        .toList());
    }

    /** The newest first; of an array its tasks. */
    @GetMapping
    Page<JobJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable ProjectId project,
            @RequestParam(required = false) @Nullable JobState state,
            @RequestParam(required = false) @Nullable JobId array,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        Page<Job> page = jobs.list(actor, project, state, array, cursor, limit);
        return new Page<>(json(actor, page.items(), request), page.next());
    }

    @GetMapping("/{id}")
    JobJson get(Actor actor, @PathVariable JobId id, HttpServletRequest request) {
        return json(actor, List.of(jobs.get(actor, id)), request).getFirst();
    }

    record JobRunJson(
            Instant startedAt,
            Instant endedAt,
            long seconds,
            int gpus,
            int cpus,
            @Nullable Integer nodes,
            @Nullable String partition,
            @Nullable String state,
            GpuHours gpuHours,
            CpuHours cpuHours,
            Map<String, BigDecimal> charges,
            boolean provisional) {}

    record JobRunsJson(List<JobRunJson> items) {}

    /** The runs of a job on the statement: one that was requeued or preempted has several. */
    @GetMapping("/{id}/runs")
    JobRunsJson runs(Actor actor, @PathVariable JobId id) {
        jobs.get(actor, id);
        return new JobRunsJson(usage.runs(id).stream()
                .map(run -> new JobRunJson(
                        run.startedAt(),
                        run.endedAt(),
                        run.duration().toSeconds(),
                        run.gpus(),
                        run.cpus(),
                        run.nodes(),
                        run.partition(),
                        run.state(),
                        run.gpuHours(),
                        run.cpuHours(),
                        run.charges(),
                        run.provisional()))
                .toList());
    }

    /** Ends a job; with {@code array}, all tasks of the array that it belongs to. */
    @PutMapping("/{id}/cancellation")
    @ResponseStatus(HttpStatus.ACCEPTED)
    JobJson cancel(
            Actor actor,
            @PathVariable JobId id,
            @RequestParam(required = false, defaultValue = "false") boolean array,
            HttpServletRequest request) {
        Job job = Answer.of(array ? submissions.cancelArray(actor, id) : submissions.cancel(actor, id));
        return json(actor, List.of(job), request).getFirst();
    }

    @GetMapping(path = "/{id}/script", produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> script(Actor actor, @PathVariable JobId id) {
        return ResponseEntity.ok()
                .contentType(PLAIN)
                .body(jobs.script(jobs.get(actor, id).id()));
    }

    /**
     * What the job has written from an offset in bytes on, at most 1 MiB; {@code Farga-Log-Next} is the offset to go on
     * from. A negative offset counts from the end.
     */
    @GetMapping(path = "/{id}/log", produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> log(
            Actor actor, @PathVariable JobId id, @RequestParam(required = false, defaultValue = "0") long offset)
            throws IOException {
        Job job = jobs.get(actor, id);
        JobFiles files = jobs.files(job);
        if (files.equals(JobFiles.NOWHERE)) {
            throw new Answer.RefusedException(Refusal.conflict("job-files-away", job.cluster()));
        }
        long from = offset >= 0 ? offset : Math.max(0, GrowingFile.length(files::openLog) + offset);
        GrowingFile.Piece piece = GrowingFile.text(files::openLog, from, LARGEST_PIECE_BYTES, job.hasEnded());
        return ResponseEntity.ok()
                .contentType(PLAIN)
                .header("Farga-Log-Next", Long.toString(piece.next()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(piece.text());
    }

    /**
     * The job's news as they come: {@code state}, {@code log}, {@code metric}, and {@code end} when there will be no
     * more. Goes on after {@code Last-Event-ID}, or after {@code after} where a client cannot set that; with {@code tail},
     * a long log begins near its end.
     */
    @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> events(
            Actor actor,
            @PathVariable JobId id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false, defaultValue = "false") boolean tail,
            HttpServletRequest request)
            throws IOException {
        Job job = jobs.get(actor, id);
        String last = lastEventId == null ? after : lastEventId;
        Position from = position(last);
        if (last == null && tail) {
            from = new Position(Math.max(0, GrowingFile.length(jobs.files(job)::openLog) - TAIL_BYTES), 0);
        }
        SseEmitter emitter = Answer.of(feeds.follow(actor, job, from, Languages.of(request), Standing.of(request)));
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // Proxies that gather answers would hold back the news.
                .header("X-Accel-Buffering", "no")
                .body(emitter);
    }

    private static Position position(@Nullable String lastEventId) {
        Matcher matcher = EVENT_ID.matcher(lastEventId == null ? "" : lastEventId);
        return matcher.matches()
                ? new Position(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
                : Position.START;
    }

    private List<JobJson> json(Actor actor, Collection<Job> list, HttpServletRequest request) {
        Locale language = Languages.of(request);
        // Who asks is known; of most people's lists that is everybody.
        Map<PersonId, String> names = new HashMap<>(Map.of(actor.person(), actor.name()));
        people.summaries(list.stream()
                        .map(Job::submittedBy)
                        .filter(person -> !person.equals(actor.person()))
                        .collect(Collectors.toSet()))
                .forEach((person, summary) -> names.put(person, summary.name()));
        List<DatasetVersionId> inputs = list.stream()
                .flatMap(job -> job.inputs().stream())
                .map(Jobs.Input::version)
                .distinct()
                .toList();
        Map<DatasetVersionId, VersionSummary> versions = inputs.isEmpty() ? Map.of() : datasets.summaries(inputs);
        Map<JobId, Explanations.Told> told = explanations.of(list, language);
        return list.stream()
                .map(job ->
                        json(job, names.get(job.submittedBy()), versions, Objects.requireNonNull(told.get(job.id()))))
                .toList();
    }

    private JobJson json(
            Job job,
            @Nullable String submitter,
            Map<DatasetVersionId, VersionSummary> versions,
            Explanations.Told told) {
        Job.Stage.Ended ended = job.stage() instanceof Job.Stage.Ended e ? e : null;
        Allocation held = job.held();
        JobOrder.Task task = job.options().task();
        return new JobJson(
                job.id(),
                job.name(),
                job.project(),
                job.allocation(),
                job.cluster(),
                job.state(),
                told.reason(),
                told.sentence(),
                told.remedy(),
                told.ahead(),
                told.expectedAt(),
                job.submittedBy(),
                submitter == null ? "" : submitter,
                job.submittedAt(),
                job.startedAt(),
                job.endedAt(),
                job.cancellation() == null ? null : job.cancellation().requestedAt(),
                ended == null ? null : ended.exitCode(),
                job.resources().cpus(),
                job.resources().memoryMebibytes(),
                job.resources().gpus(),
                job.resources().timeLimit().toSeconds(),
                job.resources().diskMebibytes(),
                job.inputs().stream()
                        .map(input -> versions.get(input.version()))
                        .filter(Objects::nonNull)
                        .map(version -> new JobDatasetJson(version.slug(), version.number()))
                        .toList(),
                job.environment(),
                job.model(),
                job.resources().gpuType(),
                job.resources().exclusive(),
                job.options().partition(),
                job.options().qos(),
                task == null ? null : task.array().value(),
                task == null ? null : task.index(),
                task == null ? null : task.atOnce(),
                job.options().after().isEmpty()
                        ? null
                        : Dependency.words(job.options().after()),
                job.engineJobId(),
                job.options().unixUser(),
                job.scriptSha256(),
                held == null ? null : held.nodes(),
                held == null ? null : held.gpuIndexes(),
                ended == null ? null : ended.measured().cpuMilliseconds(),
                ended == null ? null : ended.measured().peakMemoryMebibytes(),
                job.used(clock.instant())
                        .map(used -> new UsageJson(
                                used.gpuHours(), used.cpuHours(), used.time().toSeconds()))
                        .orElse(null));
    }
}
