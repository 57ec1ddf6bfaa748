package org.farga.models;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.ModelId;
import org.farga.shared.PersonId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/**
 * A model with what people say about it, which may change, unlike its versions.
 *
 * @param aliases number of a version by a name such as {@code champion}
 * @param latest the newest version of each stage
 */
public record RegisteredModel(
        ModelId id,
        String name,
        String description,
        Instant createdAt,
        Instant changedAt,
        Map<String, String> tags,
        Map<String, Integer> aliases,
        List<Version> latest) {
    public RegisteredModel {
        tags = Map.copyOf(tags);
        aliases = Map.copyOf(aliases);
        latest = List.copyOf(latest);
    }

    RegisteredModel with(List<Version> newest) {
        return new RegisteredModel(id, name, description, createdAt, changedAt, tags, aliases, newest);
    }

    /** How far a version is, in MLflow's words. */
    public enum Stage {
        NONE("None"),
        STAGING("Staging"),
        PRODUCTION("Production"),
        ARCHIVED("Archived");

        private final String word;

        Stage(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        /** Whatever the case of its letters; null for anything else. */
        public static @Nullable Stage parse(String text) {
            for (Stage stage : values()) {
                if (stage.word.equalsIgnoreCase(text)) {
                    return stage;
                }
            }
            return null;
        }
    }

    /**
     * A version with what people say about it.
     *
     * @param source which files it took; null for all of its run's
     * @param run none of a logged model that was made outside any run
     */
    public record Version(
            ModelId model,
            String name,
            int number,
            Instant registeredAt,
            Instant changedAt,
            PersonId registeredBy,
            Stage stage,
            String description,
            @Nullable String source,
            @Nullable RunId run,
            @Nullable UUID loggedModel,
            Map<String, String> tags,
            List<String> aliases) {
        public Version {
            tags = Map.copyOf(tags);
            aliases = List.copyOf(aliases);
        }
    }
}
