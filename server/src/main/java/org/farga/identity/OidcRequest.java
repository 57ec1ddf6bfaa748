package org.farga.identity;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A way to a provider that somebody set out on in this browser, until they are back: what the answer must fit.
 *
 * @param state names it, and is secret to the browser and the provider
 * @param nonce what the provider's token must carry, hashed
 * @param verifier the proof key (PKCE): a code stolen on its way is worth nothing without it
 * @param purpose what the person wants there
 * @param person who is signed in here, for a link or a step-up
 * @param next the own page to go on to
 */
record OidcRequest(
        String provider,
        String state,
        String nonce,
        String verifier,
        Purpose purpose,
        @Nullable String person,
        String next,
        Instant startedAt) {
    private static final Duration LIFE = Duration.ofMinutes(15);

    /** Why somebody goes to a provider. */
    enum Purpose {
        SIGN_IN,
        /** Adds it to the ways to sign in to the account they are signed in to. */
        LINK,
        /** Proves more than at the sign-in, as the same person. */
        STEP_UP
    }

    boolean isAlive(Instant now) {
        return now.isBefore(startedAt.plus(LIFE));
    }

    @Override
    public String toString() {
        return "OidcRequest[provider=" + provider + ", purpose=" + purpose + "]";
    }
}
