package org.farga.compute;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks for, all on one node. Memory and disk are mebibytes; disk is what its working folder may hold; the
 * time limit is wall time, in whole seconds.
 *
 * @param gpuType the model that its GPUs must be, as the engine spells it; null for any
 * @param exclusive whether the node shall be its own: it is given, and charged for, all CPUs and GPUs there
 */
record Resources(
        int cpus,
        long memoryMebibytes,
        int gpus,
        @Nullable String gpuType,
        boolean exclusive,
        Duration timeLimit,
        long diskMebibytes) {
    Resources {
        if (cpus < 1 || memoryMebibytes < 1 || gpus < 0 || timeLimit.toSeconds() < 1 || diskMebibytes < 1) {
            throw new IllegalArgumentException(
                    "a job asks for at least 1 CPU, 1 MiB of memory, 1 MiB of disk and 1 second, and no less than 0 GPUs");
        }
    }

    /** Of GPUs of any model, on a node that others may use too. */
    Resources(int cpus, long memoryMebibytes, int gpus, Duration timeLimit, long diskMebibytes) {
        this(cpus, memoryMebibytes, gpus, null, false, timeLimit, diskMebibytes);
    }

    /** Its GPUs as Slurm writes them: {@code 2}, or {@code h100:2}. */
    String gpuWords() {
        return (gpuType == null ? "" : gpuType + ":") + gpus;
    }

    /** Whether a GPU of this model will do: the model's whole name, or a part of it that stands for itself. */
    boolean takes(String model) {
        return gpuType == null
                || java.util.Arrays.asList(
                                model.toLowerCase(java.util.Locale.ROOT).split("[^a-z0-9.]+"))
                        .contains(gpuType.toLowerCase(java.util.Locale.ROOT))
                || model.equalsIgnoreCase(gpuType);
    }
}
