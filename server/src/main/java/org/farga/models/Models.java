package org.farga.models;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.allocation.VisibleProjects;
import org.farga.audit.AuditLog;
import org.farga.compute.Jobs;
import org.farga.dataspace.Datasets;
import org.farga.notification.Notifications;
import org.farga.people.Organisations;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Registers models from runs, with where they came from, and shows them to those who may see their project. */
@Service
class Models {
    private final ModelTable table;
    private final RunTable runs;
    private final LoggedModelTable loggedModels;
    private final Jobs jobs;
    private final Projects projects;
    private final Allocations allocations;
    private final Organisations organisations;
    private final Datasets datasets;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    Models(
            ModelTable table,
            RunTable runs,
            LoggedModelTable loggedModels,
            Jobs jobs,
            Projects projects,
            Allocations allocations,
            Organisations organisations,
            Datasets datasets,
            AuditLog audit,
            Notifications notifications,
            Clock clock) {
        this.table = table;
        this.runs = runs;
        this.loggedModels = loggedModels;
        this.jobs = jobs;
        this.projects = projects;
        this.allocations = allocations;
        this.organisations = organisations;
        this.datasets = datasets;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** A model with its newest version. */
    record Shown(Model model, ModelVersion newest) {}

    /** Registers a run of a project in which the actor works; under the same name again, the version that is there. */
    @Transactional
    Outcome<ModelVersion> register(Actor actor, @Nullable ProjectId project, @Nullable String name, RunId runId) {
        Run run = runs.find(runId)
                .filter(r -> projects.visibleTo(actor).include(r.project()))
                .orElseThrow(() -> new NotFoundException("run"));
        if (!projects.isMember(actor, run.project())) {
            return Outcome.refused(Refusal.forbidden("project-members-only"));
        }
        if (project != null && !project.equals(run.project())) {
            return Outcome.refused(Refusal.invalid("run-of-other-project"));
        }
        return register(
                run.job() == null ? null : jobs.summary(run.job()),
                run,
                name,
                actor.person(),
                version -> audit.record(actor, "model.registered", "model", version.model(), details(version)));
    }

    /** Registers what a job asked for at its submission, in the name of whoever submitted it, and tells them. */
    @Transactional
    Outcome<ModelVersion> registerByRule(Jobs.Summary job, RunId runId, String name) {
        Run run = runs.find(runId).orElseThrow(() -> new NotFoundException("run"));
        return register(job, run, name, job.submittedBy(), version -> {
            audit.recordByRule("model.registered", "model", version.model(), details(version));
            notifications.tell(
                    List.of(job.submittedBy()),
                    "models.told-registered",
                    "/models/" + version.model(),
                    name,
                    version.number(),
                    job.name());
        });
    }

    private static Map<String, Object> details(ModelVersion version) {
        Map<String, Object> details = new java.util.HashMap<>(
                Map.of("number", version.number(), "project", version.lineage().projectSlug()));
        if (version.run() != null) {
            details.put("run", version.run());
        } else if (version.loggedModel() != null) {
            details.put("loggedModel", version.loggedModel());
        }
        if (version.lineage().job() != null) {
            details.put("job", version.lineage().job());
        }
        return details;
    }

    private Outcome<ModelVersion> register(
            Jobs.@Nullable Summary job,
            Run run,
            @Nullable String name,
            PersonId by,
            java.util.function.Consumer<ModelVersion> note) {
        if (run.tracked().deletedAt() != null) {
            return Outcome.refused(Refusal.conflict("run-deleted", run.id()));
        }
        if (run.state() != RunState.FINISHED) {
            return Outcome.refused(Refusal.conflict("run-not-finished"));
        }
        if (runs.files(run.id()).isEmpty()) {
            return Outcome.refused(Refusal.conflict("run-without-files"));
        }
        return Model.create(run.project(), name, clock.instant()).map(wanted -> {
            Model model = table.insertOrLock(wanted);
            Optional<ModelVersion> known = table.find(model.id(), run.id());
            if (known.isPresent()) {
                return known.get();
            }
            ModelVersion version = new ModelVersion(
                    model.id(),
                    table.nextNumber(model.id()),
                    run.id(),
                    clock.instant(),
                    by,
                    runs.metrics(List.of(run.id())).getOrDefault(run.id(), List.of()).stream()
                            .map(m -> new ModelVersion.LastValue(m.name(), m.lastStep(), m.lastValue()))
                            .toList(),
                    lineage(job, run.project()),
                    null,
                    null,
                    false);
            table.insert(version);
            note.accept(version);
            return version;
        });
    }

    /**
     * Registers some files of a run, or a logged model, as the next version of a model that is locked; while the run
     * goes on, too.
     *
     * @param run none for a logged model that was made outside any run
     * @param job that made it, where one did
     */
    ModelVersion register(
            Actor actor,
            Model model,
            @Nullable RunId run,
            @Nullable JobId job,
            String source,
            @Nullable UUID loggedModel,
            List<RunFile> files) {
        ModelVersion version = new ModelVersion(
                model.id(),
                table.nextNumber(model.id()),
                run,
                clock.instant(),
                actor.person(),
                run != null
                        ? runs.metrics(List.of(run)).getOrDefault(run, List.of()).stream()
                                .map(m -> new ModelVersion.LastValue(m.name(), m.lastStep(), m.lastValue()))
                                .toList()
                        : measured(model.project(), loggedModel),
                lineage(job == null ? null : jobs.summary(job), model.project()),
                source,
                loggedModel,
                false);
        table.insert(version);
        table.insertFiles(model.id(), version.number(), files);
        audit.record(actor, "model.registered", "model", version.model(), details(version));
        return version;
    }

    /** The last value of each metric that runs measured of a logged model. */
    private List<ModelVersion.LastValue> measured(ProjectId project, @Nullable UUID loggedModel) {
        Map<String, Tracked.Value> last = new TreeMap<>();
        if (loggedModel != null) {
            loggedModels.find(project, loggedModel).map(LoggedModel::metrics).orElse(List.of()).stream()
                    .map(LoggedModel.Measured::value)
                    .forEach(value -> last.merge(value.name(), value, (a, b) -> b.at().isAfter(a.at()) ? b : a));
        }
        return last.values().stream()
                .map(v -> new ModelVersion.LastValue(v.name(), v.step(), v.value()))
                .toList();
    }

    /** What a version consists of. */
    List<RunFile> files(ModelVersion version) {
        RunId run = version.run();
        return version.source() == null && run != null
                ? runs.files(run)
                : table.files(version.model(), version.number());
    }

    /** What it was trained with, as its run said; of one that was logged outside any run, as the logged model says. */
    Map<String, String> parameters(Model model, ModelVersion version) {
        RunId run = version.run();
        if (run != null) {
            return runs.parameters(run);
        }
        UUID logged = version.loggedModel();
        return logged == null
                ? Map.of()
                : loggedModels
                        .find(model.project(), logged)
                        .map(LoggedModel::parameters)
                        .orElse(Map.of());
    }

    private Lineage lineage(Jobs.@Nullable Summary job, ProjectId of) {
        Projects.Summary project = projects.summary(of);
        Organisations.Summary organisation = organisations.summary(project.organisation());
        if (job == null) {
            return new Lineage(
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    project.slug(),
                    project.name(),
                    organisation.id(),
                    organisation.name(),
                    List.of());
        }
        Allocation allocation = allocations.get(job.allocation());
        return new Lineage(
                job.id(),
                job.name(),
                job.scriptSha256(),
                allocation.id(),
                allocation.cluster(),
                allocation.proposal(),
                allocation.proposalCode(),
                allocation.callTitle(),
                project.slug(),
                project.name(),
                organisation.id(),
                organisation.name(),
                inputs(job));
    }

    private List<Lineage.Dataset> inputs(Jobs.Summary job) {
        var versions = datasets.summaries(
                job.inputs().stream().map(Jobs.Input::version).toList());
        var agreements = datasets.agreements(
                job.inputs().stream().map(Jobs.Input::agreement).toList());
        return job.inputs().stream()
                .map(input -> {
                    Datasets.AgreementSummary agreement = agreements.get(input.agreement());
                    Datasets.VersionSummary version = versions.get(input.version());
                    if (version == null || agreement == null) {
                        throw new IllegalStateException(
                                "a job read a dataset that is not there, or that nobody accepted");
                    }
                    return new Lineage.Dataset(
                            version.version(),
                            version.slug(),
                            version.number(),
                            version.title(),
                            version.licence(),
                            input.agreement(),
                            agreement.termsVersion(),
                            agreement.termsSha256(),
                            agreement.acceptedAt());
                })
                .toList();
    }

    /** One of a project that the actor sees. */
    Model get(Actor actor, ModelId id) {
        return table.find(id)
                .filter(model -> projects.visibleTo(actor).include(model.project()))
                .orElseThrow(() -> new NotFoundException("model"));
    }

    /** Of all projects that the actor sees, or of one; or only those trained on a dataset version; the newest first. */
    Page<Shown> list(
            Actor actor,
            @Nullable ProjectId project,
            @Nullable DatasetVersionId trainedOn,
            @Nullable String cursor,
            @Nullable Integer limit) {
        VisibleProjects visible = projects.visibleTo(actor);
        if (project != null && !visible.include(project)) {
            throw new NotFoundException("project");
        }
        int size = Cursor.size(limit);
        List<Model> rows = table.list(visible, project, trainedOn, Cursor.decode(cursor, ModelId::valueOf), size + 1);
        Page<Model> page = Cursor.page(rows, size, model -> model.id().toString());
        Map<ModelId, ModelVersion> newest = page.items().isEmpty()
                ? Map.of()
                : table.newest(page.items().stream().map(Model::id).toList()).stream()
                        .collect(Collectors.toMap(ModelVersion::model, Function.identity()));
        return new Page<>(
                page.items().stream()
                        .flatMap(m -> java.util.stream.Stream.ofNullable(newest.get(m.id()))
                                .map(v -> new Shown(m, v)))
                        .toList(),
                page.next());
    }

    /** The newest first. */
    List<ModelVersion> versions(ModelId model) {
        return table.versions(List.of(model));
    }

    Map<ModelId, List<ModelVersion>> versions(Collection<ModelId> models) {
        return models.isEmpty()
                ? Map.of()
                : table.versions(models).stream().collect(Collectors.groupingBy(ModelVersion::model));
    }

    ModelVersion version(Actor actor, ModelId model, int number) {
        return version(get(actor, model), number);
    }

    /** Of one that the caller may show. */
    ModelVersion version(Model model, int number) {
        return table.find(model.id(), number).orElseThrow(() -> new NotFoundException("model version"));
    }

    /** What a run was registered as. */
    List<Registered> ofRun(RunId run) {
        return table.ofRun(run);
    }
}
