package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A project's identifier. */
public record ProjectId(@JsonValue UUID value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ProjectId {}

    /** A new identifier that sorts by the time it was made (UUID version 7, RFC 9562). */
    public static ProjectId create() {
        return new ProjectId(TimeOrderedUuid.next());
    }

    /** Reads the usual text form; throws {@link IllegalArgumentException} for anything else. */
    public static ProjectId valueOf(String text) {
        return new ProjectId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
