package org.farga.compute;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.farga.allocation.Projects;
import org.farga.compute.JobFeed.Position;
import org.farga.platform.Rounds;
import org.farga.platform.Standing;
import org.farga.shared.Actor;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/** The jobs that somebody follows: one query a round for all of them, one reader of files for each. */
@Component
class JobFeeds extends Rounds {
    static final int MOST_PER_PERSON = 10;
    private static final Logger LOG = LoggerFactory.getLogger(JobFeeds.class);
    /** How often a silent stream shows that it lives, and every stream is asked whether its reader still may see it. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private static final Duration ROUND = Duration.ofMillis(300);
    private static final Semaphore ASKING = new Semaphore(2);

    private final JobTable table;
    private final Jobs jobs;
    private final Projects projects;
    private final Explanations explanations;
    private final JsonMapper json;
    private final Map<JobId, JobFeed> feeds = new HashMap<>();
    private final List<FeedStream> streams = new ArrayList<>();
    private final Map<RightKey, Right> rights = new HashMap<>();

    JobFeeds(JobTable table, Jobs jobs, Projects projects, Explanations explanations, JsonMapper json) {
        super("job-feeds", Duration.ZERO, ROUND);
        this.table = table;
        this.jobs = jobs;
        this.projects = projects;
        this.explanations = explanations;
        this.json = json;
    }

    /**
     * Sends a job's news to the actor from a position on, until the job ended, they go, or what they came with is worth
     * nothing any more: it is revoked, or does not show the job. Refused as {@code too-many-followed} beyond {@link #MOST_PER_PERSON} at once.
     */
    synchronized Outcome<SseEmitter> follow(
            Actor actor, Job job, Position from, Locale language, @Nullable Standing standing) throws IOException {
        PersonId person = actor.person();
        if (streams.stream().filter(s -> s.person().equals(person)).count() >= MOST_PER_PERSON) {
            return Outcome.refused(Refusal.tooManyAtOnce("too-many-followed", MOST_PER_PERSON));
        }
        JobFeed feed = feeds.get(job.id());
        if (feed == null) {
            feed = new JobFeed(job, jobs.files(job), from);
            feeds.put(job.id(), feed);
        }
        // Asked once for all streams that one came with, not for each.
        Right right = rights.computeIfAbsent(
                new RightKey(standing == null ? person : standing.key(), job.project()),
                key -> new Right(standing, job.project()));
        FeedStream stream = new FeedStream(
                person,
                feed,
                jobs.files(job),
                from,
                job,
                now -> explanations.of(now, language).sentence(),
                json,
                right,
                HEARTBEAT,
                this::gone);
        streams.add(stream);
        if (!isRunning()) {
            // Shutting down: the follower is told to come back, and finds the next process.
            stream.close();
        }
        stream.start("farga-follow-" + job.id());
        return Outcome.done(stream.emitter());
    }

    private record RightKey(Object standing, ProjectId project) {}

    /** Whether somebody may still follow jobs of a project, found out anew every few seconds, by whoever asks first. */
    private final class Right implements BooleanSupplier {
        private final @Nullable Standing standing;
        private final ProjectId project;
        private final AtomicLong asked = new AtomicLong(System.nanoTime());
        private volatile boolean stands;

        Right(@Nullable Standing standing, ProjectId project) {
            this.standing = standing;
            this.project = project;
            this.stands = standing != null;
        }

        @Override
        public boolean getAsBoolean() {
            long before = asked.get();
            long now = System.nanoTime();
            if (standing != null && now - before > HEARTBEAT.toNanos() / 2 && asked.compareAndSet(before, now)) {
                // However many follow, they leave the database's connections to others.
                ASKING.acquireUninterruptibly();
                try {
                    stands = standing.now()
                            .get()
                            .filter(actor -> projects.visibleTo(actor).include(project))
                            .isPresent();
                } finally {
                    ASKING.release();
                }
            }
            return stands;
        }
    }

    private synchronized void gone(FeedStream stream) {
        streams.remove(stream);
        rights.values().removeIf(right -> streams.stream().noneMatch(s -> s.right() == right));
        feeds.values().removeIf(feed -> streams.stream().noneMatch(s -> s.feed() == feed));
    }

    @Override
    protected Duration round() {
        Map<JobId, JobFeed> followed;
        synchronized (this) {
            followed = Map.copyOf(feeds);
        }
        if (!followed.isEmpty()) {
            for (Job job : table.list(followed.keySet())) {
                advance(followed.get(job.id()), job);
            }
        }
        return ROUND;
    }

    /** Ends every stream, so that the server need not wait for them; followers come back to the next process. */
    @Override
    protected void stopping() {
        List<FeedStream> open;
        synchronized (this) {
            open = List.copyOf(streams);
        }
        open.forEach(FeedStream::close);
    }

    private static void advance(@Nullable JobFeed feed, Job job) {
        try {
            if (feed != null) {
                feed.advance(job);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("job {} cannot be followed; trying again", job.id(), e);
        }
    }
}
