package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.allocation.VisibleProjects;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

@Component
class ModelTable {
    private static final String COLUMNS = "m.id, m.project_id, m.name, m.created_at";
    private static final String VERSION_COLUMNS = "v.model_id, v.number, v.run_id, v.registered_at, v.registered_by,"
            + " v.metrics, v.job_id, v.job_name, v.script_sha256, v.allocation_id, v.cluster, v.proposal_id,"
            + " v.proposal_code, v.call_title, v.project_slug, v.project_name, v.organisation_id, v.organisation_name,"
            + " v.source, v.logged_model_id, m.deleted_at IS NOT NULL OR n.deleted_at IS NOT NULL AS deleted";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    ModelTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Writes it unless the project has a model of that name, then locks the one that is there. */
    Model insertOrLock(Model model) {
        jdbc.sql("""
                INSERT INTO model (id, project_id, name, created_at, description, changed_at)
                VALUES (:id, :project, :name, :createdAt, '', :createdAt)
                ON CONFLICT (project_id, lower(name)) WHERE deleted_at IS NULL DO NOTHING""")
                .param("id", model.id().value())
                .param("project", model.project().value())
                .param("name", model.name())
                .param("createdAt", utc(model.createdAt()))
                .update();
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM model m WHERE m.project_id = :project AND lower(m.name) = lower(:name)"
                        + " AND m.deleted_at IS NULL FOR UPDATE")
                .param("project", model.project().value())
                .param("name", model.name())
                .query(ModelTable::model)
                .single();
    }

    Optional<Model> find(ModelId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM model m WHERE m.id = :id")
                .param("id", id.value())
                .query(ModelTable::model)
                .optional();
    }

    /** The newest first; only those with a version that was trained on a dataset version, where one is named. */
    List<Model> list(
            VisibleProjects visible,
            @Nullable ProjectId project,
            @Nullable DatasetVersionId trainedOn,
            @Nullable ModelId after,
            int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM model m
                        WHERE (:all OR m.project_id = ANY(:visible))
                          AND (CAST(:project AS uuid) IS NULL OR m.project_id = :project)
                          AND (CAST(:trainedOn AS uuid) IS NULL OR EXISTS (
                              SELECT 1 FROM model_version_dataset d
                              WHERE d.model_id = m.id AND d.dataset_version_id = :trainedOn))
                          AND (CAST(:after AS uuid) IS NULL OR m.id < :after)
                          AND m.deleted_at IS NULL
                        ORDER BY m.id DESC LIMIT :most""")
                .param("all", visible.all())
                .param("visible", visible.ids())
                .param("project", project == null ? null : project.value())
                .param("trainedOn", trainedOn == null ? null : trainedOn.value())
                .param("after", after == null ? null : after.value())
                .param("most", most)
                .query(ModelTable::model)
                .list();
    }

    /** The number that the next version takes; under the lock of the model. */
    int nextNumber(ModelId model) {
        return jdbc.sql("SELECT coalesce(max(number), 0) + 1 FROM model_version WHERE model_id = :model")
                .param("model", model.value())
                .query(Integer.class)
                .single();
    }

    void insert(ModelVersion version) {
        Lineage l = version.lineage();
        jdbc.sql("""
                INSERT INTO model_version (model_id, number, run_id, registered_at, registered_by, metrics, job_id,
                    job_name, script_sha256, allocation_id, cluster, proposal_id, proposal_code, call_title,
                    project_slug, project_name, organisation_id, organisation_name, source, logged_model_id)
                VALUES (:model, :number, :run, :registeredAt, :registeredBy, :metrics::jsonb, :job,
                    :jobName, :scriptSha256, :allocation, :cluster, :proposal, :proposalCode, :callTitle,
                    :projectSlug, :projectName, :organisation, :organisationName, :source, CAST(:loggedModel AS uuid))""")
                .param("source", version.source())
                .param("loggedModel", version.loggedModel())
                .param("model", version.model().value())
                .param("number", version.number())
                .param("run", version.run() == null ? null : version.run().value(), Types.OTHER)
                .param("registeredAt", utc(version.registeredAt()))
                .param("registeredBy", version.registeredBy().value())
                .param("metrics", json.writeValueAsString(version.metrics()))
                .param("job", l.job() == null ? null : l.job().value(), Types.BIGINT)
                .param("jobName", l.jobName())
                .param("scriptSha256", l.scriptSha256())
                .param(
                        "allocation",
                        l.allocation() == null ? null : l.allocation().value(),
                        Types.OTHER)
                .param("cluster", l.cluster())
                .param("proposal", l.proposal() == null ? null : l.proposal().value(), Types.OTHER)
                .param("proposalCode", l.proposalCode())
                .param("callTitle", l.callTitle())
                .param("projectSlug", l.projectSlug())
                .param("projectName", l.projectName())
                .param("organisation", l.organisation().value())
                .param("organisationName", l.organisationName())
                .update();
        jdbc.sql("""
                INSERT INTO model_version_note (model_id, number, description, stage, changed_at)
                VALUES (:model, :number, '', 'None', :at)""")
                .param("model", version.model().value())
                .param("number", version.number())
                .param("at", utc(version.registeredAt()))
                .update();
        int position = 1;
        for (Lineage.Dataset dataset : l.datasets()) {
            insert(version, position++, dataset);
        }
    }

    private void insert(ModelVersion version, int position, Lineage.Dataset dataset) {
        jdbc.sql("""
                INSERT INTO model_version_dataset (model_id, number, position, dataset_version_id, slug, dataset_number,
                    title, licence, agreement_id, terms_version, terms_sha256, accepted_at)
                VALUES (:model, :number, :position, :version, :slug, :datasetNumber, :title, :licence, :agreement,
                    :termsVersion, :termsSha256, :acceptedAt)""")
                .param("model", version.model().value())
                .param("number", version.number())
                .param("position", position)
                .param("version", dataset.version().value())
                .param("slug", dataset.slug())
                .param("datasetNumber", dataset.number())
                .param("title", dataset.title())
                .param("licence", dataset.licence())
                .param("agreement", dataset.agreement().value())
                .param("termsVersion", dataset.termsVersion())
                .param("termsSha256", dataset.termsSha256())
                .param("acceptedAt", utc(dataset.acceptedAt()))
                .update();
    }

    /** The version that all of a run was registered as under this model. */
    Optional<ModelVersion> find(ModelId model, RunId run) {
        return versions(
                        "v.model_id = :model AND v.run_id = :run AND v.source IS NULL",
                        Map.of("model", model.value(), "run", run.value()))
                .stream()
                .findFirst();
    }

    Optional<ModelVersion> find(ModelId model, int number) {
        return versions("v.model_id = :model AND v.number = :number", Map.of("model", model.value(), "number", number))
                .stream()
                .findFirst();
    }

    /** All versions of these models, each model's newest first. */
    List<ModelVersion> versions(Collection<ModelId> models) {
        return versions("v.model_id = ANY(:models)", Map.of("models", uuids(models)));
    }

    /** The newest version of each that is still offered. */
    List<ModelVersion> newest(Collection<ModelId> models) {
        return versions("""
                v.model_id = ANY(:models) AND v.number =
                    (SELECT max(w.number) FROM model_version_note w
                     WHERE w.model_id = v.model_id AND w.deleted_at IS NULL)""", Map.of("models", uuids(models)));
    }

    /** Keeps the files that a version took of its run or of a logged model. */
    void insertFiles(ModelId model, int number, List<RunFile> files) {
        jdbc.sql("""
                INSERT INTO model_version_file (model_id, number, path, bytes, sha256)
                SELECT :model, :number, given.* FROM unnest(CAST(:paths AS text[]), CAST(:bytes AS bigint[]),
                    CAST(:sha256s AS bytea[])) AS given""")
                .param("model", model.value())
                .param("number", number)
                .param("paths", files.stream().map(RunFile::path).toArray(String[]::new))
                .param("bytes", files.stream().map(RunFile::bytes).toArray(Long[]::new))
                .param("sha256s", files.stream().map(RunFile::sha256Bytes).toArray(byte[][]::new))
                .update();
    }

    /** The files that a version took; none of one that is all of its run. */
    List<RunFile> files(ModelId model, int number) {
        return jdbc.sql("""
                        SELECT path, bytes, sha256 FROM model_version_file
                        WHERE model_id = :model AND number = :number ORDER BY path""")
                .param("model", model.value())
                .param("number", number)
                .query((row, n) -> RunFile.of(row.getString("path"), row.getLong("bytes"), row.getBytes("sha256")))
                .list();
    }

    /** Those that a run was registered as, with the names of their models. */
    List<Registered> ofRun(RunId run) {
        return jdbc.sql("""
                        SELECT m.id, m.name, v.number FROM model_version v JOIN model m ON m.id = v.model_id
                        WHERE v.run_id = :run ORDER BY m.name, v.number""")
                .param("run", run.value())
                .query((row, n) -> new Registered(
                        new ModelId(row.getObject("id", UUID.class)), row.getString("name"), row.getInt("number")))
                .list();
    }

    private List<ModelVersion> versions(String where, Map<String, ?> parameters) {
        Map<String, List<Lineage.Dataset>> datasets = new HashMap<>();
        jdbc.sql("""
                SELECT d.model_id, d.number, d.dataset_version_id, d.slug, d.dataset_number, d.title, d.licence,
                    d.agreement_id, d.terms_version, d.terms_sha256, d.accepted_at
                FROM model_version_dataset d JOIN model_version v ON v.model_id = d.model_id AND v.number = d.number
                WHERE\s""" + where + " ORDER BY d.model_id, d.number, d.position")
                .params(parameters)
                .query(row -> {
                    datasets.computeIfAbsent(key(row), k -> new ArrayList<>()).add(dataset(row));
                });
        return jdbc.sql("SELECT " + VERSION_COLUMNS + " FROM model_version v JOIN model m ON m.id = v.model_id"
                        + " JOIN model_version_note n ON n.model_id = v.model_id AND n.number = v.number WHERE " + where
                        + " ORDER BY v.model_id, v.number DESC")
                .params(parameters)
                .query((row, n) -> version(row, datasets.getOrDefault(key(row), List.of())))
                .list();
    }

    private static String key(ResultSet row) throws SQLException {
        return row.getString("model_id") + " " + row.getInt("number");
    }

    private static Model model(ResultSet row, int number) throws SQLException {
        return new Model(
                new ModelId(row.getObject("id", UUID.class)),
                new ProjectId(row.getObject("project_id", UUID.class)),
                row.getString("name"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private ModelVersion version(ResultSet row, List<Lineage.Dataset> datasets) throws SQLException {
        UUID run = row.getObject("run_id", UUID.class);
        return new ModelVersion(
                new ModelId(row.getObject("model_id", UUID.class)),
                row.getInt("number"),
                run == null ? null : new RunId(run),
                row.getObject("registered_at", OffsetDateTime.class).toInstant(),
                new PersonId(row.getObject("registered_by", UUID.class)),
                List.of(json.readValue(row.getString("metrics"), ModelVersion.LastValue[].class)),
                new Lineage(
                        row.getObject("job_id") == null ? null : new JobId(row.getLong("job_id")),
                        row.getString("job_name"),
                        row.getString("script_sha256"),
                        row.getObject("allocation_id") == null
                                ? null
                                : new AllocationId(row.getObject("allocation_id", UUID.class)),
                        row.getString("cluster"),
                        row.getObject("proposal_id") == null
                                ? null
                                : new ProposalId(row.getObject("proposal_id", UUID.class)),
                        row.getString("proposal_code"),
                        row.getString("call_title"),
                        row.getString("project_slug"),
                        row.getString("project_name"),
                        new OrganisationId(row.getObject("organisation_id", UUID.class)),
                        row.getString("organisation_name"),
                        datasets),
                row.getString("source"),
                row.getObject("logged_model_id", UUID.class),
                row.getBoolean("deleted"));
    }

    private static Lineage.Dataset dataset(ResultSet row) throws SQLException {
        return new Lineage.Dataset(
                new DatasetVersionId(row.getObject("dataset_version_id", UUID.class)),
                row.getString("slug"),
                row.getInt("dataset_number"),
                row.getString("title"),
                row.getString("licence"),
                new AgreementId(row.getObject("agreement_id", UUID.class)),
                row.getInt("terms_version"),
                row.getString("terms_sha256"),
                row.getObject("accepted_at", OffsetDateTime.class).toInstant());
    }

    private static UUID[] uuids(Collection<ModelId> ids) {
        return ids.stream().map(ModelId::value).toArray(UUID[]::new);
    }
}
