package org.farga.models;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.compute.Jobs;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Runs as programs track them. The first run that a job creates is given its own, so that what its metrics file says and
 * what it tracks come together, whatever experiment and name the program chose.
 */
@Service
public class TrackedRuns {
    /** The tag that says a run is part of another. */
    private static final String PARENT = "mlflow.parentRunId";

    /** The tag that repeats a run's name. */
    private static final String NAME = "mlflow.runName";

    private final RunTable runs;
    private final TrackedRunTable table;
    private final ExperimentTable experiments;
    private final LoggedModelTable models;
    private final Jobs jobs;
    private final AuditLog audit;
    private final Clock clock;

    TrackedRuns(
            RunTable runs,
            TrackedRunTable table,
            ExperimentTable experiments,
            LoggedModelTable models,
            Jobs jobs,
            AuditLog audit,
            Clock clock) {
        this.runs = runs;
        this.table = table;
        this.experiments = experiments;
        this.models = models;
        this.jobs = jobs;
        this.audit = audit;
        this.clock = clock;
    }

    /** Begins a run; without a name it is given one. */
    @Transactional
    public Outcome<Tracked> create(
            Tracker by, int experiment, @Nullable String name, @Nullable Instant startedAt, Map<String, String> tags) {
        Instant now = clock.instant();
        if (experiment == Experiment.DEFAULT) {
            experiments.ensureDefault(by.project(), now);
        }
        Experiment in =
                experiments.find(by.project(), experiment).orElseThrow(() -> new NotFoundException("experiment"));
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (in.isDeleted()) {
            return Outcome.refused(Refusal.conflict("experiment-deleted", in.name()));
        }
        RunId id =
                adopted(by, experiment, name, tags, now).orElseGet(() -> insert(by, experiment, name, startedAt, now));
        putTags(id, tags);
        return Outcome.done(get(by, id));
    }

    private Optional<RunId> adopted(
            Tracker by, int experiment, @Nullable String name, Map<String, String> tags, Instant now) {
        JobId job = by.job();
        if (job == null || tags.containsKey(PARENT)) {
            return Optional.empty();
        }
        if (runs.find(job).isEmpty()) {
            // The job was faster than those who watch it: its own run begins here.
            Jobs.Summary of = jobs.summary(job);
            experiments.ensureDefault(by.project(), now);
            runs.insert(new Run(
                    RunId.create(),
                    job,
                    of.project(),
                    of.name(),
                    of.submittedBy(),
                    RunState.RUNNING,
                    now,
                    null,
                    0,
                    0,
                    List.of(),
                    Run.Tracked.OF_JOB));
        }
        return table.adopt(job, experiment, name, now);
    }

    private RunId insert(Tracker by, int experiment, @Nullable String name, @Nullable Instant startedAt, Instant now) {
        RunId id = RunId.create();
        runs.insert(new Run(
                id,
                by.job(),
                by.project(),
                name == null ? "run-" + id.toString().substring(24) : name,
                by.actor().person(),
                RunState.RUNNING,
                startedAt == null ? now : startedAt,
                null,
                0,
                0,
                List.of(),
                new Run.Tracked(experiment, false, null, null, null)));
        return id;
    }

    private void putTags(RunId id, Map<String, String> tags) {
        if (!tags.isEmpty()) {
            table.putTags(id, tags);
            String name = tags.get(NAME);
            if (name != null && !name.isEmpty()) {
                table.rename(id, name);
            }
        }
    }

    /** With everything; throws {@link NotFoundException} where the project has no such run. */
    public Tracked get(Tracker by, RunId id) {
        Run run = table.find(by.project(), id).orElseThrow(() -> new NotFoundException("run"));
        return whole(List.of(run)).getFirst();
    }

    /** Runs of some experiments. */
    public Search.Found<Tracked> search(Tracker by, Collection<Integer> in, Search search) {
        List<Search.Placed<Run>> found = in.isEmpty() ? List.of() : table.search(by.project(), in, search);
        Search.Found<Run> page = Search.Found.of(found, search.most());
        return page.with(whole(page.items()));
    }

    private List<Tracked> whole(List<Run> all) {
        if (all.isEmpty()) {
            return List.of();
        }
        List<RunId> ids = all.stream().map(Run::id).toList();
        Map<RunId, List<Tracked.Value>> metrics = table.lastValues(ids);
        Map<RunId, Map<String, String>> parameters = runs.parameters(ids);
        Map<RunId, Map<String, String>> tags = table.tags(ids);
        Map<RunId, List<Tracked.Input>> inputs = table.inputs(ids);
        Map<RunId, List<Tracked.ModelLink>> links = table.models(ids);
        return all.stream()
                .map(run -> {
                    Map<String, String> named = new LinkedHashMap<>(tags.getOrDefault(run.id(), Map.of()));
                    named.put(NAME, run.name());
                    return Tracked.of(run)
                            .with(
                                    metrics.getOrDefault(run.id(), List.of()),
                                    parameters.getOrDefault(run.id(), Map.of()),
                                    named,
                                    inputs.getOrDefault(run.id(), List.of()),
                                    links.getOrDefault(run.id(), List.of()));
                })
                .toList();
    }

    /**
     * The values of a metric in order of step, then of time; none for a metric that it does not have.
     *
     * @param after the place of the last one that was read, as {@link Search.Found#next} told it
     */
    public Search.Found<Tracked.Value> history(Tracker by, RunId id, String metric, int most, List<String> after) {
        if (table.find(by.project(), id).isEmpty()) {
            throw new NotFoundException("run");
        }
        return Search.Found.of(table.history(id, metric, most + 1, point(after)), most);
    }

    private static TrackedRunTable.Point point(List<String> place) {
        if (place.isEmpty()) {
            return TrackedRunTable.Point.FIRST;
        }
        try {
            Instant at = Instant.parse(place.get(1));
            return new TrackedRunTable.Point(Long.parseLong(place.get(0)), at, Long.parseLong(place.get(2)));
        } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            throw new Search.MisplacedException();
        }
    }

    /** Its run, locked, where it may be changed; {@code content}: whether it is more than a word about it. */
    private Outcome<Run> change(Tracker by, RunId id, boolean content) {
        Run run = table.lock(by.project(), id).orElseThrow(() -> new NotFoundException("run"));
        return refusal(by, run, content).<Outcome<Run>>map(Outcome::refused).orElseGet(() -> Outcome.done(run));
    }

    static Optional<Refusal> refusal(Tracker by, Run run, boolean content) {
        Optional<Refusal> refusal = Tracking.refusal(by);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (by.job() != null && !by.job().equals(run.job())) {
            return Optional.of(Refusal.forbidden(
                    "tracking-own-runs-only", run.id().toString(), by.job().toString()));
        }
        if (run.tracked().deletedAt() != null) {
            return Optional.of(Refusal.invalid("run-deleted", run.id().toString()));
        }
        if (content && run.isOwn() && run.state().isOver()) {
            return Optional.of(Refusal.invalid("run-over", run.id().toString()));
        }
        return Optional.empty();
    }

    /** Takes down how far it is, and what it is called. */
    @Transactional
    public Outcome<Tracked> update(
            Tracker by, RunId id, @Nullable RunState state, @Nullable Instant endedAt, @Nullable String name) {
        return change(by, id, false).then(run -> {
            if (state != null && state != Tracked.of(run).state()) {
                if (run.isOwn() && run.state().isOver()) {
                    return Outcome.refused(Refusal.invalid("run-over", id.toString()));
                }
                Instant end = state.isOver() ? (endedAt == null ? clock.instant() : endedAt) : null;
                if (run.isOwn()) {
                    table.report(id, state, end);
                } else {
                    table.setState(id, state, end);
                }
            }
            if (name != null) {
                table.rename(id, name);
            }
            return Outcome.done(get(by, id));
        });
    }

    /** Hides it, or shows it again. */
    @Transactional
    public Outcome<Boolean> setDeleted(Tracker by, RunId id, boolean deleted) {
        Run run = table.lock(by.project(), id).orElseThrow(() -> new NotFoundException("run"));
        boolean is = run.tracked().deletedAt() != null;
        Optional<Refusal> refusal = is ? Tracking.refusal(by) : refusal(by, run, false);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (is != deleted) {
            table.setDeleted(id, deleted, clock.instant());
            audit.record(
                    by.actor(), deleted ? "run.deleted" : "run.restored", "run", id, Map.of("project", run.project()));
        }
        return Outcome.done(true);
    }

    /** What a program logs at once: all of it is taken, or nothing. */
    public record Batch(List<Tracked.Value> values, Map<String, String> parameters, Map<String, String> tags) {
        public Batch {
            values = List.copyOf(values);
        }
    }

    @Transactional
    public Outcome<Boolean> log(Tracker by, RunId id, Batch batch) {
        boolean content = !batch.values().isEmpty() || !batch.parameters().isEmpty();
        return change(by, id, content).then(run -> {
            Optional<Refusal> refusal = parameters(run, batch.parameters())
                    .or(() -> tags(run, batch.tags()))
                    .or(() -> values(by, run, batch.values()));
            if (refusal.isPresent()) {
                org.springframework.transaction.interceptor.TransactionAspectSupport.currentTransactionStatus()
                        .setRollbackOnly();
                return Outcome.refused(refusal.get());
            }
            return Outcome.done(true);
        });
    }

    private Optional<Refusal> parameters(Run run, Map<String, String> parameters) {
        if (parameters.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> known = runs.parameters(run.id());
        for (Map.Entry<String, String> one : parameters.entrySet()) {
            String before = known.get(one.getKey());
            if (before != null && !before.equals(one.getValue())) {
                return Optional.of(
                        Refusal.invalid("parameter-changed", one.getKey(), start(before), start(one.getValue())));
            }
        }
        Set<String> names = new LinkedHashSet<>(known.keySet());
        names.addAll(parameters.keySet());
        if (names.size() > MetricsIntake.MOST_PARAMETERS) {
            return Optional.of(Refusal.invalid("tracking-too-many", MetricsIntake.MOST_PARAMETERS, "params"));
        }
        table.putParameters(run.id(), parameters);
        return Optional.empty();
    }

    private static String start(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }

    private Optional<Refusal> tags(Run run, Map<String, String> tags) {
        putTags(run.id(), tags);
        return !tags.isEmpty() && table.countTags(run.id()) > Experiment.MOST_TAGS
                ? Optional.of(Refusal.invalid("tracking-too-many", Experiment.MOST_TAGS, "tags"))
                : Optional.empty();
    }

    private Optional<Refusal> values(Tracker by, Run run, List<Tracked.Value> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        List<Tracked.Value> distinct = values.stream().distinct().toList();
        Set<Integer> known = table.known(run.id(), distinct);
        List<Tracked.Value> fresh = java.util.stream.IntStream.range(0, distinct.size())
                .filter(i -> !known.contains(i))
                .mapToObj(distinct::get)
                .toList();
        TrackedMetrics taken = TrackedMetrics.of(run.points(), runs.numbered(run.id()), fresh);
        Optional<Refusal> refusal = taken.refusal();
        if (refusal.isPresent() || fresh.isEmpty()) {
            return refusal;
        }
        Instant now = clock.instant();
        runs.put(run.id(), taken.changed(), now);
        runs.insertPoints(run.id(), taken.rows(), now);
        table.setPoints(run.id(), taken.points());
        for (Tracked.Value value : fresh) {
            UUID model = value.model();
            if (model != null) {
                if (models.find(by.project(), model).isEmpty()) {
                    throw new NotFoundException("logged model");
                }
                models.putMetric(model, run.id(), value);
            }
        }
        return Optional.empty();
    }

    /** Throws {@link NotFoundException} where it has no such tag. */
    @Transactional
    public Outcome<Boolean> untag(Tracker by, RunId id, String name) {
        return change(by, id, false).map(run -> {
            if (!table.removeTag(id, name)) {
                throw new NotFoundException("tag");
            }
            return true;
        });
    }

    /** Datasets that a program says its run read, and logged models it read or made. */
    @Transactional
    public Outcome<Boolean> link(Tracker by, RunId id, List<Tracked.Input> inputs, List<Tracked.ModelLink> links) {
        return change(by, id, false).then(run -> {
            for (Tracked.ModelLink link : links) {
                if (models.find(by.project(), link.model()).isEmpty()) {
                    throw new NotFoundException("logged model");
                }
                table.putModel(id, link);
            }
            inputs.forEach(input -> table.putInput(id, input));
            return table.countInputs(id) > Tracked.MOST_INPUTS
                    ? Outcome.refused(Refusal.invalid("tracking-too-many", Tracked.MOST_INPUTS, "datasets"))
                    : Outcome.done(true);
        });
    }
}
