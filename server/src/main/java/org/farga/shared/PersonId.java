package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A person's identifier. */
public record PersonId(@JsonValue UUID value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public PersonId {}

    /** A new identifier that sorts by the time it was made (UUID version 7, RFC 9562). */
    public static PersonId create() {
        return new PersonId(TimeOrderedUuid.next());
    }

    /** Reads the usual text form; throws {@link IllegalArgumentException} for anything else. */
    public static PersonId valueOf(String text) {
        return new PersonId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
