package org.farga.usage;

import java.time.Instant;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * What one run of an ended job held, and for how long. A job that was requeued or preempted has several.
 *
 * @param engine what its engine says of the run; with cluster and start its name for the job tells the run from all others. Null
 *     where the engine names none, and then the job has one run
 */
public record JobUsage(
        JobId job,
        String jobName,
        AllocationId allocation,
        String cluster,
        PersonId person,
        Instant startedAt,
        Instant endedAt,
        int gpus,
        int cpus,
        long memoryMebibytes,
        @Nullable EngineRun engine) {

    /** The only run of a job that its engine has no name for. */
    public JobUsage(
            JobId job,
            String jobName,
            AllocationId allocation,
            String cluster,
            PersonId person,
            Instant startedAt,
            Instant endedAt,
            int gpus,
            int cpus,
            long memoryMebibytes) {
        this(job, jobName, allocation, cluster, person, startedAt, endedAt, gpus, cpus, memoryMebibytes, null);
    }
}
