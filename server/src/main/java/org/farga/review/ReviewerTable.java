package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ReviewerTable {
    private static final String SELECT = """
            SELECT r.person_id, r.state, r.load_limit, r.unavailable_until, r.invited_by, r.invited_at, r.since, r.version,
                   ARRAY(SELECT k.keyword FROM reviewer_keyword k WHERE k.person_id = r.person_id ORDER BY k.keyword) AS keywords,
                   ARRAY(SELECT s.sector FROM reviewer_sector s WHERE s.person_id = r.person_id ORDER BY s.sector) AS sectors
            FROM reviewer r
            """;

    private final JdbcClient jdbc;

    ReviewerTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Writes a reviewer anew, or over an older version: false where it has another version by now. */
    boolean put(Reviewer reviewer) {
        boolean written = jdbc.sql("""
                        INSERT INTO reviewer (person_id, state, load_limit, unavailable_until, invited_by, invited_at, since)
                        VALUES (:person, :state, :limit, :until, :by, :at, :since)
                        ON CONFLICT (person_id) DO UPDATE SET state = :state, load_limit = :limit, unavailable_until = :until,
                            invited_by = :by, invited_at = :at, since = :since, version = reviewer.version + 1
                        WHERE reviewer.version = :version""")
                        .param("person", reviewer.person().value())
                        .param("state", reviewer.state().name())
                        .param("limit", reviewer.loadLimit())
                        .param("until", reviewer.unavailableUntil())
                        .param("by", reviewer.invitedBy().value())
                        .param("at", utc(reviewer.invitedAt()))
                        .param("since", utc(reviewer.since()))
                        .param("version", reviewer.version())
                        .update()
                == 1;
        if (written) {
            words("reviewer_keyword", "keyword", reviewer.person(), reviewer.keywords());
            words("reviewer_sector", "sector", reviewer.person(), reviewer.sectors());
        }
        return written;
    }

    private void words(String table, String column, PersonId person, List<String> words) {
        jdbc.sql("DELETE FROM " + table + " WHERE person_id = :person AND " + column + " <> ALL(:words)")
                .param("person", person.value())
                .param("words", words.toArray(String[]::new))
                .update();
        jdbc.sql("INSERT INTO " + table + " (person_id, " + column
                        + ") SELECT :person, unnest(:words::text[]) ON CONFLICT DO NOTHING")
                .param("person", person.value())
                .param("words", words.toArray(String[]::new))
                .update();
    }

    Optional<Reviewer> find(PersonId person) {
        return jdbc.sql(SELECT + "WHERE r.person_id = :person")
                .param("person", person.value())
                .query(ReviewerTable::reviewer)
                .optional();
    }

    Optional<Reviewer> lock(PersonId person) {
        return jdbc.sql(SELECT + "WHERE r.person_id = :person FOR UPDATE OF r")
                .param("person", person.value())
                .query(ReviewerTable::reviewer)
                .optional();
    }

    /** Lets nobody leave the pool, nor change what they can take, until the transaction ends; waits for those who are about to. */
    void hold() {
        jdbc.sql("SELECT person_id FROM reviewer WHERE state = 'ACTIVE' ORDER BY person_id FOR SHARE")
                .query((row, n) -> true)
                .list();
    }

    List<Reviewer> list(Collection<PersonId> people) {
        return jdbc.sql(SELECT + "WHERE r.person_id = ANY(:people) ORDER BY r.person_id")
                .param("people", people.stream().map(PersonId::value).toArray(UUID[]::new))
                .query(ReviewerTable::reviewer)
                .list();
    }

    /** In the order of their identifiers, after the given one; those who left at the end of nothing: they are left out. */
    List<Reviewer> list(boolean left, @Nullable PersonId after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE (r.state = 'LEFT') = :left AND (:fromTop OR r.person_id > :after)
                        ORDER BY r.person_id LIMIT :most""")
                .param("left", left)
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query(ReviewerTable::reviewer)
                .list();
    }

    List<Reviewer> listActive(int most) {
        return jdbc.sql(SELECT + "WHERE r.state = 'ACTIVE' ORDER BY r.person_id LIMIT :most")
                .param("most", most)
                .query(ReviewerTable::reviewer)
                .list();
    }

    private static Reviewer reviewer(ResultSet row, int number) throws SQLException {
        return new Reviewer(
                new PersonId(row.getObject("person_id", UUID.class)),
                Reviewer.State.valueOf(row.getString("state")),
                row.getInt("load_limit"),
                row.getObject("unavailable_until", LocalDate.class),
                new PersonId(row.getObject("invited_by", UUID.class)),
                row.getObject("invited_at", OffsetDateTime.class).toInstant(),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                texts(row.getArray("keywords")),
                texts(row.getArray("sectors")),
                row.getInt("version"));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
