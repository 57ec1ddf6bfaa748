package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/**
 * What a job asked for, was given and used, for who judges that.
 *
 * @param partition that it asked for; null for the cluster's own default, or where there are none
 * @param state Slurm's word for where it stands
 * @param held null where it has not started, or never did
 * @param measured all null until it has ended
 */
public record JobWork(
        JobId id,
        String name,
        ProjectId project,
        PersonId submittedBy,
        String cluster,
        @Nullable String partition,
        String state,
        boolean ended,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Asked asked,
        @Nullable Held held,
        Measured measured) {

    /** What it asked for. */
    public record Asked(int cpus, long memoryMebibytes, int gpus, Duration timeLimit) {}

    /** What it was given, which is what it is charged for; the GPUs' indexes are empty where the engine does not say. */
    public record Held(String nodes, int cpus, long memoryMebibytes, int gpus, List<Integer> gpuIndexes) {
        public Held {
            gpuIndexes = List.copyOf(gpuIndexes);
        }
    }

    static JobWork of(Job job) {
        Resources asked = job.resources();
        Allocation held = job.held();
        return new JobWork(
                job.id(),
                job.name(),
                job.project(),
                job.submittedBy(),
                job.cluster(),
                job.options().partition(),
                job.state().name(),
                job.hasEnded(),
                job.startedAt(),
                job.endedAt(),
                new Asked(asked.cpus(), asked.memoryMebibytes(), asked.gpus(), asked.timeLimit()),
                held == null
                        ? null
                        : new Held(held.nodes(), held.cpus(), held.memoryMebibytes(), held.gpus(), held.gpuIndexes()),
                job.stage() instanceof Job.Stage.Ended ended ? ended.measured() : new Measured(null, null));
    }
}
