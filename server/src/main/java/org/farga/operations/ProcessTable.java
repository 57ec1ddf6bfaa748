package org.farga.operations;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Timestamps;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ProcessTable {
    private final JdbcClient jdbc;

    ProcessTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(FargaProcess process) {
        jdbc.sql("""
                INSERT INTO farga_process (id, host, port, pid, version, state, started_at, seen_at)
                VALUES (:id, :host, :port, :pid, :version, :state, :started, :seen)""")
                .param("id", process.id())
                .param("host", process.host())
                .param("port", process.port())
                .param("pid", process.pid())
                .param("version", process.version())
                .param("state", process.state().name())
                .param("started", Timestamps.utc(process.startedAt()))
                .param("seen", Timestamps.utc(process.seenAt()))
                .update();
    }

    void seen(UUID id, FargaProcess.State state, Instant at) {
        jdbc.sql("UPDATE farga_process SET state = :state, seen_at = :at WHERE id = :id")
                .param("state", state.name())
                .param("at", Timestamps.utc(at))
                .param("id", id)
                .update();
    }

    void looked(UUID id, Instant at) {
        jdbc.sql("UPDATE farga_process SET looked_at = :at WHERE id = :id")
                .param("at", Timestamps.utc(at))
                .param("id", id)
                .update();
    }

    /** Those seen since, the newest start first. */
    List<FargaProcess> list(Instant seenSince) {
        return jdbc.sql("""
                        SELECT id, host, port, pid, version, state, started_at, seen_at, looked_at FROM farga_process
                        WHERE seen_at >= :since ORDER BY started_at DESC, id LIMIT 200""")
                .param("since", Timestamps.utc(seenSince))
                .query((row, n) -> process(row))
                .list();
    }

    /** Forgets those not seen since, with what they found. */
    void forget(Instant notSeenSince) {
        jdbc.sql("DELETE FROM farga_process WHERE seen_at < :since")
                .param("since", Timestamps.utc(notSeenSince))
                .update();
    }

    private static FargaProcess process(ResultSet row) throws SQLException {
        OffsetDateTime looked = row.getObject("looked_at", OffsetDateTime.class);
        return new FargaProcess(
                row.getObject("id", UUID.class),
                row.getString("host"),
                row.getInt("port"),
                row.getLong("pid"),
                row.getString("version"),
                FargaProcess.State.valueOf(row.getString("state")),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("seen_at", OffsetDateTime.class).toInstant(),
                looked == null ? null : looked.toInstant());
    }
}
