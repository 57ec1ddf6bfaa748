package org.farga.compute;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.shared.GpuHours;
import org.farga.usage.JobUsage;

/**
 * What collectors count of jobs, in this process since its start: {@code farga_job_starts_total}, {@code
 * farga_job_ends_total} by state, and {@code farga_gpu_hours_total}, the GPU-hours charged.
 */
final class JobMeters {
    private static final Counter STARTS = Metrics.counter("farga.job.starts");
    private static final Counter GPU_HOURS = Metrics.counter("farga.gpu.hours");
    private static final Map<JobState, Counter> ENDS = Arrays.stream(JobState.values())
            .filter(JobState::ended)
            .collect(Collectors.toMap(
                    Function.identity(), state -> Metrics.counter("farga.job.ends", "state", state.name())));

    private JobMeters() {}

    /** Makes them known before the first job. */
    static void register() {
        STARTS.increment(0);
    }

    static void started() {
        STARTS.increment();
    }

    static void ended(JobState state) {
        Counter counter = ENDS.get(state);
        if (counter != null) {
            counter.increment();
        }
    }

    static void charged(JobUsage usage) {
        Duration time = Duration.between(usage.startedAt(), usage.endedAt());
        GPU_HOURS.increment(GpuHours.of(usage.gpus(), time).milliseconds() / 3.6e6);
    }
}
