package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.platform.PersonalData.FreeText;
import org.farga.platform.PersonalData.Section;
import org.farga.privacy.ErasureSearch.Finding;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Looks into what all modules keep, by the statements and columns they name. */
@Component
class FreeTextTable {
    /** Of each kind of text; who is named more often is named by a rule or a common word. */
    static final int MOST_OF_ONE = 50;

    private static final String COLUMNS = "SELECT id, person_id, asked_at, ended_at, findings FROM erasure_search ";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    FreeTextTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** How many rows each section has, in one statement. */
    Map<String, Long> count(List<Section> sections, PersonId person, EmailAddress email) {
        StringBuilder sql = new StringBuilder();
        for (Section section : sections) {
            sql.append(sql.isEmpty() ? "" : " UNION ALL ")
                    .append("SELECT '")
                    .append(section.name())
                    .append("' AS name, count(*) AS n FROM (")
                    .append(section.sql())
                    .append(") AS s");
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        jdbc.sql(sql.toString())
                .param("person", person.value())
                .param("email", email.value())
                .query(row -> {
                    counts.put(row.getString("name"), row.getLong("n"));
                });
        return counts;
    }

    /** Where this text names the person, at most {@link #MOST_OF_ONE} places. */
    List<Finding> search(FreeText text, String name, EmailAddress email) {
        return jdbc.sql("SELECT " + text.row() + " AS place, " + text.link() + " AS link, " + text.column()
                        + " AS text FROM " + text.table() + " WHERE " + text.column() + " ~* :pattern LIMIT :most")
                .param("pattern", ErasureSearch.pattern(name, email))
                .param("most", MOST_OF_ONE)
                .query((row, n) -> new Finding(
                        text.name(),
                        row.getString("place"),
                        row.getString("link"),
                        ErasureSearch.excerpt(row.getString("text"), name, email),
                        text.redactable()))
                .list();
    }

    /** Takes name and address out of one row; says whether they stood there. */
    boolean redact(FreeText text, String row, String name, EmailAddress email) {
        // One character in the place of at least three: no length that a constraint asks for is exceeded, and none left
        // empty.
        return jdbc.sql("UPDATE " + text.table() + " SET " + text.column() + " = regexp_replace(" + text.column()
                                + ", :pattern, '…', 'gi') WHERE " + text.row() + " = :row AND " + text.column()
                                + " ~* :pattern")
                        .param("pattern", ErasureSearch.pattern(name, email))
                        .param("row", row)
                        .update()
                > 0;
    }

    void insert(UUID id, PersonId person, PersonId askedBy, Instant at) {
        jdbc.sql("INSERT INTO erasure_search (id, person_id, asked_by, asked_at) VALUES (:id, :person, :by, :at)")
                .param("id", id)
                .param("person", person.value())
                .param("by", askedBy.value())
                .param("at", utc(at))
                .update();
    }

    void end(UUID id, List<Finding> findings, Instant at) {
        jdbc.sql(
                        "UPDATE erasure_search SET ended_at = greatest(asked_at, :at), findings = :findings::jsonb WHERE id = :id")
                .param("at", utc(at))
                .param("findings", json.writeValueAsString(findings))
                .param("id", id)
                .update();
    }

    Optional<ErasureSearch> find(UUID id) {
        return jdbc.sql(COLUMNS + "WHERE id = :id")
                .param("id", id)
                .query(this::search)
                .optional();
    }

    Optional<ErasureSearch> newest(PersonId person) {
        return jdbc.sql(COLUMNS + "WHERE person_id = :person ORDER BY asked_at DESC, id DESC LIMIT 1")
                .param("person", person.value())
                .query(this::search)
                .optional();
    }

    private ErasureSearch search(ResultSet row, int number) throws SQLException {
        @Nullable OffsetDateTime ended = row.getObject("ended_at", OffsetDateTime.class);
        @Nullable String findings = row.getString("findings");
        return new ErasureSearch(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant(),
                findings == null ? List.of() : json.readValue(findings, new TypeReference<List<Finding>>() {}));
    }
}
