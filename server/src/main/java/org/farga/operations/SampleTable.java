package org.farga.operations;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Timestamps;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class SampleTable {
    private final JdbcClient jdbc;

    SampleTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What went on in ten minutes, over all processes.
     *
     * @param from when they began
     * @param workDue the most that was due and had not begun
     * @param p95Milliseconds the worst minute's
     */
    record Span(
            Instant from,
            long workDue,
            long requests,
            @Nullable Double p95Milliseconds,
            long jobStarts) {}

    void insert(UUID process, Instant at, long workDue, long requests, @Nullable Double p95, long jobStarts) {
        jdbc.sql("""
                INSERT INTO operations_sample (process_id, at, work_due, requests, p95_milliseconds, job_starts)
                VALUES (:process, :at, :due, :requests, :p95, :starts)""")
                .param("process", process)
                .param("at", Timestamps.utc(at))
                .param("due", workDue)
                .param("requests", requests)
                .param("p95", p95)
                .param("starts", jobStarts)
                .update();
    }

    List<Span> list(Instant since) {
        return jdbc.sql("""
                        SELECT date_bin('10 minutes', at, '2020-01-01Z') AS span, max(work_due) AS due,
                               sum(requests) AS requests, max(p95_milliseconds) AS p95, sum(job_starts) AS starts
                        FROM operations_sample WHERE at >= :since GROUP BY span ORDER BY span""")
                .param("since", Timestamps.utc(since))
                .query((row, n) -> new Span(
                        row.getObject("span", OffsetDateTime.class).toInstant(),
                        row.getLong("due"),
                        row.getLong("requests"),
                        row.getObject("p95") == null ? null : row.getDouble("p95"),
                        row.getLong("starts")))
                .list();
    }

    void forget(Instant before) {
        jdbc.sql("DELETE FROM operations_sample WHERE at < :before")
                .param("before", Timestamps.utc(before))
                .update();
    }
}
