package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ErasureTable {
    private static final String COLUMNS =
            "SELECT id, person_id, asked_by, asked_at, due_at, cancelled_at, done_at FROM erasure_request ";

    private final JdbcClient jdbc;

    ErasureTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether it was inserted: false where one is open. */
    boolean insert(ErasureRequest request) {
        return jdbc.sql("""
                        INSERT INTO erasure_request (id, person_id, asked_by, asked_at, due_at)
                        VALUES (:id, :person, :by, :at, :due)
                        ON CONFLICT (person_id) WHERE cancelled_at IS NULL AND done_at IS NULL DO NOTHING""")
                        .param("id", request.id())
                        .param("person", request.person().value())
                        .param("by", request.askedBy().value())
                        .param("at", utc(request.askedAt()))
                        .param("due", utc(request.dueAt()))
                        .update()
                == 1;
    }

    Optional<ErasureRequest> findOpen(PersonId person) {
        return jdbc.sql(COLUMNS + "WHERE person_id = :person AND cancelled_at IS NULL AND done_at IS NULL")
                .param("person", person.value())
                .query(ErasureTable::request)
                .optional();
    }

    boolean cancel(PersonId person, PersonId by, Instant now) {
        return jdbc.sql("""
                        UPDATE erasure_request SET cancelled_at = :now, cancelled_by = :by
                        WHERE person_id = :person AND cancelled_at IS NULL AND done_at IS NULL""")
                        .param("now", utc(now))
                        .param("by", by.value())
                        .param("person", person.value())
                        .update()
                == 1;
    }

    /** Open requests that are due, oldest first. */
    List<ErasureRequest> listDue(Instant now, int most) {
        return jdbc.sql(COLUMNS + """
                        WHERE cancelled_at IS NULL AND done_at IS NULL AND due_at <= :now
                        ORDER BY due_at, id LIMIT :most""")
                .param("now", utc(now))
                .param("most", most)
                .query(ErasureTable::request)
                .list();
    }

    /** Whether it was still open, and is locked for being done now. */
    boolean lock(UUID id) {
        return jdbc.sql("""
                        SELECT id FROM erasure_request
                        WHERE id = :id AND cancelled_at IS NULL AND done_at IS NULL FOR UPDATE""").param("id", id).query(UUID.class).optional().isPresent();
    }

    void done(UUID id, Instant now) {
        jdbc.sql("UPDATE erasure_request SET done_at = :now WHERE id = :id")
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    private static ErasureRequest request(ResultSet row, int number) throws SQLException {
        return new ErasureRequest(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                new PersonId(row.getObject("asked_by", UUID.class)),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                row.getObject("due_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("cancelled_at", OffsetDateTime.class)),
                instant(row.getObject("done_at", OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
