package org.farga.compute;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Looks at every cluster's jobs twice a second. Each Farga process does: what follows from a sight happens once. */
@Component
class JobObserver implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(JobObserver.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration TROUBLE = Duration.ofSeconds(5);
    private static final int DESCRIBE_EACH = 4;
    private static final int ENFORCE_EACH = 6;

    private final Clusters clusters;
    private final JobProgress progress;
    private volatile @Nullable Thread thread;

    JobObserver(Clusters clusters, JobProgress progress) {
        this.clusters = clusters;
        this.progress = progress;
    }

    @Override
    public void start() {
        Thread started = Thread.ofPlatform().daemon().name("farga-job-observer").unstarted(this::work);
        thread = started;
        started.start();
    }

    @Override
    public void stop() {
        Thread stopping = thread;
        thread = null;
        if (stopping != null) {
            LockSupport.unpark(stopping);
            try {
                stopping.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    private void work() {
        for (long round = 0; thread == Thread.currentThread(); round++) {
            boolean well = true;
            for (String cluster : clusters.names()) {
                well &= look(cluster, round);
            }
            LockSupport.parkNanos((well ? ROUND : TROUBLE).toNanos());
        }
    }

    private boolean look(String cluster, long round) {
        try {
            progress.observe(cluster);
            if (round % DESCRIBE_EACH == 0) {
                clusters.refresh(cluster);
            }
            if (round % ENFORCE_EACH == 0) {
                progress.enforce(cluster);
            }
            return true;
        } catch (RuntimeException e) {
            LOG.warn("cluster {} cannot be observed; trying again", cluster, e);
            return false;
        }
    }
}
