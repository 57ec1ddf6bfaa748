package org.farga.people;

import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;

/**
 * Somebody is no longer in an organisation.
 *
 * @param removal identifies this removal: a person can join again and leave again
 * @param by who took them out; the person themselves where they left
 */
public record MemberRemoved(UUID removal, OrganisationId organisation, PersonId person, PersonId by) {}
