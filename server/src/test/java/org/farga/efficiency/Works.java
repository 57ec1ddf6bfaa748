package org.farga.efficiency;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.compute.JobWork;
import org.farga.compute.Measured;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;

/** Jobs for tests of rules: each says only what its test is about. */
final class Works {
    static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

    private Works() {}

    /** A job of {@code cpus} cores, 64 GiB, so many GPUs and a limit of ten hours, that ran for so long and used that. */
    static JobWork job(int cpus, int gpus, Duration ran, String state, Measured measured) {
        return new JobWork(
                new JobId(7),
                "train",
                new ProjectId(new java.util.UUID(0, 1)),
                new PersonId(new java.util.UUID(0, 2)),
                "local",
                null,
                state,
                !state.equals("RUNNING"),
                START,
                state.equals("RUNNING") ? null : START.plus(ran),
                new JobWork.Asked(cpus, 64 * 1024, gpus, Duration.ofHours(10)),
                new JobWork.Held(
                        "node",
                        cpus,
                        64 * 1024,
                        gpus,
                        java.util.stream.IntStream.range(0, gpus).boxed().toList()),
                measured);
    }

    static JobWork completed(int cpus, Duration ran, Measured measured) {
        return job(cpus, 0, ran, "COMPLETED", measured);
    }

    static Efficiency efficiency(JobWork work, GpuUse... gpus) {
        return Efficiency.of(work, List.of(gpus), START.plus(Duration.ofHours(9)));
    }

    /** A GPU that was looked at a hundred times and was busy to so many hundredths in the mean. */
    static GpuUse gpu(int index, int percent, long energyMillijoules, long energyMilliseconds) {
        return new GpuUse(
                new JobId(7),
                index,
                "GPU-" + index,
                "NVIDIA H100",
                81_559L,
                START,
                START.plusSeconds(100),
                100,
                100,
                percent * 100L,
                2048L,
                1L,
                1L,
                energyMillijoules,
                energyMilliseconds,
                GpuSeries.NONE);
    }
}
