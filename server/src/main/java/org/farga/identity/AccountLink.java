package org.farga.identity;

import java.time.Duration;
import java.time.Instant;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;

/** A one-time link that was mailed to an address: whoever opens it has shown that they read it. */
record AccountLink(PersonId person, Purpose purpose, EmailAddress email, Instant createdAt) {
    enum Purpose {
        /** To a new password, where the old one is forgotten. */
        RECOVERY(Duration.ofMinutes(30)),
        /** Proves the address somebody signed up with. */
        VERIFICATION(Duration.ofDays(7)),
        /** Takes this address in place of the one there was. */
        CHANGE(Duration.ofHours(24));

        private final Duration life;

        Purpose(Duration life) {
            this.life = life;
        }

        Duration life() {
            return life;
        }
    }

    Instant expiresAt() {
        return createdAt.plus(purpose.life());
    }
}
