package org.farga.people;

import java.time.Instant;
import java.util.UUID;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;

/** A member of the centre's staff took a role that they do not hold, for a while. */
public record EmergencyAccessOpened(UUID access, PersonId person, CentreRole role, String reason, Instant until) {}
