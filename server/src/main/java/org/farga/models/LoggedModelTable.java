package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

@Component
class LoggedModelTable {
    private static final String COLUMNS = """
            l.id, l.project_id, l.experiment, l.run_id, l.job_id, l.name, l.type, l.status, l.created_by, l.created_at, l.changed_at,
            (SELECT coalesce(jsonb_object_agg(t.name, t.value), '{}'::jsonb)::text FROM logged_model_tag t
             WHERE t.logged_model_id = l.id) AS tags,
            (SELECT coalesce(jsonb_object_agg(p.name, p.value), '{}'::jsonb)::text FROM logged_model_parameter p
             WHERE p.logged_model_id = l.id) AS parameters""";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    LoggedModelTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(LoggedModel model) {
        jdbc.sql("""
                INSERT INTO logged_model (id, project_id, experiment, run_id, job_id, name, type, status, created_by, created_at,
                    changed_at)
                VALUES (:id, :project, :experiment, CAST(:run AS uuid), :job, :name, :type, :status, :by, :at, :at)""")
                .param("id", model.id())
                .param("project", model.project().value())
                .param("experiment", model.experiment())
                .param("run", model.run() == null ? null : model.run().value())
                .param("job", model.job() == null ? null : model.job().value(), java.sql.Types.BIGINT)
                .param("name", model.name())
                .param("type", model.type())
                .param("status", model.status().name())
                .param("by", model.createdBy().value())
                .param("at", utc(model.createdAt()))
                .update();
        putTags(model.id(), model.tags());
        putParameters(model.id(), model.parameters());
    }

    /** One that is not deleted. */
    Optional<LoggedModel> find(ProjectId project, UUID id) {
        return with(jdbc.sql("SELECT " + COLUMNS + " FROM logged_model l"
                                + " WHERE l.id = :id AND l.project_id = :project AND l.deleted_at IS NULL")
                        .param("id", id)
                        .param("project", project.value())
                        .query(this::model)
                        .list())
                .stream()
                .findFirst();
    }

    /** Lets one at a time change it. */
    void lock(UUID id) {
        jdbc.sql("SELECT 1 FROM logged_model WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(Integer.class)
                .optional();
    }

    /** One more than asked for, where there is one. */
    List<Search.Placed<LoggedModel>> search(ProjectId project, Collection<Integer> experiments, Search search) {
        SearchSql sql = new SearchSql(
                LoggedModelTable::expression, search, SearchSql.Key.latest("l.created_at"), SearchSql.Key.id("l.id"));
        String text = "SELECT " + COLUMNS + sql.placeColumn() + " FROM logged_model l WHERE l.project_id = :project"
                + " AND l.experiment = ANY(:experiments) AND l.deleted_at IS NULL"
                + sql.where(search.conditions())
                + sql.behind()
                + " ORDER BY " + sql.orderBy() + " LIMIT :most";
        List<Search.Placed<LoggedModel>> found = jdbc.sql(text)
                .params(sql.parameters())
                .param("project", project.value())
                .param("experiments", experiments.toArray(Integer[]::new))
                .param("most", search.most() + 1)
                .query((row, n) ->
                        Search.Placed.of(model(row, n), row.getArray("place").getArray()))
                .list();
        List<LoggedModel> whole = with(found.stream().map(Search.Placed::item).toList());
        return IntStream.range(0, found.size())
                .mapToObj(i -> new Search.Placed<>(whole.get(i), found.get(i).place()))
                .toList();
    }

    private static SearchSql.Expression expression(SearchSql.Subject of) {
        return switch (of.part()) {
            case METRIC ->
                SearchSql.Expression.number("SELECT v.value FROM logged_model_metric v WHERE v.logged_model_id = l.id"
                        + " AND v.name = " + of.parameter() + " ORDER BY v.at DESC, v.step DESC LIMIT 1");
            case PARAMETER ->
                SearchSql.Expression.text("SELECT p.value FROM logged_model_parameter p"
                        + " WHERE p.logged_model_id = l.id AND p.name = " + of.parameter());
            case TAG ->
                SearchSql.Expression.text("SELECT t.value FROM logged_model_tag t"
                        + " WHERE t.logged_model_id = l.id AND t.name = " + of.parameter());
            case ATTRIBUTE -> attribute(of.key());
            case DATASET -> throw new IllegalArgumentException("a logged model has no datasets");
        };
    }

    private static SearchSql.Expression attribute(String key) {
        return switch (key) {
            case "name" -> SearchSql.Expression.text("l.name");
            case "model_id" -> SearchSql.Expression.text("'m-' || replace(CAST(l.id AS text), '-', '')");
            case "model_type" -> SearchSql.Expression.text("l.type");
            case "status" -> SearchSql.Expression.text("substr(l.status, 14)");
            case "source_run_id" -> SearchSql.Expression.text("CAST(l.run_id AS text)");
            case "experiment_id" -> SearchSql.Expression.text("CAST(l.experiment AS text)");
            case "creation_timestamp" -> SearchSql.Expression.number(ExperimentTable.milliseconds("l.created_at"));
            case "last_updated_timestamp" -> SearchSql.Expression.number(ExperimentTable.milliseconds("l.changed_at"));
            default -> throw new IllegalArgumentException("no attribute " + key);
        };
    }

    private List<LoggedModel> with(List<LoggedModel> models) {
        if (models.isEmpty()) {
            return models;
        }
        Map<UUID, List<LoggedModel.Measured>> metrics = new HashMap<>();
        jdbc.sql("""
                SELECT logged_model_id, run_id, name, dataset_name, dataset_digest, step, value, at
                FROM logged_model_metric WHERE logged_model_id = ANY(:models)
                ORDER BY logged_model_id, name, at, run_id LIMIT 100000""")
                .param("models", models.stream().map(LoggedModel::id).toArray(UUID[]::new))
                .query(row -> {
                    UUID model = row.getObject("logged_model_id", UUID.class);
                    metrics.computeIfAbsent(model, m -> new ArrayList<>())
                            .add(new LoggedModel.Measured(
                                    new RunId(row.getObject("run_id", UUID.class)),
                                    new Tracked.Value(
                                            row.getString("name"),
                                            row.getDouble("value"),
                                            row.getLong("step"),
                                            row.getObject("at", OffsetDateTime.class)
                                                    .toInstant(),
                                            model,
                                            row.getString("dataset_name"),
                                            row.getString("dataset_digest"))));
                });
        return models.stream()
                .map(m -> new LoggedModel(
                        m.id(),
                        m.project(),
                        m.experiment(),
                        m.run(),
                        m.job(),
                        m.name(),
                        m.type(),
                        m.status(),
                        m.createdBy(),
                        m.createdAt(),
                        m.changedAt(),
                        m.tags(),
                        m.parameters(),
                        metrics.getOrDefault(m.id(), List.of())))
                .toList();
    }

    void setStatus(UUID id, LoggedModel.Status status, Instant now) {
        jdbc.sql("UPDATE logged_model SET status = :status, changed_at = :now WHERE id = :id")
                .param("status", status.name())
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    void delete(UUID id, Instant now) {
        jdbc.sql("UPDATE logged_model SET deleted_at = :now, changed_at = :now WHERE id = :id")
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    void putTags(UUID id, Map<String, String> tags) {
        jdbc.sql("""
                INSERT INTO logged_model_tag (logged_model_id, name, value)
                SELECT :id, given.* FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS given
                ON CONFLICT (logged_model_id, name) DO UPDATE SET value = excluded.value""")
                .param("id", id)
                .param("names", tags.keySet().toArray(String[]::new))
                .param("values", tags.values().toArray(String[]::new))
                .update();
    }

    boolean removeTag(UUID id, String name) {
        return jdbc.sql("DELETE FROM logged_model_tag WHERE logged_model_id = :id AND name = :name")
                        .param("id", id)
                        .param("name", name)
                        .update()
                == 1;
    }

    void putParameters(UUID id, Map<String, String> parameters) {
        jdbc.sql("""
                INSERT INTO logged_model_parameter (logged_model_id, name, value)
                SELECT :id, given.* FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS given
                ON CONFLICT (logged_model_id, name) DO NOTHING""")
                .param("id", id)
                .param("names", parameters.keySet().toArray(String[]::new))
                .param("values", parameters.values().toArray(String[]::new))
                .update();
    }

    /** The last value of a metric of it, as a run measured it. */
    void putMetric(UUID id, RunId run, Tracked.Value value) {
        jdbc.sql("""
                INSERT INTO logged_model_metric AS m (logged_model_id, run_id, name, dataset_name, dataset_digest, step,
                    value, at)
                VALUES (:id, :run, :name, :datasetName, :datasetDigest, :step, :value, :at)
                ON CONFLICT (logged_model_id, run_id, name, dataset_name, dataset_digest) DO UPDATE
                    SET step = excluded.step, value = excluded.value, at = excluded.at
                    WHERE (excluded.step, excluded.at) >= (m.step, m.at)""")
                .param("id", id)
                .param("run", run.value())
                .param("name", value.name())
                .param("datasetName", value.datasetName() == null ? "" : value.datasetName())
                .param("datasetDigest", value.datasetDigest() == null ? "" : value.datasetDigest())
                .param("step", value.step())
                .param("value", value.value())
                .param("at", utc(value.at()))
                .update();
    }

    private LoggedModel model(ResultSet row, int n) throws SQLException {
        UUID run = row.getObject("run_id", UUID.class);
        long job = row.getLong("job_id");
        return new LoggedModel(
                row.getObject("id", UUID.class),
                new ProjectId(row.getObject("project_id", UUID.class)),
                row.getInt("experiment"),
                run == null ? null : new RunId(run),
                job == 0 ? null : new JobId(job),
                row.getString("name"),
                row.getString("type"),
                LoggedModel.Status.valueOf(row.getString("status")),
                new PersonId(row.getObject("created_by", UUID.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                ExperimentTable.texts(json, row.getString("tags")),
                ExperimentTable.texts(json, row.getString("parameters")),
                List.of());
    }
}
