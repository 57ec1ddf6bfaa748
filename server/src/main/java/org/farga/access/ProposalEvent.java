package org.farga.access;

import java.time.Instant;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/** Something that happened to a proposal, by a person or, where there is none, by the rules. */
record ProposalEvent(Instant at, Kind kind, @Nullable PersonId by) {
    enum Kind {
        CREATED,
        SUBMITTED,
        PASSED_TO_OFFICER,
        AWARDED,
        DECLINED,
        WITHDRAWN
    }
}
