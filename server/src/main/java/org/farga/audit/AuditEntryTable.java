package org.farga.audit;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

@Component
class AuditEntryTable {
    private static final String COLUMNS =
            "e.number, e.at, e.person_id, e.action, e.subject_type, e.subject_id, e.details, e.commitments";

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final ObjectReader details;
    private final ObjectReader commitments;

    AuditEntryTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
        // Exactly as they were written: a leaf's hash hangs on each digit.
        this.details = json.readerFor(new TypeReference<LinkedHashMap<String, Object>>() {})
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        this.commitments = json.readerFor(new TypeReference<LinkedHashMap<String, String>>() {});
    }

    void insert(
            Instant at,
            @Nullable PersonId person,
            String action,
            String subjectType,
            String subject,
            Map<String, ?> details,
            List<Disclosure> disclosures) {
        Map<String, String> digests = new HashMap<>();
        disclosures.forEach(d -> digests.put(d.name(), d.digest()));
        long number = jdbc.sql("""
                INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details, commitments)
                VALUES (:at, :person, :action, :subjectType, :subject, :details::jsonb, :commitments::jsonb)
                RETURNING number""")
                .param("at", utc(at))
                .param("person", person == null ? null : person.value())
                .param("action", action)
                .param("subjectType", subjectType)
                .param("subject", subject)
                .param("details", json.writeValueAsString(details))
                .param("commitments", json.writeValueAsString(digests))
                .query(Long.class)
                .single();
        for (Disclosure d : disclosures) {
            jdbc.sql("""
                    INSERT INTO audit_disclosure (number, name, person_id, salt, value)
                    VALUES (:number, :name, :person, :salt, :value)""")
                    .param("number", number)
                    .param("name", d.name())
                    .param("person", d.person() == null ? null : d.person().value())
                    .param("salt", d.salt())
                    .param("value", d.value())
                    .update();
        }
    }

    /** Newest first, those before {@code before}, at most so many. */
    List<AuditEntry> list(AuditFilter filter, @Nullable Long before, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM audit_entry e
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

    /** Those by a person or about them, oldest first, after this number. */
    List<AuditEntry> listOf(PersonId person, long after, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM audit_entry e
                        WHERE number IN (
                            (SELECT number FROM audit_entry WHERE person_id = :person AND number > :after ORDER BY number LIMIT :most)
                            UNION
                            (SELECT number FROM audit_entry WHERE subject_id = :subject AND number > :after ORDER BY number LIMIT :most)
                            UNION
                            (SELECT number FROM audit_disclosure WHERE person_id = :person AND number > :after ORDER BY number LIMIT :most))
                        ORDER BY number LIMIT :most""")
                .param("person", person.value())
                .param("subject", person.toString())
                .param("after", after)
                .param("most", most)
                .query(this::entry)
                .list();
    }

    @Nullable
    AuditEntry find(long number) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM audit_entry e WHERE number = :number")
                .param("number", number)
                .query(this::entry)
                .optional()
                .orElse(null);
    }

    /** Those with these numbers, by their numbers. */
    Map<Long, AuditEntry> find(Collection<Long> numbers) {
        Map<Long, AuditEntry> found = new HashMap<>();
        jdbc.sql("SELECT " + COLUMNS + " FROM audit_entry e WHERE number = ANY(:numbers)")
                .param("numbers", numbers.toArray(Long[]::new))
                .query(this::entry)
                .list()
                .forEach(e -> found.put(e.number(), e));
        return found;
    }

    /** Those that wait for their place in the tree, in order of their numbers. */
    List<AuditEntry> listWaiting(int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM audit_waiting w JOIN audit_entry e ON e.number = w.number
                        ORDER BY w.number LIMIT :most""")
                .param("most", most)
                .query(this::entry)
                .list();
    }

    /** The personal details of these entries that are still there. */
    Map<Long, List<Disclosure>> disclosures(Collection<Long> numbers) {
        Map<Long, List<Disclosure>> found = new HashMap<>();
        if (!numbers.isEmpty()) {
            jdbc.sql("""
                            SELECT number, name, person_id, salt, value FROM audit_disclosure
                            WHERE number = ANY(:numbers) ORDER BY number, name""").param("numbers", numbers.toArray(Long[]::new)).query(row -> {
                found.computeIfAbsent(row.getLong("number"), n -> new java.util.ArrayList<>())
                        .add(disclosure(row));
            });
        }
        return found;
    }

    private static Disclosure disclosure(ResultSet row) throws SQLException {
        UUID person = row.getObject("person_id", UUID.class);
        return new Disclosure(
                row.getString("name"),
                person == null ? null : new PersonId(person),
                row.getString("salt"),
                row.getString("value"));
    }

    /** Forgets the personal values about a person, and those that are one of these texts; says how many. */
    int forget(PersonId person, Collection<String> values) {
        return jdbc.sql("""
                        DELETE FROM audit_disclosure
                        WHERE person_id = :person OR lower(value) = ANY(:values)""")
                .param("person", person.value())
                .param(
                        "values",
                        values.stream()
                                .map(v -> v.toLowerCase(java.util.Locale.ROOT))
                                .toArray(String[]::new))
                .update();
    }

    /** Forgets the personal values in entries from before; says how many. */
    int forgetBefore(Instant limit) {
        return jdbc.sql("""
                        DELETE FROM audit_disclosure d USING audit_entry e
                        WHERE e.number = d.number AND e.at < :limit""").param("limit", utc(limit)).update();
    }

    private AuditEntry entry(ResultSet row, int number) throws SQLException {
        UUID person = row.getObject("person_id", UUID.class);
        return new AuditEntry(
                row.getLong("number"),
                Objects.requireNonNull(row.getObject("at", OffsetDateTime.class))
                        .toInstant(),
                person == null ? null : new PersonId(person),
                row.getString("action"),
                row.getString("subject_type"),
                row.getString("subject_id"),
                details.readValue(row.getString("details")),
                commitments.readValue(row.getString("commitments")));
    }
}
