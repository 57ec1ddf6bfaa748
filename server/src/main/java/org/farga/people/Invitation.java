package org.farga.people;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;

/**
 * Asks somebody into an organisation: whoever holds its one-time link may join, for fourteen days, unless it is revoked.
 */
record Invitation(
        UUID id,
        OrganisationId organisation,
        EmailAddress email,
        OrganisationRole role,
        PersonId invitedBy,
        Instant createdAt,
        Instant expiresAt) {
    static final Duration LIFE = Duration.ofDays(14);

    /** Checks whom somebody wants to invite; without a role, as a member. */
    static Outcome<Invitation> invite(
            OrganisationId organisation,
            @Nullable String email,
            @Nullable OrganisationRole role,
            PersonId by,
            Instant now) {
        var address = email == null || email.isBlank() ? java.util.Optional.<EmailAddress>empty() : Person.parse(email);
        var refusal = new Fields()
                .text("email", email, 254)
                .rule("email", email == null || email.isBlank() || address.isPresent(), "not-an-email")
                .refusal();
        if (refusal.isPresent() || address.isEmpty()) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return Outcome.done(new Invitation(
                TimeOrderedUuid.next(),
                organisation,
                address.get(),
                role == null ? OrganisationRole.MEMBER : role,
                by,
                now,
                now.plus(LIFE)));
    }

    /** Whether its time has not run out; revoked and accepted ones are not found in the first place. */
    boolean livesAt(Instant now) {
        return now.isBefore(expiresAt);
    }
}
