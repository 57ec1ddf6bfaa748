package org.farga.compute;

import org.jspecify.annotations.Nullable;

/**
 * What a job really used, so far or in all; null where it was not measured.
 *
 * @param cpuMilliseconds CPU time of all its processes
 * @param peakMemoryMebibytes the most memory it had; on Slurm the tasks' own peaks added up, of the step that had most
 * @param energyJoules what the engine's meters counted while it ran. They are the nodes': where a node was shared, others' jobs
 *     are in it
 * @param gpuPeakPercent what its GPUs were busy at most, as far as the engine looked, in hundredths of one GPU: two busy ones
 *     are 200. A most is no mean: it shows that GPUs were idle, not that they were used well
 * @param gpuPeakMemoryMebibytes the most memory it had on all its GPUs together
 */
public record Measured(
        @Nullable Long cpuMilliseconds,
        @Nullable Long peakMemoryMebibytes,
        @Nullable Long energyJoules,
        @Nullable Integer gpuPeakPercent,
        @Nullable Long gpuPeakMemoryMebibytes) {

    /** Where only processes were looked at. */
    public Measured(@Nullable Long cpuMilliseconds, @Nullable Long peakMemoryMebibytes) {
        this(cpuMilliseconds, peakMemoryMebibytes, null, null, null);
    }
}
