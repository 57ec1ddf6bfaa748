package org.farga.compute;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.springframework.stereotype.Service;

/** What other modules judge jobs by: what each asked for, was given and used. */
@Service
public class JobWorks {
    private final JobTable table;
    private final Jobs jobs;
    private final ClusterTable clusterTable;
    private final Clusters clusters;
    private final LocalScheduler local;

    JobWorks(JobTable table, Jobs jobs, ClusterTable clusterTable, Clusters clusters, LocalScheduler local) {
        this.table = table;
        this.jobs = jobs;
        this.clusterTable = clusterTable;
        this.clusters = clusters;
        this.local = local;
    }

    /** One that the actor may see; throws {@link NotFoundException} otherwise. */
    public JobWork visible(Actor actor, JobId job) {
        return JobWork.of(jobs.get(actor, job));
    }

    /** Whoever asks; throws {@link NotFoundException}. */
    public JobWork get(JobId job) {
        return table.find(job).map(JobWork::of).orElseThrow(() -> new NotFoundException("job"));
    }

    /** The first jobs by number that ran and ended, beyond a number. */
    public List<JobWork> endedBeyond(long number, int most) {
        return table.endedBeyond(number, most).stream().map(JobWork::of).toList();
    }

    /** The highest job number that was given out; 0 for none. */
    public long reachedNumber() {
        return table.reachedNumber();
    }

    /** Jobs that run on this very machine as the local cluster and hold some of its GPUs, whose indexes are known. */
    public List<JobWork> holdingGpusHere() {
        return table.runningWithGpus(ComputeConfiguration.LOCAL).stream()
                .map(JobWork::of)
                .filter(work -> work.held() != null && work.held().nodes().equals(local.node()))
                .toList();
    }

    /** This machine's name, as the local cluster's only node. */
    public String node() {
        return local.node();
    }

    /** Whether the local scheduler has GPUs on this machine to give out. */
    public boolean hasGpusHere() {
        return local.hasGpus();
    }

    /** The names of all clusters. */
    public List<String> clusters() {
        return clusterTable.list().stream().map(ClusterTable.Entry::name).toList();
    }

    /** The models of a cluster's GPUs, as far as it has been described. */
    public Set<String> gpuModels(String cluster) {
        return clusters.described(cluster).stream()
                .flatMap(described -> described.nodes().stream())
                .flatMap(node -> node.gpus().stream())
                .map(Cluster.Gpu::model)
                .collect(Collectors.toUnmodifiableSet());
    }
}
