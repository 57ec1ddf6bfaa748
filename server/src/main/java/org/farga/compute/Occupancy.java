package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cluster at a moment: its nodes with what is in use of them, its partitions, and the jobs that run or wait there.
 *
 * @param whole whether jobs that Farga knows nothing of are among the jobs
 * @param jobs those that run first, then those that wait, in the order in which they stand in line
 */
record Occupancy(Instant at, boolean whole, List<Node> nodes, List<Partition> partitions, List<EngineJob> jobs) {

    /** Reasons of jobs that stand in line; others wait for something else than their turn. */
    private static final Set<String> IN_LINE = Set.of("", "None", "Priority", "Resources");

    /** Reasons that the engine takes into account when it expects a start. */
    private static final Set<String> PLANNED =
            Set.of("Licenses", "ReqNodeNotAvail", "NodesUnavailable", "NodeDown", "Reservation");

    Occupancy {
        nodes = List.copyOf(nodes);
        partitions = List.copyOf(partitions);
        jobs = List.copyOf(jobs);
    }

    /** How a node is, apart from what runs there. */
    enum State {
        FREE,
        PARTLY,
        FULL,
        /** Takes no new jobs, and some still run. */
        DRAINING,
        DRAINED,
        DOWN,
        SILENT,
        RESERVED,
        OFF,
        UNKNOWN;

        /** Whether jobs can start there. */
        boolean takesJobs() {
            return this == FREE || this == PARTLY || this == FULL;
        }
    }

    /** A kind of GPU on a node. */
    record Gpus(String model, int count, int used) {}

    /**
     * One node; memory in mebibytes.
     *
     * @param word the engine's own for its state
     * @param reason why it takes no jobs, as somebody wrote it down
     * @param since when they did
     */
    record Node(
            String name,
            State state,
            String word,
            @Nullable String reason,
            @Nullable Instant since,
            int cpus,
            int usedCpus,
            long memoryMebibytes,
            long usedMemoryMebibytes,
            List<Gpus> gpus,
            List<String> partitions) {
        Node {
            gpus = List.copyOf(gpus);
            partitions = List.copyOf(partitions);
        }

        int gpuCount() {
            return gpus.stream().mapToInt(Gpus::count).sum();
        }

        int usedGpus() {
            return gpus.stream().mapToInt(Gpus::used).sum();
        }

        int freeCpus() {
            return state.takesJobs() ? Math.max(0, cpus - usedCpus) : 0;
        }

        long freeMemoryMebibytes() {
            return state.takesJobs() ? Math.max(0, memoryMebibytes - usedMemoryMebibytes) : 0;
        }

        int freeGpus() {
            return state.takesJobs() ? Math.max(0, gpuCount() - usedGpus()) : 0;
        }
    }

    /**
     * A part of the cluster with limits of its own.
     *
     * @param standard whether a job that names none comes here
     * @param word the engine's own for whether it is open
     * @param longest the longest time limit; null for none
     * @param mostNodes that one job may have; null for all
     * @param accounts whose jobs alone it takes; empty for all
     * @param groups of Unix, whose users alone may use it; empty for all
     * @param qos the only qualities of service it takes; empty for all
     */
    record Partition(
            String name,
            boolean standard,
            boolean open,
            String word,
            @Nullable Duration longest,
            @Nullable Duration usual,
            @Nullable Integer mostNodes,
            int nodes,
            int cpus,
            Set<String> accounts,
            Set<String> groups,
            Set<String> qos) {
        Partition {
            accounts = Set.copyOf(accounts);
            groups = Set.copyOf(groups);
            qos = Set.copyOf(qos);
        }
    }

    /**
     * A job as the engine lists it, an array's waiting tasks as one.
     *
     * @param name as the engine's own commands call it, such as {@code 26_[1-9%2]}
     * @param number the engine's number, which is a job's of ours too
     * @param tasks how many it stands for
     * @param memoryMebibytes in all, as are CPUs and GPUs
     * @param runsOn empty while it waits
     * @param startsAt when it started; while it waits, when the engine expects it to
     * @param limit null for none
     * @param ahead how many jobs stand in line before it; null for one that runs or does not stand in line
     */
    record EngineJob(
            String name,
            String number,
            boolean running,
            String state,
            int tasks,
            List<String> partitions,
            long priority,
            int restarts,
            int cpus,
            long memoryMebibytes,
            int gpus,
            String gpuModel,
            int nodes,
            List<String> runsOn,
            Instant submittedAt,
            @Nullable Instant eligibleAt,
            @Nullable Instant startsAt,
            @Nullable Duration limit,
            String dependency,
            String account,
            String user,
            String qos,
            String reason,
            @Nullable Integer ahead) {
        EngineJob {
            partitions = List.copyOf(partitions);
            runsOn = List.copyOf(runsOn);
        }

        /** The reason's first word, without the nodes or the text that follows it. */
        String reasonWord() {
            return Waiting.word(reason);
        }

        boolean inLine() {
            return !running && IN_LINE.contains(reasonWord());
        }

        /**
         * When the engine expects it to start. Nothing for a job that a limit or a person holds back: the engine's
         * planning does not look at these, and what it then says does not come true.
         */
        @Nullable
        Instant expectedAt() {
            return inLine() || (!running && PLANNED.contains(reasonWord())) ? startsAt : null;
        }

        private EngineJob behind(@Nullable Integer others) {
            return new EngineJob(
                    name,
                    number,
                    running,
                    state,
                    tasks,
                    partitions,
                    priority,
                    restarts,
                    cpus,
                    memoryMebibytes,
                    gpus,
                    gpuModel,
                    nodes,
                    runsOn,
                    submittedAt,
                    eligibleAt,
                    startsAt,
                    limit,
                    dependency,
                    account,
                    user,
                    qos,
                    reason,
                    others);
        }
    }

    /** The same with its jobs in order, each knowing how many are ahead of it. */
    static Occupancy inOrder(
            Instant at, boolean whole, List<Node> nodes, List<Partition> partitions, List<EngineJob> jobs) {
        List<EngineJob> sorted = new ArrayList<>(jobs);
        sorted.sort(Comparator.comparing((EngineJob job) -> !job.running())
                .thenComparing(job -> !job.running() && !job.inLine())
                .thenComparing(EngineJob::priority, Comparator.reverseOrder())
                .thenComparing(EngineJob::submittedAt)
                .thenComparing(
                        EngineJob::number,
                        Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder())));
        Map<String, Integer> ahead = new HashMap<>();
        List<EngineJob> ordered = new ArrayList<>();
        for (EngineJob job : sorted) {
            if (!job.inLine()) {
                ordered.add(job);
                continue;
            }
            // One that may go to several partitions starts where the line is shortest.
            int before = job.partitions().stream()
                    .mapToInt(p -> ahead.getOrDefault(p, 0))
                    .min()
                    .orElse(0);
            ordered.add(job.behind(before));
            job.partitions().forEach(p -> ahead.merge(p, job.tasks(), Integer::sum));
        }
        return new Occupancy(at, whole, nodes, partitions, ordered);
    }

    @Nullable
    Partition partition(String name) {
        return partitions.stream()
                .filter(partition -> partition.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The nodes of these partitions; all where none is named. */
    List<Node> nodesOf(List<String> names) {
        return names.isEmpty()
                ? nodes
                : nodes.stream()
                        .filter(node -> node.partitions().stream().anyMatch(names::contains))
                        .toList();
    }
}
