package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.farga.platform.PersonalData.Section;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class DataExportTable {
    private static final int FETCHED_AT_ONCE = 500;
    private static final String COLUMNS =
            "SELECT id, person_id, asked_at, ready_at, expires_at, size_bytes FROM data_export ";

    private final JdbcClient jdbc;
    private final JdbcClient streaming;

    DataExportTable(JdbcClient jdbc, JdbcTemplate template) {
        this.jdbc = jdbc;
        JdbcTemplate few = new JdbcTemplate(java.util.Objects.requireNonNull(template.getDataSource()));
        few.setFetchSize(FETCHED_AT_ONCE);
        this.streaming = JdbcClient.create(few);
    }

    void insert(DataExport export) {
        jdbc.sql("INSERT INTO data_export (id, person_id, asked_at) VALUES (:id, :person, :at)")
                .param("id", export.id())
                .param("person", export.person().value())
                .param("at", utc(export.askedAt()))
                .update();
    }

    void ready(UUID id, long bytes, Instant now, Instant expiresAt) {
        jdbc.sql("""
                UPDATE data_export SET ready_at = greatest(asked_at, :now), expires_at = :expires, size_bytes = :bytes
                WHERE id = :id""")
                .param("now", utc(now))
                .param("expires", utc(expiresAt))
                .param("bytes", bytes)
                .param("id", id)
                .update();
    }

    Optional<DataExport> find(UUID id) {
        return jdbc.sql(COLUMNS + "WHERE id = :id")
                .param("id", id)
                .query(DataExportTable::export)
                .optional();
    }

    /** Newest first, at most 20. */
    List<DataExport> list(PersonId person) {
        return jdbc.sql(COLUMNS + "WHERE person_id = :person ORDER BY asked_at DESC, id DESC LIMIT 20")
                .param("person", person.value())
                .query(DataExportTable::export)
                .list();
    }

    List<UUID> listExpiredBefore(Instant limit) {
        return jdbc.sql(
                        "SELECT id FROM data_export WHERE expires_at < :limit OR (expires_at IS NULL AND asked_at < :limit)")
                .param("limit", utc(limit))
                .query(UUID.class)
                .list();
    }

    List<UUID> listOf(PersonId person) {
        return jdbc.sql("SELECT id FROM data_export WHERE person_id = :person")
                .param("person", person.value())
                .query(UUID.class)
                .list();
    }

    void delete(UUID id) {
        jdbc.sql("DELETE FROM data_export WHERE id = :id").param("id", id).update();
    }

    /** Gives each row of a section, as it comes; must run in a transaction, so that not all are fetched at once. */
    void rows(Section section, PersonId person, EmailAddress email, Consumer<Map<String, Object>> to) {
        var statement = streaming.sql(section.sql());
        if (section.sql().contains(":person")) {
            statement = statement.param("person", person.value());
        }
        if (section.sql().contains(":email")) {
            statement = statement.param("email", email.value());
        }
        statement.query(row -> {
            to.accept(values(row));
        });
    }

    private static Map<String, Object> values(ResultSet row) throws SQLException {
        Map<String, Object> values = new LinkedHashMap<>();
        ResultSetMetaData columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            Object value = columns.getColumnTypeName(i).equals("timestamptz")
                    ? instant(row.getObject(i, OffsetDateTime.class))
                    : row.getObject(i);
            if (value != null) {
                values.put(columns.getColumnLabel(i), plain(value));
            }
        }
        return values;
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }

    private static Object plain(Object value) throws SQLException {
        return switch (value) {
            case Boolean b -> b;
            case Number n -> n;
            case java.sql.Array array -> List.of((Object[]) array.getArray());
            default -> value.toString();
        };
    }

    private static DataExport export(ResultSet row, int number) throws SQLException {
        return new DataExport(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("ready_at", OffsetDateTime.class)),
                instant(row.getObject("expires_at", OffsetDateTime.class)),
                row.getLong("size_bytes"));
    }
}
