package org.farga.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.farga.shared.PersonId;

/** One administrator's request to take the second factors from somebody who lost them all; another must agree. */
record FactorReset(
        UUID id, PersonId person, String reason, PersonId requestedBy, Instant requestedAt, Instant expiresAt) {
    static final Duration LIFE = Duration.ofDays(3);
}
