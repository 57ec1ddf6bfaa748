package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/** What an accepted job may use at most, set aside from its acceptance to its end. */
record Commitment(
        JobId job,
        int gpus,
        int cpus,
        Duration timeLimit,
        @Nullable Instant startedAt) {
    static final Duration LONGEST = Duration.ofDays(3_650);

    /** Throws {@link IllegalArgumentException} for what no job can ask for: whoever commits has checked the request. */
    Commitment {
        if (gpus < 0 || cpus < 0 || timeLimit.toMillis() < 1 || timeLimit.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a job holds no negative count and runs for 1 ms to ten years");
        }
        timeLimit = Duration.ofMillis(timeLimit.toMillis());
    }

    GpuHours gpuMost() {
        return GpuHours.of(gpus, timeLimit);
    }

    CpuHours cpuMost() {
        return CpuHours.of(cpus, timeLimit);
    }

    GpuHours gpuInFlight(Instant now) {
        return GpuHours.of(gpus, running(now));
    }

    CpuHours cpuInFlight(Instant now) {
        return CpuHours.of(cpus, running(now));
    }

    /** How long it has run: nothing before its start, and at most its limit, which the scheduler enforces. */
    Duration running(Instant now) {
        if (startedAt == null || !now.isAfter(startedAt)) {
            return Duration.ZERO;
        }
        Duration running = Duration.ofMillis(Duration.between(startedAt, now).toMillis());
        return running.compareTo(timeLimit) > 0 ? timeLimit : running;
    }
}
