package org.farga.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.farga.compute.Jobs;
import org.farga.platform.Rounds;
import org.farga.shared.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks at every running job's metrics twice a second. Every Farga process does; the lock on a run's row lets each piece be
 * taken once.
 */
@Component
class RunFollower extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(RunFollower.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);
    private static final int MOST_PIECES_A_ROUND = 4;

    private final Jobs jobs;
    private final Runs runs;
    // The size of each metrics file when it was last read: where it has not grown, the database is not asked.
    private final Map<JobId, Long> read = new HashMap<>();

    RunFollower(Jobs jobs, Runs runs) {
        super("run-follower", Duration.ZERO, PAUSE_AFTER_FAILURE);
        this.jobs = jobs;
        this.runs = runs;
    }

    @Override
    protected Duration round() {
        List<JobId> running = jobs.running();
        read.keySet().retainAll(new HashSet<>(running));
        Set<JobId> grown = new HashSet<>(running);
        for (Jobs.Summary job : jobs.summaries(grown).values()) {
            try {
                follow(job);
            } catch (IOException | RuntimeException e) {
                // One job's trouble must not keep the others' curves from being drawn.
                LOG.warn("metrics of job {} cannot be read just now", job.id(), e);
            }
        }
        return PAUSE;
    }

    /** Takes what this job has reported since the last look. */
    void follow(Jobs.Summary job) throws IOException {
        long size = size(job.metricsFile());
        Long before = read.get(job.id());
        if (before != null && before == size) {
            return;
        }
        Optional<Run> run = runs.begin(job);
        if (run.isEmpty()) {
            return;
        }
        int pieces = 0;
        boolean more = true;
        while (more && pieces < MOST_PIECES_A_ROUND) {
            more = runs.follow(run.get().id(), job.metricsFile());
            pieces++;
        }
        if (!more) {
            read.put(job.id(), size);
        }
    }

    private static long size(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .size();
        } catch (IOException e) {
            return -1;
        }
    }
}
