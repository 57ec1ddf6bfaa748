package org.farga.privacy;

import java.time.Instant;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A wish to be forgotten.
 *
 * @param askedBy the person, or an administrator in their name
 * @param dueAt when it is done, unless it is cancelled before
 */
record ErasureRequest(
        UUID id,
        PersonId person,
        PersonId askedBy,
        Instant askedAt,
        Instant dueAt,
        @Nullable Instant cancelledAt,
        @Nullable Instant doneAt) {
    boolean open() {
        return cancelledAt == null && doneAt == null;
    }
}
