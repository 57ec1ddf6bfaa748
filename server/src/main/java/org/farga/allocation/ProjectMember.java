package org.farga.allocation;

import java.time.Instant;
import org.farga.shared.PersonId;

/** A person in a project. */
record ProjectMember(PersonId person, ProjectRole role, Instant since) {}
