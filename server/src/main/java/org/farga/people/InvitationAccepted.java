package org.farga.people;

import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.PersonId;

/** Somebody accepted an invitation and is in the organisation now. */
public record InvitationAccepted(
        UUID invitation, OrganisationId organisation, PersonId person, OrganisationRole role) {}
