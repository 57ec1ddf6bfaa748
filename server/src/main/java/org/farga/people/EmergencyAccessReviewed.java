package org.farga.people;

import java.util.UUID;
import org.farga.shared.PersonId;

/** Somebody else said whether it was right to take a role in an emergency. */
public record EmergencyAccessReviewed(UUID access, PersonId person, boolean justified, String note) {}
