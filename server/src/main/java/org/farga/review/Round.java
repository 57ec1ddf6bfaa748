package org.farga.review;

import java.time.Instant;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * What of a call is reviewed together, with what its last run was given and reached.
 *
 * @param cutOff the cut-off that the proposals were submitted for; null where intake is rolling
 * @param seed decides between equally good answers
 * @param conflictYears how long a past tie counts as a conflict of interest
 * @param objective the sum of the affinities that the run gave, in millionths
 */
record Round(
        UUID id,
        CallId call,
        @Nullable Instant cutOff,
        long seed,
        int conflictYears,
        Instant runAt,
        PersonId runBy,
        long tookMs,
        long objective,
        @Nullable Instant confirmedAt,
        @Nullable PersonId confirmedBy,
        int version) {}
