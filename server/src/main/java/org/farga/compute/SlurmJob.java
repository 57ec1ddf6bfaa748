package org.farga.compute;

import java.time.Instant;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A job, or one task of an array, in slurmctld's list of all.
 *
 * @param id Slurm's number; {@code 12_3} for the third task of array 12
 * @param reason Slurm's word for why it waits
 * @param startedAt when it started; while it waits, when Slurm expects it to
 * @param endedAt null until it ended
 * @param given what it holds or held; null where it has not started, or the list did not say all of it
 */
record SlurmJob(
        String id,
        JobState state,
        String reason,
        String nodes,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Instant submittedAt,
        @Nullable Integer exitCode,
        @Nullable Allocation given,
        String account,
        String user,
        String partition,
        String comment,
        String name) {

    /** Slurm sets an end, the time limit's, when a job starts, and a start, as it expects it, while one waits. */
    SlurmJob {
        endedAt = state.ended() ? endedAt : null;
    }

    boolean hasStarted() {
        return state != JobState.PENDING && !nodes.isEmpty();
    }

    /** The number that the whole array goes by; the job's own for one that is no task of an array. */
    String array() {
        int underscore = id.indexOf('_');
        return underscore < 0 ? id : id.substring(0, underscore);
    }

    /** The same with what it holds, and how it ended. */
    SlurmJob with(@Nullable Allocation known, @Nullable Integer code) {
        return new SlurmJob(
                id,
                state,
                reason,
                nodes,
                startedAt,
                endedAt,
                submittedAt,
                code,
                known,
                account,
                user,
                partition,
                comment,
                name);
    }

    /** As Farga's job. */
    Observation observation(JobId job) {
        return new Observation(
                job,
                state,
                SlurmVersion.reason(state, reason),
                hasStarted() ? startedAt : null,
                endedAt,
                SlurmVersion.hasExitCode(state) ? exitCode : null,
                hasStarted() && given != null ? given.in(partition) : null,
                new Measured(null, null));
    }
}
