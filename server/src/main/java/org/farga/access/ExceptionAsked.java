package org.farga.access;

import java.time.Instant;
import org.farga.shared.PersonId;

/** Why an applicant asks for an exception from a rule. */
record ExceptionAsked(String justification, PersonId by, Instant at) {
    static final int LONGEST = 2_000;
}
