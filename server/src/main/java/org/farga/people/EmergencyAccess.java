package org.farga.people;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * Break-glass access: a member of the centre's staff takes a role they do not hold, for at most four hours, because
 * waiting for whoever holds it would do harm. Others are told at once, every request is kept, and somebody else says
 * afterwards whether it was right.
 */
record EmergencyAccess(
        UUID id,
        PersonId person,
        CentreRole role,
        String reason,
        Instant openedAt,
        Instant expiresAt,
        @Nullable Instant closedAt,
        @Nullable Review review) {
    static final int LONGEST_HOURS = 4;
    static final Duration REVIEW_WITHIN = Duration.ofDays(7);
    private static final int SHORTEST_REASON = 20;
    private static final int LONGEST_REASON = 2_000;

    /** What another person says of it afterwards. */
    record Review(Verdict verdict, String note, PersonId by, Instant at) {}

    enum Verdict {
        JUSTIFIED,
        NOT_JUSTIFIED
    }

    /** Checks what is asked for; {@code held} are the roles that the person holds without any emergency. */
    static Outcome<EmergencyAccess> open(
            PersonId person,
            Set<CentreRole> held,
            @Nullable CentreRole role,
            @Nullable String reason,
            @Nullable Integer hours,
            Instant now) {
        String said = reason == null ? "" : reason.strip();
        Fields fields = new Fields()
                .present("role", role)
                // Reading everything for as long as one likes is no emergency.
                .rule("role", role != CentreRole.AUDITOR, "not-in-an-emergency")
                .rule("role", role == null || !held.contains(role), "held-already")
                .text("reason", reason, LONGEST_REASON)
                .rule("reason", said.isEmpty() || said.length() >= SHORTEST_REASON, "too-short", SHORTEST_REASON)
                .number("hours", hours == null ? 1 : hours.longValue(), 1, LONGEST_HOURS);
        var refusal = fields.refusal();
        if (refusal.isPresent() || role == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new EmergencyAccess(
                TimeOrderedUuid.next(),
                person,
                role,
                said,
                now,
                now.plus(Duration.ofHours(hours == null ? 1 : hours)),
                null,
                null));
    }

    boolean isOpen(Instant now) {
        return closedAt == null && expiresAt.isAfter(now);
    }

    /** When it ended or will end. */
    Instant endsAt() {
        return closedAt == null ? expiresAt : closedAt;
    }

    /** Until when somebody else should have said what they think of it. */
    Instant reviewDueAt() {
        return openedAt.plus(REVIEW_WITHIN);
    }

    /** Reviews by whoever holds the role for it in their own right, never by the person themselves. */
    Optional<Refusal> refusalToReview(Actor actor, Set<CentreRole> held, Instant now) {
        if (actor.person().equals(person)) {
            return Optional.of(Refusal.forbidden("emergency-own-review"));
        }
        if (!mayReview(actor, held)) {
            return Optional.of(Refusal.forbidden("emergency-reviewers-only"));
        }
        if (isOpen(now)) {
            return Optional.of(Refusal.conflict("emergency-still-open"));
        }
        return review == null ? Optional.empty() : Optional.of(Refusal.conflict("emergency-reviewed"));
    }

    /** A review is what auditors are for, though they write nothing else. */
    static boolean mayReview(Actor actor, Set<CentreRole> held) {
        return (actor.is(CentreRole.ADMINISTRATOR) && held.contains(CentreRole.ADMINISTRATOR))
                || actor.is(CentreRole.AUDITOR);
    }

    Outcome<EmergencyAccess> reviewed(@Nullable Verdict verdict, @Nullable String note, PersonId by, Instant now) {
        var refusal = new Fields()
                .present("verdict", verdict)
                .text("note", note, LONGEST_REASON)
                .refusal();
        if (refusal.isPresent() || verdict == null || note == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new EmergencyAccess(
                id, person, role, reason, openedAt, expiresAt, closedAt, new Review(verdict, note.strip(), by, now)));
    }
}
