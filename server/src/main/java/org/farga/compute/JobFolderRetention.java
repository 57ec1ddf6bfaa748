package org.farga.compute;

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

    private final Clusters clusters;
    private final Jobs jobs;

    JobFolderRetention(Clusters clusters, Jobs jobs) {
        this.clusters = clusters;
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
        return clusters.names().stream()
                .mapToLong(name -> removeBefore(limit, name, clusters.scheduler(name)))
                .sum();
    }

    private long removeBefore(Instant limit, String cluster, Scheduler scheduler) {
        long removed = 0;
        try {
            List<JobId> all = scheduler.withFolders();
            for (int from = 0; from < all.size(); from += BATCH) {
                Map<JobId, Jobs.Summary> known = jobs.summaries(all.subList(from, Math.min(all.size(), from + BATCH)));
                for (Jobs.Summary job : known.values()) {
                    Instant ended = job.endedAt();
                    if (job.ended() && ended != null && ended.isBefore(limit) && discard(scheduler, job.id())) {
                        removed++;
                    }
                }
            }
        } catch (UncheckedIOException e) {
            // One cluster's file system that is away must not keep the others'.
            LOG.warn("the folders of jobs on cluster {} cannot be read", cluster, e);
        }
        return removed;
    }

    // One folder's trouble must not keep the others.
    private static boolean discard(Scheduler scheduler, JobId id) {
        try {
            scheduler.discard(id);
            return true;
        } catch (UncheckedIOException e) {
            LOG.warn("the folder of job {} cannot be removed", id, e);
            return false;
        }
    }
}
