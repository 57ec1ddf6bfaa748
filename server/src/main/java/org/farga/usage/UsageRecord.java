package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A line of an allocation's ledger: what one run of a job held, from when to when, or the reversal of such a line. Start and end are
 * whole milliseconds, so that anybody who multiplies them out finds the same number.
 *
 * @param line its number in the ledger; 0 before it is entered
 * @param sign 1, or -1 for a line that takes back an earlier one of the same run
 * @param job null for a run that was not submitted through Farga
 * @param person null where it is not known who of the centre's people ran it
 * @param charged how long is charged, from the start on: shorter than the time until the end where the job stood still in between
 */
record UsageRecord(
        long line,
        int sign,
        @Nullable JobId job,
        String jobName,
        AllocationId allocation,
        String cluster,
        @Nullable PersonId person,
        Instant startedAt,
        Instant endedAt,
        Duration charged,
        int gpus,
        int cpus,
        long memoryMebibytes,
        @Nullable EngineRun engine) {
    /** Throws {@link IllegalArgumentException} for an end before the start or a negative count: the caller's mistake. */
    UsageRecord {
        startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
        endedAt = endedAt.truncatedTo(ChronoUnit.MILLIS);
        if (endedAt.isBefore(startedAt) || gpus < 0 || cpus < 0 || memoryMebibytes < 0) {
            throw new IllegalArgumentException(
                    "job " + job + " cannot have ended before it started, nor held less than none");
        }
        if (charged.isNegative() || startedAt.plus(charged).isAfter(endedAt)) {
            throw new IllegalArgumentException("job " + job + " is charged for longer than it ran");
        }
        if (job == null && engine == null || sign != 1 && sign != -1) {
            throw new IllegalArgumentException("a line is for or against a run of a job that somebody has a name for");
        }
    }

    static UsageRecord of(JobUsage usage) {
        return new UsageRecord(
                0,
                1,
                usage.job(),
                usage.jobName(),
                usage.allocation(),
                usage.cluster(),
                usage.person(),
                usage.startedAt(),
                usage.endedAt(),
                Duration.between(
                        usage.startedAt().truncatedTo(ChronoUnit.MILLIS),
                        usage.endedAt().truncatedTo(ChronoUnit.MILLIS)),
                usage.gpus(),
                usage.cpus(),
                usage.memoryMebibytes(),
                usage.engine());
    }

    boolean reverses() {
        return sign < 0;
    }

    /** What is charged, negative where it is taken back. */
    Duration duration() {
        return charged.multipliedBy(sign);
    }

    GpuHours gpuHours() {
        return GpuHours.of(gpus, duration());
    }

    CpuHours cpuHours() {
        return CpuHours.of(cpus, duration());
    }
}
