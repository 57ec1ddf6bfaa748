package org.farga.models;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.farga.allocation.VisibleProjects;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class RunTable {
    static final String COLUMNS =
            "id, job_id, project_id, name, started_by, state, started_at, ended_at, points,"
                    + " garbage_lines, remarks, experiment, own, reported, reported_end, deleted_at";

    private final JdbcClient jdbc;

    RunTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Writes it, unless it is its job's own and the job has that already. */
    void insert(Run run) {
        jdbc.sql("""
                INSERT INTO run (id, job_id, project_id, name, started_by, state, started_at, ended_at, experiment, own)
                VALUES (:id, :job, :project, :name, :startedBy, :state, :startedAt, :endedAt, :experiment, :own)
                ON CONFLICT (job_id) WHERE own DO NOTHING""")
                .param("id", run.id().value())
                .param("job", run.job() == null ? null : run.job().value(), Types.BIGINT)
                .param("experiment", run.tracked().experiment())
                .param("own", run.isOwn())
                .param("project", run.project().value())
                .param("name", run.name())
                .param("startedBy", run.startedBy().value())
                .param("state", run.state().name())
                .param("startedAt", utc(run.startedAt()))
                .param("endedAt", run.endedAt() == null ? null : utc(run.endedAt()))
                .update();
    }

    Optional<Run> find(RunId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM run WHERE id = :id")
                .param("id", id.value())
                .query(RunTable::run)
                .optional();
    }

    /** The job's own. */
    Optional<Run> find(JobId job) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM run WHERE job_id = :job AND own")
                .param("job", job.value())
                .query(RunTable::run)
                .optional();
    }

    List<Run> list(Collection<RunId> ids) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM run WHERE id = ANY(:ids) ORDER BY id")
                .param("ids", uuids(ids))
                .query(RunTable::run)
                .list();
    }

    /** The newest first. */
    List<Run> list(
            VisibleProjects visible,
            @Nullable ProjectId project,
            @Nullable JobId job,
            @Nullable RunId after,
            int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM run
                        WHERE (:all OR project_id = ANY(:visible))
                          AND (CAST(:project AS uuid) IS NULL OR project_id = :project)
                          AND (CAST(:job AS bigint) IS NULL OR job_id = :job)
                          AND (CAST(:after AS uuid) IS NULL OR id < :after)
                          AND deleted_at IS NULL
                        ORDER BY id DESC LIMIT :most""")
                .param("all", visible.all())
                .param("visible", visible.ids())
                .param("project", project == null ? null : project.value())
                .param("job", job == null ? null : job.value())
                .param("after", after == null ? null : after.value())
                .param("most", most)
                .query(RunTable::run)
                .list();
    }

    /** Where the reading of a run's metrics stands. */
    record Place(Run run, long offset) {}

    /** Its row locked for reading on, or nothing where another process is at it: each line is taken by one of them. */
    Optional<Place> lockIfFree(RunId id) {
        return lock(id, "FOR UPDATE SKIP LOCKED");
    }

    /** The same, waiting for the other process to be done. */
    Optional<Place> lock(RunId id) {
        return lock(id, "FOR UPDATE");
    }

    private Optional<Place> lock(RunId id, String how) {
        return jdbc.sql("SELECT " + COLUMNS + ", metrics_offset_bytes FROM run WHERE id = :id " + how)
                .param("id", id.value())
                .query((row, n) -> new Place(run(row, n), row.getLong("metrics_offset_bytes")))
                .optional();
    }

    /** Takes down what was read, under the lock of its row. */
    void advance(Run run, long offset) {
        jdbc.sql("""
                UPDATE run SET metrics_offset_bytes = :offset, points = :points, garbage_lines = :garbage,
                    remarks = CAST(:remarks AS text[])
                WHERE id = :id""")
                .param("offset", offset)
                .param("points", run.points())
                .param("garbage", run.garbageLines())
                .param(
                        "remarks",
                        run.remarks().stream().map(Run.Remark::toString).toArray(String[]::new))
                .param("id", run.id().value())
                .update();
    }

    /** Whether the state was changed: false where the run is in another state by now. */
    boolean move(RunId id, RunState from, RunState to, Instant endedAt) {
        return jdbc.sql("""
                        UPDATE run SET state = :to, ended_at = greatest(started_at, :endedAt)
                        WHERE id = :id AND state = :from""")
                        .param("to", to.name())
                        .param("endedAt", utc(endedAt))
                        .param("id", id.value())
                        .param("from", from.name())
                        .update()
                == 1;
    }

    /** Ends what a job left open of the other runs that it created. */
    void endOthers(JobId job, RunState state, Instant endedAt) {
        jdbc.sql("""
                UPDATE run SET state = :state, ended_at = greatest(started_at, CAST(:endedAt AS timestamptz))
                WHERE job_id = :job AND NOT own AND state IN ('RUNNING', 'SCHEDULED')""")
                .param("state", state.name())
                .param("endedAt", utc(endedAt))
                .param("job", job.value())
                .update();
    }

    void insertParameters(RunId run, List<MetricsLines.Parameter> parameters, int most) {
        jdbc.sql("""
                INSERT INTO run_parameter (run_id, name, value)
                SELECT :run, given.name, given.value
                FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) WITH ORDINALITY AS given (name, value, place)
                WHERE given.place <= :most - (SELECT count(*) FROM run_parameter WHERE run_id = :run)
                ON CONFLICT (run_id, name) DO NOTHING""")
                .param("run", run.value())
                .param(
                        "names",
                        parameters.stream().map(MetricsLines.Parameter::name).toArray(String[]::new))
                .param(
                        "values",
                        parameters.stream().map(MetricsLines.Parameter::value).toArray(String[]::new))
                .param("most", most)
                .update();
    }

    Map<String, String> parameters(RunId run) {
        return parameters(List.of(run)).getOrDefault(run, Map.of());
    }

    Map<RunId, Map<String, String>> parameters(Collection<RunId> runs) {
        Map<RunId, Map<String, String>> all = new LinkedHashMap<>();
        jdbc.sql("SELECT run_id, name, value FROM run_parameter WHERE run_id = ANY(:runs) ORDER BY run_id, name")
                .param("runs", uuids(runs))
                .query(row -> {
                    all.computeIfAbsent(runId(row, "run_id"), r -> new LinkedHashMap<>())
                            .put(row.getString("name"), row.getString("value"));
                });
        return all;
    }

    /**
     * A metric with its number, under which its points stand.
     *
     * @param lastAt when the last value was measured; null for just now
     */
    record Numbered(int number, RunMetric metric, @Nullable Instant lastAt) {}

    Map<String, Numbered> numbered(RunId run) {
        return jdbc
                .sql("""
                        SELECT number, name, points, last_step, last_value, least, most, last_at
                        FROM run_metric WHERE run_id = :run ORDER BY number""")
                .param("run", run.value())
                .query((row, n) -> new Numbered(row.getInt("number"), metric(row), instant(row, "last_at")))
                .list()
                .stream()
                .collect(Collectors.toMap(m -> m.metric().name(), m -> m, (a, b) -> a, LinkedHashMap::new));
    }

    Map<RunId, List<RunMetric>> metrics(Collection<RunId> runs) {
        Map<RunId, List<RunMetric>> all = new LinkedHashMap<>();
        jdbc.sql("""
                SELECT run_id, name, points, last_step, last_value, least, most
                FROM run_metric WHERE run_id = ANY(:runs) ORDER BY run_id, number""").param("runs", uuids(runs)).query(row -> {
            all.computeIfAbsent(runId(row, "run_id"), r -> new java.util.ArrayList<>())
                    .add(metric(row));
        });
        return all;
    }

    void put(RunId run, Collection<Numbered> metrics, Instant now) {
        List<Numbered> all = List.copyOf(metrics);
        jdbc.sql("""
                INSERT INTO run_metric (run_id, number, name, points, last_step, last_value, least, most, last_at)
                SELECT :run, given.* FROM unnest(CAST(:numbers AS int[]), CAST(:names AS text[]), CAST(:points AS int[]),
                    CAST(:lastSteps AS bigint[]), CAST(:lastValues AS float8[]), CAST(:least AS float8[]),
                    CAST(:most AS float8[]), CAST(:lastAts AS timestamptz[])) AS given
                ON CONFLICT (run_id, number) DO UPDATE SET points = excluded.points, last_step = excluded.last_step,
                    last_value = excluded.last_value, least = excluded.least, most = excluded.most,
                    last_at = excluded.last_at""")
                .param("run", run.value())
                .param("numbers", all.stream().map(Numbered::number).toArray(Integer[]::new))
                .param("names", all.stream().map(m -> m.metric().name()).toArray(String[]::new))
                .param("points", all.stream().map(m -> m.metric().points()).toArray(Integer[]::new))
                .param("lastSteps", all.stream().map(m -> m.metric().lastStep()).toArray(Long[]::new))
                .param(
                        "lastValues",
                        all.stream().map(m -> m.metric().lastValue()).toArray(Double[]::new))
                .param("least", all.stream().map(m -> m.metric().least()).toArray(Double[]::new))
                .param("most", all.stream().map(m -> m.metric().most()).toArray(Double[]::new))
                .param("lastAts", times(all.stream().map(Numbered::lastAt), now))
                .update();
    }

    private static String[] times(Stream<@Nullable Instant> times, Instant now) {
        return times.map(at -> (at == null ? now : at).toString()).toArray(String[]::new);
    }

    /**
     * A point with the number of its metric and its step.
     *
     * @param at when it was measured; null for just now
     */
    record Row(long lineOffset, int metric, long step, double value, @Nullable Instant at) {}

    void insertPoints(RunId run, List<Row> points, Instant now) {
        jdbc.sql("""
                INSERT INTO run_point (run_id, line_offset, metric_number, step, value, at)
                SELECT :run, given.line_offset, given.metric, given.step, given.value, given.at
                FROM unnest(CAST(:offsets AS bigint[]), CAST(:metrics AS int[]), CAST(:steps AS bigint[]),
                    CAST(:values AS float8[]), CAST(:times AS timestamptz[])) AS given (line_offset, metric, step, value, at)""")
                .param("run", run.value())
                .param("times", times(points.stream().map(Row::at), now))
                .param("offsets", points.stream().map(Row::lineOffset).toArray(Long[]::new))
                .param("metrics", points.stream().map(Row::metric).toArray(Integer[]::new))
                .param("steps", points.stream().map(Row::step).toArray(Long[]::new))
                .param("values", points.stream().map(Row::value).toArray(Double[]::new))
                .update();
    }

    /** The points of one metric in order of step, then of line; within a transaction they come in batches. */
    Stream<Thinning.Sample> points(RunId run, String metric) {
        return jdbc
                .sql("""
                        SELECT p.step, p.value, p.at FROM run_point p
                        JOIN run_metric m ON m.run_id = p.run_id AND m.number = p.metric_number
                        WHERE m.run_id = :run AND m.name = :metric
                        ORDER BY p.step, p.at, p.line_offset""")
                .withFetchSize(10_000)
                .param("run", run.value())
                .param("metric", metric)
                .query((row, n) -> new Thinning.Sample(
                        row.getLong("step"),
                        row.getDouble("value"),
                        row.getObject("at", OffsetDateTime.class).toInstant().toEpochMilli()))
                .stream();
    }

    void insertFiles(RunId run, List<RunFile> files) {
        jdbc.sql("""
                INSERT INTO run_file (run_id, path, bytes, sha256)
                SELECT :run, given.* FROM unnest(CAST(:paths AS text[]), CAST(:bytes AS bigint[]),
                    CAST(:sha256s AS bytea[])) AS given
                ON CONFLICT (run_id, path) DO NOTHING""")
                .param("run", run.value())
                .param("paths", files.stream().map(RunFile::path).toArray(String[]::new))
                .param("bytes", files.stream().map(RunFile::bytes).toArray(Long[]::new))
                .param("sha256s", files.stream().map(RunFile::sha256Bytes).toArray(byte[][]::new))
                .update();
    }

    List<RunFile> files(RunId run) {
        return files(List.of(run)).getOrDefault(run, List.of());
    }

    Map<RunId, List<RunFile>> files(Collection<RunId> runs) {
        Map<RunId, List<RunFile>> all = new LinkedHashMap<>();
        jdbc.sql("SELECT run_id, path, bytes, sha256 FROM run_file WHERE run_id = ANY(:runs) ORDER BY run_id, path")
                .param("runs", uuids(runs))
                .query(row -> {
                    all.computeIfAbsent(runId(row, "run_id"), r -> new java.util.ArrayList<>())
                            .add(file(row));
                });
        return all;
    }

    Optional<RunFile> findFile(RunId run, String path) {
        return jdbc.sql("SELECT path, bytes, sha256 FROM run_file WHERE run_id = :run AND path = :path")
                .param("run", run.value())
                .param("path", path)
                .query((row, n) -> file(row))
                .optional();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    static Run run(ResultSet row, int number) throws SQLException {
        OffsetDateTime endedAt = row.getObject("ended_at", OffsetDateTime.class);
        return new Run(
                runId(row, "id"),
                row.getObject("job_id") == null ? null : new JobId(row.getLong("job_id")),
                new ProjectId(row.getObject("project_id", UUID.class)),
                row.getString("name"),
                new PersonId(row.getObject("started_by", UUID.class)),
                RunState.valueOf(row.getString("state")),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                endedAt == null ? null : endedAt.toInstant(),
                row.getInt("points"),
                row.getLong("garbage_lines"),
                Stream.of((String[]) row.getArray("remarks").getArray())
                        .map(Run.Remark::parse)
                        .toList(),
                new Run.Tracked(
                        row.getInt("experiment"),
                        row.getBoolean("own"),
                        row.getString("reported") == null ? null : RunState.valueOf(row.getString("reported")),
                        instant(row, "reported_end"),
                        instant(row, "deleted_at")));
    }

    private static RunMetric metric(ResultSet row) throws SQLException {
        return new RunMetric(
                row.getString("name"),
                row.getInt("points"),
                row.getLong("last_step"),
                row.getDouble("last_value"),
                row.getDouble("least"),
                row.getDouble("most"));
    }

    private static RunFile file(ResultSet row) throws SQLException {
        return RunFile.of(row.getString("path"), row.getLong("bytes"), row.getBytes("sha256"));
    }

    private static RunId runId(ResultSet row, String column) throws SQLException {
        return new RunId(row.getObject(column, UUID.class));
    }

    static UUID[] uuids(Collection<RunId> ids) {
        return ids.stream().map(RunId::value).toArray(UUID[]::new);
    }
}
