package org.farga.compute;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import org.farga.platform.Rounds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Looks at every cluster's jobs twice a second. Each Farga process does: what follows from a sight happens once. */
@Component
class JobObserver extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(JobObserver.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration TROUBLE = Duration.ofSeconds(5);
    private static final int DESCRIBE_EACH = 4;
    private static final int ENFORCE_EACH = 6;

    private final Clusters clusters;
    private final JobProgress progress;
    private final Clock clock;
    private long round;

    JobObserver(Clusters clusters, JobProgress progress, Clock clock) {
        super("job-observer", Duration.ZERO, TROUBLE);
        this.clusters = clusters;
        this.progress = progress;
        this.clock = clock;
    }

    @Override
    protected Duration round() {
        boolean well = true;
        for (String cluster : clusters.names()) {
            well &= look(cluster);
        }
        round++;
        return well ? ROUND : TROUBLE;
    }

    private boolean look(String cluster) {
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
            // Any other failure is ours.
            if (e instanceof UncheckedIOException) {
                clusters.isSilent(cluster, clock.instant(), e);
                LOG.warn("cluster {} does not answer; trying again: {}", cluster, e.getMessage());
            } else {
                LOG.warn("cluster {} cannot be observed; trying again", cluster, e);
            }
            return false;
        }
    }
}
