package org.farga.usage;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class UsageImportTable {
    private static final String SELECT = """
            SELECT id, cluster, zone, name, size_bytes, started_by, started_at, changed_at, ended_at, header, slurm_cluster,
                position_bytes, lines, entered, corrected, unchanged, unattributed, steps, never_started, not_ended, empty, rejected
            FROM usage_import""";

    private final JdbcClient jdbc;

    UsageImportTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(UsageImport made) {
        jdbc.sql("""
                INSERT INTO usage_import (id, cluster, zone, name, size_bytes, started_by, started_at, changed_at)
                VALUES (:id, :cluster, :zone, :name, :size, :by, :at, :at)""")
                .param("id", made.id())
                .param("cluster", made.cluster())
                .param("zone", made.zone().getId())
                .param("name", made.name())
                .param("size", made.sizeBytes(), Types.BIGINT)
                .param("by", made.startedBy().value())
                .param("at", utc(made.startedAt()))
                .update();
    }

    Optional<UsageImport> find(UUID id) {
        return jdbc.sql(SELECT + " WHERE id = :id")
                .param("id", id)
                .query(UsageImportTable::row)
                .optional();
    }

    /** Up to where it is committed; empty where it has ended or never was. */
    Optional<Long> position(UUID id) {
        return jdbc.sql("SELECT position_bytes FROM usage_import WHERE id = :id AND ended_at IS NULL")
                .param("id", id)
                .query(Long.class)
                .optional();
    }

    /** The same, locked for the transaction. */
    Optional<Long> lockPosition(UUID id) {
        return jdbc.sql("""
                        SELECT position_bytes FROM usage_import WHERE id = :id AND ended_at IS NULL
                        FOR NO KEY UPDATE""").param("id", id).query(Long.class).optional();
    }

    boolean hasChunk(UUID id, long from) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM usage_import_chunk WHERE import_id = :id AND from_bytes = :from)")
                .param("id", id)
                .param("from", from)
                .query(Boolean.class)
                .single();
    }

    /** Notes that a piece is entered; false where somebody else entered one from there. */
    boolean insertChunk(UUID id, long from, long to, UsageImport.Counts c) {
        return jdbc.sql("""
                INSERT INTO usage_import_chunk (import_id, from_bytes, to_bytes, lines, entered, corrected, unchanged, unattributed,
                    steps, never_started, not_ended, empty, rejected)
                VALUES (:id, :from, :to, :lines, :entered, :corrected, :unchanged, :unattributed, :steps, :neverStarted, :notEnded,
                    :empty, :rejected)
                ON CONFLICT (import_id, from_bytes) DO NOTHING""")
                        .param("id", id)
                        .param("from", from)
                        .param("to", to)
                        .param("lines", c.lines())
                        .param("entered", c.entered())
                        .param("corrected", c.corrected())
                        .param("unchanged", c.unchanged())
                        .param("unattributed", c.unattributed())
                        .param("steps", c.steps())
                        .param("neverStarted", c.neverStarted())
                        .param("notEnded", c.notEnded())
                        .param("empty", c.empty())
                        .param("rejected", c.rejected())
                        .update()
                == 1;
    }

    /** Forgets pieces that are entered but not counted: their lines come again, and stand in the ledger then. */
    void deleteChunks(UUID id) {
        jdbc.sql("DELETE FROM usage_import_chunk WHERE import_id = :id")
                .param("id", id)
                .update();
    }

    /** Moves on over the piece that begins at its position; false where there is none. */
    boolean advance(UUID id, String header, @Nullable String slurmCluster, Instant at) {
        return jdbc.sql("""
                WITH chunk AS (
                    DELETE FROM usage_import_chunk c USING usage_import i
                    WHERE i.id = :id AND i.ended_at IS NULL AND c.import_id = i.id AND c.from_bytes = i.position_bytes
                    RETURNING c.*)
                UPDATE usage_import i
                SET position_bytes = c.to_bytes, header = :header, slurm_cluster = :slurmCluster, changed_at = :at,
                    lines = i.lines + c.lines, entered = i.entered + c.entered, corrected = i.corrected + c.corrected,
                    unchanged = i.unchanged + c.unchanged, unattributed = i.unattributed + c.unattributed,
                    steps = i.steps + c.steps, never_started = i.never_started + c.never_started,
                    not_ended = i.not_ended + c.not_ended, empty = i.empty + c.empty, rejected = i.rejected + c.rejected
                FROM chunk c WHERE i.id = c.import_id""")
                        .param("header", header)
                        .param("slurmCluster", slurmCluster, Types.VARCHAR)
                        .param("at", utc(at))
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Where a list stands. */
    record Key(Instant startedAt, UUID id) {
        static Key parse(String text) {
            int space = text.indexOf(' ');
            return new Key(Instant.parse(text.substring(0, space)), UUID.fromString(text.substring(space + 1)));
        }

        static String of(UsageImport one) {
            return one.startedAt() + " " + one.id();
        }
    }

    /** The newest first. */
    List<UsageImport> newest(@Nullable Key after, int most) {
        return jdbc.sql(SELECT + """
                         WHERE CAST(:at AS timestamptz) IS NULL OR (started_at, id) < (:at, :id)
                        ORDER BY started_at DESC, id DESC LIMIT :most""")
                .param("at", after == null ? null : utc(after.startedAt()), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", after == null ? null : after.id(), Types.OTHER)
                .param("most", most)
                .query(UsageImportTable::row)
                .list();
    }

    /** False where it had ended before. */
    boolean end(UUID id, Instant at) {
        return jdbc.sql("UPDATE usage_import SET ended_at = :at, changed_at = :at WHERE id = :id AND ended_at IS NULL")
                        .param("at", utc(at))
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Forgets one of which nothing was read. */
    void deleteUnread(UUID id) {
        jdbc.sql("DELETE FROM usage_import WHERE id = :id AND position_bytes = 0")
                .param("id", id)
                .update();
    }

    /** A line that was not understood, as it is kept. */
    record Rejected(long line, String reason, String content) {}

    void reject(UUID id, List<SacctChunk.Rejection> rejections) {
        if (rejections.isEmpty()) {
            return;
        }
        jdbc.sql("""
                INSERT INTO usage_import_rejection (import_id, line, reason, content)
                SELECT :id, r.line, r.reason, r.content
                FROM unnest(CAST(:lines AS bigint[]), CAST(:reasons AS text[]), CAST(:contents AS text[]))
                    AS r (line, reason, content)
                ON CONFLICT (import_id, line) DO NOTHING""")
                .param("id", id)
                .param(
                        "lines",
                        rejections.stream().map(SacctChunk.Rejection::line).toArray(Long[]::new))
                .param(
                        "reasons",
                        rejections.stream().map(r -> r.reason().word()).toArray(String[]::new))
                .param(
                        "contents",
                        rejections.stream().map(SacctChunk.Rejection::content).toArray(String[]::new))
                .update();
    }

    /** In the order of the file. */
    List<Rejected> rejected(UUID id, long afterLine, int most) {
        return jdbc.sql("""
                        SELECT line, reason, content FROM usage_import_rejection
                        WHERE import_id = :id AND line > :after ORDER BY line LIMIT :most""")
                .param("id", id)
                .param("after", afterLine)
                .param("most", most)
                .query((row, n) -> new Rejected(row.getLong("line"), row.getString("reason"), row.getString("content")))
                .list();
    }

    private static UsageImport row(ResultSet row, int number) throws SQLException {
        OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
        return new UsageImport(
                row.getObject("id", UUID.class),
                row.getString("cluster"),
                ZoneId.of(row.getString("zone")),
                row.getString("name"),
                row.getObject("size_bytes", Long.class),
                new PersonId(row.getObject("started_by", UUID.class)),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                row.getString("header"),
                row.getString("slurm_cluster"),
                row.getLong("position_bytes"),
                new UsageImport.Counts(
                        row.getLong("lines"),
                        row.getLong("entered"),
                        row.getLong("corrected"),
                        row.getLong("unchanged"),
                        row.getLong("unattributed"),
                        row.getLong("steps"),
                        row.getLong("never_started"),
                        row.getLong("not_ended"),
                        row.getLong("empty"),
                        row.getLong("rejected")));
    }
}
