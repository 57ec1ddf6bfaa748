package org.farga.shared;

import java.time.Instant;

/** From an instant (inclusive) to a later one (exclusive). */
public record Period(Instant from, Instant to) {
    /** Throws {@link IllegalArgumentException} unless {@code to} is after {@code from}. */
    public Period {
        if (!to.isAfter(from)) {
            throw new IllegalArgumentException("a period ends after it starts");
        }
    }

    public boolean contains(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(to);
    }
}
