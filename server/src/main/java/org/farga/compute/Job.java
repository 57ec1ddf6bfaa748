package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.usage.EngineRun;
import org.farga.usage.JobUsage;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work on a cluster: what was asked for, by whom and on whose budget, and how far it has come. Its script is
 * kept beside it, and read where it is needed.
 *
 * @param scriptSha256 null for a job that was given to the engine without Farga, whose script nobody here knows
 * @param engineJobId what the engine calls it, once that is known
 */
record Job(
        JobId id,
        String name,
        ProjectId project,
        AllocationId allocation,
        String cluster,
        PersonId submittedBy,
        Instant submittedAt,
        @Nullable String scriptSha256,
        Resources resources,
        Map<String, String> environment,
        List<Jobs.Input> inputs,
        @Nullable String model,
        Stage stage,
        @Nullable String engineJobId,
        @Nullable Cancellation cancellation,
        JobOptions options) {

    Job {
        environment = Map.copyOf(environment);
        inputs = List.copyOf(inputs);
    }

    /** One without options. */
    Job(
            JobId id,
            String name,
            ProjectId project,
            AllocationId allocation,
            String cluster,
            PersonId submittedBy,
            Instant submittedAt,
            String scriptSha256,
            Resources resources,
            Map<String, String> environment,
            List<Jobs.Input> inputs,
            @Nullable String model,
            Stage stage,
            @Nullable String engineJobId,
            @Nullable Cancellation cancellation) {
        this(
                id,
                name,
                project,
                allocation,
                cluster,
                submittedBy,
                submittedAt,
                scriptSha256,
                resources,
                environment,
                inputs,
                model,
                stage,
                engineJobId,
                cancellation,
                JobOptions.NONE);
    }

    /** How far a job has come between Farga and the engine that runs it. */
    sealed interface Stage {
        /** In our queue: the engine has not been asked, so the job can be taken back without a word to it. */
        record Accepted() implements Stage {}

        /** The engine was asked and may have it; should its answer be lost, it is asked again. */
        record Submitting() implements Stage {}

        /** The engine has it, and says why it waits. */
        record Pending(@Nullable String reason) implements Stage {}

        /** It holds resources since then, and is charged for them. */
        record Running(Instant startedAt, Allocation held) implements Stage {}

        /**
         * It is over.
         *
         * @param detail the engine's own sentence, where it refused the job
         * @param startedAt null where it never ran
         * @param held null where it never ran
         */
        record Ended(
                JobState state,
                @Nullable String reason,
                @Nullable String detail,
                @Nullable Instant startedAt,
                Instant endedAt,
                @Nullable Integer exitCode,
                @Nullable Allocation held,
                Measured measured)
                implements Stage {
            /** Over without ever having run. */
            static Ended unstarted(JobState state, String reason, @Nullable String detail, Instant at) {
                return new Ended(state, reason, detail, null, at, null, null, new Measured(null, null));
            }
        }
    }

    /** Somebody, or a rule, wants the job to end: it is told to the engine until the engine says that it has. */
    record Cancellation(
            Instant requestedAt, Why why, @Nullable PersonId by) {}

    /** Why a job is cancelled. */
    enum Why {
        PERSON("Cancelled"),
        ALLOCATION_SUSPENDED("AllocationSuspended"),
        ALLOCATION_ENDED("AllocationEnded"),
        AGREEMENT_ENDED("AgreementEnded"),
        /** What it waited for can never be. */
        DEPENDENCY("DependencyNeverSatisfied");

        private final String reason;

        Why(String reason) {
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Reasons that {@code compute.reason.<word>} explains; {@link Waiting} explains those of jobs that wait. */
    private static final Set<String> EXPLAINED = Set.of(
            "Submitting",
            "Cancelling",
            "Completed",
            "NonZeroExitCode",
            "TimeLimit",
            "OutOfMemory",
            "Cancelled",
            "NodeFail",
            "JobLaunchFailure",
            "TooManyProcesses",
            "DiskQuotaExceeded",
            "Preempted",
            "Rejected",
            "Lost",
            "AllocationSuspended",
            "AllocationEnded",
            "AgreementEnded",
            "Dependency",
            "DependencyNeverSatisfied",
            "JobArrayTaskLimit");

    /** Slurm's word for where it stands. */
    JobState state() {
        return switch (stage) {
            case Stage.Accepted(), Stage.Submitting() -> JobState.PENDING;
            case Stage.Pending(String reason) -> JobState.PENDING;
            case Stage.Running running -> JobState.RUNNING;
            case Stage.Ended ended -> ended.state();
        };
    }

    boolean hasEnded() {
        return stage instanceof Stage.Ended;
    }

    /** Ended otherwise than well or by its own people's wish. */
    boolean hasFailed() {
        return stage instanceof Stage.Ended ended
                && ended.state() != JobState.COMPLETED
                && !(ended.state() == JobState.CANCELLED && cancellation != null && cancellation.why() == Why.PERSON);
    }

    /** Why it waits or how it ended, in Slurm's word where there is one. */
    @Nullable
    String reason() {
        return switch (stage) {
            case Stage.Accepted() -> waitsHere();
            case Stage.Submitting() -> "Submitting";
            case Stage.Pending(String reason) -> cancellation != null ? "Cancelling" : reason;
            case Stage.Running running -> cancellation != null ? "Cancelling" : null;
            case Stage.Ended ended ->
                // The engine knows that it was cancelled; why, only we do.
                ended.state() == JobState.CANCELLED && cancellation != null
                        ? cancellation.why().reason()
                        : ended.reason();
        };
    }

    /** Why it is in our queue: for what it was told to wait for, or for a moment only. */
    private String waitsHere() {
        if (!options.after().isEmpty()) {
            return "Dependency";
        }
        return options.task() != null && options.task().atOnce() != null ? "JobArrayTaskLimit" : "Submitting";
    }

    /** Given to the engine by somebody, without Farga: nothing is known of its script, its files and its environment. */
    boolean isByHand() {
        return options.unixUser() != null;
    }

    /** The key of a sentence that says the reason in plain words, or null where there is none to say. */
    @Nullable
    String explanation() {
        String reason = reason();
        if (stage instanceof Stage.Ended ended && ended.state() == JobState.COMPLETED) {
            reason = "Completed";
        }
        return reason != null && EXPLAINED.contains(reason) ? "compute.reason." + reason : null;
    }

    /** The explanation's values: exit code, and the engine's own sentence. */
    List<Object> explanationArguments() {
        return stage instanceof Stage.Ended ended
                ? List.of(
                        ended.exitCode() == null ? "?" : ended.exitCode().toString(),
                        ended.detail() == null ? "" : ended.detail())
                : List.of("?", "");
    }

    @Nullable
    Instant startedAt() {
        return switch (stage) {
            case Stage.Accepted(), Stage.Submitting() -> null;
            case Stage.Pending(String reason) -> null;
            case Stage.Running running -> running.startedAt();
            case Stage.Ended ended -> ended.startedAt();
        };
    }

    @Nullable
    Instant endedAt() {
        return stage instanceof Stage.Ended ended ? ended.endedAt() : null;
    }

    @Nullable
    Allocation held() {
        return switch (stage) {
            case Stage.Accepted(), Stage.Submitting() -> null;
            case Stage.Pending(String reason) -> null;
            case Stage.Running running -> running.held();
            case Stage.Ended ended -> ended.held();
        };
    }

    /** What it was given times how long it held it, up to now while it runs. */
    record Used(Duration time, GpuHours gpuHours, CpuHours cpuHours) {}

    /** What it used so far or in all; empty where it never ran. */
    Optional<Used> used(Instant now) {
        Instant from = startedAt();
        Allocation held = held();
        if (from == null || held == null) {
            return Optional.empty();
        }
        Instant ended = endedAt();
        Instant to = ended != null ? ended : now.isBefore(from) ? from : now;
        Duration time = Duration.between(from, to);
        return Optional.of(new Used(time, GpuHours.of(held.gpus(), time), CpuHours.of(held.cpus(), time)));
    }

    /** What goes on the statement; empty where it never ran. */
    Optional<JobUsage> usage() {
        Instant from = startedAt();
        Instant to = endedAt();
        Allocation held = held();
        return from == null || to == null || held == null
                ? Optional.empty()
                : Optional.of(new JobUsage(
                        id,
                        name,
                        allocation,
                        cluster,
                        submittedBy,
                        from,
                        to,
                        held.gpus(),
                        held.cpus(),
                        held.memoryMebibytes(),
                        engineJobId == null ? null : run(engineJobId)));
    }

    /** What is known of the run without the engine's accounting, which says the rest later. */
    private EngineRun run(String engineJob) {
        return new EngineRun(
                engineJob,
                null,
                null,
                options.unixUser(),
                options.partition(),
                options.qos(),
                state().name(),
                null,
                null);
    }

    /**
     * Where the job goes by what the engine says of it; empty where it stays. It only ever goes on: an ended job stays
     * ended, and one that runs waits again only if its engine took it back, as after the loss of a node.
     */
    Optional<Stage> next(Observation seen) {
        if (stage instanceof Stage.Ended || stage instanceof Stage.Accepted) {
            return Optional.empty();
        }
        if (seen.state().ended()) {
            return Optional.of(end(seen));
        }
        if (stage instanceof Stage.Running(Instant startedAt, Allocation held)) {
            Instant start = seen.startedAt();
            if (start != null) {
                return start.isAfter(startedAt) ? Optional.of(new Stage.Running(start, given(seen))) : Optional.empty();
            }
            // Without a reason the engine only cannot say just now.
            return seen.state() == JobState.PENDING && seen.reason() != null
                    ? Optional.of(new Stage.Pending(seen.reason()))
                    : Optional.empty();
        }
        if (seen.startedAt() != null) {
            return Optional.of(new Stage.Running(seen.startedAt(), given(seen)));
        }
        Stage pending = new Stage.Pending(seen.reason());
        return pending.equals(stage) ? Optional.empty() : Optional.of(pending);
    }

    private Stage.Ended end(Observation seen) {
        Instant started = seen.startedAt();
        Instant ended = seen.endedAt() == null ? submittedAt : seen.endedAt();
        // A clock that was set back must not make a job end before it starts.
        Instant after = started != null && ended.isBefore(started) ? started : ended;
        return new Stage.Ended(
                seen.state(),
                seen.reason(),
                null,
                started,
                after,
                seen.exitCode(),
                started == null ? null : given(seen),
                seen.measured());
    }

    /** What it was given; what it asked for where the engine does not say. */
    private Allocation given(Observation seen) {
        Allocation given = seen.allocation();
        return given != null
                ? given
                : new Allocation(cluster, resources.cpus(), resources.memoryMebibytes(), resources.gpus(), List.of());
    }

    /** The end of a job that the engine no longer knows: charged for as long as it was last seen. */
    Stage.Ended lost(Instant lastSeen) {
        Instant started = startedAt();
        return new Stage.Ended(
                JobState.NODE_FAIL,
                "Lost",
                null,
                started,
                started != null && lastSeen.isBefore(started) ? started : lastSeen,
                null,
                held(),
                new Measured(null, null));
    }

    /** The same job further on. */
    Job at(Stage further) {
        return new Job(
                id,
                name,
                project,
                allocation,
                cluster,
                submittedBy,
                submittedAt,
                scriptSha256,
                resources,
                environment,
                inputs,
                model,
                further,
                engineJobId,
                cancellation,
                options);
    }

    /** The name as every engine takes it: the person keeps theirs. */
    String engineName() {
        String plain = name.strip().replaceAll("[^\\p{L}\\p{N} ._+:()-]", "_");
        String cut = plain.length() > 90 ? plain.substring(0, 90) : plain;
        return cut.isEmpty() || !Character.isLetterOrDigit(cut.codePointAt(0)) ? "job " + cut : cut;
    }
}
