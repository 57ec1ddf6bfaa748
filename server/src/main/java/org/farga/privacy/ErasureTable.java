package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class ErasureTable {
    private static final String COLUMNS = """
            SELECT id, person_id, asked_by, asked_at, due_at, cancelled_at, done_at, reason, redactions, result
            FROM erasure_request
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    ErasureTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Whether it was inserted: false where one is open. */
    boolean insert(ErasureRequest request) {
        return jdbc.sql("""
                        INSERT INTO erasure_request (id, person_id, asked_by, asked_at, due_at, reason, redactions)
                        VALUES (:id, :person, :by, :at, :due, :reason, :redactions::jsonb)
                        ON CONFLICT (person_id) WHERE cancelled_at IS NULL AND done_at IS NULL DO NOTHING""")
                        .param("id", request.id())
                        .param("person", request.person().value())
                        .param("by", request.askedBy().value())
                        .param("at", utc(request.askedAt()))
                        .param("due", utc(request.dueAt()))
                        .param("reason", request.reason())
                        .param("redactions", json.writeValueAsString(request.redactions()))
                        .update()
                == 1;
    }

    Optional<ErasureRequest> findOpen(PersonId person) {
        return jdbc.sql(COLUMNS + "WHERE person_id = :person AND cancelled_at IS NULL AND done_at IS NULL")
                .param("person", person.value())
                .query(this::request)
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
                .query(this::request)
                .list();
    }

    /** Whether it was still open, and is locked for being done now. */
    boolean lock(UUID id) {
        return jdbc.sql("""
                        SELECT id FROM erasure_request
                        WHERE id = :id AND cancelled_at IS NULL AND done_at IS NULL FOR UPDATE""").param("id", id).query(UUID.class).optional().isPresent();
    }

    void done(UUID id, Map<String, Long> result, Instant now) {
        jdbc.sql("UPDATE erasure_request SET done_at = :now, result = :result::jsonb WHERE id = :id")
                .param("now", utc(now))
                .param("result", json.writeValueAsString(result))
                .param("id", id)
                .update();
    }

    /** Newest first, those before this one, at most so many. */
    List<ErasureRequest> list(@Nullable UUID before, int most) {
        return jdbc.sql(COLUMNS + "WHERE :all OR id < :before ORDER BY id DESC LIMIT :most")
                .param("all", before == null)
                .param("before", before == null ? new UUID(0, 0) : before)
                .param("most", most)
                .query(this::request)
                .list();
    }

    /** Newest first, at most 20. */
    List<ErasureRequest> listOf(PersonId person) {
        return jdbc.sql(COLUMNS + "WHERE person_id = :person ORDER BY asked_at DESC, id DESC LIMIT 20")
                .param("person", person.value())
                .query(this::request)
                .list();
    }

    private ErasureRequest request(ResultSet row, int number) throws SQLException {
        String result = row.getString("result");
        return new ErasureRequest(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                new PersonId(row.getObject("asked_by", UUID.class)),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                row.getObject("due_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("cancelled_at", OffsetDateTime.class)),
                instant(row.getObject("done_at", OffsetDateTime.class)),
                row.getString("reason"),
                json.readValue(row.getString("redactions"), new TypeReference<List<String>>() {}),
                result == null ? null : json.readValue(result, new TypeReference<Map<String, Long>>() {}));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
