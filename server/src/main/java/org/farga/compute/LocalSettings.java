package org.farga.compute;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the machine itself is used as a cluster.
 *
 * @param isolation null for the strongest that works here
 * @param cgroups whether limits are the kernel's where it lets us; otherwise they are watched from outside
 * @param hidden files and folders no job may see, such as Farga's data folder; at {@link IsolationLevel#NAMESPACES} only
 * @param cpus null for all; more than there are means that jobs share them
 * @param memoryMebibytes null for nine tenths of the machine's, the rest being the system's and Farga's
 * @param nvidiaSmi the program that lists the GPUs; none are found where it is missing
 * @param maximumTasks processes and threads one job may have at once
 * @param logMebibytes length at which a log is cut; the job goes on
 * @param grace between asking a job to end and ending it, at a time limit or a cancel
 */
record LocalSettings(
        @Nullable IsolationLevel isolation,
        boolean cgroups,
        List<Path> hidden,
        @Nullable Integer cpus,
        @Nullable Long memoryMebibytes,
        String nvidiaSmi,
        int maximumTasks,
        long logMebibytes,
        Duration grace) {
    LocalSettings {
        hidden = List.copyOf(hidden);
    }

    /** The whole machine, as well isolated as it allows. */
    static LocalSettings wholeMachine(List<Path> hidden) {
        return new LocalSettings(null, true, hidden, null, null, "nvidia-smi", 4096, 100, Duration.ofSeconds(5));
    }
}
