package org.farga.people;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.UUID;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * A role over one thing, given to somebody until a day.
 *
 * @param until the instant from which it is not held any more
 */
record ScopedRoleGrant(
        UUID id, PersonId person, ScopedRole role, PersonId grantedBy, Instant grantedAt, Instant until) {
    /** Nobody checks for years whether a right is still needed; so it ends by itself. */
    private static final Duration LONGEST = Duration.ofDays(2 * 366);

    /** Administrators give any; access officers delegate what is theirs: the assessment of calls, and their panels. */
    static boolean mayGrant(Actor actor, ScopedRole.Kind kind) {
        return switch (kind) {
            case ASSESSOR, PANEL_MEMBER -> actor.isAny(CentreRole.ADMINISTRATOR, CentreRole.ACCESS_OFFICER);
            case COORDINATOR -> actor.is(CentreRole.ADMINISTRATOR);
        };
    }

    /**
     * Checks what somebody wants to give.
     *
     * @param known whether there is such a thing
     * @param lastDay the last day of it, in the centre's zone
     */
    static Outcome<ScopedRoleGrant> grant(
            Actor actor,
            PersonId person,
            ScopedRole role,
            boolean known,
            @Nullable LocalDate lastDay,
            ZoneId zone,
            Instant now) {
        if (!mayGrant(actor, role.kind())) {
            return Outcome.refused(Refusal.forbidden("scoped-role-not-yours-to-give"));
        }
        if (actor.person().equals(person)) {
            return Outcome.refused(Refusal.forbidden("scoped-role-for-oneself"));
        }
        Fields fields = new Fields().rule("scope", known, "no-such-scope").present("lastDay", lastDay);
        Instant until =
                lastDay == null ? now : lastDay.plusDays(1).atStartOfDay(zone).toInstant();
        fields.rule("lastDay", lastDay == null || until.isAfter(now), "in-the-past")
                .rule("lastDay", !until.isAfter(now.plus(LONGEST)), "two-years-at-most");
        var refusal = fields.refusal();
        return refusal.isPresent()
                ? Outcome.refused(refusal.get())
                : Outcome.done(new ScopedRoleGrant(TimeOrderedUuid.next(), person, role, actor.person(), now, until));
    }
}
