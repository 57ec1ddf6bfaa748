package org.farga.models;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/**
 * A model that a program saved with its files, before anybody registers it.
 *
 * @param run in which it was made, where it was made in one
 * @param job that made it outside of any run, where one did
 * @param type such as {@code Agent}; free text
 */
public record LoggedModel(
        UUID id,
        ProjectId project,
        int experiment,
        @Nullable RunId run,
        @Nullable JobId job,
        String name,
        @Nullable String type,
        Status status,
        PersonId createdBy,
        Instant createdAt,
        Instant changedAt,
        Map<String, String> tags,
        Map<String, String> parameters,
        List<Measured> metrics) {
    /** How many parameters one may have. */
    static final int MOST_PARAMETERS = 1_000;

    public LoggedModel {
        tags = Map.copyOf(tags);
        parameters = Map.copyOf(parameters);
        metrics = List.copyOf(metrics);
    }

    /** How far it is, in MLflow's words. */
    public enum Status {
        LOGGED_MODEL_PENDING,
        LOGGED_MODEL_READY,
        LOGGED_MODEL_UPLOAD_FAILED
    }

    /** What a run measured of it. */
    public record Measured(RunId run, Tracked.Value value) {}

    /** As it stands in addresses: {@code m-} and 32 hexadecimal digits. */
    public static String text(UUID id) {
        return "m-" + id.toString().replace("-", "");
    }

    /** Reads that form; null for anything else. */
    public static @Nullable UUID parse(String text) {
        if (!text.matches("m-[0-9a-f]{32}")) {
            return null;
        }
        String hex = text.substring(2);
        return UUID.fromString(hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                + hex.substring(16, 20) + "-" + hex.substring(20));
    }
}
