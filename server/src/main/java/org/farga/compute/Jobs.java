package org.farga.compute;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.farga.shared.Actor;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What other modules ask of jobs. */
@Service
public class Jobs {
    /** A dataset version a job mounts, and the agreement that allows it. */
    public record Input(DatasetVersionId version, AgreementId agreement) {}

    /**
     * A job as other modules see it.
     *
     * @param state Slurm's word for it
     * @param model the name under which its output is to be registered as a model, where it asked for that
     * @param outputFolder what it leaves behind
     * @param metricsFile JSON lines it writes: {@code {"name":"loss","step":3,"value":0.12}} and {@code {"param":"seed","value":"42"}}
     */
    public record Summary(
            JobId id,
            String name,
            ProjectId project,
            AllocationId allocation,
            PersonId submittedBy,
            String state,
            boolean ended,
            Instant submittedAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            String scriptSha256,
            List<Input> inputs,
            @Nullable String model,
            Path outputFolder,
            Path metricsFile) {}

    /** Whoever asks; throws {@link NotFoundException}. */
    public Summary summary(JobId job) {
        throw new UnsupportedOperationException();
    }

    /** One that the actor may see; throws {@link NotFoundException} otherwise. */
    public Summary visible(Actor actor, JobId job) {
        throw new UnsupportedOperationException();
    }

    public Map<JobId, Summary> summaries(Collection<JobId> jobs) {
        throw new UnsupportedOperationException();
    }

    /** The jobs that run now. */
    public List<JobId> running() {
        throw new UnsupportedOperationException();
    }
}
