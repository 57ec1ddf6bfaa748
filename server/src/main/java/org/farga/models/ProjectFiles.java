package org.farga.models;

import java.io.IOException;
import org.farga.shared.ProjectId;
import org.springframework.stereotype.Component;

/** How much the runs, logged models and model versions of a project hold together, and how much more they may. */
@Component
class ProjectFiles {
    private final ProjectFileTable table;
    private final FileStore store;
    private final RunLimits limits;

    ProjectFiles(ProjectFileTable table, FileStore store, RunLimits limits) {
        this.table = table;
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
        long used = table.used(project);
        return new Use(used, limits.mostPerProject().toBytes());
    }

    /** Lets one file at a time of a project be taken down, so that two do not both take the last room; until commit. */
    void lock(ProjectId project) {
        table.lock(project);
    }

    /** Whether the disk takes so many bytes more and still leaves room for the database beside it. */
    boolean fitsOnDisk(long bytes) throws IOException {
        return store.usableBytes() - limits.keepFree().toBytes() >= bytes;
    }
}
