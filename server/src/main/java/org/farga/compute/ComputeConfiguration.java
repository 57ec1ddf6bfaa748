package org.farga.compute;

import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.farga.platform.Settings;
import org.farga.shared.JobId;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The cluster {@code local}, which is this machine, and the work that the queue does for jobs. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LocalClusterSettings.class)
class ComputeConfiguration {
    static final String LOCAL = "local";
    static final TaskDescriptor<Void> CANCEL = TaskDescriptor.of("cancel-job");

    /** An engine that is away is asked again after so long, for as long as it takes. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    /** Closing it leaves the jobs running: the next Farga finds them. */
    @Bean
    LocalScheduler localScheduler(Settings settings, LocalClusterSettings local, ClusterTable table, Clock clock) {
        try {
            Path data = Files.createDirectories(settings.data()).toRealPath();
            List<Path> hidden = new ArrayList<>(local.hidden());
            hidden.add(data);
            LocalSettings machine = new LocalSettings(
                    local.isolation(),
                    local.cgroups(),
                    hidden,
                    local.cpus(),
                    local.memoryMebibytes(),
                    local.nvidiaSmi(),
                    local.maximumTasks(),
                    local.logMebibytes(),
                    local.grace());
            ClusterTable.Entry entry = table.list().stream()
                    .filter(cluster -> cluster.name().equals(LOCAL))
                    .findFirst()
                    .orElseThrow();
            // Engines know jobs by number: under another database, whose numbers start anew, an old job's folder would
            // be taken for a new job's.
            Path root =
                    data.resolve("cluster").resolve(LOCAL).resolve(entry.id().toString());
            return new LocalScheduler(Files.createDirectories(root), clock, machine);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Bean
    Clusters clusters(LocalScheduler local, ClusterTable table, LocalClusterSettings settings) {
        return new Clusters(
                Map.of(LOCAL, new Clusters.Served(local, settings.longestTimeLimit(), settings.mostDiskMebibytes())),
                table);
    }

    @Bean
    OneTimeTask<Void> cancelJob(@Lazy JobProgress progress) {
        return Tasks.oneTime(CANCEL)
                .onFailure(new FailureHandler.OnFailureRetryLater<>(AGAIN))
                .execute((instance, context) -> progress.cancel(JobId.valueOf(instance.getId())));
    }
}
