package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class CentreRoleTable {
    private static final String STAFF = """
            SELECT p.id, p.name, p.email,
                   ARRAY(SELECT role FROM centre_role WHERE person_id = p.id ORDER BY role) AS roles
            FROM person p""";

    private final JdbcClient jdbc;

    CentreRoleTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lets no other transaction change the centre's roles until this one's end. */
    void lock() {
        jdbc.sql("LOCK TABLE centre_role IN SHARE ROW EXCLUSIVE MODE").update();
    }

    /** Whether it was granted just now; false where the person held it already. */
    boolean insert(PersonId person, CentreRole role, @Nullable PersonId by, Instant now) {
        return jdbc.sql("""
                        INSERT INTO centre_role (person_id, role, granted_by, granted_at)
                        VALUES (:person, :role, :by, :now) ON CONFLICT (person_id, role) DO NOTHING""")
                        .param("person", person.value())
                        .param("role", role.name())
                        .param("by", by == null ? null : by.value())
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    /** Whether it was withdrawn just now. */
    boolean delete(PersonId person, CentreRole role) {
        return jdbc.sql("DELETE FROM centre_role WHERE person_id = :person AND role = :role")
                        .param("person", person.value())
                        .param("role", role.name())
                        .update()
                == 1;
    }

    /** Those that a person holds in their own right. */
    Set<CentreRole> held(PersonId person) {
        return jdbc
                .sql("SELECT role FROM centre_role WHERE person_id = :person")
                .param("person", person.value())
                .query(String.class)
                .list()
                .stream()
                .map(CentreRole::valueOf)
                .collect(Collectors.toUnmodifiableSet());
    }

    List<PersonId> listHolders(CentreRole role) {
        return jdbc.sql("SELECT person_id FROM centre_role WHERE role = :role ORDER BY person_id")
                .param("role", role.name())
                .query((row, n) -> new PersonId(row.getObject(1, UUID.class)))
                .list();
    }

    /** Those with any role, in order of name, then identifier, after the given one. */
    List<StaffMember> listStaff(@Nullable NameKey after, int most) {
        return jdbc.sql(STAFF + """
                         WHERE EXISTS (SELECT FROM centre_role c WHERE c.person_id = p.id)
                          AND (:fromTop OR (lower(p.name), p.id) > (:name, :id))
                        ORDER BY lower(p.name), p.id LIMIT :most""")
                .param("fromTop", after == null)
                .param("name", after == null ? "" : after.name())
                .param("id", after == null ? new UUID(0, 0) : after.id())
                .param("most", most)
                .query(CentreRoleTable::staffMember)
                .list();
    }

    /** A person by their address, with the roles they hold, if any. */
    Optional<StaffMember> find(EmailAddress email) {
        return jdbc.sql(STAFF + " WHERE p.email = :email")
                .param("email", email.value())
                .query(CentreRoleTable::staffMember)
                .optional();
    }

    Optional<StaffMember> find(PersonId person) {
        return jdbc.sql(STAFF + " WHERE p.id = :id")
                .param("id", person.value())
                .query(CentreRoleTable::staffMember)
                .optional();
    }

    private static StaffMember staffMember(java.sql.ResultSet row, int number) throws java.sql.SQLException {
        Set<CentreRole> roles = Arrays.stream((String[]) row.getArray("roles").getArray())
                .map(CentreRole::valueOf)
                .collect(Collectors.toSet());
        return new StaffMember(
                new PersonId(row.getObject("id", UUID.class)),
                row.getString("name"),
                new EmailAddress(row.getString("email")),
                roles);
    }

    /** Where a list by name stands: the last row's name in lower case, and its identifier. */
    record NameKey(String name, UUID id) {
        static NameKey parse(String text) {
            int newline = text.indexOf('\n');
            return new NameKey(text.substring(newline + 1), UUID.fromString(text.substring(0, newline)));
        }

        static String of(StaffMember member) {
            return member.person() + "\n" + member.name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
