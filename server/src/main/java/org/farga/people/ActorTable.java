package org.farga.people;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.farga.shared.ScopedRole;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads who is asking, with all their rights, in one statement a request. */
@Component
class ActorTable {
    private static final String RIGHTS = """
            p.id, p.name, p.email,
            ARRAY(SELECT role FROM centre_role WHERE person_id = p.id
                  UNION SELECT role FROM emergency_access
                        WHERE person_id = p.id AND closed_at IS NULL AND expires_at > now()) AS centre_roles,
            ARRAY(SELECT organisation_id || ' ' || role FROM membership WHERE person_id = p.id) AS memberships,
            ARRAY(SELECT kind || ' ' || scope FROM scoped_role
                  WHERE person_id = p.id AND withdrawn_at IS NULL AND until > now()) AS scoped_roles,
            (SELECT max(expires_at) FROM emergency_access
             WHERE person_id = p.id AND closed_at IS NULL AND expires_at > now()) AS emergency_until""";

    private final JdbcClient jdbc;

    ActorTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A person in a browser session, with all scopes. */
    Optional<Actor> find(PersonId id) {
        return jdbc.sql("SELECT " + RIGHTS + ", ARRAY['READ', 'WRITE', 'COMPUTE', 'CENTRE'] AS scopes"
                        + " FROM person p WHERE p.id = :id")
                .param("id", id.value())
                .query(ActorTable::actor)
                .optional();
    }

    private static Actor actor(ResultSet row, int number) throws SQLException {
        Map<OrganisationId, OrganisationRole> organisations = new HashMap<>();
        for (String membership : texts(row.getArray("memberships"))) {
            int space = membership.indexOf(' ');
            organisations.put(
                    OrganisationId.valueOf(membership.substring(0, space)),
                    OrganisationRole.valueOf(membership.substring(space + 1)));
        }
        Set<CentreRole> roles = Arrays.stream(texts(row.getArray("centre_roles")))
                .map(CentreRole::valueOf)
                .collect(Collectors.toSet());
        Set<Scope> scopes =
                Arrays.stream(texts(row.getArray("scopes"))).map(Scope::valueOf).collect(Collectors.toSet());
        Set<ScopedRole> scopedRoles = Arrays.stream(texts(row.getArray("scoped_roles")))
                .map(text -> new ScopedRole(
                        ScopedRole.Kind.valueOf(text.substring(0, text.indexOf(' '))),
                        text.substring(text.indexOf(' ') + 1)))
                .collect(Collectors.toSet());
        OffsetDateTime emergencyUntil = row.getObject("emergency_until", OffsetDateTime.class);
        return new Actor(
                new PersonId(row.getObject("id", UUID.class)),
                row.getString("name"),
                new EmailAddress(row.getString("email")),
                roles,
                organisations,
                scopes,
                scopedRoles,
                emergencyUntil == null ? null : emergencyUntil.toInstant());
    }

    private static String[] texts(Array array) throws SQLException {
        return (String[]) array.getArray();
    }
}
