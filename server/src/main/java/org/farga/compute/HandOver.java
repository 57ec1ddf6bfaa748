package org.farga.compute;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.farga.platform.ParallelRounds;
import org.farga.platform.Rounds;
import org.farga.platform.SoleHolder;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Hands accepted jobs to their engines, in the order of their numbers. Of all Farga processes one does so for each
 * cluster; when it dies the next goes on within a second, with the very job it was handing over. However many jobs wait,
 * an engine is given only so many at once: the others wait in the table, where waiting costs nothing. Each cluster has a
 * thread of its own, so that no job waits for an engine that is not its own.
 */
@Component
class HandOver extends ParallelRounds {
    /** Waiting jobs that an engine has at most; enough that it always has one to start. */
    static final int MOST_WITH_ENGINE = 64;

    /** Of an engine that weighs jobs against each other, and waits for others, it should know all; half of what Slurm takes. */
    static final int MOST_WITH_QUEUE = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final Duration ROUND = Duration.ofMillis(250);
    /** However many jobs are accepted meanwhile, they are looked for together. */
    private static final Duration GATHERING = Duration.ofMillis(25);

    private static final Duration TROUBLE = Duration.ofSeconds(5);
    private static final int AT_ONCE = 4;
    private static final int BATCH = 32;

    HandOver(JobTable table, JobProgress progress, Clusters clusters, DataSource source) {
        super(clusters.names().stream()
                .map(cluster -> new OfCluster(cluster, table, progress, clusters, source))
                .toList());
    }

    /** Looks for work as soon as the current transaction has committed, rather than at the next round. */
    void wakeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake();
            }
        });
    }

    private static final class OfCluster extends Rounds {
        private final String cluster;
        private final JobTable table;
        private final JobProgress progress;
        private final Clusters clusters;
        private final SoleHolder turn;
        /** Until when (nanoseconds) a job is left alone whose hand-over failed; its engine may be away. */
        private final Map<JobId, Long> resting = new ConcurrentHashMap<>();

        private @Nullable ExecutorService workers;

        OfCluster(String cluster, JobTable table, JobProgress progress, Clusters clusters, DataSource source) {
            super("hand-over-" + cluster, GATHERING, TROUBLE);
            this.cluster = cluster;
            this.table = table;
            this.progress = progress;
            this.clusters = clusters;
            this.turn = new SoleHolder(source, "farga.hand-over." + cluster);
        }

        @Override
        protected Duration round() {
            try {
                return turn.hold() && handOverSome() ? Duration.ZERO : ROUND;
            } catch (SQLException | RuntimeException e) {
                if (isRunning()) {
                    LOG.warn("jobs of cluster {} cannot be handed over just now; trying again", cluster, e);
                }
                return TROUBLE;
            }
        }

        @Override
        protected void ended() {
            if (workers != null) {
                workers.close();
                workers = null;
            }
            try {
                turn.close();
            } catch (SQLException e) {
                LOG.debug("the database frees it itself", e);
            }
        }

        /** Whether there is more to do at once. */
        private boolean handOverSome() {
            long now = System.nanoTime();
            resting.values().removeIf(until -> until - now <= 0);
            boolean queuesItself = clusters.scheduler(cluster).queuesItself();
            List<JobId> waiting = table.queue(
                    cluster, resting.keySet(), BATCH, queuesItself ? MOST_WITH_QUEUE : MOST_WITH_ENGINE, queuesItself);
            if (waiting.isEmpty()) {
                return false;
            }
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (JobId job : waiting) {
                tasks.add(() -> handOver(job));
            }
            if (workers == null) {
                workers = Executors.newFixedThreadPool(
                        AT_ONCE,
                        Thread.ofPlatform()
                                .daemon()
                                .name("farga-hand-over-" + cluster + "-", 1)
                                .factory());
            }
            try {
                workers.invokeAll(tasks);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return waiting.size() == BATCH;
        }

        private boolean handOver(JobId job) {
            try {
                progress.handOver(job);
                return true;
            } catch (RuntimeException e) {
                resting.put(job, System.nanoTime() + TROUBLE.toNanos());
                LOG.warn("job {} cannot be handed over just now; trying again in {} s", job, TROUBLE.toSeconds(), e);
                return false;
            }
        }
    }
}
