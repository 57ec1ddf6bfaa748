package org.farga.efficiency;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.compute.JobEnded;
import org.farga.compute.JobWork;
import org.farga.compute.JobWorks;
import org.farga.platform.Settings;
import org.farga.shared.JobId;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Adds each ended job to the sums of waste, once. */
@Component
class WasteCount {
    private static final TaskDescriptor<Void> COUNT = TaskDescriptor.of("count-waste");

    /** By then what was seen of a job's GPUs is written. */
    static final Duration GPUS_WRITTEN = Duration.ofSeconds(30);

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final WasteTable table;
    private final GpuUseTable gpus;
    private final JobWorks works;
    private final Settings settings;
    private final SchedulerClient queue;
    private final TransactionTemplate transaction;
    private final Clock clock;

    WasteCount(
            WasteTable table,
            GpuUseTable gpus,
            JobWorks works,
            Settings settings,
            @Lazy SchedulerClient queue,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.table = table;
        this.gpus = gpus;
        this.works = works;
        this.settings = settings;
        this.queue = queue;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** The work of counting a job some time after its end. */
    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        OneTimeTask<Void> countWaste(@Lazy WasteCount counts) {
            return Tasks.oneTime(COUNT)
                    .onFailure(new FailureHandler.OnFailureRetryLater<>(AGAIN))
                    .execute((instance, context) -> counts.count(JobId.valueOf(instance.getId())));
        }
    }

    @ApplicationModuleListener
    void on(JobEnded event) {
        JobWork work = works.get(event.job());
        if (work.held() != null && work.held().gpus() > 0) {
            queue.scheduleIfNotExists(COUNT.instance(work.id().toString())
                    .scheduledTo(clock.instant().plus(GPUS_WRITTEN)));
        } else {
            count(List.of(work));
        }
    }

    void count(JobId job) {
        transaction.executeWithoutResult(status -> count(List.of(works.get(job))));
    }

    /** Adds those of them that were not counted yet; joins a transaction. */
    void count(Collection<JobWork> ended) {
        List<JobId> ids = ended.stream().map(JobWork::id).toList();
        Set<JobId> fresh = table.count(ids, clock.instant());
        if (fresh.isEmpty()) {
            return;
        }
        Map<JobId, List<GpuUse>> uses = gpus.list(fresh).stream().collect(Collectors.groupingBy(GpuUse::job));
        List<Waste> wastes = new ArrayList<>();
        for (JobWork work : ended) {
            if (fresh.contains(work.id())) {
                Waste.of(Efficiency.of(work, uses.getOrDefault(work.id(), List.of()), clock.instant()), settings.zone())
                        .ifPresent(wastes::add);
            }
        }
        table.add(wastes);
    }
}
