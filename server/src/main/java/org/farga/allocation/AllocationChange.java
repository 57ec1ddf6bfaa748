package org.farga.allocation;

import java.time.Instant;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * What became of an allocation after its award.
 *
 * @param gpuMilliseconds by how much its GPU-hours changed, in milliseconds of one accelerator; negative where they became fewer
 * @param cpuMilliseconds the same of CPU-hours, in milliseconds of one processor core
 * @param other where hours went or came from; of a renewal, the allocation that it renews
 * @param decidedBy null where the rules let it happen at once
 */
public record AllocationChange(
        UUID id,
        AllocationId allocation,
        Instant at,
        Kind kind,
        long gpuMilliseconds,
        long cpuMilliseconds,
        Instant endsBefore,
        Instant endsAfter,
        @Nullable AllocationId other,
        PersonId askedBy,
        @Nullable PersonId decidedBy) {
    public enum Kind {
        EXTENDED,
        SUPPLEMENTED,
        GIVEN_BACK,
        MOVED_OUT,
        MOVED_IN,
        RENEWED,
        ENDED
    }
}
