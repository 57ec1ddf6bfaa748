package org.farga.compute;

import java.util.List;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/clusters")
class ClustersApi {
    private final Clusters clusters;

    ClustersApi(Clusters clusters) {
        this.clusters = clusters;
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
}
