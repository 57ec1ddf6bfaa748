package org.farga.people;

import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ScopedRole;

/**
 * Somebody was given a role over one thing.
 *
 * @param title what the thing is called, in the language of whoever gave it
 */
public record ScopedRoleGranted(UUID grant, PersonId person, ScopedRole role, String title) {}
