package org.farga.compute;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the machine that Farga runs on serves as the cluster {@code local}: {@code farga.cluster.local.*}.
 *
 * @param isolation the strongest that works here unless set
 * @param cgroups whether limits are the kernel's where it lets us
 * @param cpus all unless set; more than there are means that jobs share them
 * @param memoryMebibytes nine tenths of the machine's unless set
 * @param nvidiaSmi the program that lists the GPUs
 * @param maximumTasks processes and threads one job may have at once
 * @param logMebibytes length at which a job's log is cut
 * @param grace between asking a job to end and ending it
 * @param longestTimeLimit that a job may ask for
 * @param mostDiskMebibytes that a job's folder may hold
 * @param hidden files and folders, besides Farga's own data, that no job may see
 */
@ConfigurationProperties("farga.cluster.local")
record LocalClusterSettings(
        @Nullable IsolationLevel isolation,
        @DefaultValue("true") boolean cgroups,
        @Nullable Integer cpus,
        @Nullable Long memoryMebibytes,
        @DefaultValue("nvidia-smi") String nvidiaSmi,
        @DefaultValue("4096") int maximumTasks,
        @DefaultValue("100") long logMebibytes,
        @DefaultValue("5s") Duration grace,
        @DefaultValue("72h") Duration longestTimeLimit,
        @DefaultValue("20480") long mostDiskMebibytes,
        @DefaultValue List<Path> hidden) {}
