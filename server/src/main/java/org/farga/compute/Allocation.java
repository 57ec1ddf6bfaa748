package org.farga.compute;

import java.util.List;

/**
 * What a job was given, which is what it is charged for. {@code nodes} is in Slurm's notation; {@code gpuIndexes} is
 * empty where the engine does not say which GPUs they were.
 */
record Allocation(String nodes, int cpus, long memoryMebibytes, int gpus, List<Integer> gpuIndexes) {
    Allocation {
        gpuIndexes = List.copyOf(gpuIndexes);
    }
}
