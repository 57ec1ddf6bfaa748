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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.platform.Settings;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.slurm.Associations;
import org.farga.slurm.SlurmClusterSettings;
import org.farga.slurm.SlurmSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The cluster {@code local}, which is this machine, those of Slurm that settings name, and the work that the queue does for jobs. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LocalClusterSettings.class)
class ComputeConfiguration {
    static final String LOCAL = "local";
    private static final String SLURM = "SLURM";
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
    Clusters clusters(
            LocalScheduler local,
            ClusterTable table,
            LocalClusterSettings settings,
            SlurmClusterSettings others,
            Associations associations,
            Clock clock) {
        Map<String, Clusters.Served> served = new HashMap<>();
        served.put(LOCAL, new Clusters.Served(local, settings.longestTimeLimit(), settings.mostDiskMebibytes(), true));
        others.slurm().forEach((name, reach) -> served.put(name, slurm(name, reach, table, associations, clock)));
        return new Clusters(served, table);
    }

    private static Clusters.Served slurm(
            String name, SlurmClusterSettings.Reach reach, ClusterTable table, Associations associations, Clock clock) {
        SlurmSettings settings = reach.settings(name);
        // Here too: under another database job numbers start anew, and this one's jobs are told from that one's.
        String mark = table.ensure(name, SLURM).id().toString();
        try {
            Path folder =
                    Files.createDirectories(settings.folder()).toRealPath().resolve(mark);
            SlurmScheduler scheduler = new SlurmScheduler(
                    settings.in(JobFolders.open(folder)),
                    mark,
                    reach.commands(),
                    order -> associations.find(
                            name, AllocationId.valueOf(order.account()), PersonId.valueOf(order.user())),
                    clock);
            return new Clusters.Served(
                    scheduler, reach.longestTimeLimit(), reach.mostDiskMebibytes(), settings.sameSoftware());
        } catch (IOException e) {
            throw new UncheckedIOException("farga.cluster.slurm." + name + ".folder cannot be used", e);
        }
    }

    @Bean
    OneTimeTask<Void> cancelJob(@Lazy JobProgress progress) {
        return Tasks.oneTime(CANCEL)
                .onFailure(new FailureHandler.OnFailureRetryLater<>(AGAIN))
                .execute((instance, context) -> progress.cancel(JobId.valueOf(instance.getId())));
    }
}
