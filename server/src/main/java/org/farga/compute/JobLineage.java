package org.farga.compute;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.allocation.VisibleProjects;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Where jobs stand between what they were given and what came of them. */
@Service
public class JobLineage {
    private final JobTable jobs;
    private final JobLineageTable table;
    private final Clock clock;

    JobLineage(JobTable jobs, JobLineageTable table, Clock clock) {
        this.jobs = jobs;
        this.table = table;
        this.clock = clock;
    }

    /**
     * What a job held and for how long, up to now while it runs.
     *
     * @param memoryMebibytes in MiB
     */
    public record Compute(
            int gpus, int cpus, long memoryMebibytes, Duration time, GpuHours gpuHours, CpuHours cpuHours) {}

    /**
     * A job with what it came from.
     *
     * @param scriptSha256 in hexadecimal; null where nobody here knows the script
     * @param state Slurm's word for it
     * @param compute null for a job that never ran
     */
    public record Node(
            JobId id,
            String name,
            ProjectId project,
            AllocationId allocation,
            String cluster,
            @Nullable String scriptSha256,
            String state,
            Instant submittedAt,
            List<Jobs.Input> inputs,
            @Nullable Compute compute) {}

    /** What jobs may come from; those that came of any of these are meant. */
    public record Origins(
            Collection<AllocationId> allocations,
            Collection<DatasetVersionId> versions,
            Collection<AgreementId> agreements,
            Collection<String> scripts) {
        public boolean isEmpty() {
            return allocations.isEmpty() && versions.isEmpty() && agreements.isEmpty() && scripts.isEmpty();
        }
    }

    /** Whoever asks; those that are not there are left out. */
    public Map<JobId, Node> list(Collection<JobId> ids) {
        Instant now = clock.instant();
        return ids.isEmpty()
                ? Map.of()
                : jobs.list(ids).stream()
                        .map(job -> node(job, now))
                        .collect(Collectors.toMap(Node::id, Function.identity()));
    }

    /** The visible jobs that came of these, newest first, from before a job on. */
    public List<Node> of(VisibleProjects visible, Origins origins, @Nullable JobId before, int most) {
        if (origins.isEmpty()) {
            return List.of();
        }
        List<JobId> ids = table.of(visible, origins, before, most);
        Map<JobId, Node> nodes = list(ids);
        return ids.stream().map(nodes::get).filter(java.util.Objects::nonNull).toList();
    }

    /** How many there are, counted no further than a bound. */
    public int count(VisibleProjects visible, Origins origins, int upTo) {
        return origins.isEmpty() ? 0 : table.count(visible, origins, upTo);
    }

    private static Node node(Job job, Instant now) {
        Allocation held = job.held();
        return new Node(
                job.id(),
                job.name(),
                job.project(),
                job.allocation(),
                job.cluster(),
                job.scriptSha256(),
                job.state().name(),
                job.submittedAt(),
                job.inputs(),
                held == null
                        ? null
                        : job.used(now)
                                .map(used -> new Compute(
                                        held.gpus(),
                                        held.cpus(),
                                        held.memoryMebibytes(),
                                        used.time(),
                                        used.gpuHours(),
                                        used.cpuHours()))
                                .orElse(null));
    }
}
