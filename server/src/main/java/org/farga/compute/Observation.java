package org.farga.compute;

import java.time.Instant;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * One job as the engine sees it now.
 *
 * @param reason why it waits or how it ended, in one of Slurm's words where Slurm has one
 * @param startedAt from when it is charged; null for a job that has not started, or never did
 * @param endedAt null until it ended
 * @param exitCode the script's; 128 + n when signal n ended it; null where there is none
 * @param allocation null for a job that has not started, or never did
 */
record Observation(
        JobId id,
        JobState state,
        @Nullable String reason,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Integer exitCode,
        @Nullable Allocation allocation,
        Measured measured) {}
