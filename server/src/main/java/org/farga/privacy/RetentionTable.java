package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class RetentionTable {
    private final JdbcClient jdbc;

    RetentionTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What is known of a rule. @param days null where Farga's own period holds */
    record Known(
            @Nullable Integer days,
            @Nullable Instant lastRunAt,
            @Nullable Long lastRemoved,
            long removed) {}

    Map<String, Known> list() {
        Map<String, Known> known = new HashMap<>();
        jdbc.sql("SELECT rule, keep_days, last_run_at, last_removed, removed FROM retention")
                .query(row -> {
                    OffsetDateTime at = row.getObject("last_run_at", OffsetDateTime.class);
                    known.put(
                            row.getString("rule"),
                            new Known(
                                    row.getObject("keep_days", Integer.class),
                                    at == null ? null : at.toInstant(),
                                    row.getObject("last_removed", Long.class),
                                    row.getLong("removed")));
                });
        return known;
    }

    void keep(String rule, int days) {
        jdbc.sql("""
                INSERT INTO retention (rule, keep_days) VALUES (:rule, :days)
                ON CONFLICT (rule) DO UPDATE SET keep_days = :days""").param("rule", rule).param("days", days).update();
    }

    void ran(String rule, Instant at, long removed) {
        jdbc.sql("""
                INSERT INTO retention (rule, last_run_at, last_removed, removed) VALUES (:rule, :at, :removed, :removed)
                ON CONFLICT (rule) DO UPDATE
                SET last_run_at = :at, last_removed = :removed, removed = retention.removed + :removed""")
                .param("rule", rule)
                .param("at", utc(at))
                .param("removed", removed)
                .update();
    }
}
