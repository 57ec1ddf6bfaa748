package org.farga.identity;

import java.time.Duration;
import java.time.Instant;
import org.farga.shared.Refusal;

/** Slows down guessing: after five failures each further try must wait, twice as long each time, at most 15 minutes. */
record SignInThrottle(int failures, Instant lastFailure) {
    static final int FREE_TRIES = 5;
    static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

    /** Says how many seconds to wait. */
    static Refusal refusal(String name, Instant now, Instant waitUntil) {
        Duration wait = Duration.between(now, waitUntil);
        return Refusal.tooMany(name, wait, Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)));
    }

    /** Until when no try is taken; in the past where one is. */
    Instant waitUntil() {
        if (failures < FREE_TRIES) {
            return Instant.EPOCH;
        }
        int doublings = Math.min(failures - FREE_TRIES, 16);
        Duration wait = Duration.ofSeconds(1L << doublings);
        return lastFailure.plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }
}
