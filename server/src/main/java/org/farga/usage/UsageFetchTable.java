package org.farga.usage;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class UsageFetchTable {
    private final JdbcClient jdbc;

    UsageFetchTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How fetching from a cluster stands.
     *
     * @param readUntil what ended before then was asked for; null before the first time
     * @param lookedBack when days back were read again
     * @param rejected of the latest fetch
     */
    record State(
            String cluster,
            @Nullable Instant readUntil,
            @Nullable Instant lookedBack,
            @Nullable Instant fetchedAt,
            long lines,
            List<String> rejected,
            @Nullable Instant failedAt,
            @Nullable String complaint) {}

    Optional<State> find(String cluster) {
        return list().stream().filter(s -> s.cluster().equals(cluster)).findFirst();
    }

    List<State> list() {
        return jdbc.sql("""
                        SELECT cluster, read_until, looked_back, fetched_at, lines, rejected, failed_at, complaint
                        FROM usage_fetch ORDER BY cluster""").query(UsageFetchTable::row).list();
    }

    void fetched(String cluster, Instant until, boolean lookedBack, Instant at, long lines, List<String> rejected) {
        jdbc.sql("""
                INSERT INTO usage_fetch AS f (cluster, read_until, looked_back, fetched_at, lines, rejected)
                VALUES (:cluster, :until, :lookedBack, :at, :lines, CAST(:rejected AS text[]))
                ON CONFLICT (cluster) DO UPDATE
                SET read_until = excluded.read_until, looked_back = coalesce(excluded.looked_back, f.looked_back),
                    fetched_at = excluded.fetched_at, lines = excluded.lines, rejected = excluded.rejected,
                    failed_at = NULL, complaint = NULL""")
                .param("cluster", cluster)
                .param("until", utc(until))
                .param("lookedBack", lookedBack ? utc(at) : null, Types.TIMESTAMP_WITH_TIMEZONE)
                .param("at", utc(at))
                .param("lines", lines)
                .param("rejected", rejected.toArray(String[]::new))
                .update();
    }

    void failed(String cluster, Instant at, String complaint) {
        jdbc.sql("""
                INSERT INTO usage_fetch (cluster, failed_at, complaint) VALUES (:cluster, :at, :complaint)
                ON CONFLICT (cluster) DO UPDATE SET failed_at = excluded.failed_at, complaint = excluded.complaint""")
                .param("cluster", cluster)
                .param("at", utc(at))
                .param("complaint", complaint)
                .update();
    }

    void runaways(String cluster, Collection<UsageFetches.Runaway> found, Instant at) {
        jdbc.sql("DELETE FROM usage_runaway WHERE cluster = :cluster")
                .param("cluster", cluster)
                .update();
        for (UsageFetches.Runaway one : found) {
            jdbc.sql("""
                    INSERT INTO usage_runaway (cluster, engine_job_id, account, unix_user, started_at, seen_at)
                    VALUES (:cluster, :job, :account, :user, :startedAt, :at) ON CONFLICT DO NOTHING""")
                    .param("cluster", cluster)
                    .param("job", one.engineJob())
                    .param("account", one.account())
                    .param("user", one.unixUser())
                    .param("startedAt", utc(one.startedAt()))
                    .param("at", utc(at))
                    .update();
        }
    }

    List<UsageFetches.Runaway> runaways(int most) {
        return jdbc.sql("""
                        SELECT cluster, engine_job_id, account, unix_user, started_at FROM usage_runaway
                        ORDER BY started_at, cluster, engine_job_id LIMIT :most""")
                .param("most", most)
                .query((row, n) -> new UsageFetches.Runaway(
                        row.getString("cluster"),
                        row.getString("engine_job_id"),
                        row.getString("account"),
                        row.getString("unix_user"),
                        row.getObject("started_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    private static State row(ResultSet row, int number) throws SQLException {
        return new State(
                row.getString("cluster"),
                instant(row, "read_until"),
                instant(row, "looked_back"),
                instant(row, "fetched_at"),
                row.getLong("lines"),
                Arrays.asList((String[]) row.getArray("rejected").getArray()),
                instant(row, "failed_at"),
                row.getString("complaint"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
