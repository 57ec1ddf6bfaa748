package org.farga.people;

import java.time.Instant;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;

/** An organisation's closing was called off before its last day. */
public record OrganisationReopened(OrganisationId organisation, PersonId by, Instant at) {}
