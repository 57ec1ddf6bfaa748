package org.farga.compute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.compute.Occupancy.Node;
import org.farga.compute.Occupancy.Partition;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as one reader may see it: the jobs of projects that are visible to them by name, all others as counts and sizes.
 *
 * @param queue those that wait, in order, others' next to each other put together
 */
record ClusterView(
        Occupancy occupancy, Sums sums, List<NodeRow> nodes, List<PartitionRow> partitions, List<Row> queue) {
    ClusterView {
        nodes = List.copyOf(nodes);
        partitions = List.copyOf(partitions);
        queue = List.copyOf(queue);
    }

    /** Of all nodes; memory in mebibytes. Down nodes' CPUs, memory and GPUs count as there, and as not free. */
    record Sums(
            int nodes,
            int nodesTakingJobs,
            int cpus,
            int usedCpus,
            int freeCpus,
            long memoryMebibytes,
            long usedMemoryMebibytes,
            long freeMemoryMebibytes,
            int gpus,
            int usedGpus,
            int freeGpus,
            int running,
            int inLine,
            int heldBack) {}

    /** A job that the reader may know of: ours, or where they may see all the engine's too. */
    record Shown(EngineJob engine, @Nullable Job job) {
        /** CPUs on each of its nodes, where it has several about that. */
        int cpusPerNode() {
            return Math.ceilDiv(engine.cpus(), engine.nodes());
        }

        int gpusPerNode() {
            return Math.ceilDiv(engine.gpus(), engine.nodes());
        }

        long memoryPerNode() {
            return Math.ceilDiv(engine.memoryMebibytes(), engine.nodes());
        }
    }

    /**
     * A node with what runs on it.
     *
     * @param others how many jobs that the reader may not know of
     */
    record NodeRow(Node node, List<Shown> jobs, int others) {
        NodeRow {
            jobs = List.copyOf(jobs);
        }

        int shownCpus() {
            return Math.min(
                    node.usedCpus(), jobs.stream().mapToInt(Shown::cpusPerNode).sum());
        }

        int shownGpus() {
            return Math.min(
                    node.usedGpus(), jobs.stream().mapToInt(Shown::gpusPerNode).sum());
        }

        long shownMemoryMebibytes() {
            return Math.min(
                    node.usedMemoryMebibytes(),
                    jobs.stream().mapToLong(Shown::memoryPerNode).sum());
        }
    }

    record PartitionRow(
            Partition partition, int nodesTakingJobs, int freeCpus, int freeGpus, int gpus, int running, int waiting) {}

    /** What waits: a job that the reader may know of, or so many that they may not. */
    sealed interface Row {
        record One(Shown shown) implements Row {}

        record Others(int jobs, int cpus, int gpus, boolean inLine) implements Row {}
    }

    /** {@code shown} answers what the reader may know of a job, or null. */
    static ClusterView of(Occupancy occupancy, Function<EngineJob, @Nullable Shown> shown) {
        Map<String, List<Shown>> onNode = new HashMap<>();
        Map<String, Integer> othersOnNode = new HashMap<>();
        Map<String, Integer> running = new HashMap<>();
        Map<String, Integer> waiting = new HashMap<>();
        List<Row> queue = new ArrayList<>();
        int runs = 0;
        int inLine = 0;
        int heldBack = 0;
        for (EngineJob job : occupancy.jobs()) {
            Shown known = shown.apply(job);
            job.partitions().forEach(p -> (job.running() ? running : waiting).merge(p, job.tasks(), Integer::sum));
            if (job.running()) {
                runs++;
                for (String node : job.runsOn()) {
                    if (known == null) {
                        othersOnNode.merge(node, 1, Integer::sum);
                    } else {
                        onNode.computeIfAbsent(node, n -> new ArrayList<>()).add(known);
                    }
                }
            } else {
                inLine += job.inLine() ? job.tasks() : 0;
                heldBack += job.inLine() ? 0 : job.tasks();
                add(queue, job, known);
            }
        }
        List<Node> nodes = occupancy.nodes();
        return new ClusterView(
                occupancy,
                sums(nodes, runs, inLine, heldBack),
                nodes.stream()
                        .map(node -> new NodeRow(
                                node,
                                onNode.getOrDefault(node.name(), List.of()),
                                othersOnNode.getOrDefault(node.name(), 0)))
                        .toList(),
                occupancy.partitions().stream()
                        .map(partition -> partition(
                                partition,
                                occupancy.nodesOf(List.of(partition.name())),
                                running.getOrDefault(partition.name(), 0),
                                waiting.getOrDefault(partition.name(), 0)))
                        .toList(),
                queue);
    }

    private static void add(List<Row> queue, EngineJob job, @Nullable Shown known) {
        if (known != null) {
            queue.add(new Row.One(known));
            return;
        }
        int cpus = job.cpus() * job.tasks();
        int gpus = job.gpus() * job.tasks();
        if (!queue.isEmpty()
                && queue.getLast() instanceof Row.Others(int jobs, int otherCpus, int otherGpus, boolean line)
                && line == job.inLine()) {
            queue.set(queue.size() - 1, new Row.Others(jobs + job.tasks(), otherCpus + cpus, otherGpus + gpus, line));
        } else {
            queue.add(new Row.Others(job.tasks(), cpus, gpus, job.inLine()));
        }
    }

    private static Sums sums(List<Node> nodes, int running, int inLine, int heldBack) {
        return new Sums(
                nodes.size(),
                (int) nodes.stream().filter(node -> node.state().takesJobs()).count(),
                nodes.stream().mapToInt(Node::cpus).sum(),
                nodes.stream().mapToInt(Node::usedCpus).sum(),
                nodes.stream().mapToInt(Node::freeCpus).sum(),
                nodes.stream().mapToLong(Node::memoryMebibytes).sum(),
                nodes.stream().mapToLong(Node::usedMemoryMebibytes).sum(),
                nodes.stream().mapToLong(Node::freeMemoryMebibytes).sum(),
                nodes.stream().mapToInt(Node::gpuCount).sum(),
                nodes.stream().mapToInt(Node::usedGpus).sum(),
                nodes.stream().mapToInt(Node::freeGpus).sum(),
                running,
                inLine,
                heldBack);
    }

    private static PartitionRow partition(Partition partition, List<Node> nodes, int running, int waiting) {
        return new PartitionRow(
                partition,
                (int) nodes.stream().filter(node -> node.state().takesJobs()).count(),
                nodes.stream().mapToInt(Node::freeCpus).sum(),
                nodes.stream().mapToInt(Node::freeGpus).sum(),
                nodes.stream().mapToInt(Node::gpuCount).sum(),
                running,
                waiting);
    }
}
