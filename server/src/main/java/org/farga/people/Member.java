package org.farga.people;

import java.time.Instant;
import org.farga.shared.EmailAddress;
import org.farga.shared.OrganisationRole;
import org.farga.shared.PersonId;

/** A person in an organisation. */
record Member(PersonId person, String name, EmailAddress email, OrganisationRole role, Instant since) {}
