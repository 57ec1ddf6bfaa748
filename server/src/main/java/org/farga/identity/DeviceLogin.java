package org.farga.identity;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * A device that asks to be signed in by a browser elsewhere, as the device grant of OAuth does it (RFC 8628): it shows a
 * code, a person types it on Farga's page, and the device, which asks every few seconds, gets its token.
 *
 * @param userCode what the person types: eight consonants, so that no word comes about
 * @param name what the device calls itself
 * @param network where it asked from, as {@link SignUpLimit} counts networks
 * @param lastAskedAt when it last asked whether somebody had confirmed
 */
record DeviceLogin(
        UUID id,
        String userCode,
        String name,
        String network,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant lastAskedAt,
        State state,
        @Nullable PersonId person,
        @Nullable SignedIn how) {
    static final Duration LIFE = Duration.ofMinutes(10);
    static final Duration INTERVAL = Duration.ofSeconds(5);
    static final int MOST_AN_HOUR = 60;
    private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** How far it is. */
    enum State {
        /** Nobody confirmed yet. */
        PENDING,
        APPROVED,
        DENIED,
        /** The token was given: once. */
        USED
    }

    static DeviceLogin start(String name, String network, Instant now) {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            code.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return new DeviceLogin(
                TimeOrderedUuid.next(),
                code.toString(),
                name,
                network,
                now,
                now.plus(LIFE),
                null,
                State.PENDING,
                null,
                null);
    }

    /** The code as it is shown: BCDF-GHJK. */
    String shownCode() {
        return userCode.substring(0, 4) + "-" + userCode.substring(4);
    }

    /** What somebody typed, without what people put between letters. */
    static String typed(@Nullable String text) {
        return text == null ? "" : text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
    }

    /** Whether the device asks again sooner than it was told to; half a second is forgiven for the way. */
    boolean isAskedTooSoon(Instant now) {
        return lastAskedAt != null && now.isBefore(lastAskedAt.plus(INTERVAL).minusMillis(500));
    }

    boolean isAlive(Instant now) {
        return now.isBefore(expiresAt);
    }
}
