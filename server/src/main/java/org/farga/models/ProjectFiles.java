package org.farga.models;

import java.io.IOException;
import org.farga.shared.ProjectId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How much the runs, logged models and model versions of a project hold together, and how much more they may. */
@Component
class ProjectFiles {
    private final JdbcClient jdbc;
    private final FileStore store;
    private final RunLimits limits;

    ProjectFiles(JdbcClient jdbc, FileStore store, RunLimits limits) {
        this.jdbc = jdbc;
        this.store = store;
        this.limits = limits;
    }

    /**
     * What a project holds.
     *
     * @param used bytes that are kept; the same content counts once
     * @param most bytes that it may hold
     */
    record Use(long used, long most) {
        long room() {
            return Math.max(0, most - used);
        }

        /** In hundredths, rounded up, at most a hundred. */
        int percent() {
            return most <= 0 ? 100 : (int) Math.min(100, Math.ceilDiv(used * 100, most));
        }
    }

    Use use(ProjectId project) {
        long used = jdbc.sql("""
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
                                JOIN file_upload u ON u.id = p.upload_id WHERE u.project_id = :project)""")
                .param("project", project.value())
                .query(Long.class)
                .single();
        return new Use(used, limits.mostPerProject().toBytes());
    }

    /** Lets one file at a time of a project be taken down, so that two do not both take the last room; until commit. */
    void lock(ProjectId project) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('models.files ' || :project, 0))")
                .param("project", project.toString())
                .query(row -> {});
    }

    /** Whether the disk takes so many bytes more and still leaves room for the database beside it. */
    boolean fitsOnDisk(long bytes) throws IOException {
        return store.usableBytes() - limits.keepFree().toBytes() >= bytes;
    }
}
