package org.farga.compute;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.compute.Job.Cancellation;
import org.farga.compute.Job.Stage;
import org.farga.dataspace.Datasets;
import org.farga.dataspace.Datasets.Mountable;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.usage.Balance;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What people do with jobs: have them checked, submit them, cancel them. */
@Service
class JobSubmissions {
    private static final int LONGEST_REFERENCE = 200;
    /** Stands for the balance where the budget is judged under the lock, by {@link Usage#commitNew}. */
    private static final Balance NOT_ASKED = new Balance(
            GpuHours.ZERO,
            GpuHours.ZERO,
            GpuHours.ZERO,
            GpuHours.ZERO,
            CpuHours.ZERO,
            CpuHours.ZERO,
            CpuHours.ZERO,
            CpuHours.ZERO);

    private final JobTable table;
    private final Jobs jobs;
    private final Clusters clusters;
    private final Projects projects;
    private final Allocations allocations;
    private final Usage usage;
    private final Datasets datasets;
    private final JobProgress progress;
    private final AuditLog audit;
    private final HandOver handOver;
    private final SchedulerClient queue;
    private final Clock clock;

    JobSubmissions(
            JobTable table,
            Jobs jobs,
            Clusters clusters,
            Projects projects,
            Allocations allocations,
            Usage usage,
            Datasets datasets,
            JobProgress progress,
            AuditLog audit,
            HandOver handOver,
            @Lazy SchedulerClient queue,
            Clock clock) {
        this.table = table;
        this.jobs = jobs;
        this.clusters = clusters;
        this.projects = projects;
        this.allocations = allocations;
        this.usage = usage;
        this.datasets = datasets;
        this.progress = progress;
        this.audit = audit;
        this.handOver = handOver;
        this.queue = queue;
        this.clock = clock;
    }

    /** What would come of a request, without submitting it; throws {@link NotFoundException} for an unknown allocation. */
    @Transactional(readOnly = true)
    List<Finding> preflight(Actor actor, JobRequest asked) {
        AllocationId id = asked.allocation();
        Allocations.Reached reached = id == null ? null : allocations.reach(actor, id);
        JobRequest meant = reached == null ? asked : asKept(asked, reached.allocation());
        return Preflight.check(meant, facts(actor, meant, reached));
    }

    /**
     * Takes a job: its budget is set aside, its datasets are held to their agreements, and it waits to be handed
     * to the engine. All of it happens, or nothing.
     */
    @Transactional
    Outcome<Job> submit(Actor actor, JobRequest given) {
        AllocationId id = given.allocation();
        if (id == null) {
            return Outcome.refused(
                    refusal(Preflight.check(given, facts(actor, given, null))).orElseThrow());
        }
        Allocations.Reached reached = allocations.reach(actor, id);
        JobRequest asked = asKept(given, reached.allocation());
        if (!reached.project().member()) {
            return Outcome.refused(Refusal.forbidden("job-members-only"));
        }
        // Everything that does not need the lock comes before it: whoever submits on the same allocation waits for it.
        Preflight.Facts facts =
                facts(actor, asked, reached.allocation(), reached.project().project(), NOT_ASKED);
        Optional<Refusal> refusal = refusal(Preflight.check(asked, facts));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        List<JobId> numbers = table.nextNumbers(asked.tasks().isPresent() ? asked.jobs() + 1 : 1);
        // A suspension comes either before all of this or after.
        Allocation locked = allocations.lock(id);
        if (!locked.equals(reached.allocation())) {
            refusal = refusal(Preflight.check(asked, facts.with(budget(locked, NOT_ASKED))));
            if (refusal.isPresent()) {
                return Outcome.refused(refusal.get());
            }
        }
        Resources most = Objects.requireNonNull(facts.capacity()).most(asked.resources());
        if (asked.tasks().isEmpty()) {
            return usage.commitNew(locked, numbers.getFirst(), most.gpus(), most.cpus(), most.timeLimit())
                    .map(balance -> take(actor, numbers.getFirst(), null, asked, locked, facts));
        }
        return submitArray(actor, numbers, asked, most, locked, facts);
    }

    /** With the time limit that its engine will keep: what is set aside is what it can use, and what people see. */
    private JobRequest asKept(JobRequest asked, Allocation allocation) {
        return asked.withTimeLimitIn(clusters.timeGrain(allocation.cluster()));
    }

    /** Each task is a job of its own; of their numbers the first is the array's. All of them fit into the budget, or none. */
    private Outcome<Job> submitArray(
            Actor actor,
            List<JobId> numbers,
            JobRequest asked,
            Resources most,
            Allocation locked,
            Preflight.Facts facts) {
        ArrayIndexes tasks = asked.tasks().orElseThrow();
        Optional<Refusal> beyond = Preflight.check(asked, facts.with(budget(locked, usage.spendable(locked)))).stream()
                .filter(Finding::isRefused)
                .findFirst()
                .map(finding -> Refusal.invalid(List.of(finding.problem())));
        if (beyond.isPresent()) {
            return Outcome.refused(beyond.get());
        }
        Job first = null;
        for (int i = 0; i < tasks.indexes().size(); i++) {
            JobId number = numbers.get(i + 1);
            if (usage.commitNew(locked, number, most.gpus(), most.cpus(), most.timeLimit())
                    instanceof Outcome.Refused<Balance>(Refusal refusal)) {
                // With what was committed for the others taken back.
                throw new Answer.RefusedException(refusal);
            }
            JobOrder.Task task =
                    new JobOrder.Task(numbers.getFirst(), tasks.indexes().get(i), tasks.atOnce());
            Job job = take(actor, number, task, asked, locked, facts);
            first = first == null ? job : first;
        }
        return Outcome.done(Objects.requireNonNull(first));
    }

    private Job take(
            Actor actor,
            JobId number,
            JobOrder.@Nullable Task task,
            JobRequest asked,
            Allocation allocation,
            Preflight.Facts facts) {
        String script = Objects.requireNonNull(asked.script());
        Map<String, String> environment = new LinkedHashMap<>();
        asked.variables().forEach((variable, value) -> environment.put(variable, value == null ? "" : value));
        List<Jobs.Input> inputs = new ArrayList<>();
        for (String reference : asked.references()) {
            Mountable mountable =
                    Objects.requireNonNull(facts.datasets().get(reference)).orThrow();
            inputs.add(new Jobs.Input(mountable.version(), mountable.agreement()));
        }
        Job job = new Job(
                number,
                Objects.requireNonNull(asked.name()).strip(),
                allocation.project(),
                allocation.id(),
                allocation.cluster(),
                actor.person(),
                now(),
                sha256(script),
                asked.resources(),
                environment,
                inputs,
                asked.modelName(),
                new Stage.Accepted(),
                null,
                null,
                new JobOptions(
                        JobRequest.given(asked.partition()),
                        JobRequest.given(asked.qos()),
                        asked.dependencies(),
                        task,
                        null));
        boolean first = task == null
                || task.index() == asked.tasks().orElseThrow().indexes().getFirst();
        table.insert(job, first ? script : null);
        if (first) {
            handOver.wakeAfterCommit();
            Map<String, Object> details = new LinkedHashMap<>(
                    Map.of("name", job.name(), "allocation", job.allocation(), "scriptSha256", sha256(script)));
            if (task != null) {
                details.put("array", task.array());
                details.put("tasks", asked.jobs());
            }
            audit.record(actor, "job.submitted", "job", number, details);
        }
        return job;
    }

    /** The same of every task of the array that a job belongs to; of the job alone where it belongs to none. */
    @Transactional
    Outcome<Job> cancelArray(Actor actor, JobId id) {
        Job job = jobs.get(actor, id);
        if (job.options().task() != null) {
            for (Job task : table.lockArray(job.options().task().array())) {
                if (!task.hasEnded() && cancel(actor, task.id()) instanceof Outcome.Refused<Job>(Refusal refusal)) {
                    return Outcome.refused(refusal);
                }
            }
            return Outcome.done(jobs.get(actor, id));
        }
        return cancel(actor, id);
    }

    /**
     * Asks for a job's end. One that the engine has not been asked to run ends at once; the others when the engine says
     * so. Asked again, or of a job that has ended, nothing more happens.
     */
    @Transactional
    Outcome<Job> cancel(Actor actor, JobId id) {
        Job visible = jobs.get(actor, id);
        if (!projects.isMember(actor, visible.project()) && !actor.is(CentreRole.OPERATOR)) {
            return Outcome.refused(Refusal.forbidden("job-members-only"));
        }
        Job job = table.lock(id).orElseThrow(() -> new NotFoundException("job"));
        Instant now = now();
        Cancellation cancellation = new Cancellation(now, Job.Why.PERSON, actor.person());
        if (!table.requestCancellation(id, cancellation)) {
            return Outcome.done(job);
        }
        audit.record(actor, "job.cancelled", "job", id, Map.of("name", job.name()));
        if (job.stage() instanceof Stage.Accepted) {
            progress.end(job, Stage.Ended.unstarted(JobState.CANCELLED, Job.Why.PERSON.reason(), null, now));
        } else {
            queue.scheduleIfNotExists(
                    ComputeConfiguration.CANCEL.instance(id.toString()).scheduledTo(clock.instant()));
        }
        return Outcome.done(jobs.get(actor, id));
    }

    /** The failed job was looked at by who submitted it: it needs no attention any more. */
    @Transactional
    void seen(Actor actor, Job job) {
        if (job.hasFailed() && job.submittedBy().equals(actor.person())) {
            table.markFailureSeen(job.id(), actor.person(), now());
        }
    }

    private Preflight.Facts facts(Actor actor, JobRequest asked, Allocations.@Nullable Reached reached) {
        return reached == null
                ? new Preflight.Facts(clock.instant(), null, null, true, Map.of(), unknownJobs(actor, asked))
                : facts(
                        actor,
                        asked,
                        reached.allocation(),
                        reached.project().project(),
                        usage.spendable(reached.allocation()));
    }

    private Preflight.Facts facts(
            Actor actor, JobRequest asked, Allocation allocation, Projects.Summary project, Balance balance) {
        Map<String, Outcome<Mountable>> mounts = new LinkedHashMap<>();
        if (asked.references().size() <= Preflight.MOST_DATASETS) {
            for (String reference : asked.references()) {
                mounts.put(
                        reference,
                        reference.length() > LONGEST_REFERENCE
                                ? Outcome.refused(Refusal.invalid("dataset-unknown", reference.substring(0, 60)))
                                : datasets.mount(project.organisation(), reference));
            }
        }
        return new Preflight.Facts(
                clock.instant(),
                budget(allocation, balance),
                clusters.capacity(allocation.cluster()).orElse(null),
                clusters.hasInterpreter(allocation.cluster(), asked.script()),
                mounts,
                unknownJobs(actor, asked));
    }

    private Set<Long> unknownJobs(Actor actor, JobRequest asked) {
        Set<JobId> numbers =
                asked.dependencies().stream().map(Dependency::parent).collect(Collectors.toCollection(HashSet::new));
        return numbers.isEmpty() || asked.dependencies().size() > Preflight.MOST_DEPENDENCIES
                ? Set.of()
                : jobs.unknown(actor, numbers);
    }

    private static Preflight.Budget budget(Allocation allocation, Balance balance) {
        return new Preflight.Budget(allocation.period(), allocation.suspended(), balance);
    }

    /**
     * The refusal that the findings amount to: all fields at once, else the data space's own. The budget is left to
     * {@link Usage#commitNew}, which judges it with everybody else kept waiting, and names the numbers.
     */
    private static Optional<Refusal> refusal(List<Finding> findings) {
        List<Finding> refused = findings.stream()
                .filter(Finding::isRefused)
                .filter(f -> !f.check().equals("budget"))
                .toList();
        List<Refusal.FieldProblem> fields = refused.stream()
                .filter(Finding::isOfAField)
                .map(Finding::problem)
                .toList();
        if (!fields.isEmpty()) {
            return Optional.of(Refusal.invalid(fields));
        }
        return refused.stream().findFirst().map(Finding::refusal);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static String sha256(String script) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
