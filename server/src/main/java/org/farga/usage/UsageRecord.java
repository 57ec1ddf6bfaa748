package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;

/**
 * A line of an allocation's statement: what an ended job held, from when to when. Start and end are whole milliseconds, so
 * that anybody who multiplies them out finds the same number.
 */
record UsageRecord(
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
    /** Throws {@link IllegalArgumentException} for an end before the start or a negative count: the caller's mistake. */
    UsageRecord {
        startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
        endedAt = endedAt.truncatedTo(ChronoUnit.MILLIS);
        if (endedAt.isBefore(startedAt) || gpus < 0 || cpus < 0 || memoryMebibytes < 0) {
            throw new IllegalArgumentException(
                    "job " + job + " cannot have ended before it started, nor held less than none");
        }
    }

    static UsageRecord of(JobUsage usage) {
        return new UsageRecord(
                usage.job(),
                usage.jobName(),
                usage.allocation(),
                usage.cluster(),
                usage.person(),
                usage.startedAt(),
                usage.endedAt(),
                usage.gpus(),
                usage.cpus(),
                usage.memoryMebibytes());
    }

    Duration duration() {
        return Duration.between(startedAt, endedAt);
    }

    GpuHours gpuHours() {
        return GpuHours.of(gpus, duration());
    }

    CpuHours cpuHours() {
        return CpuHours.of(cpus, duration());
    }
}
