package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class FactorResetTable {
    private static final String COLUMNS = "id, person_id, reason, requested_by, requested_at, expires_at";
    private final JdbcClient jdbc;

    FactorResetTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether it was inserted: false where one is open for this person. Those that ran out count as declined. */
    boolean insert(FactorReset reset) {
        jdbc.sql("""
                UPDATE factor_reset SET decided_by = requested_by, decided_at = expires_at, granted = false
                WHERE person_id = :person AND decided_at IS NULL AND expires_at <= :now""")
                .param("person", reset.person().value())
                .param("now", utc(reset.requestedAt()))
                .update();
        return jdbc.sql("""
                        INSERT INTO factor_reset (id, person_id, reason, requested_by, requested_at, expires_at)
                        VALUES (:id, :person, :reason, :by, :at, :expiresAt) ON CONFLICT DO NOTHING""")
                        .param("id", reset.id())
                        .param("person", reset.person().value())
                        .param("reason", reset.reason())
                        .param("by", reset.requestedBy().value())
                        .param("at", utc(reset.requestedAt()))
                        .param("expiresAt", utc(reset.expiresAt()))
                        .update()
                == 1;
    }

    /** The open ones, oldest first. */
    List<FactorReset> list(Instant now) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM factor_reset WHERE decided_at IS NULL AND expires_at > :now"
                        + " ORDER BY requested_at, id LIMIT 200")
                .param("now", utc(now))
                .query(FactorResetTable::reset)
                .list();
    }

    Optional<FactorReset> findOpenForUpdate(UUID id, Instant now) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM factor_reset WHERE id = :id AND decided_at IS NULL AND expires_at > :now FOR UPDATE")
                .param("id", id)
                .param("now", utc(now))
                .query(FactorResetTable::reset)
                .optional();
    }

    void decide(UUID id, PersonId by, boolean granted, Instant now) {
        jdbc.sql("UPDATE factor_reset SET decided_by = :by, decided_at = :now, granted = :granted WHERE id = :id")
                .param("by", by.value())
                .param("now", utc(now))
                .param("granted", granted)
                .param("id", id)
                .update();
    }

    private static FactorReset reset(ResultSet row, int number) throws SQLException {
        return new FactorReset(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getString("reason"),
                new PersonId(row.getObject("requested_by", UUID.class)),
                row.getObject("requested_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }
}
