package org.farga.privacy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A wish to be forgotten.
 *
 * @param askedBy the person, or an administrator in their name
 * @param dueAt when it is done, unless it is cancelled before
 * @param reason how it reached the centre, where an administrator entered it
 * @param redactions the places in free text where the name is taken out, each as {@link ErasureSearch.Finding#place}
 * @param result rows of each section when it was done, by the sections' names, and under {@code redacted} how many places in free
 *     text; null before that, and for those from before this was counted
 */
record ErasureRequest(
        UUID id,
        PersonId person,
        PersonId askedBy,
        Instant askedAt,
        Instant dueAt,
        @Nullable Instant cancelledAt,
        @Nullable Instant doneAt,
        @Nullable String reason,
        List<String> redactions,
        @Nullable Map<String, Long> result) {
    /** How far it has come. */
    enum State {
        /** Until it is due it can be cancelled. */
        WAITING,
        /** It is done at the next round, unless something stands against it. */
        DUE,
        DONE,
        CANCELLED
    }

    boolean open() {
        return cancelledAt == null && doneAt == null;
    }

    State state(Instant now) {
        if (cancelledAt != null) {
            return State.CANCELLED;
        }
        if (doneAt != null) {
            return State.DONE;
        }
        return now.isBefore(dueAt) ? State.WAITING : State.DUE;
    }
}
