package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.farga.allocation.Allocations;
import org.farga.compute.Job.Stage;
import org.farga.compute.Occupancies.Seen;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.platform.Messages;
import org.farga.platform.Settings;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.usage.Balance;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Why jobs wait or how they ended, in the reader's language with the numbers of the moment. */
@Component
class Explanations {
    /** The words about a budget, for which alone the account is looked into. */
    private static final Set<String> OF_BUDGET = Set.of("AssocGrpGRESMinutes", "AssocGrpCPUMinutesLimit");

    private final Clusters clusters;
    private final Occupancies occupancies;
    private final Allocations allocations;
    private final Usage usage;
    private final Messages messages;
    private final Settings settings;

    Explanations(
            Clusters clusters,
            Occupancies occupancies,
            Allocations allocations,
            Usage usage,
            Messages messages,
            Settings settings) {
        this.clusters = clusters;
        this.occupancies = occupancies;
        this.allocations = allocations;
        this.usage = usage;
        this.messages = messages;
        this.settings = settings;
    }

    /**
     * What is said of a job.
     *
     * @param reason the engine's word
     * @param sentence null where there is nothing to say
     * @param remedy what can be done; null where nothing can
     * @param ahead how many jobs stand in line before it; null where that is not known
     * @param expectedAt when the engine expects it to start; null where it does not say
     * @param listed as the engine lists it now; null where it does not, or cannot be asked
     */
    record Told(
            @Nullable String reason,
            @Nullable String sentence,
            @Nullable String remedy,
            @Nullable Integer ahead,
            @Nullable Instant expectedAt,
            @Nullable EngineJob listed) {}

    Told of(Job job, Locale language) {
        return Objects.requireNonNull(of(List.of(job), language).get(job.id()));
    }

    /** Of many at once: each cluster is looked at once, and all accounts are read together. */
    Map<JobId, Told> of(Collection<Job> jobs, Locale language) {
        Map<String, Optional<Seen>> seen = new HashMap<>();
        Map<JobId, EngineJob> listed = new HashMap<>();
        for (Job job : jobs) {
            if (isWithEngine(job) && clusters.silence(job.cluster()).isEmpty()) {
                seen.computeIfAbsent(job.cluster(), occupancies::of)
                        .map(cluster -> cluster.of(job))
                        .ifPresent(found -> listed.put(job.id(), found));
            }
        }
        Map<AllocationId, Balance> balances = balances(jobs, listed);
        Map<JobId, Told> told = new HashMap<>();
        for (Job job : jobs) {
            Seen there = seen.getOrDefault(job.cluster(), Optional.empty()).orElse(null);
            told.put(job.id(), tell(job, listed.get(job.id()), there, balances.get(job.allocation()), language));
        }
        return told;
    }

    private Map<AllocationId, Balance> balances(Collection<Job> jobs, Map<JobId, EngineJob> listed) {
        Set<AllocationId> asked = jobs.stream()
                .filter(job -> job.stage() instanceof Stage.Pending)
                .filter(job -> OF_BUDGET.contains(Waiting.word(reason(job, listed.get(job.id())))))
                .map(Job::allocation)
                .collect(Collectors.toSet());
        return asked.isEmpty()
                ? Map.of()
                : usage.spendable(allocations.list(asked).values());
    }

    private Told tell(
            Job job, @Nullable EngineJob one, @Nullable Seen seen, @Nullable Balance balance, Locale language) {
        if (job.stage() instanceof Stage.Accepted
                && job.cancellation() == null
                && !job.options().after().isEmpty()) {
            return new Told(job.reason(), say(Waiting.after(job.options().after()), language), null, null, null, null);
        }
        Optional<Clusters.Silence> silence = job.hasEnded() ? Optional.empty() : clusters.silence(job.cluster());
        if (silence.isPresent()) {
            boolean here = job.stage() instanceof Stage.Accepted || job.stage() instanceof Stage.Submitting;
            Sentence sentence = Sentence.of(
                    here ? "compute.wait.silent.here" : "compute.wait.silent.there",
                    silence.get().since());
            return new Told(job.reason(), say(sentence, language), null, null, null, null);
        }
        if (!(job.stage() instanceof Stage.Pending) || job.cancellation() != null) {
            String key = job.explanation();
            String sentence = key == null
                    ? null
                    : messages.text(language, key, job.explanationArguments().toArray());
            return new Told(job.reason(), sentence, null, null, null, one);
        }
        String reason = reason(job, one);
        Waiting waiting = Waiting.of(
                reason,
                new Waiting.Facts(
                        job.resources(),
                        balance == null ? null : budget(job, balance),
                        one != null && one.running() ? null : one,
                        seen == null ? null : seen.occupancy(),
                        names(job, seen, language)));
        return new Told(
                Waiting.word(reason),
                say(waiting.why(), language),
                waiting.remedy() == null ? null : say(waiting.remedy(), language),
                one == null ? null : one.ahead(),
                one == null ? null : one.expectedAt(),
                one);
    }

    /** Why a job waits that Farga knows nothing of but what its engine lists. */
    String why(EngineJob one, Occupancy occupancy, Locale language) {
        Resources asked = new Resources(
                Math.max(1, one.cpus()),
                Math.max(1, one.memoryMebibytes()),
                one.gpus(),
                one.limit() == null ? Duration.ofDays(1) : one.limit(),
                1);
        return say(
                Waiting.of(
                                one.reason(),
                                new Waiting.Facts(
                                        asked,
                                        null,
                                        one,
                                        occupancy,
                                        number -> messages.text(language, "compute.wait.engine-number", number)))
                        .why(),
                language);
    }

    String say(Sentence sentence, Locale language) {
        return sentence.in(language, messages, settings.zone());
    }

    /** The reason as the engine's list has it now, which names nodes; else as it was observed. */
    private static String reason(Job job, @Nullable EngineJob one) {
        if (one != null && !one.running() && !one.reason().isEmpty()) {
            return one.reason();
        }
        String observed = job.reason();
        return observed == null ? "None" : observed;
    }

    /** What was set aside for this very job is left for it. */
    private static Waiting.Budget budget(Job job, Balance balance) {
        GpuHours gpuNeed = GpuHours.of(job.resources().gpus(), job.resources().timeLimit());
        CpuHours cpuNeed = CpuHours.of(job.resources().cpus(), job.resources().timeLimit());
        return new Waiting.Budget(
                balance.gpuLeft().plus(gpuNeed), gpuNeed, balance.cpuLeft().plus(cpuNeed), cpuNeed);
    }

    /** Other jobs and arrays of the same project by Farga's number; all others by the engine's, which is said with it. */
    private UnaryOperator<String> names(Job job, @Nullable Seen seen, Locale language) {
        return number -> {
            Job other = seen == null ? null : seen.known().get(number);
            if (other != null && other.project().equals(job.project())) {
                return other.id().toString();
            }
            return array(number, job, seen)
                    .orElseGet(() -> messages.text(language, "compute.wait.engine-number", number));
        };
    }

    private static Optional<String> array(String number, Job job, @Nullable Seen seen) {
        return seen == null
                ? Optional.empty()
                : seen.known().entrySet().stream()
                        .filter(task -> task.getKey().startsWith(number + "_"))
                        .map(Map.Entry::getValue)
                        .filter(task -> task.project().equals(job.project()))
                        .map(task -> task.options().task())
                        .filter(Objects::nonNull)
                        .map(task -> Objects.requireNonNull(task).array().toString())
                        .findFirst();
    }

    private static boolean isWithEngine(Job job) {
        return !job.hasEnded() && !(job.stage() instanceof Stage.Accepted);
    }
}
