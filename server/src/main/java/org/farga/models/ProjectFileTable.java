package org.farga.models;

import org.farga.shared.ProjectId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ProjectFileTable {
    private final JdbcClient jdbc;

    ProjectFileTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Bytes that a project holds: each content once, and the pieces of uploads that go on. */
    long used(ProjectId project) {
        return jdbc.sql("""
                        SELECT (SELECT coalesce(sum(bytes), 0) FROM (
                                SELECT f.sha256, f.bytes FROM run_file f JOIN run r ON r.id = f.run_id
                                WHERE r.project_id = :project
                                UNION
                                SELECT f.sha256, f.bytes FROM logged_model_file f
                                JOIN logged_model l ON l.id = f.logged_model_id WHERE l.project_id = :project
                                UNION
                                SELECT f.sha256, f.bytes FROM model_version_file f JOIN model m ON m.id = f.model_id
                                WHERE m.project_id = :project) kept)
                             + (SELECT coalesce(sum(p.bytes), 0) FROM file_upload_piece p
                                JOIN file_upload u ON u.id = p.upload_id WHERE u.project_id = :project)""").param("project", project.value()).query(Long.class).single();
    }

    /** One transaction at a time for each project, until its end. */
    void lock(ProjectId project) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('models.files ' || :project, 0))")
                .param("project", project.toString())
                .query(row -> {});
    }
}
