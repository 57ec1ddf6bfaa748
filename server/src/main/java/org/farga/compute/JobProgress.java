package org.farga.compute;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.farga.allocation.Allocations;
import org.farga.audit.AuditLog;
import org.farga.compute.Job.Cancellation;
import org.farga.compute.Job.Stage;
import org.farga.compute.Job.Why;
import org.farga.dataspace.Datasets;
import org.farga.dataspace.Datasets.Mountable;
import org.farga.notification.Notifications;
import org.farga.platform.LogContext;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.slurm.SlurmClusterSettings;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes jobs from acceptance to their end. Each method is one step that any process may take, and take again after
 * another died in the midst of it:
 *
 * <ul>
 *   <li>a job goes from stage to stage by an update that names the stage it comes from, so of several processes one
 *       does it, and what follows from it (account, event, notification) is in the same transaction;
 *   <li>before the engine is asked, the row says that it may have been; from then on the job is never ended without the
 *       engine's word, and asking again is harmless, because the engine knows jobs by our numbers;
 *   <li>a wish to cancel stays in the row and is told to the engine until the engine has ended the job.
 * </ul>
 */
@Component
class JobProgress {
    private static final Logger LOG = LoggerFactory.getLogger(JobProgress.class);

    private final JobTable table;
    private final Clusters clusters;
    private final Allocations allocations;
    private final Usage usage;
    private final Datasets datasets;
    private final JobTokens tokens;
    private final AuditLog audit;
    private final Notifications notifications;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;
    /** An engine that forgets a job for shorter than this is only restarting. */
    private final Duration silence;
    /** Of each cluster by itself: each is looked at in its own turn. */
    private final Map<String, Map<JobId, Sighting>> sightings = new ConcurrentHashMap<>();

    /** When an engine last knew a job, and since when it does not; kept only to tell a lost job from a restart. */
    private record Sighting(Instant lastSeen, @Nullable Instant missedSince) {}

    JobProgress(
            JobTable table,
            Clusters clusters,
            Allocations allocations,
            Usage usage,
            Datasets datasets,
            JobTokens tokens,
            AuditLog audit,
            Notifications notifications,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactions,
            SlurmClusterSettings settings,
            Clock clock) {
        this.table = table;
        this.clusters = clusters;
        this.allocations = allocations;
        this.usage = usage;
        this.datasets = datasets;
        this.tokens = tokens;
        this.audit = audit;
        this.notifications = notifications;
        this.events = events;
        this.transaction = new TransactionTemplate(transactions);
        this.silence = settings.silence();
        this.clock = clock;
    }

    /** What is to be done with a job that the queue gave us. */
    private sealed interface Next {
        record Nothing() implements Next {}

        /** To ask the engine to run it, or to learn that it does already; {@code again} where it may have been asked before. */
        record Ask(Job job, JobOrder order, boolean again) implements Next {}

        /** The same for the tasks of an array that the engine takes whole. */
        record AskAll(JobId array, List<Ask> tasks) implements Next {}

        /** The engine may have it, but it may not be asked again: what it mounts is not allowed any more. */
        record FindOut(Job job) implements Next {}

        /** It ended here while another process was asking: should the engine have it after all, it must not run. */
        record CallBack(Job job) implements Next {}
    }

    /** Hands an accepted job to its engine. */
    void handOver(JobId id) {
        try (LogContext.Scope about = LogContext.About.JOB.is(id)) {
            switch (decide(id)) {
                case Next.Nothing() -> {}
                case Next.Ask asked -> ask(asked);
                case Next.AskAll(JobId array, List<Next.Ask> tasks) -> askAll(array, tasks);
                case Next.FindOut(Job job) -> findOut(job);
                case Next.CallBack(Job job) -> clusters.scheduler(job.cluster()).cancel(id);
            }
        }
    }

    private Next decide(JobId id) {
        return inTransaction(() -> {
            Job job = table.lock(id).orElse(null);
            if (job == null) {
                return new Next.Nothing();
            }
            JobOrder.Task task = job.options().task();
            boolean whole = task != null
                    && (job.stage() instanceof Stage.Accepted || job.stage() instanceof Stage.Submitting)
                    && clusters.scheduler(job.cluster()).queuesItself();
            if (task != null && whole) {
                return decideArray(task.array());
            }
            return switch (job.stage()) {
                case Stage.Accepted accepted -> decideAccepted(job);
                case Stage.Submitting submitting -> {
                    Optional<JobOrder> order = order(job, parents(job));
                    yield order.isPresent() ? new Next.Ask(job, order.get(), true) : new Next.FindOut(job);
                }
                case Stage.Pending pending -> new Next.Nothing();
                case Stage.Running running -> new Next.Nothing();
                case Stage.Ended ended -> new Next.CallBack(job);
            };
        });
    }

    /** The last look before a job leaves our hands: what was true when it was accepted may not be any more. */
    private Next decideAccepted(Job job) {
        Map<Dependency, List<Job>> parents = parents(job);
        Optional<Why> against = against(job, parents);
        if (against.isPresent()) {
            stopHere(job, against.get());
            return new Next.Nothing();
        }
        table.move(job, new Stage.Submitting());
        return new Next.Ask(job.at(new Stage.Submitting()), order(job, parents).orElseThrow(), false);
    }

    private void stopHere(Job job, Why why) {
        table.requestCancellation(job.id(), new Cancellation(now(), why, null));
        audit.recordByRule("job.stopped", "job", job.id(), Map.of("why", why));
        end(job, Stage.Ended.unstarted(JobState.CANCELLED, why.reason(), null, now()));
    }

    /** An array leaves our hands whole: those of its tasks that were not cancelled meanwhile. */
    private Next decideArray(JobId array) {
        List<Job> all = table.lockArray(array);
        List<Job> asked = all.stream()
                .filter(job -> job.stage() instanceof Stage.Submitting)
                .toList();
        if (!asked.isEmpty()) {
            Map<Dependency, List<Job>> parents = parents(asked.getFirst());
            List<Next.Ask> again = new ArrayList<>();
            for (Job job : asked) {
                order(job, parents).ifPresent(order -> again.add(new Next.Ask(job, order, true)));
            }
            // Their data is the same, so either all may still be asked for or none.
            return again.size() == asked.size() ? new Next.AskAll(array, again) : new Next.FindOut(asked.getFirst());
        }
        List<Job> waiting = all.stream()
                .filter(job -> job.stage() instanceof Stage.Accepted)
                .toList();
        if (waiting.isEmpty()) {
            return new Next.Nothing();
        }
        Map<Dependency, List<Job>> parents = parents(waiting.getFirst());
        Optional<Why> against = against(waiting.getFirst(), parents);
        if (against.isPresent()) {
            waiting.forEach(job -> stopHere(job, against.get()));
            return new Next.Nothing();
        }
        List<Next.Ask> tasks = new ArrayList<>();
        for (Job job : waiting) {
            table.move(job, new Stage.Submitting());
            tasks.add(new Next.Ask(
                    job.at(new Stage.Submitting()), order(job, parents).orElseThrow(), false));
        }
        return new Next.AskAll(array, tasks);
    }

    private void ask(Next.Ask asked) {
        Scheduler scheduler = clusters.scheduler(asked.job().cluster());
        recall(scheduler, asked);
        answered(scheduler, scheduler.submit(asked.order()), List.of(asked.job()));
    }

    private void askAll(JobId array, List<Next.Ask> tasks) {
        Scheduler scheduler = clusters.scheduler(tasks.getFirst().job().cluster());
        tasks.forEach(task -> recall(scheduler, task));
        answered(
                scheduler,
                scheduler.submitArray(array, tasks.stream().map(Next.Ask::order).toList()),
                tasks.stream().map(Next.Ask::job).toList());
    }

    private static void recall(Scheduler scheduler, Next.Ask asked) {
        if (asked.again()) {
            scheduler.recall(
                    asked.job().id(), asked.order().task(), null, asked.job().submittedAt());
        }
    }

    private void answered(Scheduler scheduler, Submission answer, List<Job> jobs) {
        switch (answer) {
            case Submission.Accepted(String engineJobId) -> {
                List<Job> after = inTransaction(() -> {
                    for (Job job : jobs) {
                        JobOrder.Task task = job.options().task();
                        table.setEngineJobId(
                                job.id(),
                                task == null || !scheduler.queuesItself()
                                        ? engineJobId
                                        : engineJobId + "_" + task.index());
                    }
                    return table.list(jobs.stream().map(Job::id).toList());
                });
                after.stream().filter(job -> job.cancellation() != null).forEach(job -> scheduler.cancel(job.id()));
            }
            case Submission.Rejected(String reason) ->
                jobs.forEach(job -> end(job, Stage.Ended.unstarted(JobState.FAILED, "Rejected", reason, now())));
        }
    }

    /** The jobs that a job waits for, as they are now. */
    private Map<Dependency, List<Job>> parents(Job job) {
        List<Dependency> after = job.options().after();
        if (after.isEmpty()) {
            return Map.of();
        }
        List<Job> all = table.jobsOrTasks(after.stream().map(Dependency::parent).toList());
        return after.stream()
                .collect(Collectors.toMap(
                        dependency -> dependency,
                        dependency -> all.stream()
                                .filter(parent -> dependency.isOn(parent))
                                .toList()));
    }

    /** What its engine is to wait for: those that have not come so far, and are its jobs too. */
    private static List<JobOrder.After> after(Map<Dependency, List<Job>> parents) {
        List<JobOrder.After> after = new ArrayList<>();
        parents.forEach((dependency, jobs) -> jobs.stream()
                .filter(parent -> !parent.hasEnded()
                        && !(dependency.kind() == Dependency.Kind.AFTER && parent.startedAt() != null))
                .map(parent -> dependency.engineJob(parent))
                .filter(Objects::nonNull)
                .distinct()
                .forEach(engineJob -> after.add(new JobOrder.After(dependency.kind(), engineJob))));
        return after;
    }

    private void findOut(Job job) {
        Scheduler scheduler = clusters.scheduler(job.cluster());
        scheduler.cancel(job.id()); // finds it by the way, where the engine's answer was lost
        if (scheduler.observe(Set.of(job.id())).containsKey(job.id())) {
            return; // the observer takes it from here, and enforce ends it
        }
        end(job, Stage.Ended.unstarted(JobState.CANCELLED, Why.AGREEMENT_ENDED.reason(), null, now()));
    }

    private Optional<JobOrder> order(Job job, Map<Dependency, List<Job>> parents) {
        List<Mount> mounts = new ArrayList<>();
        for (Jobs.Input input : job.inputs()) {
            if (!(datasets.mountUnder(input.agreement(), input.version())
                    instanceof Outcome.Done<Mountable>(Mountable mountable))) {
                return Optional.empty();
            }
            mounts.add(new Mount(mountable.slug(), mountable.folder()));
        }
        Map<String, String> environment = new HashMap<>(job.environment());
        environment.putAll(tokens.environment(job));
        return Optional.of(new JobOrder(
                job.id(),
                job.engineName(),
                table.script(job.id()),
                job.resources(),
                job.allocation().toString(),
                job.submittedBy().toString(),
                mounts,
                environment,
                job.options().partition(),
                job.options().qos(),
                clusters.scheduler(job.cluster()).queuesItself() ? after(parents) : List.of(),
                job.options().task()));
    }

    /** Tells the engine that a job shall end. */
    void cancel(JobId id) {
        table.find(id)
                .filter(job -> isWithEngine(job) && job.cancellation() != null)
                .ifPresent(job -> clusters.scheduler(job.cluster()).cancel(id));
    }

    /**
     * Takes over what the engine says of all jobs of a cluster that it has, in one question. Answers those that are at their
     * end: how they ended is known in a moment.
     */
    Set<JobId> observe(String cluster) {
        List<Job> live = table.withEngine(cluster);
        Set<JobId> ids = live.stream().map(Job::id).collect(Collectors.toSet());
        Map<JobId, Sighting> sightings = this.sightings.computeIfAbsent(cluster, name -> new ConcurrentHashMap<>());
        sightings.keySet().retainAll(ids);
        if (live.isEmpty()) {
            return Set.of();
        }
        Map<JobId, Observation> seen = clusters.scheduler(cluster).observe(ids);
        Instant now = now();
        for (Job job : live) {
            // Closed after the failure is logged, which a resource of that same try would not be.
            LogContext.Scope about = LogContext.About.JOB.is(job.id());
            try {
                Observation observation = seen.get(job.id());
                if (observation == null) {
                    missed(job, sightings, now);
                } else {
                    sightings.put(job.id(), new Sighting(now, null));
                    job.next(observation).ifPresent(stage -> move(job, stage));
                }
            } catch (RuntimeException e) {
                // One job's trouble must not hide the others.
                LOG.error("job {} cannot be moved on", job.id(), e);
            } finally {
                about.close();
            }
        }
        return seen.values().stream()
                .filter(observation -> observation.state() == JobState.COMPLETING)
                .map(Observation::id)
                .collect(Collectors.toSet());
    }

    private void missed(Job job, Map<JobId, Sighting> sightings, Instant now) {
        if (job.stage() instanceof Stage.Submitting) {
            return; // the queue's task is still asking
        }
        // For what nobody saw nothing is charged: how long this process was not there says nothing of the job.
        Instant start = job.startedAt();
        Sighting sighting = sightings.getOrDefault(job.id(), new Sighting(start == null ? now : start, null));
        Instant since = sighting.missedSince() == null ? now : sighting.missedSince();
        sightings.put(job.id(), new Sighting(sighting.lastSeen(), since));
        if (job.engineJobId() != null && !job.isByHand()) {
            Scheduler scheduler = clusters.scheduler(job.cluster());
            scheduler.recall(
                    job.id(),
                    scheduler.queuesItself() ? job.options().task() : null,
                    job.engineJobId(),
                    job.submittedAt());
        }
        if (Duration.between(since, now).compareTo(silence) >= 0) {
            LOG.warn("job {} is lost: its engine does not know it", job.id());
            end(job, job.lost(sighting.lastSeen()));
        }
    }

    /**
     * Ends what may not run any longer: jobs of a suspended or ended allocation, and those whose agreement on a dataset
     * has ended; and repeats to the engine every cancellation that it has not carried out yet. The budget needs no such
     * check: what a job may use at most was set aside before it was accepted, and its time limit keeps it there.
     */
    void enforce(String cluster) {
        List<Job> live = table.withEngine(cluster);
        Map<AllocationId, Optional<Why>> budgets = new HashMap<>();
        Map<Jobs.Input, Boolean> mounts = new HashMap<>();
        for (Job job : live) {
            boolean cancelled = job.cancellation() != null;
            if (!cancelled) {
                Optional<Why> against = budgets.computeIfAbsent(job.allocation(), this::againstAllocation);
                if (against.isEmpty()
                        && !job.inputs().stream().allMatch(i -> mounts.computeIfAbsent(i, this::mayMount))) {
                    against = Optional.of(Why.AGREEMENT_ENDED);
                }
                if (against.isEmpty()
                        && job.stage() instanceof Stage.Pending
                        && Why.DEPENDENCY.reason().equals(job.reason())) {
                    against = Optional.of(Why.DEPENDENCY); // Slurm would keep it waiting for ever
                }
                cancelled = against.isPresent() && stop(job, against.get());
            }
            if (cancelled) {
                clusters.scheduler(cluster).cancel(job.id());
            }
        }
    }

    private boolean stop(Job job, Why why) {
        return inTransaction(() -> {
            boolean first = table.requestCancellation(job.id(), new Cancellation(now(), why, null));
            if (first) {
                audit.recordByRule("job.stopped", "job", job.id(), Map.of("why", why));
            }
            return first;
        });
    }

    private Optional<Why> against(Job job, Map<Dependency, List<Job>> parents) {
        boolean broken = parents.entrySet().stream()
                .anyMatch(entry -> entry.getValue().stream()
                        .anyMatch(parent -> entry.getKey().isBroken(parent.state())));
        return againstAllocation(job.allocation())
                .or(() -> broken ? Optional.of(Why.DEPENDENCY) : Optional.empty())
                .or(() -> job.inputs().stream().allMatch(this::mayMount)
                        ? Optional.empty()
                        : Optional.of(Why.AGREEMENT_ENDED));
    }

    private Optional<Why> againstAllocation(AllocationId id) {
        org.farga.allocation.Allocation allocation = allocations.get(id);
        if (allocation.suspended()) {
            return Optional.of(Why.ALLOCATION_SUSPENDED);
        }
        return clock.instant().isBefore(allocation.period().to())
                ? Optional.empty()
                : Optional.of(Why.ALLOCATION_ENDED);
    }

    private boolean mayMount(Jobs.Input input) {
        return datasets.mountUnder(input.agreement(), input.version()) instanceof Outcome.Done<Mountable>;
    }

    /** Ends a job, with all that follows from it, unless it has moved since it was read. Joins a transaction. */
    boolean end(Job job, Stage.Ended ended) {
        return move(job, ended);
    }

    private boolean move(Job job, Stage to) {
        return inTransaction(() -> {
            if (!table.move(job, to)) {
                return false;
            }
            switch (to) {
                case Stage.Accepted accepted -> throw new IllegalArgumentException("no job is accepted twice");
                case Stage.Submitting submitting -> {}
                case Stage.Pending pending -> takenBack(job);
                case Stage.Running running -> {
                    takenBack(job);
                    if (job.isByHand()) {
                        // Its engine alone lets it run, whether Farga had found room for it or not.
                        Resources asked = job.resources();
                        usage.setAside(job.allocation(), job.id(), asked.gpus(), asked.cpus(), asked.timeLimit());
                    }
                    usage.started(job.id(), running.startedAt());
                    JobMeters.started();
                }
                case Stage.Ended ended -> conclude(table.find(job.id()).orElseThrow());
            }
            return true;
        });
    }

    /** The run that is over is accounting's to tell; the next may use all that was set aside. */
    private void takenBack(Job before) {
        if (before.stage() instanceof Stage.Running) {
            usage.takenBack(before.id());
        }
    }

    private void conclude(Job job) {
        job.usage().ifPresentOrElse(usage::settle, () -> usage.release(job.id()));
        job.usage().ifPresent(JobMeters::charged);
        JobMeters.ended(job.state());
        events.publishEvent(new JobEnded(job.id(), job.state() == JobState.COMPLETED));
        if (job.isByHand()) {
            return; // whoever gives a job to the engine has the engine's own ways of being told
        }
        if (job.hasFailed()) {
            boolean byRule = job.cancellation() != null;
            notifications.tell(
                    List.of(job.submittedBy()),
                    byRule ? "compute.told.stopped" : "compute.told.failed",
                    "/jobs/" + job.id(),
                    job.name(),
                    byRule ? String.valueOf(job.reason()) : job.state().name());
        } else if (job.state() == JobState.COMPLETED) {
            notifications.tell(List.of(job.submittedBy()), "compute.told.completed", "/jobs/" + job.id(), job.name());
        }
    }

    private static boolean isWithEngine(Job job) {
        return switch (job.stage()) {
            case Stage.Accepted accepted -> false;
            case Stage.Submitting submitting -> true;
            case Stage.Pending pending -> true;
            case Stage.Running running -> true;
            case Stage.Ended ended -> false;
        };
    }

    private <T> T inTransaction(java.util.function.Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> work.get()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
