package org.farga.compute;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.compute.Occupancy.Gpus;
import org.farga.compute.Occupancy.Node;
import org.farga.compute.Occupancy.State;
import org.farga.slurm.SlurmClusterSettings;
import org.farga.slurm.SlurmCommands;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What is on each cluster, asked for when somebody looks and kept for a few seconds: one question for all who look, however many
 * they are. Where Slurm's commands are not at hand, as on the machine itself, it is what Farga knows: nodes and its own jobs.
 */
@Component
class Occupancies {
    private static final Logger LOG = LoggerFactory.getLogger(Occupancies.class);

    /** After so long the next look asks again, and is answered with what is known meanwhile. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    /** After so long what is known is worth nothing, and a look waits for the answer. */
    private static final Duration WORTH = Duration.ofSeconds(60);

    /** A page waits no longer than that for an engine. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Clusters clusters;
    private final JobTable jobs;
    private final Map<String, SlurmCommands> commands = new HashMap<>();
    private final Clock clock;
    private final AsyncLoadingCache<String, Seen> seen;

    Occupancies(Clusters clusters, JobTable jobs, SlurmClusterSettings settings, Clock clock) {
        this.clusters = clusters;
        this.jobs = jobs;
        this.clock = clock;
        settings.slurm().forEach((name, reach) -> reach.commands().ifPresent(found -> commands.put(name, found)));
        this.seen = Caffeine.newBuilder()
                .refreshAfterWrite(FRESH)
                .expireAfterWrite(WORTH)
                .executor(Thread::startVirtualThread)
                .buildAsync(this::look);
    }

    /**
     * A cluster's occupancy with what Farga knows of the jobs in it.
     *
     * @param known Farga's jobs by the engine's number
     */
    record Seen(Occupancy occupancy, Map<String, Job> known) {
        @Nullable
        EngineJob of(Job job) {
            String number = job.engineJobId();
            return number == null
                    ? null
                    : occupancy.jobs().stream()
                            .filter(one -> isCalled(one, number))
                            .findFirst()
                            .orElse(null);
        }

        /** Of an array's waiting tasks any one. */
        @Nullable
        Job job(EngineJob one) {
            int tasks = one.name().indexOf("_[");
            if (tasks >= 0) {
                String array = one.name().substring(0, tasks + 1);
                return known.entrySet().stream()
                        .filter(task -> task.getKey().startsWith(array)
                                && task.getValue().held() == null)
                        .map(Map.Entry::getValue)
                        .min(Comparator.comparing(job -> job.id().value()))
                        .orElse(null);
            }
            // A task that runs has a number of its own, which may be the array's too.
            Job found = known.get(one.name());
            return found != null ? found : known.get(one.number());
        }

        private static boolean isCalled(EngineJob one, String number) {
            int task = number.indexOf('_');
            return one.name().equals(number)
                    || (task < 0
                            ? one.number().equals(number) && one.name().indexOf('_') < 0
                            : !one.running() && one.name().startsWith(number.substring(0, task + 1) + "["));
        }
    }

    /** Empty where the cluster is not served here or has not answered in time. */
    Optional<Seen> of(String cluster) {
        if (!clusters.names().contains(cluster)) {
            return Optional.empty();
        }
        CompletableFuture<Seen> asked = seen.get(cluster);
        try {
            return Optional.of(asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("what is on cluster {} is not known", cluster, e);
            return Optional.empty();
        }
    }

    private Seen look(String cluster) {
        Instant now = clock.instant();
        List<Job> live = jobs.withEngine(cluster);
        Map<String, Job> known = new HashMap<>();
        for (Job job : live) {
            if (job.engineJobId() != null) {
                known.put(job.engineJobId(), job);
            }
        }
        SlurmCommands slurm = commands.get(cluster);
        if (slurm != null) {
            try {
                return new Seen(OccupancyText.ask(slurm, now), known);
            } catch (RuntimeException e) {
                LOG.warn("cluster {} does not say what is on it", cluster, e);
            }
        }
        Cluster described = clusters.described(cluster)
                .orElseThrow(() -> new IllegalStateException("cluster " + cluster + " has not answered yet"));
        return new Seen(own(described, live, now), known);
    }

    /** Nodes as the engine describes them, and our own jobs. */
    static Occupancy own(Cluster cluster, List<Job> live, Instant now) {
        List<Node> nodes = cluster.nodes().stream().map(Occupancies::node).toList();
        List<EngineJob> listed = new ArrayList<>();
        // The line of a cluster that only we fill is the order of numbers.
        List<Job> inOrder = live.stream()
                .sorted(Comparator.comparing(job -> job.id().value()))
                .toList();
        long priority = inOrder.size();
        for (Job job : inOrder) {
            if (job.engineJobId() != null) {
                listed.add(engineJob(job, job.engineJobId(), priority--));
            }
        }
        return Occupancy.inOrder(now, false, nodes, List.of(), listed);
    }

    private static Node node(Cluster.Node node) {
        Map<String, List<Cluster.Gpu>> kinds = new HashMap<>();
        node.gpus()
                .forEach(gpu -> kinds.computeIfAbsent(gpu.model(), model -> new ArrayList<>())
                        .add(gpu));
        List<Gpus> gpus = kinds.entrySet().stream()
                .map(kind -> new Gpus(kind.getKey(), kind.getValue().size(), (int)
                        kind.getValue().stream().filter(gpu -> !gpu.free()).count()))
                .sorted(Comparator.comparing(Gpus::model))
                .toList();
        int used = node.cpus() - node.freeCpus();
        State state = !node.available()
                ? State.DOWN
                : used == 0 ? State.FREE : used < node.cpus() ? State.PARTLY : State.FULL;
        return new Node(
                node.name(),
                state,
                "",
                null,
                null,
                node.cpus(),
                used,
                node.memoryMebibytes(),
                node.memoryMebibytes() - node.freeMemoryMebibytes(),
                gpus,
                List.of());
    }

    private static EngineJob engineJob(Job job, String number, long priority) {
        Allocation held = job.held();
        Resources asked = job.resources();
        return new EngineJob(
                number,
                number,
                held != null,
                job.state().name(),
                1,
                List.of(""),
                priority,
                0,
                held == null ? asked.cpus() : held.cpus(),
                held == null ? asked.memoryMebibytes() : held.memoryMebibytes(),
                held == null ? asked.gpus() : held.gpus(),
                "",
                1,
                held == null ? List.of() : NodeNames.of(held.nodes()),
                job.submittedAt(),
                null,
                job.startedAt(),
                asked.timeLimit(),
                "",
                "",
                "",
                "",
                held == null && job.stage() instanceof Job.Stage.Pending(String reason) && reason != null ? reason : "",
                null);
    }
}
