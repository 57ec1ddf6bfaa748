package org.farga.people;

import java.time.Instant;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;

/**
 * An organisation began to leave: what is under way in its name ends now.
 *
 * @param closesAt until when its people can still read what is theirs
 */
public record OrganisationClosing(OrganisationId organisation, PersonId by, Instant begunAt, Instant closesAt) {}
