package org.farga.models;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.FailureHandler.ExponentialBackoffFailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.farga.compute.JobEnded;
import org.farga.compute.Jobs;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/**
 * Takes what an ended job left: the rest of its metrics, its files, and the model it asked for. Each step may be cut short
 * and done again: what was done already is found done.
 */
@Component
class RunCollection {
    private static final TaskDescriptor<Void> COLLECT = TaskDescriptor.of("collect-run");

    private final Jobs jobs;
    private final Runs runs;
    private final Models models;
    private final FileStore store;
    private final RunLimits limits;
    private final ProjectFiles projectFiles;
    private final SchedulerClient queue;
    private final Clock clock;

    RunCollection(
            Jobs jobs,
            Runs runs,
            Models models,
            FileStore store,
            RunLimits limits,
            ProjectFiles projectFiles,
            @Lazy SchedulerClient queue,
            Clock clock) {
        this.jobs = jobs;
        this.runs = runs;
        this.models = models;
        this.store = store;
        this.limits = limits;
        this.projectFiles = projectFiles;
        this.queue = queue;
        this.clock = clock;
    }

    @ApplicationModuleListener
    void on(JobEnded event) {
        ended(jobs.summary(event.job()));
    }

    /** Notes the end and leaves the copying, which may take long, to the work queue; in the caller's transaction. */
    void ended(Jobs.Summary job) {
        Optional<Run> run = runs.begin(job);
        if (run.isPresent() && !run.get().state().isOver()) {
            runs.end(run.get().id(), endOf(job));
            queue.scheduleIfNotExists(COLLECT.instance(job.id().toString()).scheduledTo(clock.instant()));
        }
    }

    /** Takes the rest, then the files, then notes the run as over, then registers the model. */
    void collect(Jobs.Summary job) throws IOException {
        Optional<Run> found = runs.find(job.id());
        if (found.isEmpty()) {
            return;
        }
        Run run = found.get();
        RunState state = RunState.of(job.state());
        if (!run.state().isOver()) {
            boolean more = true;
            while (more) {
                more = runs.finishReading(run.id(), job.metricsFile());
            }
            store.forgetUnfinished(job.id());
            ProjectFiles.Use use = projectFiles.use(run.project());
            OutputFolder.Taken taken = OutputFolder.take(
                    job.outputFolder(),
                    limits.bounds(use.room()),
                    (path, content, most) -> store.keep(job.id(), path, content, most));
            boolean full = use.room() < limits.mostSize().toBytes();
            runs.finish(
                    run.id(),
                    state,
                    endOf(job),
                    taken.files(),
                    taken.leftOut().stream()
                            .map(remark -> full && remark.reason().equals("file-too-large")
                                    ? new Run.Remark("project-full", remark.where())
                                    : remark)
                            .toList());
        }
        if (state == RunState.FINISHED && job.model() != null) {
            // Registering the same run under the same name again answers with the version that is there.
            Outcome<ModelVersion> registered = models.registerByRule(job, run.id(), job.model());
            if (registered instanceof Outcome.Refused<ModelVersion>(Refusal refusal)) {
                runs.remark(run.id(), new Run.Remark("model-" + refusal.name(), job.model()));
            }
        }
    }

    private Instant endOf(Jobs.Summary job) {
        Instant endedAt = job.endedAt();
        return endedAt == null ? clock.instant() : endedAt;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(RunLimits.class)
    static class CollectTask {
        @Bean
        OneTimeTask<Void> collectRun(@Lazy RunCollection collection, Jobs jobs) {
            return Tasks.oneTime(COLLECT)
                    .onFailure(new ExponentialBackoffFailureHandler<>(Duration.ofSeconds(5), 2.0))
                    .execute((instance, context) -> {
                        try {
                            collection.collect(jobs.summary(JobId.valueOf(instance.getId())));
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
        }
    }
}
