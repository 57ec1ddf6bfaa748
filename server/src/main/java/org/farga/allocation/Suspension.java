package org.farga.allocation;

import java.time.Instant;
import java.util.Optional;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Why and since when an allocation is held back.
 *
 * @param closing whether it is only because its organisation leaves; then the program says so in the reader's language, by the
 *     message {@code allocation.suspension.closing}
 */
record Suspension(String reason, PersonId by, Instant since, boolean closing) {
    private static final int LONGEST_REASON = 1_000;

    static boolean isUpTo(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ACCESS_OFFICER);
    }

    /** What stands against suspending for this reason; a reason is owed to those whose work stops. */
    static Optional<Refusal> refusal(Actor actor, @Nullable String reason) {
        return isUpTo(actor)
                ? new Fields().text("reason", reason, LONGEST_REASON).refusal()
                : Optional.of(Refusal.forbidden("suspension-by-centre-only"));
    }
}
