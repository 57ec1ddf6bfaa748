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
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Looks at every running job's metrics twice a second. Every Farga process does; the lock on a run's row lets each piece be
 * taken once.
 */
@Component
class RunFollower implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(RunFollower.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);
    private static final int MOST_PIECES_A_ROUND = 4;

    private final Jobs jobs;
    private final Runs runs;
    // The size of each metrics file when it was last read: where it has not grown, the database is not asked.
    private final Map<JobId, Long> read = new HashMap<>();
    private volatile @Nullable Thread thread;

    RunFollower(Jobs jobs, Runs runs) {
        this.jobs = jobs;
        this.runs = runs;
    }

    @Override
    public void start() {
        // Known before it runs: its loop ends where it is not the one that is meant.
        Thread made = Thread.ofPlatform().daemon().name("run-follower").unstarted(this::loop);
        thread = made;
        made.start();
    }

    @Override
    public void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
            try {
                running.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    private void loop() {
        while (thread == Thread.currentThread()) {
            Duration pause = PAUSE;
            try {
                look();
            } catch (RuntimeException e) {
                if (thread != null) {
                    LOG.warn("metrics of running jobs cannot be read just now", e);
                }
                pause = PAUSE_AFTER_FAILURE;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look() {
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
