package org.farga.identity;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A key pair whose private half stays in somebody's device or password manager (WebAuthn).
 *
 * @param backupEligible whether it may be copied to its owner's other devices by their provider
 * @param backedUp whether it was, when it was last used
 * @param transports how a browser reaches it, as hints for the next time
 * @param clonedAt when its counter ran backwards, as only a copy's does; it signs nobody in since
 */
record Passkey(
        UUID id,
        PersonId person,
        String name,
        boolean backupEligible,
        boolean backedUp,
        List<String> transports,
        Instant createdAt,
        @Nullable Instant lastUsedAt,
        @Nullable Instant clonedAt) {
    static final int LONGEST_NAME = 100;

    /** More than anybody has devices; a bound on what a page shows and a browser is told. */
    static final int MOST = 20;
}
