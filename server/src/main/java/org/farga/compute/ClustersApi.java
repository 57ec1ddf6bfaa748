package org.farga.compute;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.Page;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/clusters")
class ClustersApi {
    private final Clusters clusters;
    private final ClusterViews views;
    private final Explanations explanations;

    ClustersApi(Clusters clusters, ClusterViews views, Explanations explanations) {
        this.clusters = clusters;
        this.views = views;
        this.explanations = explanations;
    }

    record GpuJson(int index, String model, @Nullable Long memoryMebibytes, boolean free) {}

    /** {@code answers} is false while the engine does not; its figures are zero then. */
    record ClusterJson(
            String name,
            String scheduler,
            boolean enabled,
            boolean answers,
            @Nullable IsolationLevel isolation,
            int nodes,
            int cpus,
            int cpusFree,
            long memoryMebibytes,
            long memoryMebibytesFree,
            List<GpuJson> gpus) {
        static ClusterJson of(Clusters.Listed listed) {
            Cluster cluster = listed.cluster();
            List<Cluster.Node> nodes = cluster == null ? List.of() : cluster.nodes();
            return new ClusterJson(
                    listed.name(),
                    listed.scheduler(),
                    listed.enabled(),
                    cluster != null,
                    cluster == null ? null : cluster.isolation(),
                    nodes.size(),
                    nodes.stream().mapToInt(Cluster.Node::cpus).sum(),
                    nodes.stream().mapToInt(Cluster.Node::freeCpus).sum(),
                    nodes.stream().mapToLong(Cluster.Node::memoryMebibytes).sum(),
                    nodes.stream().mapToLong(Cluster.Node::freeMemoryMebibytes).sum(),
                    nodes.stream()
                            .flatMap(node -> node.gpus().stream())
                            .map(gpu -> new GpuJson(gpu.index(), gpu.model(), gpu.memoryMebibytes(), gpu.free()))
                            .toList());
        }
    }

    @GetMapping
    Page<ClusterJson> list(Actor actor) {
        return new Page<>(clusters.list().stream().map(ClusterJson::of).toList(), null);
    }

    /** What is in use; memory in mebibytes. Free is what a job could get now: nothing on a node that takes none. */
    record UseJson(long all, long used, long free) {}

    /** {@code longestSeconds} and {@code mostNodes} of one job, left out where there is no such limit; empty lists mean all. */
    record PartitionJson(
            String name,
            boolean standard,
            boolean open,
            @Nullable Long longestSeconds,
            @Nullable Integer mostNodes,
            int nodes,
            int nodesTakingJobs,
            int cpusFree,
            int gpus,
            int gpusFree,
            int accountsAllowed,
            int groupsAllowed,
            List<String> qosAllowed,
            int running,
            int waiting) {
        static PartitionJson of(ClusterView.PartitionRow row) {
            Occupancy.Partition partition = row.partition();
            return new PartitionJson(
                    partition.name(),
                    partition.standard(),
                    partition.open(),
                    partition.longest() == null ? null : partition.longest().toSeconds(),
                    partition.mostNodes(),
                    partition.nodes(),
                    row.nodesTakingJobs(),
                    row.freeCpus(),
                    row.gpus(),
                    row.freeGpus(),
                    partition.accounts().size(),
                    partition.groups().size(),
                    partition.qos().stream().sorted().toList(),
                    row.running(),
                    row.waiting());
        }
    }

    /** How long the jobs that started on a day had waited; the partition is left out where the cluster has none. */
    record WaitJson(@Nullable String partition, LocalDate day, int jobs, long medianSeconds, long p90Seconds) {
        static WaitJson of(WaitTimes.Day day) {
            return new WaitJson(
                    day.partition().isEmpty() ? null : day.partition(),
                    day.day(),
                    day.jobs(),
                    day.median().toSeconds(),
                    day.p90().toSeconds());
        }
    }

    /**
     * A cluster as it was at an instant; {@code whole} is false where only Farga's own jobs are known. All but the first five are
     * left out while the engine does not answer.
     */
    record ClusterViewJson(
            String name,
            String scheduler,
            boolean enabled,
            boolean answers,
            List<WaitJson> waits,
            @Nullable Instant at,
            @Nullable Boolean whole,
            @Nullable Integer nodes,
            @Nullable Integer nodesTakingJobs,
            @Nullable UseJson cpus,
            @Nullable UseJson memoryMebibytes,
            @Nullable UseJson gpus,
            @Nullable Integer running,
            @Nullable Integer inLine,
            @Nullable Integer heldBack,
            @Nullable List<PartitionJson> partitions) {
        static ClusterViewJson of(Clusters.Listed listed, @Nullable ClusterView view, WaitTimes waits) {
            List<WaitJson> waited = waits.days().stream().map(WaitJson::of).toList();
            if (view == null) {
                return new ClusterViewJson(
                        listed.name(),
                        listed.scheduler(),
                        listed.enabled(),
                        false,
                        waited,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
            }
            ClusterView.Sums sums = view.sums();
            return new ClusterViewJson(
                    listed.name(),
                    listed.scheduler(),
                    listed.enabled(),
                    true,
                    waited,
                    view.occupancy().at(),
                    view.occupancy().whole(),
                    sums.nodes(),
                    sums.nodesTakingJobs(),
                    new UseJson(sums.cpus(), sums.usedCpus(), sums.freeCpus()),
                    new UseJson(sums.memoryMebibytes(), sums.usedMemoryMebibytes(), sums.freeMemoryMebibytes()),
                    new UseJson(sums.gpus(), sums.usedGpus(), sums.freeGpus()),
                    sums.running(),
                    sums.inLine(),
                    sums.heldBack(),
                    view.partitions().stream().map(PartitionJson::of).toList());
        }
    }

    record NodeGpusJson(String model, int count, int used) {}

    /** A job on a node: Farga's number and name where it has them, else the engine's name for it. */
    record NodeJobJson(
            @Nullable JobId job,
            @Nullable String name,
            @Nullable String engineJob,
            int cpus,
            int gpus) {
        static NodeJobJson of(ClusterView.Shown shown) {
            Job job = shown.job();
            return new NodeJobJson(
                    job == null ? null : job.id(),
                    job == null ? null : job.name(),
                    shown.engine().name(),
                    shown.cpusPerNode(),
                    shown.gpusPerNode());
        }
    }

    /** {@code otherJobs} counts those that the reader may not know more of. */
    record NodeJson(
            String name,
            Occupancy.State state,
            String engineState,
            @Nullable String reason,
            @Nullable Instant reasonSince,
            UseJson cpus,
            UseJson memoryMebibytes,
            List<NodeGpusJson> gpus,
            List<String> partitions,
            List<NodeJobJson> jobs,
            int otherJobs) {
        static NodeJson of(ClusterView.NodeRow row) {
            Occupancy.Node node = row.node();
            return new NodeJson(
                    node.name(),
                    node.state(),
                    node.word(),
                    node.reason(),
                    node.since(),
                    new UseJson(node.cpus(), node.usedCpus(), node.freeCpus()),
                    new UseJson(node.memoryMebibytes(), node.usedMemoryMebibytes(), node.freeMemoryMebibytes()),
                    node.gpus().stream()
                            .map(gpus -> new NodeGpusJson(gpus.model(), gpus.count(), gpus.used()))
                            .toList(),
                    node.partitions(),
                    row.jobs().stream().map(NodeJobJson::of).toList(),
                    row.others());
        }
    }

    /**
     * What waits, in order: a job with its numbers, or {@code jobs} next to each other that the reader may not know more of.
     *
     * @param jobs how many it stands for; more than one for an array's tasks
     * @param ahead how many stand in line before it; left out where something else than its turn keeps it
     */
    record QueuedJson(
            @Nullable JobId job,
            @Nullable String name,
            @Nullable String engineJob,
            int jobs,
            int cpus,
            int gpus,
            boolean inLine,
            @Nullable Integer ahead,
            @Nullable List<String> partitions,
            @Nullable String reason,
            @Nullable String explanation,
            @Nullable String remedy,
            @Nullable Instant submittedAt,
            @Nullable Instant expectedStartAt) {
        static QueuedJson of(ClusterView.Row row, Map<JobId, Explanations.Told> told) {
            return switch (row) {
                case ClusterView.Row.Others(int jobs, int cpus, int gpus, boolean inLine) ->
                    new QueuedJson(
                            null, null, null, jobs, cpus, gpus, inLine, null, null, null, null, null, null, null);
                case ClusterView.Row.One(ClusterView.Shown shown) -> {
                    Occupancy.EngineJob one = shown.engine();
                    Job job = shown.job();
                    Explanations.Told why = job == null ? null : told.get(job.id());
                    yield new QueuedJson(
                            job == null ? null : job.id(),
                            job == null ? null : job.name(),
                            one.name(),
                            one.tasks(),
                            one.cpus() * one.tasks(),
                            one.gpus() * one.tasks(),
                            one.inLine(),
                            one.ahead(),
                            one.partitions().stream()
                                    .filter(name -> !name.isEmpty())
                                    .toList(),
                            one.reasonWord(),
                            why == null ? null : why.sentence(),
                            why == null ? null : why.remedy(),
                            one.submittedAt(),
                            one.expectedAt());
                }
            };
        }
    }

    @GetMapping("/{name}")
    ClusterViewJson get(Actor actor, @PathVariable String name) {
        Clusters.Listed listed = views.get(name);
        return ClusterViewJson.of(listed, views.view(actor, name).orElse(null), views.waits(name));
    }

    @GetMapping("/{name}/nodes")
    Page<NodeJson> nodes(
            Actor actor,
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return ClusterViews.page(answering(actor, name).nodes(), cursor, limit).map(NodeJson::of);
    }

    @GetMapping("/{name}/queue")
    Page<QueuedJson> queue(
            Actor actor,
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        Page<ClusterView.Row> page = ClusterViews.page(answering(actor, name).queue(), cursor, limit);
        Map<JobId, Explanations.Told> told = explanations.of(ClusterViews.jobs(page.items()), Languages.of(request));
        return page.map(row -> QueuedJson.of(row, told));
    }

    private ClusterView answering(Actor actor, String name) {
        Clusters.Listed listed = views.get(name);
        return views.view(actor, listed.name())
                .orElseThrow(() -> new Answer.RefusedException(Refusal.conflict("cluster-silent", listed.name())));
    }
}
