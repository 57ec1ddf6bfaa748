package org.farga.models;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.allocation.VisibleProjects;
import org.farga.shared.JobId;
import org.farga.shared.ModelId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ModelLineageTable {
    private static final String RUN = "SELECT r.id, r.name, r.job_id, r.project_id, r.state, r.started_at, r.deleted_at IS NOT NULL AS deleted";
    /** What was deleted is still shown where a model rests on it. */
    private static final String OF = """
             FROM run r
            WHERE (r.job_id = ANY(:jobs) OR (r.job_id IS NULL AND r.project_id = ANY(:projects)))
              AND (:all OR r.project_id = ANY(:visible))
              AND (r.deleted_at IS NULL OR EXISTS (SELECT 1 FROM model_version v WHERE v.run_id = r.id))""";
    private static final String VERSION =
            "SELECT v.model_id, v.number, m.name, m.project_id, v.run_id, v.job_id, v.registered_at,"
                    + " m.deleted_at IS NOT NULL OR n.deleted_at IS NOT NULL AS deleted";
    private static final String VERSIONS = """
            \sFROM model_version v JOIN model m ON m.id = v.model_id
             JOIN model_version_note n ON n.model_id = v.model_id AND n.number = v.number""";
    private static final String OF_ORIGINS = VERSIONS + """
            \sWHERE (v.run_id = ANY(:runs)
                OR (v.run_id IS NULL AND v.job_id = ANY(:jobs))
                OR (v.run_id IS NULL AND v.job_id IS NULL AND m.project_id = ANY(:projects)))
              AND (:all OR m.project_id = ANY(:visible))""";

    private final JdbcClient jdbc;

    ModelLineageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<ModelLineage.RunNode> run(RunId id) {
        return jdbc.sql(RUN + " FROM run r WHERE r.id = :id")
                .param("id", id.value())
                .query(ModelLineageTable::run)
                .optional();
    }

    private JdbcClient.StatementSpec of(
            String sql, VisibleProjects visible, Collection<JobId> jobs, Collection<ProjectId> projects) {
        return jdbc.sql(sql)
                .param("jobs", jobs.stream().map(JobId::value).toArray(Long[]::new))
                .param("projects", projects.stream().map(ProjectId::value).toArray(UUID[]::new))
                .param("all", visible.all())
                .param("visible", visible.ids());
    }

    /** Of these jobs, and of these projects those of no job. */
    List<ModelLineage.RunNode> runs(
            VisibleProjects visible,
            Collection<JobId> jobs,
            Collection<ProjectId> projects,
            @Nullable RunId before,
            int most) {
        String sql = RUN + OF + " AND (:fromTop OR r.id < :before) ORDER BY r.id DESC LIMIT :most";
        return of(sql, visible, jobs, projects)
                .param("fromTop", before == null)
                .param("before", before == null ? new UUID(0, 0) : before.value())
                .param("most", most)
                .query(ModelLineageTable::run)
                .list();
    }

    int countRuns(VisibleProjects visible, Collection<JobId> jobs, Collection<ProjectId> projects, int upTo) {
        return of("SELECT count(*) FROM (SELECT 1" + OF + " LIMIT :upTo) counted", visible, jobs, projects)
                .param("upTo", upTo)
                .query(Integer.class)
                .single();
    }

    Optional<ModelLineage.VersionNode> version(ModelId model, int number) {
        return jdbc.sql(VERSION + VERSIONS + " WHERE v.model_id = :model AND v.number = :number")
                .param("model", model.value())
                .param("number", number)
                .query(ModelLineageTable::version)
                .optional();
    }

    /** Of these runs, and those of no run that these jobs, or these projects without a job, registered. */
    List<ModelLineage.VersionNode> versions(
            VisibleProjects visible,
            Collection<RunId> runs,
            Collection<JobId> jobs,
            Collection<ProjectId> projects,
            int most) {
        String sql = VERSION + OF_ORIGINS + " ORDER BY v.registered_at DESC, v.model_id, v.number LIMIT :most";
        return of(sql, visible, jobs, projects)
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .param("most", most)
                .query(ModelLineageTable::version)
                .list();
    }

    int countVersions(
            VisibleProjects visible,
            Collection<RunId> runs,
            Collection<JobId> jobs,
            Collection<ProjectId> projects,
            int upTo) {
        return of("SELECT count(*) FROM (SELECT 1" + OF_ORIGINS + " LIMIT :upTo) counted", visible, jobs, projects)
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .param("upTo", upTo)
                .query(Integer.class)
                .single();
    }

    private static ModelLineage.RunNode run(ResultSet row, int n) throws SQLException {
        long job = row.getLong("job_id");
        return new ModelLineage.RunNode(
                new RunId(row.getObject("id", UUID.class)),
                row.getString("name"),
                job == 0 ? null : new JobId(job),
                new ProjectId(row.getObject("project_id", UUID.class)),
                row.getString("state"),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("deleted"));
    }

    private static ModelLineage.VersionNode version(ResultSet row, int n) throws SQLException {
        UUID run = row.getObject("run_id", UUID.class);
        long job = row.getLong("job_id");
        return new ModelLineage.VersionNode(
                new ModelId(row.getObject("model_id", UUID.class)),
                row.getInt("number"),
                row.getString("name"),
                new ProjectId(row.getObject("project_id", UUID.class)),
                run == null ? null : new RunId(run),
                job == 0 ? null : new JobId(job),
                row.getObject("registered_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("deleted"));
    }
}
