package org.farga.compute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine that runs jobs: its nodes, and how well it keeps one job from another. */
record Cluster(String engine, IsolationLevel isolation, List<Node> nodes) {
    Cluster {
        nodes = List.copyOf(nodes);
    }

    /** One node; memory in mebibytes; free means not allocated to a job. */
    record Node(
            String name,
            boolean available,
            int cpus,
            int freeCpus,
            long memoryMebibytes,
            long freeMemoryMebibytes,
            List<Gpu> gpus) {
        Node {
            gpus = List.copyOf(gpus);
        }
    }

    /** One accelerator. Its memory in mebibytes and its serial are null where the engine does not say. */
    record Gpu(
            int index,
            String model,
            @Nullable Long memoryMebibytes,
            @Nullable String uuid,
            boolean free) {}
}
