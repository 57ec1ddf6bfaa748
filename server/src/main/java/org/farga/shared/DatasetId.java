package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A dataset's identifier. */
public record DatasetId(@JsonValue UUID value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public DatasetId {}

    /** A new identifier that sorts by the time it was made (UUID version 7, RFC 9562). */
    public static DatasetId create() {
        return new DatasetId(TimeOrderedUuid.next());
    }

    /** Reads the usual text form; throws {@link IllegalArgumentException} for anything else. */
    public static DatasetId valueOf(String text) {
        return new DatasetId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
