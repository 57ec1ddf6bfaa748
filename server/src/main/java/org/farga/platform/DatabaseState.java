package org.farga.platform;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How the database is, in its own words (PostgreSQL manual, "The Cumulative Statistics System"). */
@Component
public class DatabaseState {
    private final JdbcClient jdbc;
    private final HikariDataSource source;
    private final DatabaseConfiguration.PrivateServer server;

    DatabaseState(JdbcClient jdbc, HikariDataSource source, DatabaseConfiguration.PrivateServer server) {
        this.jdbc = jdbc;
        this.source = source;
        this.server = server;
    }

    /**
     * The server now.
     *
     * @param major such as 18
     * @param version such as "18.1"
     * @param connections of all its clients
     * @param connectionsMost that it takes
     * @param sizeBytes of this database
     * @param at the server's clock
     * @param longestSince when the longest open transaction of this database began
     * @param oldestXidAge transactions since the oldest one not frozen; PostgreSQL stops writing at 2,100 million
     * @param archivingFailedAt when WAL archiving failed last, where it has not succeeded since
     * @param standbyLagSeconds of the standby furthest behind; null without one
     */
    public record Server(
            int major,
            String version,
            long connections,
            long connectionsMost,
            long sizeBytes,
            Instant at,
            @Nullable Instant longestSince,
            long oldestXidAge,
            @Nullable Instant archivingFailedAt,
            @Nullable Double standbyLagSeconds) {}

    /** A table that holds many dead rows, and when they were cleared away last. */
    public record Bloated(
            String table, long live, long dead, @Nullable Instant vacuumedAt) {}

    public Server server() {
        return jdbc.sql("""
                        SELECT current_setting('server_version_num')::int / 10000 AS major,
                               split_part(current_setting('server_version'), ' ', 1) AS version,
                               (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
                               current_setting('max_connections')::bigint AS most,
                               pg_database_size(current_database()) AS size,
                               clock_timestamp() AS at,
                               (SELECT min(xact_start) FROM pg_stat_activity
                                WHERE datname = current_database() AND pid <> pg_backend_pid()
                                  AND backend_type = 'client backend') AS longest,
                               (SELECT max(age(datfrozenxid)) FROM pg_database) AS xid_age,
                               (SELECT last_failed_time FROM pg_stat_archiver
                                WHERE last_failed_time > coalesce(last_archived_time, '-infinity')) AS archiving_failed,
                               (SELECT max(extract(epoch FROM replay_lag)) FROM pg_stat_replication) AS lag""")
                .query((row, n) -> new Server(
                        row.getInt("major"),
                        row.getString("version"),
                        row.getLong("connections"),
                        row.getLong("most"),
                        row.getLong("size"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        WorkQueue.instant(row, "longest"),
                        row.getLong("xid_age"),
                        WorkQueue.instant(row, "archiving_failed"),
                        row.getObject("lag") == null ? null : row.getDouble("lag")))
                .single();
    }

    /** Tables of at least so many dead rows, where those are more than a third of all. */
    public List<Bloated> bloated(long atLeastDead) {
        return jdbc.sql("""
                        SELECT relname, n_live_tup, n_dead_tup, greatest(last_autovacuum, last_vacuum) AS vacuumed
                        FROM pg_stat_user_tables
                        WHERE n_dead_tup >= :dead AND n_dead_tup * 2 > n_live_tup
                        ORDER BY n_dead_tup DESC LIMIT 10""")
                .param("dead", atLeastDead)
                .query((row, n) -> new Bloated(
                        row.getString("relname"),
                        row.getLong("n_live_tup"),
                        row.getLong("n_dead_tup"),
                        WorkQueue.instant(row, "vacuumed")))
                .list();
    }

    /** How many of Farga's own threads wait for a connection now. */
    public int waitingForConnection() {
        HikariPoolMXBean pool = source.getHikariPoolMXBean();
        return pool == null ? 0 : pool.getThreadsAwaitingConnection();
    }

    /** Whether the server is Farga's own, in the data folder. */
    public boolean isPrivate() {
        return server.postgres() != null;
    }
}
