package org.farga.review;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody may not be an impartial judge of a proposal, as it was found, with what was decided of it.
 *
 * @param subject what ties them: an organisation, a project, a declaration of the reviewer's, or the proposal itself
 * @param until when the tie ended; null where it holds
 */
record Conflict(
        UUID id,
        ProposalId proposal,
        PersonId reviewer,
        Kind kind,
        UUID subject,
        @Nullable Instant until,
        Instant foundAt,
        State state,
        @Nullable Decision decision,
        int version) {
    private static final int LONGEST_REASON = 2_000;

    enum Kind {
        /** The reviewer wrote it, submitted it, or answered for it. */
        ON_TEAM,
        SAME_ORGANISATION,
        PAST_ORGANISATION,
        SHARED_PROJECT,
        DECLARED
    }

    enum State {
        /** Nobody decided; keeps the two apart. */
        OPEN,
        /** It is none. */
        DISMISSED,
        /** It is one, and the centre accepts it. */
        WAIVED,
        /** It is one: this reviewer does not judge this proposal. */
        RECUSED
    }

    record Decision(PersonId by, Instant at, String reason) {}

    /** Whether it keeps the reviewer from this proposal. */
    boolean forbids() {
        return state == State.OPEN || state == State.RECUSED;
    }

    /** Decided by an access officer, who must not be the reviewer; nobody judges what they wrote themselves. */
    Outcome<Conflict> decide(Actor officer, @Nullable State verdict, @Nullable String reason, Instant now) {
        if (officer.person().equals(reviewer)) {
            return Outcome.refused(Refusal.forbidden("own-conflict"));
        }
        Optional<Refusal> refusal = new Fields()
                .present("decision", verdict)
                .rule("decision", verdict != State.OPEN, "conflict-verdict")
                .text("reason", reason, LONGEST_REASON)
                .refusal();
        if (refusal.isPresent() || verdict == null || reason == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return kind == Kind.ON_TEAM && verdict != State.RECUSED
                ? Outcome.refused(Refusal.conflict("conflict-on-team"))
                : Outcome.done(decided(verdict, officer.person(), reason.strip(), now));
    }

    /** Decided; also by the reviewer, who can only step back. */
    Conflict decided(State verdict, PersonId by, String reason, Instant now) {
        return new Conflict(
                id,
                proposal,
                reviewer,
                kind,
                subject,
                until,
                foundAt,
                verdict,
                new Decision(by, now.isBefore(foundAt) ? foundAt : now, reason),
                version);
    }
}
