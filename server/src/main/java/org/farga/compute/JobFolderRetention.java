package org.farga.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.platform.RetentionRule;
import org.farga.shared.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Removes the folders of jobs that ended long ago: logs, output that was not registered, scripts. The jobs themselves stay. */
@Component
class JobFolderRetention implements RetentionRule {
    private static final Logger LOG = LoggerFactory.getLogger(JobFolderRetention.class);
    private static final int BATCH = 500;

    private final LocalScheduler local;
    private final Jobs jobs;

    JobFolderRetention(LocalScheduler local, Jobs jobs) {
        this.local = local;
        this.jobs = jobs;
    }

    @Override
    public String name() {
        return "job-folders";
    }

    @Override
    public int days() {
        return 180;
    }

    @Override
    public long removeBefore(Instant limit) {
        long removed = 0;
        try {
            List<JobId> all = local.withFolders();
            for (int from = 0; from < all.size(); from += BATCH) {
                Map<JobId, Jobs.Summary> known = jobs.summaries(all.subList(from, Math.min(all.size(), from + BATCH)));
                for (Jobs.Summary job : known.values()) {
                    Instant ended = job.endedAt();
                    if (job.ended() && ended != null && ended.isBefore(limit) && discard(job.id())) {
                        removed++;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return removed;
    }

    // One folder's trouble must not keep the others.
    private boolean discard(JobId id) {
        try {
            local.discard(id);
            return true;
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("the folder of job {} cannot be removed", id, e);
            return false;
        }
    }
}
