package org.farga.usage;

import java.time.Instant;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;

/** What an ended job held, and for how long. */
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
        long memoryMebibytes) {}
