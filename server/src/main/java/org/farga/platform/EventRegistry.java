package org.farga.platform;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.EventPublication;
import org.springframework.modulith.events.FailedEventPublications;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.modulith.events.ResubmissionOptions;
import org.springframework.stereotype.Component;

/** The news between modules that a listener has not taken yet, and giving it to them again. */
@Component
public class EventRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(EventRegistry.class);
    /** Old enough that no living process can still be at work on it. */
    private static final Duration STALE = Duration.ofMinutes(2);
    /** Young ones are left alone: their process may be opening its sessions anew after the database was away. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    private final JdbcClient jdbc;
    private final FailedEventPublications failed;
    private final IncompleteEventPublications incomplete;

    EventRegistry(JdbcClient jdbc, FailedEventPublications failed, IncompleteEventPublications incomplete) {
        this.jdbc = jdbc;
        this.failed = failed;
        this.incomplete = incomplete;
    }

    /**
     * One event that one listener has not taken.
     *
     * @param event the event's simple class name
     * @param listener the listener's class and method
     * @param failed whether the listener failed, rather than never came to it
     * @param summary why it failed last, where that is known
     */
    public record Waiting(
            UUID id,
            String event,
            String listener,
            Instant publishedAt,
            boolean failed,
            int attempts,
            @Nullable String summary) {}

    /** How many wait that were published before, and since when the oldest does. */
    public record Backlog(long events, @Nullable Instant oldest) {}

    public Backlog backlog(Instant publishedBefore) {
        return jdbc.sql("""
                        SELECT count(*) AS events, min(publication_date) AS oldest FROM event_publication
                        WHERE completion_date IS NULL AND publication_date < :before""")
                .param("before", Timestamps.utc(publishedBefore))
                .query((row, n) -> new Backlog(row.getLong("events"), WorkQueue.instant(row, "oldest")))
                .single();
    }

    /** Those published before, the oldest first. */
    public List<Waiting> waiting(Instant publishedBefore, int most) {
        return jdbc.sql("""
                        SELECT e.id, e.event_type, e.listener_id, e.publication_date, e.status, e.completion_attempts,
                               f.summary
                        FROM event_publication e
                        LEFT JOIN failure f
                          ON f.kind = 'EVENT' AND f.name = split_part(e.listener_id, '(', 1) AND f.instance = ''
                        WHERE e.completion_date IS NULL AND e.publication_date < :before
                        ORDER BY e.publication_date
                        LIMIT :most""")
                .param("before", Timestamps.utc(publishedBefore))
                .param("most", most)
                .query((row, n) -> new Waiting(
                        row.getObject("id", UUID.class),
                        simple(row.getString("event_type")),
                        row.getString("listener_id").replaceFirst("\\(.*", "").replaceFirst("^org\\.farga\\.", ""),
                        row.getObject("publication_date", OffsetDateTime.class).toInstant(),
                        "FAILED".equals(row.getString("status")),
                        row.getInt("completion_attempts"),
                        row.getString("summary")))
                .list();
    }

    /**
     * Gives those events to their listeners that a process died with: one whose last step was taken by a process that
     * has no session on the database any more, or that stands where it is for longer than any listener takes. Listeners
     * stand being called twice, should that process only have been cut off.
     *
     * @return how many those were
     */
    int takeOver(Instant now) {
        // As FAILED, Modulith gives them out again whatever they were, also one that died while it was given out again.
        List<UUID> left = jdbc.sql("""
                        UPDATE event_publication SET status = 'FAILED'
                        WHERE completion_date IS NULL AND status IS DISTINCT FROM 'FAILED'
                          AND (coalesce(last_resubmission_date, publication_date) < :stale
                            OR (publication_date < :settled AND held_by IS NOT NULL AND NOT EXISTS (
                                SELECT 1 FROM pg_stat_activity WHERE application_name = held_by)))
                        RETURNING id""")
                .param("stale", Timestamps.utc(now.minus(STALE)))
                .param("settled", Timestamps.utc(now.minus(SETTLED)))
                .query(UUID.class)
                .list();
        if (!left.isEmpty()) {
            LOG.info("{} events were left by a process that ended; they are delivered now", left.size());
            Set<UUID> these = Set.copyOf(left);
            failed.resubmit(all(publication -> these.contains(publication.getIdentifier())));
        }
        return left.size();
    }

    /** Whether this event still waits for a listener. */
    public boolean waits(UUID id) {
        return jdbc.sql("SELECT count(*) FROM event_publication WHERE id = :id AND completion_date IS NULL")
                        .param("id", id)
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** Gives one event to its listener again. */
    public void resubmit(UUID id) {
        resubmit(publication -> publication.getIdentifier().equals(id));
    }

    /** Gives every event published before to its listener again. */
    public void resubmitAll(Instant publishedBefore) {
        resubmit(publication -> publication.getPublicationDate().isBefore(publishedBefore));
    }

    private void resubmit(Predicate<EventPublication> which) {
        failed.resubmit(all(which));
        incomplete.resubmitIncompletePublications(
                publication -> publication.getStatus() != EventPublication.Status.FAILED
                        && publication.getStatus() != EventPublication.Status.RESUBMITTED
                        && which.test(publication));
    }

    private static ResubmissionOptions all(Predicate<EventPublication> which) {
        return ResubmissionOptions.defaults()
                .withBatchSize(10_000)
                .withMaxInFlight(10_000)
                .withFilter(which);
    }

    private static String simple(String type) {
        return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    }
}
