package org.farga.models;

import java.time.Instant;
import java.util.Map;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/**
 * What gathers runs of a project that belong together.
 *
 * @param number counts up within the project; 0 is the one for runs that name none
 * @param deletedAt hidden since then; its name stays taken, because it can be restored
 * @param tags free texts by name, such as {@code mlflow.note.content}
 */
public record Experiment(
        ProjectId project,
        int number,
        String name,
        Instant createdAt,
        Instant changedAt,
        @Nullable Instant deletedAt,
        Map<String, String> tags) {
    /** The number of the experiment for runs that name none. */
    public static final int DEFAULT = 0;

    /** How that one is called at first. */
    static final String DEFAULT_NAME = "Default";

    /** How many a project may have. */
    static final int MOST = 10_000;

    /** How many tags anything may have. */
    static final int MOST_TAGS = 1_000;

    public Experiment {
        tags = Map.copyOf(tags);
    }

    public boolean isDeleted() {
        return deletedAt != null;
    }
}
