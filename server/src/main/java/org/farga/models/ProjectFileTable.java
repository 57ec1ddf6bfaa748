package org.farga.models;

import java.util.List;
import java.util.UUID;
import org.farga.shared.ProjectId;
import org.farga.usage.StoredBytes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What projects hold: each content once for each project, and the pieces of uploads that go on. */
@Component
class ProjectFileTable implements StoredBytes {
    // A project that is asked for alone is looked for in each part: PostgreSQL moves the condition into them.
    private static final String HELD = """
            (SELECT r.project_id, f.sha256, f.bytes FROM run_file f JOIN run r ON r.id = f.run_id
             UNION
             SELECT l.project_id, f.sha256, f.bytes FROM logged_model_file f JOIN logged_model l ON l.id = f.logged_model_id
             UNION
             SELECT m.project_id, f.sha256, f.bytes FROM model_version_file f JOIN model m ON m.id = f.model_id
             UNION ALL
             SELECT u.project_id, p.sha256, p.bytes FROM file_upload_piece p JOIN file_upload u ON u.id = p.upload_id) held
            """;

    private final JdbcClient jdbc;

    ProjectFileTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Bytes that a project holds. */
    long used(ProjectId project) {
        return jdbc.sql("SELECT coalesce(sum(bytes), 0) FROM " + HELD + "WHERE project_id = :project")
                .param("project", project.value())
                .query(Long.class)
                .single();
    }

    @Override
    public Kind kind() {
        return Kind.PROJECT_FILES;
    }

    @Override
    public List<Holding> holdings() {
        return jdbc.sql("SELECT project_id, sum(bytes)::bigint AS bytes FROM " + HELD + "GROUP BY project_id")
                .query((row, n) -> new Holding(
                        Owner.of(new ProjectId(row.getObject("project_id", UUID.class))), row.getLong("bytes")))
                .list();
    }

    /** One transaction at a time for each project, until its end. */
    void lock(ProjectId project) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('models.files ' || :project, 0))")
                .param("project", project.toString())
                .query(row -> {});
    }
}
