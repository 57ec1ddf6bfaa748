package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ScopedRoleTable {
    private static final String SELECT = """
            SELECT id, person_id, kind, scope, granted_by, granted_at, until FROM scoped_role
            """;

    private final JdbcClient jdbc;

    ScopedRoleTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes the place of the same right that the person holds already. */
    void put(ScopedRoleGrant grant) {
        // Two at once would both find none to withdraw.
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('scoped_role ' || :person::text, 0))")
                .param("person", grant.person().value())
                .query((row, n) -> n)
                .list();
        jdbc.sql("""
                UPDATE scoped_role SET withdrawn_at = :now, withdrawn_by = :by
                WHERE person_id = :person AND kind = :kind AND scope = :scope AND withdrawn_at IS NULL""")
                .param("now", utc(grant.grantedAt()))
                .param("by", grant.grantedBy().value())
                .param("person", grant.person().value())
                .param("kind", grant.role().kind().name())
                .param("scope", grant.role().scope())
                .update();
        jdbc.sql("""
                INSERT INTO scoped_role (id, person_id, kind, scope, granted_by, granted_at, until)
                VALUES (:id, :person, :kind, :scope, :by, :at, :until)""")
                .param("id", grant.id())
                .param("person", grant.person().value())
                .param("kind", grant.role().kind().name())
                .param("scope", grant.role().scope())
                .param("by", grant.grantedBy().value())
                .param("at", utc(grant.grantedAt()))
                .param("until", utc(grant.until()))
                .update();
    }

    List<PersonId> listHolders(ScopedRole role, Instant now) {
        return jdbc.sql("""
                        SELECT person_id FROM scoped_role
                        WHERE kind = :kind AND scope = :scope AND withdrawn_at IS NULL AND until > :now ORDER BY person_id""")
                .param("kind", role.kind().name())
                .param("scope", role.scope())
                .param("now", utc(now))
                .query((row, n) -> new PersonId(row.getObject(1, UUID.class)))
                .list();
    }

    /** One that is held at this instant. */
    Optional<ScopedRoleGrant> find(UUID id, Instant now) {
        return jdbc.sql(SELECT + "WHERE id = :id AND withdrawn_at IS NULL AND until > :now")
                .param("id", id)
                .param("now", utc(now))
                .query(ScopedRoleTable::grant)
                .optional();
    }

    /** Whether it was withdrawn just now. */
    boolean withdraw(UUID id, PersonId by, Instant now) {
        return jdbc.sql("""
                        UPDATE scoped_role SET withdrawn_at = :now, withdrawn_by = :by
                        WHERE id = :id AND withdrawn_at IS NULL""")
                        .param("now", utc(now))
                        .param("by", by.value())
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Those held at this instant, newest first, after the given one. */
    List<ScopedRoleGrant> list(Instant now, @Nullable UUID after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE withdrawn_at IS NULL AND until > :now AND (:fromTop OR id < :after)
                        ORDER BY id DESC LIMIT :most""")
                .param("now", utc(now))
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after)
                .param("most", most)
                .query(ScopedRoleTable::grant)
                .list();
    }

    private static ScopedRoleGrant grant(ResultSet row, int number) throws SQLException {
        return new ScopedRoleGrant(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                new ScopedRole(ScopedRole.Kind.valueOf(row.getString("kind")), row.getString("scope")),
                new PersonId(row.getObject("granted_by", UUID.class)),
                row.getObject("granted_at", OffsetDateTime.class).toInstant(),
                row.getObject("until", OffsetDateTime.class).toInstant());
    }
}
