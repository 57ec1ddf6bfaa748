package org.farga.privacy;

import java.time.Instant;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a person's data.
 *
 * @param readyAt null while it is put together
 * @param expiresAt when its file goes
 */
record DataExport(
        UUID id,
        PersonId person,
        Instant askedAt,
        @Nullable Instant readyAt,
        @Nullable Instant expiresAt,
        long bytes) {
    /** How far it has come. */
    enum State {
        PREPARING,
        READY,
        EXPIRED
    }

    State state(Instant now) {
        if (expiresAt == null) {
            return State.PREPARING;
        }
        return now.isBefore(expiresAt) ? State.READY : State.EXPIRED;
    }
}
