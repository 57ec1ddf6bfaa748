package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class RoundTable {
    private static final String SELECT = """
            SELECT id, call_id, cut_off_at, seed, conflict_years, run_at, run_by, took_ms, objective, confirmed_at, confirmed_by, version
            FROM review_round
            """;

    private final JdbcClient jdbc;

    RoundTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Round> find(CallId call, @Nullable Instant cutOff) {
        return jdbc.sql(SELECT + "WHERE call_id = :call AND cut_off_at IS NOT DISTINCT FROM :cutOff")
                .param("call", call.value())
                .param("cutOff", cutOff == null ? null : utc(cutOff), Types.TIMESTAMP_WITH_TIMEZONE)
                .query(RoundTable::round)
                .optional();
    }

    /** The same, when nobody else is changing it any more, also where there is none yet. */
    Optional<Round> lock(CallId call, @Nullable Instant cutOff) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('review.round ' || :key, 0))")
                .param("key", call + " " + cutOff)
                .query((row, n) -> true)
                .single();
        return find(call, cutOff);
    }

    /** Over what there was of the same round. */
    void put(Round round) {
        jdbc.sql("""
                INSERT INTO review_round (id, call_id, cut_off_at, seed, conflict_years, run_at, run_by, took_ms, objective)
                VALUES (:id, :call, :cutOff, :seed, :years, :at, :by, :took, :objective)
                ON CONFLICT (call_id, cut_off_at) DO UPDATE SET seed = :seed, conflict_years = :years, run_at = :at, run_by = :by,
                    took_ms = :took, objective = :objective, confirmed_at = NULL, confirmed_by = NULL,
                    version = review_round.version + 1""")
                .param("id", round.id())
                .param("call", round.call().value())
                .param("cutOff", round.cutOff() == null ? null : utc(round.cutOff()), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("seed", round.seed())
                .param("years", round.conflictYears())
                .param("at", utc(round.runAt()))
                .param("by", round.runBy().value())
                .param("took", round.tookMs())
                .param("objective", round.objective())
                .update();
    }

    void confirm(UUID id, PersonId by, Instant now) {
        jdbc.sql("""
                UPDATE review_round SET confirmed_at = greatest(:now, run_at), confirmed_by = :by, version = version + 1
                WHERE id = :id""")
                .param("now", utc(now))
                .param("by", by.value())
                .param("id", id)
                .update();
    }

    /** Something in it was changed by hand. */
    void touch(UUID id) {
        jdbc.sql("UPDATE review_round SET version = version + 1 WHERE id = :id")
                .param("id", id)
                .update();
    }

    private static Round round(ResultSet row, int number) throws SQLException {
        UUID confirmedBy = row.getObject("confirmed_by", UUID.class);
        return new Round(
                row.getObject("id", UUID.class),
                new CallId(row.getObject("call_id", UUID.class)),
                instant(row, "cut_off_at"),
                row.getLong("seed"),
                row.getInt("conflict_years"),
                row.getObject("run_at", OffsetDateTime.class).toInstant(),
                new PersonId(row.getObject("run_by", UUID.class)),
                row.getLong("took_ms"),
                row.getLong("objective"),
                instant(row, "confirmed_at"),
                confirmedBy == null ? null : new PersonId(confirmedBy),
                row.getInt("version"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
