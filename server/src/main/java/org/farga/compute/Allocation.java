package org.farga.compute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job was given, which is what it is charged for. {@code nodes} is in Slurm's notation; {@code gpuIndexes} is
 * empty where the engine does not say which GPUs they were; {@code partition} is null where it has none or does not say.
 */
record Allocation(
        String nodes,
        int cpus,
        long memoryMebibytes,
        int gpus,
        List<Integer> gpuIndexes,
        @Nullable String partition) {
    Allocation {
        gpuIndexes = List.copyOf(gpuIndexes);
        partition = partition == null || partition.isEmpty() ? null : partition;
    }

    Allocation(String nodes, int cpus, long memoryMebibytes, int gpus, List<Integer> gpuIndexes) {
        this(nodes, cpus, memoryMebibytes, gpus, gpuIndexes, null);
    }

    /** The same in this partition. */
    Allocation in(@Nullable String where) {
        return new Allocation(nodes, cpus, memoryMebibytes, gpus, gpuIndexes, where);
    }
}
