package org.farga.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of the program on this database.
 *
 * @param port it listens at
 * @param seenAt its last sign of life
 * @param lookedAt when it last looked for what is wrong
 */
record FargaProcess(
        UUID id,
        String host,
        int port,
        long pid,
        String version,
        State state,
        Instant startedAt,
        Instant seenAt,
        @Nullable Instant lookedAt) {

    /** Between two signs of life. */
    static final Duration BEAT = Duration.ofSeconds(5);
    /** One that gave none for so long is lost: killed, cut off, or its machine is down. */
    static final Duration LOST_AFTER = BEAT.multipliedBy(6);

    enum State {
        SERVING,
        /** It was told to stop, takes no new connections and finishes what it has. */
        DRAINING,
        /** It ended as it should. */
        STOPPED
    }

    boolean lives(Instant now) {
        return state != State.STOPPED && seenAt.plus(LOST_AFTER).isAfter(now);
    }

    /** Whether it ended without saying so. */
    boolean lost(Instant now) {
        return state != State.STOPPED && !lives(now);
    }

    String address() {
        return host + ":" + port;
    }
}
