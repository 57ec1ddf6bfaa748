package org.farga.operations;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.farga.platform.Timestamps;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class DatabaseSizeTable {
    private final JdbcClient jdbc;

    DatabaseSizeTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The database's size at a moment. */
    record Size(Instant at, long bytes) {}

    /** Takes down the first size of each day (UTC). */
    void take(Instant at, long bytes) {
        jdbc.sql("""
                INSERT INTO database_size (day, measured_at, size_bytes) VALUES (:day, :at, :bytes)
                ON CONFLICT (day) DO NOTHING""")
                .param("day", day(at))
                .param("at", Timestamps.utc(at))
                .param("bytes", bytes)
                .update();
    }

    /** The oldest of the days since. */
    Optional<Size> oldest(Instant since) {
        return jdbc.sql("SELECT measured_at, size_bytes FROM database_size WHERE day >= :since ORDER BY day LIMIT 1")
                .param("since", day(since))
                .query((row, n) -> new Size(
                        row.getObject("measured_at", OffsetDateTime.class).toInstant(), row.getLong("size_bytes")))
                .optional();
    }

    private static LocalDate day(Instant at) {
        return at.atZone(ZoneOffset.UTC).toLocalDate();
    }
}
