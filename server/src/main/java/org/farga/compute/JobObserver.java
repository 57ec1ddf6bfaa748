package org.farga.compute;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.farga.platform.ParallelRounds;
import org.farga.platform.Rounds;
import org.farga.shared.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks at every cluster's jobs twice a second. Each Farga process does: what follows from a sight happens once. Each cluster has
 * a thread of its own, so that none waits for another's engine.
 */
@Component
class JobObserver extends ParallelRounds {
    private static final Logger LOG = LoggerFactory.getLogger(JobObserver.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    /** After one was first seen at its end: somebody waits for how it ended. One that stays there for long is as any other. */
    private static final Duration SOON = Duration.ofMillis(150);

    private static final Duration TROUBLE = Duration.ofSeconds(5);
    private static final int DESCRIBE_EACH = 4;
    private static final int ENFORCE_EACH = 6;

    JobObserver(Clusters clusters, JobProgress progress, Clock clock) {
        super(clusters.names().stream()
                .map(cluster -> new OfCluster(cluster, clusters, progress, clock))
                .toList());
    }

    private static final class OfCluster extends Rounds {
        private final String cluster;
        private final Clusters clusters;
        private final JobProgress progress;
        private final Clock clock;
        private Set<JobId> closing = Set.of();
        private long round;

        OfCluster(String cluster, Clusters clusters, JobProgress progress, Clock clock) {
            super("job-observer-" + cluster, Duration.ZERO, TROUBLE);
            this.cluster = cluster;
            this.clusters = clusters;
            this.progress = progress;
            this.clock = clock;
        }

        @Override
        protected Duration round() {
            try {
                Set<JobId> before = closing;
                closing = progress.observe(cluster);
                if (round % DESCRIBE_EACH == 0) {
                    clusters.refresh(cluster);
                }
                if (round % ENFORCE_EACH == 0) {
                    progress.enforce(cluster);
                }
                return before.containsAll(closing) ? ROUND : SOON;
            } catch (UncheckedIOException e) {
                clusters.isSilent(cluster, clock.instant(), e);
                LOG.warn("cluster {} does not answer; trying again: {}", cluster, e.getMessage());
                return TROUBLE;
            } catch (RuntimeException e) {
                LOG.warn("cluster {} cannot be observed; trying again", cluster, e);
                return TROUBLE;
            } finally {
                round++;
            }
        }
    }
}
