package org.farga.slurm;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A person's Unix account on one cluster.
 *
 * @param adopted whether the person had the name before Farga came, so that it is not Farga's to take away
 */
record UnixAccount(
        PersonId person,
        String userName,
        boolean adopted,
        State state,
        Instant since,
        int attempts,
        Instant nextAttempt,
        @Nullable String complaint) {

    enum State {
        /** Somebody needs it, and the cluster does not know it yet. */
        WANTED,
        /** The cluster knows it. */
        READY,
        /** The command that makes accounts failed; it is tried again. */
        FAILED,
        /** Nobody needs it any more, and it was taken away. */
        GONE
    }

    private static final Duration LONGEST_REST = Duration.ofHours(1);
    static final int LONGEST_COMPLAINT = 4_000;

    /** The name for a number: the prefix and at least five digits, so that names sort. */
    static String name(String prefix, int number) {
        return prefix + String.format(Locale.ROOT, "%05d", number);
    }

    UnixAccount ready(Instant now) {
        return new UnixAccount(person, userName, adopted, State.READY, now, 0, now, null);
    }

    UnixAccount gone(Instant now) {
        return new UnixAccount(person, userName, adopted, State.GONE, now, 0, now, null);
    }

    /** Tried in vain: again after a minute, then two, four and so on up to an hour. */
    UnixAccount failed(String why, Instant now) {
        String kept = why.isBlank() ? "it ended without a word" : why.strip();
        return new UnixAccount(
                person,
                userName,
                adopted,
                State.FAILED,
                state == State.FAILED ? since : now,
                attempts + 1,
                next(now),
                kept.length() > LONGEST_COMPLAINT ? kept.substring(0, LONGEST_COMPLAINT) : kept);
    }

    /** Could not be taken away: it stays for the time being, and that is tried again. */
    UnixAccount kept(Instant now) {
        return new UnixAccount(person, userName, adopted, state, since, attempts + 1, next(now), null);
    }

    private Instant next(Instant now) {
        return now.plusSeconds(Math.min(LONGEST_REST.toSeconds(), 60L << Math.min(attempts, 10)));
    }
}
