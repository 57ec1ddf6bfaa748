package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What the tracking protocol adds to runs. */
@Component
class TrackedRunTable {
    private final JdbcClient jdbc;
    private final JsonMapper json;

    TrackedRunTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    Optional<Run> find(ProjectId project, RunId id) {
        return jdbc.sql("SELECT " + RunTable.COLUMNS + " FROM run WHERE id = :id AND project_id = :project")
                .param("id", id.value())
                .param("project", project.value())
                .query(RunTable::run)
                .optional();
    }

    /** The same, locked: what is logged to one run is taken down one after the other. */
    Optional<Run> lock(ProjectId project, RunId id) {
        return jdbc.sql("SELECT " + RunTable.COLUMNS + " FROM run WHERE id = :id AND project_id = :project FOR UPDATE")
                .param("id", id.value())
                .param("project", project.value())
                .query(RunTable::run)
                .optional();
    }

    /** Gives a job its own run for the first that it creates; nothing where it has that already. */
    Optional<RunId> adopt(JobId job, int experiment, @Nullable String name, Instant now) {
        return jdbc.sql("""
                        UPDATE run SET experiment = :experiment, name = coalesce(CAST(:name AS text), name),
                            adopted_at = :now, reported = 'RUNNING'
                        WHERE job_id = :job AND own AND adopted_at IS NULL AND state = 'RUNNING' AND deleted_at IS NULL
                        RETURNING id""")
                .param("job", job.value())
                .param("experiment", experiment)
                .param("name", name)
                .param("now", utc(now))
                .query((row, n) -> new RunId(row.getObject("id", UUID.class)))
                .optional();
    }

    void rename(RunId id, String name) {
        jdbc.sql("UPDATE run SET name = :name WHERE id = :id")
                .param("name", name)
                .param("id", id.value())
                .update();
    }

    /** What a job says of its own run. */
    void report(RunId id, RunState state, @Nullable Instant endedAt) {
        jdbc.sql(
                        "UPDATE run SET reported = :state, reported_end = CAST(:endedAt AS timestamptz) WHERE id = :id AND own")
                .param("state", state.name())
                .param("endedAt", endedAt == null ? null : utc(endedAt))
                .param("id", id.value())
                .update();
    }

    /** Of a run that is not its job's own. */
    void setState(RunId id, RunState state, @Nullable Instant endedAt) {
        jdbc.sql("""
                UPDATE run SET state = :state, ended_at = CASE WHEN CAST(:endedAt AS timestamptz) IS NOT NULL
                    THEN greatest(started_at, CAST(:endedAt AS timestamptz)) END
                WHERE id = :id AND NOT own""")
                .param("state", state.name())
                .param("endedAt", endedAt == null ? null : utc(endedAt))
                .param("id", id.value())
                .update();
    }

    void setDeleted(RunId id, boolean deleted, Instant now) {
        jdbc.sql("UPDATE run SET deleted_at = CASE WHEN :deleted THEN CAST(:now AS timestamptz) END WHERE id = :id")
                .param("deleted", deleted)
                .param("now", utc(now))
                .param("id", id.value())
                .update();
    }

    void setPoints(RunId id, int points) {
        jdbc.sql("UPDATE run SET points = :points WHERE id = :id")
                .param("points", points)
                .param("id", id.value())
                .update();
    }

    /** Which of the values, by their place in the list, the run has already: a client that lost the answer asks again. */
    Set<Integer> known(RunId run, List<Tracked.Value> values) {
        return new HashSet<>(jdbc.sql("""
                        SELECT given.place FROM unnest(CAST(:places AS int[]), CAST(:names AS text[]), CAST(:steps AS bigint[]),
                            CAST(:values AS float8[]), CAST(:times AS timestamptz[])) AS given (place, name, step, value, at)
                        JOIN run_metric m ON m.run_id = :run AND m.name = given.name
                        WHERE EXISTS (SELECT 1 FROM run_point p WHERE p.run_id = :run AND p.metric_number = m.number
                            AND p.step = given.step AND p.at = given.at AND p.value = given.value)""")
                .param("run", run.value())
                .param("places", IntStream.range(0, values.size()).boxed().toArray(Integer[]::new))
                .param("names", values.stream().map(Tracked.Value::name).toArray(String[]::new))
                .param("steps", values.stream().map(Tracked.Value::step).toArray(Long[]::new))
                .param("values", values.stream().map(Tracked.Value::value).toArray(Double[]::new))
                .param("times", values.stream().map(v -> v.at().toString()).toArray(String[]::new))
                .query(Integer.class)
                .list());
    }

    /** A value's place in its series: what is logged meanwhile does not move it. */
    record Point(long step, Instant at, long offset) {
        static final Point FIRST = new Point(Long.MIN_VALUE, Instant.EPOCH, -1);
    }

    /** The values of a metric in order of step, then of time, behind a place. */
    List<Search.Placed<Tracked.Value>> history(RunId run, String metric, int most, Point after) {
        return jdbc.sql("""
                        SELECT m.name, p.value, p.step, p.at, p.line_offset FROM run_point p
                        JOIN run_metric m ON m.run_id = p.run_id AND m.number = p.metric_number
                        WHERE m.run_id = :run AND m.name = :metric
                          AND (p.step, p.at, p.line_offset) > (:step, CAST(:at AS timestamptz), :offset)
                        ORDER BY p.step, p.at, p.line_offset LIMIT :most""")
                .param("run", run.value())
                .param("metric", metric)
                .param("most", most)
                .param("step", after.step())
                .param("at", utc(after.at()))
                .param("offset", after.offset())
                .query((row, n) -> new Search.Placed<>(
                        new Tracked.Value(
                                row.getString("name"), row.getDouble("value"), row.getLong("step"), instant(row, "at")),
                        List.of(
                                String.valueOf(row.getLong("step")),
                                instant(row, "at").toString(),
                                String.valueOf(row.getLong("line_offset")))))
                .list();
    }

    Map<RunId, List<Tracked.Value>> lastValues(Collection<RunId> runs) {
        Map<RunId, List<Tracked.Value>> all = new HashMap<>();
        jdbc.sql("""
                SELECT m.run_id, m.name, m.last_value, m.last_step, coalesce(m.last_at, r.started_at) AS at
                FROM run_metric m JOIN run r ON r.id = m.run_id
                WHERE m.run_id = ANY(:runs) ORDER BY m.run_id, m.number""").param("runs", RunTable.uuids(runs)).query(row -> {
            all.computeIfAbsent(runId(row), r -> new ArrayList<>())
                    .add(new Tracked.Value(
                            row.getString("name"),
                            row.getDouble("last_value"),
                            row.getLong("last_step"),
                            instant(row, "at")));
        });
        return all;
    }

    Map<RunId, Map<String, String>> tags(Collection<RunId> runs) {
        Map<RunId, Map<String, String>> all = new HashMap<>();
        jdbc.sql("SELECT run_id, name, value FROM run_tag WHERE run_id = ANY(:runs) ORDER BY run_id, name")
                .param("runs", RunTable.uuids(runs))
                .query(row -> {
                    all.computeIfAbsent(runId(row), r -> new LinkedHashMap<>())
                            .put(row.getString("name"), row.getString("value"));
                });
        return all;
    }

    void putTags(RunId run, Map<String, String> tags) {
        jdbc.sql("""
                INSERT INTO run_tag (run_id, name, value)
                SELECT :run, given.* FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS given
                ON CONFLICT (run_id, name) DO UPDATE SET value = excluded.value""")
                .param("run", run.value())
                .param("names", tags.keySet().toArray(String[]::new))
                .param("values", tags.values().toArray(String[]::new))
                .update();
    }

    int countTags(RunId run) {
        return jdbc.sql("SELECT count(*) FROM run_tag WHERE run_id = :run")
                .param("run", run.value())
                .query(Integer.class)
                .single();
    }

    boolean removeTag(RunId run, String name) {
        return jdbc.sql("DELETE FROM run_tag WHERE run_id = :run AND name = :name")
                        .param("run", run.value())
                        .param("name", name)
                        .update()
                == 1;
    }

    void putParameters(RunId run, Map<String, String> parameters) {
        jdbc.sql("""
                INSERT INTO run_parameter (run_id, name, value)
                SELECT :run, given.* FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS given
                ON CONFLICT (run_id, name) DO NOTHING""")
                .param("run", run.value())
                .param("names", parameters.keySet().toArray(String[]::new))
                .param("values", parameters.values().toArray(String[]::new))
                .update();
    }

    Map<RunId, List<Tracked.Input>> inputs(Collection<RunId> runs) {
        Map<RunId, List<Tracked.Input>> all = new HashMap<>();
        jdbc.sql("""
                SELECT run_id, name, digest, source_type, source, schema, profile, tags::text AS tags
                FROM run_input WHERE run_id = ANY(:runs) ORDER BY run_id, name, digest""").param("runs", RunTable.uuids(runs)).query(row -> {
            all.computeIfAbsent(runId(row), r -> new ArrayList<>())
                    .add(new Tracked.Input(
                            row.getString("name"),
                            row.getString("digest"),
                            row.getString("source_type"),
                            row.getString("source"),
                            row.getString("schema"),
                            row.getString("profile"),
                            ExperimentTable.texts(json, row.getString("tags"))));
        });
        return all;
    }

    int countInputs(RunId run) {
        return jdbc.sql("SELECT count(*) FROM run_input WHERE run_id = :run")
                .param("run", run.value())
                .query(Integer.class)
                .single();
    }

    void putInput(RunId run, Tracked.Input input) {
        jdbc.sql("""
                INSERT INTO run_input (run_id, name, digest, source_type, source, schema, profile, tags)
                VALUES (:run, :name, :digest, :sourceType, :source, :schema, :profile, :tags::jsonb)
                ON CONFLICT (run_id, name, digest) DO UPDATE SET tags = run_input.tags || excluded.tags""")
                .param("run", run.value())
                .param("name", input.name())
                .param("digest", input.digest())
                .param("sourceType", input.sourceType())
                .param("source", input.source())
                .param("schema", input.schema())
                .param("profile", input.profile())
                .param("tags", json.writeValueAsString(input.tags()))
                .update();
    }

    Map<RunId, List<Tracked.ModelLink>> models(Collection<RunId> runs) {
        Map<RunId, List<Tracked.ModelLink>> all = new HashMap<>();
        jdbc.sql("""
                SELECT run_id, logged_model_id, produced, step FROM run_logged_model
                WHERE run_id = ANY(:runs) ORDER BY run_id, step, logged_model_id""").param("runs", RunTable.uuids(runs)).query(row -> {
            all.computeIfAbsent(runId(row), r -> new ArrayList<>())
                    .add(new Tracked.ModelLink(
                            row.getObject("logged_model_id", UUID.class),
                            row.getBoolean("produced"),
                            row.getLong("step")));
        });
        return all;
    }

    void putModel(RunId run, Tracked.ModelLink link) {
        jdbc.sql("""
                INSERT INTO run_logged_model (run_id, logged_model_id, produced, step)
                VALUES (:run, :model, :produced, :step)
                ON CONFLICT (run_id, logged_model_id, produced) DO UPDATE SET step = excluded.step""")
                .param("run", run.value())
                .param("model", link.model())
                .param("produced", link.produced())
                .param("step", link.step())
                .update();
    }

    /** One more than asked for, where there is one. */
    List<Search.Placed<Run>> search(ProjectId project, Collection<Integer> experiments, Search search) {
        SearchSql sql = new SearchSql(
                TrackedRunTable::expression, search, SearchSql.Key.latest("r.started_at"), SearchSql.Key.id("r.id"));
        String text = "SELECT " + RunTable.COLUMNS + sql.placeColumn() + " FROM run r WHERE r.project_id = :project"
                + " AND r.experiment = ANY(:experiments)"
                + ExperimentTable.shown("r.deleted_at", search.shown())
                + sql.where(search.conditions())
                + sql.behind()
                + " ORDER BY " + sql.orderBy() + " LIMIT :most";
        return jdbc.sql(text)
                .params(sql.parameters())
                .param("project", project.value())
                .param("experiments", experiments.toArray(Integer[]::new))
                .param("most", search.most() + 1)
                .query((row, n) -> Search.Placed.of(
                        RunTable.run(row, n), row.getArray("place").getArray()))
                .list();
    }

    private static SearchSql.Expression expression(SearchSql.Subject of) {
        return switch (of.part()) {
            case METRIC ->
                SearchSql.Expression.number(
                        "SELECT m.last_value FROM run_metric m WHERE m.run_id = r.id AND m.name = " + of.parameter());
            case PARAMETER ->
                SearchSql.Expression.text(
                        "SELECT p.value FROM run_parameter p WHERE p.run_id = r.id AND p.name = " + of.parameter());
            case TAG ->
                SearchSql.Expression.text("CASE WHEN " + of.parameter() + " = 'mlflow.runName' THEN r.name ELSE "
                        + "(SELECT t.value FROM run_tag t WHERE t.run_id = r.id AND t.name = " + of.parameter()
                        + ") END");
            case DATASET ->
                SearchSql.Expression.any(
                        switch (of.key()) {
                            case "name" -> "i.name";
                            case "digest" -> "i.digest";
                            default -> "(i.tags ->> 'mlflow.data.context')";
                        },
                        "EXISTS (SELECT 1 FROM run_input i WHERE i.run_id = r.id AND %s)");
            case ATTRIBUTE -> attribute(of.key());
        };
    }

    private static SearchSql.Expression attribute(String key) {
        return switch (key) {
            case "run_id" -> SearchSql.Expression.text("CAST(r.id AS text)");
            case "run_name" -> SearchSql.Expression.text("r.name");
            case "status" ->
                SearchSql.Expression.text("CASE WHEN r.own AND r.state IN ('RUNNING', 'COLLECTING')"
                        + " THEN coalesce(r.reported, 'RUNNING') ELSE r.state END");
            case "artifact_uri" ->
                SearchSql.Expression.text(
                        "'mlflow-artifacts:/' || r.experiment || '/' || CAST(r.id AS text) || '/artifacts'");
            case "user_id" ->
                SearchSql.Expression.text(
                        "SELECT t.value FROM run_tag t WHERE t.run_id = r.id AND t.name = 'mlflow.user'");
            case "experiment_id" -> SearchSql.Expression.text("CAST(r.experiment AS text)");
            case "start_time" -> SearchSql.Expression.number(ExperimentTable.milliseconds("r.started_at"));
            case "end_time" ->
                SearchSql.Expression.number(ExperimentTable.milliseconds(
                        "CASE WHEN r.own AND r.state IN ('RUNNING', 'COLLECTING') THEN r.reported_end"
                                + " ELSE r.ended_at END"));
            default -> throw new IllegalArgumentException("no attribute " + key);
        };
    }

    private static RunId runId(ResultSet row) throws SQLException {
        return new RunId(row.getObject("run_id", UUID.class));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
