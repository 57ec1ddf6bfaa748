package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.people.EmergencyAccess.Review;
import org.farga.people.EmergencyAccess.Verdict;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class EmergencyAccessTable {
    /** As many requests of one emergency as are kept; somebody who makes more has been seen enough of. */
    static final int MOST_USES = 5_000;

    private static final String SELECT = """
            SELECT id, person_id, role, reason, opened_at, expires_at, closed_at,
                   verdict, review_note, reviewed_by, reviewed_at
            FROM emergency_access
            """;

    private final JdbcClient jdbc;

    EmergencyAccessTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(EmergencyAccess access) {
        jdbc.sql("""
                INSERT INTO emergency_access (id, person_id, role, reason, opened_at, expires_at)
                VALUES (:id, :person, :role, :reason, :openedAt, :expiresAt)""")
                .param("id", access.id())
                .param("person", access.person().value())
                .param("role", access.role().name())
                .param("reason", access.reason())
                .param("openedAt", utc(access.openedAt()))
                .param("expiresAt", utc(access.expiresAt()))
                .update();
    }

    /** Whether it was closed just now. */
    boolean close(UUID id, Instant now) {
        return jdbc.sql("""
                        UPDATE emergency_access SET closed_at = :now
                        WHERE id = :id AND closed_at IS NULL AND expires_at > :now""").param("now", utc(now)).param("id", id).update() == 1;
    }

    /** Whether it was written: false where somebody else reviewed it meanwhile. */
    boolean review(UUID id, Review review) {
        return jdbc.sql("""
                        UPDATE emergency_access
                        SET verdict = :verdict, review_note = :note, reviewed_by = :by, reviewed_at = :at
                        WHERE id = :id AND reviewed_at IS NULL""")
                        .param("verdict", review.verdict().name())
                        .param("note", review.note())
                        .param("by", review.by().value())
                        .param("at", utc(review.at()))
                        .param("id", id)
                        .update()
                == 1;
    }

    Optional<EmergencyAccess> find(UUID id) {
        return jdbc.sql(SELECT + "WHERE id = :id")
                .param("id", id)
                .query(EmergencyAccessTable::access)
                .optional();
    }

    /** What somebody has open at this instant; at most one. */
    Optional<EmergencyAccess> findOpen(PersonId person, Instant now) {
        return jdbc.sql(SELECT + """
                        WHERE person_id = :person AND closed_at IS NULL AND expires_at > :now
                        ORDER BY opened_at LIMIT 1""")
                .param("person", person.value())
                .param("now", utc(now))
                .query(EmergencyAccessTable::access)
                .optional();
    }

    /** Newest first, after the given one. */
    List<EmergencyAccess> list(@Nullable UUID after, int most) {
        return jdbc.sql(SELECT + "WHERE (:fromTop OR id < :after) ORDER BY id DESC LIMIT :most")
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after)
                .param("most", most)
                .query(EmergencyAccessTable::access)
                .list();
    }

    /** Those that are over and that nobody has reviewed, oldest first. */
    List<EmergencyAccess> unreviewed(Instant now, int most) {
        return jdbc.sql(SELECT + """
                        WHERE reviewed_at IS NULL AND (closed_at IS NOT NULL OR expires_at <= :now)
                        ORDER BY opened_at LIMIT :most""")
                .param("now", utc(now))
                .param("most", most)
                .query(EmergencyAccessTable::access)
                .list();
    }

    /** One request that was made with it. */
    record Use(long number, Instant at, String method, String path, int status) {}

    /** {@code until} tells which one it was: the request may be the very one that ended it. */
    void insertUse(PersonId person, Instant until, Instant at, String method, String path, int status) {
        jdbc.sql("""
                INSERT INTO emergency_use (access_id, at, method, path, status)
                SELECT a.id, :at, :method, :path, :status
                FROM emergency_access a
                WHERE a.id = (SELECT id FROM emergency_access
                              WHERE person_id = :person AND expires_at = :until
                              ORDER BY opened_at DESC LIMIT 1)
                  AND (SELECT count(*) FROM emergency_use WHERE access_id = a.id) < :most""")
                .param("at", utc(at))
                .param("method", method)
                .param("path", path)
                .param("status", status)
                .param("person", person.value())
                .param("until", utc(until))
                .param("most", MOST_USES)
                .update();
    }

    List<Use> uses(UUID access) {
        return jdbc.sql("""
                        SELECT number, at, method, path, status FROM emergency_use
                        WHERE access_id = :access ORDER BY number LIMIT :most""")
                .param("access", access)
                .param("most", MOST_USES)
                .query((row, n) -> new Use(
                        row.getLong("number"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("method"),
                        row.getString("path"),
                        row.getInt("status")))
                .list();
    }

    private static EmergencyAccess access(ResultSet row, int number) throws SQLException {
        OffsetDateTime closedAt = row.getObject("closed_at", OffsetDateTime.class);
        UUID reviewedBy = row.getObject("reviewed_by", UUID.class);
        return new EmergencyAccess(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                CentreRole.valueOf(row.getString("role")),
                row.getString("reason"),
                row.getObject("opened_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                closedAt == null ? null : closedAt.toInstant(),
                reviewedBy == null
                        ? null
                        : new Review(
                                Verdict.valueOf(row.getString("verdict")),
                                row.getString("review_note"),
                                new PersonId(reviewedBy),
                                row.getObject("reviewed_at", OffsetDateTime.class)
                                        .toInstant()));
    }
}
