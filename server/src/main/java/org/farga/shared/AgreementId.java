package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The identifier of an accepted agreement on a dataset's terms. */
public record AgreementId(@JsonValue UUID value) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public AgreementId {}

    /** A new identifier that sorts by the time it was made (UUID version 7, RFC 9562). */
    public static AgreementId create() {
        return new AgreementId(TimeOrderedUuid.next());
    }

    /** Reads the usual text form; throws {@link IllegalArgumentException} for anything else. */
    public static AgreementId valueOf(String text) {
        return new AgreementId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
