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
    private static final String RUN = "SELECT r.id, r.name, r.job_id, r.project_id, r.state, r.started_at";
    private static final String OF_JOBS =
            " FROM run r WHERE r.job_id = ANY(:jobs) AND (:all OR r.project_id = ANY(:visible))";
    private static final String VERSION =
            "SELECT v.model_id, v.number, m.name, m.project_id, v.run_id, v.registered_at";
    private static final String OF_RUNS = """
             FROM model_version v JOIN model m ON m.id = v.model_id
            WHERE v.run_id = ANY(:runs) AND (:all OR m.project_id = ANY(:visible))""";

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

    List<ModelLineage.RunNode> runs(VisibleProjects visible, Collection<JobId> jobs, @Nullable RunId before, int most) {
        return jdbc.sql(RUN + OF_JOBS + " AND (:fromTop OR r.id < :before) ORDER BY r.id DESC LIMIT :most")
                .param("jobs", jobs.stream().map(JobId::value).toArray(Long[]::new))
                .param("all", visible.all())
                .param("visible", visible.ids())
                .param("fromTop", before == null)
                .param("before", before == null ? new UUID(0, 0) : before.value())
                .param("most", most)
                .query(ModelLineageTable::run)
                .list();
    }

    int countRuns(VisibleProjects visible, Collection<JobId> jobs, int upTo) {
        return jdbc.sql("SELECT count(*) FROM (SELECT 1" + OF_JOBS + " LIMIT :upTo) counted")
                .param("jobs", jobs.stream().map(JobId::value).toArray(Long[]::new))
                .param("all", visible.all())
                .param("visible", visible.ids())
                .param("upTo", upTo)
                .query(Integer.class)
                .single();
    }

    Optional<ModelLineage.VersionNode> version(ModelId model, int number) {
        return jdbc.sql(VERSION + " FROM model_version v JOIN model m ON m.id = v.model_id"
                        + " WHERE v.model_id = :model AND v.number = :number")
                .param("model", model.value())
                .param("number", number)
                .query(ModelLineageTable::version)
                .optional();
    }

    List<ModelLineage.VersionNode> versions(VisibleProjects visible, Collection<RunId> runs, int most) {
        return jdbc.sql(VERSION + OF_RUNS + " ORDER BY v.registered_at DESC, v.model_id, v.number LIMIT :most")
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .param("all", visible.all())
                .param("visible", visible.ids())
                .param("most", most)
                .query(ModelLineageTable::version)
                .list();
    }

    int countVersions(VisibleProjects visible, Collection<RunId> runs, int upTo) {
        return jdbc.sql("SELECT count(*) FROM (SELECT 1" + OF_RUNS + " LIMIT :upTo) counted")
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .param("all", visible.all())
                .param("visible", visible.ids())
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
                row.getObject("started_at", OffsetDateTime.class).toInstant());
    }

    private static ModelLineage.VersionNode version(ResultSet row, int n) throws SQLException {
        return new ModelLineage.VersionNode(
                new ModelId(row.getObject("model_id", UUID.class)),
                row.getInt("number"),
                row.getString("name"),
                new ProjectId(row.getObject("project_id", UUID.class)),
                new RunId(row.getObject("run_id", UUID.class)),
                row.getObject("registered_at", OffsetDateTime.class).toInstant());
    }
}
