package org.farga.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class AuditEntryTable {
    private static final TypeReference<LinkedHashMap<String, Object>> DETAILS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;

    AuditEntryTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(
            Instant at,
            @Nullable PersonId person,
            String action,
            String subjectType,
            String subject,
            Map<String, ?> details) {
        jdbc.sql("""
                INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
                VALUES (:at, :person, :action, :subjectType, :subject, :details::jsonb)""")
                .param("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .param("person", person == null ? null : person.value())
                .param("action", action)
                .param("subjectType", subjectType)
                .param("subject", subject)
                .param("details", json.writeValueAsString(details))
                .update();
    }

    /** Newest first, those before {@code before}, at most so many. */
    List<AuditEntry> list(AuditFilter filter, @Nullable Long before, int most) {
        return jdbc.sql("""
                        SELECT number, at, person_id, action, subject_type, subject_id, details FROM audit_entry
                        WHERE (:anyone OR person_id = :person)
                          AND (:anySubject OR subject_id = :subject)
                          AND (:anyAction OR action = :action OR starts_with(action, :noun))
                          AND number < :before
                        ORDER BY number DESC LIMIT :most""")
                .param("anyone", filter.person() == null)
                .param(
                        "person",
                        filter.person() == null
                                ? new UUID(0, 0)
                                : filter.person().value())
                .param("anySubject", filter.subject() == null)
                .param("subject", filter.subject() == null ? "" : filter.subject())
                .param("anyAction", filter.action() == null)
                .param("action", filter.action() == null ? "" : filter.action())
                .param("noun", filter.action() + ".")
                .param("before", before == null ? Long.MAX_VALUE : before)
                .param("most", most)
                .query(this::entry)
                .list();
    }

    private AuditEntry entry(ResultSet row, int number) throws SQLException {
        UUID person = row.getObject("person_id", UUID.class);
        return new AuditEntry(
                row.getLong("number"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                person == null ? null : new PersonId(person),
                row.getString("action"),
                row.getString("subject_type"),
                row.getString("subject_id"),
                json.readValue(row.getString("details"), DETAILS));
    }
}
