package org.farga.compute;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.farga.shared.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps a number from being given twice after the database was put back to an earlier moment: the folders of jobs from
 * later are still there, and an engine that is asked for a number it knows takes the old job for the new one. Those jobs
 * are unknown now, so they do not run on either.
 */
@Component
class JobNumbers implements SmartInitializingSingleton {
    private static final Logger LOG = LoggerFactory.getLogger(JobNumbers.class);

    private final Clusters clusters;
    private final JobTable table;
    private final TransactionTemplate transaction;

    JobNumbers(Clusters clusters, JobTable table, PlatformTransactionManager transactions) {
        this.clusters = clusters;
        this.table = table;
        this.transaction = new TransactionTemplate(transactions);
    }

    @Override
    public void afterSingletonsInstantiated() {
        // Folders first: another process may give out numbers meanwhile, and makes their folders after.
        Map<String, List<JobId>> there = new TreeMap<>();
        clusters.names()
                .forEach(name -> there.put(name, clusters.scheduler(name).withFolders()));
        long reached = table.reachedNumber();
        there.forEach((name, jobs) -> passOver(
                name, jobs.stream().filter(job -> job.value() > reached).toList()));
    }

    private void passOver(String cluster, List<JobId> unknown) {
        if (unknown.isEmpty()) {
            return;
        }
        JobId last = unknown.getLast();
        LOG.warn(
                "the database was put back to before job {} of cluster {}: its folder and those up to job {} stay, their"
                        + " numbers are passed over, and what still runs of them is ended",
                unknown.getFirst(),
                cluster,
                last);
        transaction.executeWithoutResult(status -> table.passOverNumbers(last.value()));
        for (JobId job : unknown) {
            try {
                clusters.scheduler(cluster).cancel(job);
            } catch (RuntimeException e) {
                LOG.warn("job {} cannot be ended on cluster {}: end it there", job, cluster, e);
            }
        }
    }
}
