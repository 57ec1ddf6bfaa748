package org.farga.identity;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A person as a provider knows them: one of their ways to sign in. Issuer and subject say who it is; all else is what
 * the provider said at the last sign-in.
 *
 * @param centreRoles roles that the provider's claims give, good in sessions that began there
 */
record ExternalIdentity(
        UUID id,
        PersonId person,
        String provider,
        String issuer,
        String subject,
        @Nullable String email,
        @Nullable String communityId,
        @Nullable String homeOrganisation,
        List<String> affiliations,
        List<String> assurance,
        @Nullable String acr,
        Set<CentreRole> centreRoles,
        Instant linkedAt,
        Instant lastUsedAt) {}
