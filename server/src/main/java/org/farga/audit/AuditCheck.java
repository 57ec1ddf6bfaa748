package org.farga.audit;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A check of the whole log.
 *
 * @param askedBy null for a scheduled one
 * @param endedAt null while it is under way
 * @param size leaves it checked
 * @param findings empty where all is well
 */
record AuditCheck(
        UUID id,
        @Nullable PersonId askedBy,
        Instant askedAt,
        @Nullable Instant endedAt,
        long size,
        long checkpoints,
        List<AuditFinding> findings) {
    boolean ended() {
        return endedAt != null;
    }

    boolean good() {
        return ended() && findings.isEmpty();
    }
}
