package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The identifier of one immutable version of a dataset. */
public record DatasetVersionId(@JsonValue UUID value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public DatasetVersionId {}

    /** A new identifier that sorts by the time it was made (UUID version 7, RFC 9562). */
    public static DatasetVersionId create() {
        return new DatasetVersionId(TimeOrderedUuid.next());
    }

    /** Reads the usual text form; throws {@link IllegalArgumentException} for anything else. */
    public static DatasetVersionId valueOf(String text) {
        return new DatasetVersionId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
