package org.farga.models;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.farga.models.RunsApi.RunFileJson;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/models")
class ModelsApi {
    private final Models models;
    private final Runs runs;

    ModelsApi(Models models, Runs runs) {
        this.models = models;
        this.runs = runs;
    }

    /** A metric's last value; without a value where that is not a number. */
    record ModelMetricJson(String name, long step, @Nullable Double value) {}

    /**
     * A version; {@code run} is there unless it was logged outside any run. {@code deleted}: no longer offered, but kept in
     * the record.
     */
    record ModelVersionJson(
            int number,
            @Nullable RunId run,
            Instant registeredAt,
            PersonId registeredBy,
            List<RunFileJson> files,
            List<ModelMetricJson> metrics,
            boolean deleted) {
        static ModelVersionJson of(ModelVersion v, List<RunFile> files) {
            return new ModelVersionJson(
                    v.number(),
                    v.run(),
                    v.registeredAt(),
                    v.registeredBy(),
                    files.stream().map(RunFileJson::of).toList(),
                    v.metrics().stream()
                            .map(m -> new ModelMetricJson(m.name(), m.step(), RunsApi.number(m.value())))
                            .toList(),
                    v.deleted());
        }
    }

    record ModelJson(ModelId id, String name, ProjectId project, Instant createdAt, List<ModelVersionJson> versions) {}

    record ModelSummaryJson(
            ModelId id,
            String name,
            ProjectId project,
            Instant createdAt,
            int newest,
            Instant registeredAt,
            List<ModelMetricJson> metrics) {}

    record NewModel(
            @Nullable ProjectId project,
            @Nullable String name,
            @Nullable RunId run) {}

    record ScriptJson(String sha256) {}

    record LineageDatasetJson(
            DatasetVersionId version,
            String slug,
            int number,
            String title,
            String licence,
            AgreementId agreement,
            int termsVersion,
            String termsSha256,
            Instant acceptedAt) {}

    record LineageProjectJson(ProjectId id, String slug, String name) {}

    record LineageOrganisationJson(OrganisationId id, String name) {}

    record LineageModelJson(ModelId id, String name, int version) {}

    record LineageRunJson(RunId id, List<ModelMetricJson> metrics) {}

    record LineageJobJson(JobId id, String name) {}

    record LineageAllocationJson(AllocationId id, String cluster) {}

    record LineageJson(
            LineageModelJson model,
            @Nullable LineageRunJson run,
            @Nullable LineageJobJson job,
            @Nullable ScriptJson script,
            @Nullable LineageAllocationJson allocation,
            @Nullable ProposalId proposal,
            @Nullable String proposalCode,
            @Nullable String callTitle,
            LineageProjectJson project,
            LineageOrganisationJson organisation,
            List<LineageDatasetJson> datasets) {}

    /** Those of one project, or those trained on a dataset version, or all that one may see. */
    @GetMapping
    Page<ModelSummaryJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable ProjectId project,
            @RequestParam(required = false) @Nullable DatasetVersionId datasetVersion,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return models.list(actor, project, datasetVersion, cursor, limit)
                .map(shown -> new ModelSummaryJson(
                        shown.model().id(),
                        shown.model().name(),
                        shown.model().project(),
                        shown.model().createdAt(),
                        shown.newest().number(),
                        shown.newest().registeredAt(),
                        shown.newest().metrics().stream()
                                .map(m -> new ModelMetricJson(m.name(), m.step(), RunsApi.number(m.value())))
                                .toList()));
    }

    /** Registers a run as the next version of the model of that name; the same run again is the version that is there. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ModelJson> register(Actor actor, @RequestBody NewModel body) {
        if (body.run() == null) {
            throw new Answer.RefusedException(
                    new org.farga.shared.Fields().present("run", null).refusal().orElseThrow());
        }
        ModelVersion version = Answer.of(models.register(actor, body.project(), body.name(), body.run()));
        return ResponseEntity.created(URI.create("/api/v1/models/" + version.model()))
                .body(json(models.get(actor, version.model())));
    }

    @GetMapping("/{id}")
    ModelJson get(Actor actor, @PathVariable ModelId id) {
        return json(models.get(actor, id));
    }

    private ModelJson json(Model model) {
        List<ModelVersion> versions = models.versions(model.id());
        Map<RunId, List<RunFile>> files = runs.files(versions.stream()
                .map(ModelVersion::run)
                .filter(Objects::nonNull)
                .toList());
        return new ModelJson(
                model.id(),
                model.name(),
                model.project(),
                model.createdAt(),
                versions.stream()
                        .map(v -> ModelVersionJson.of(
                                v,
                                v.source() == null && v.run() != null
                                        ? files.getOrDefault(v.run(), List.of())
                                        : models.files(v)))
                        .toList());
    }

    @GetMapping("/{id}/versions/{number}")
    ModelVersionJson version(Actor actor, @PathVariable ModelId id, @PathVariable int number) {
        ModelVersion version = models.version(actor, id, number);
        return ModelVersionJson.of(version, models.files(version));
    }

    /** Where a version came from, as it was when it was registered. */
    @GetMapping("/{id}/versions/{number}/lineage")
    LineageJson lineage(Actor actor, @PathVariable ModelId id, @PathVariable int number) {
        Model model = models.get(actor, id);
        ModelVersion version = models.version(actor, id, number);
        Lineage l = version.lineage();
        return new LineageJson(
                new LineageModelJson(model.id(), model.name(), version.number()),
                version.run() == null
                        ? null
                        : new LineageRunJson(
                                version.run(),
                                ModelVersionJson.of(version, List.of()).metrics()),
                l.job() == null || l.jobName() == null ? null : new LineageJobJson(l.job(), l.jobName()),
                l.scriptSha256() == null ? null : new ScriptJson(l.scriptSha256()),
                l.allocation() == null || l.cluster() == null
                        ? null
                        : new LineageAllocationJson(l.allocation(), l.cluster()),
                l.proposal(),
                l.proposalCode(),
                l.callTitle(),
                new LineageProjectJson(model.project(), l.projectSlug(), l.projectName()),
                new LineageOrganisationJson(l.organisation(), l.organisationName()),
                l.datasets().stream()
                        .map(d -> new LineageDatasetJson(
                                d.version(),
                                d.slug(),
                                d.number(),
                                d.title(),
                                d.licence(),
                                d.agreement(),
                                d.termsVersion(),
                                d.termsSha256(),
                                d.acceptedAt()))
                        .toList());
    }
}
