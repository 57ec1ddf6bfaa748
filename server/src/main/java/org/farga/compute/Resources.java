package org.farga.compute;

import java.time.Duration;

/**
 * What a job asks for, all on one node. Memory and disk are mebibytes; disk is what its working folder may hold; the
 * time limit is wall time, in whole seconds.
 */
record Resources(int cpus, long memoryMebibytes, int gpus, Duration timeLimit, long diskMebibytes) {
    Resources {
        if (cpus < 1 || memoryMebibytes < 1 || gpus < 0 || timeLimit.toSeconds() < 1 || diskMebibytes < 1) {
            throw new IllegalArgumentException(
                    "a job asks for at least 1 CPU, 1 MiB of memory, 1 MiB of disk and 1 second, and no less than 0 GPUs");
        }
    }
}
