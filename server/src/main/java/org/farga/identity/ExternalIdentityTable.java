package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Who people are at sign-in providers, their sessions there, and which providers an organisation lets members come by. */
@Component
class ExternalIdentityTable {
    private static final String COLUMNS = """
            id, person_id, provider, issuer, subject, email, community_id, home_organisation, affiliations, assurance, acr,
            centre_roles, linked_at, last_used_at""";

    private final JdbcClient jdbc;

    ExternalIdentityTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lets no other transaction change this person's ways to sign in until this one's end. */
    void lock(PersonId person) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('sign-in ' || :person, 0))")
                .param("person", person.toString())
                .query((row, n) -> 1)
                .list();
    }

    /** Whether it was inserted: false where this issuer's subject is linked already. */
    boolean insert(UUID id, PersonId person, OidcArrival arrival, Instant now) {
        return jdbc.sql("""
                        INSERT INTO external_identity (id, person_id, provider, issuer, subject, email, community_id,
                            home_organisation, affiliations, assurance, acr, centre_roles, linked_at, last_used_at)
                        VALUES (:id, :person, :provider, :issuer, :subject, :email, :community, :home, :affiliations,
                            :assurance, :acr, :roles, :now, :now)
                        ON CONFLICT (issuer, subject) DO NOTHING""")
                        .param("id", id)
                        .param("person", person.value())
                        .param("provider", arrival.provider())
                        .param("issuer", arrival.issuer())
                        .param("subject", arrival.subject())
                        .param("email", arrival.email())
                        .param("community", arrival.communityId())
                        .param("home", arrival.homeOrganisation())
                        .param("affiliations", texts(arrival.affiliations()))
                        .param("assurance", texts(arrival.assurance()))
                        .param("acr", arrival.acr())
                        .param("roles", names(arrival.centreRoles()))
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    /** Takes down what the provider said this time. */
    void update(UUID id, OidcArrival arrival, Instant now) {
        jdbc.sql("""
                UPDATE external_identity SET provider = :provider, email = :email, community_id = :community,
                    home_organisation = :home, affiliations = :affiliations, assurance = :assurance, acr = :acr,
                    centre_roles = :roles, last_used_at = :now
                WHERE id = :id""")
                .param("id", id)
                .param("provider", arrival.provider())
                .param("email", arrival.email())
                .param("community", arrival.communityId())
                .param("home", arrival.homeOrganisation())
                .param("affiliations", texts(arrival.affiliations()))
                .param("assurance", texts(arrival.assurance()))
                .param("acr", arrival.acr())
                .param("roles", names(arrival.centreRoles()))
                .param("now", utc(now))
                .update();
    }

    Optional<ExternalIdentity> find(String issuer, String subject) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM external_identity WHERE issuer = :issuer AND subject = :subject")
                .param("issuer", issuer)
                .param("subject", subject)
                .query(ExternalIdentityTable::identity)
                .optional();
    }

    /** A person's, the oldest first. */
    List<ExternalIdentity> list(PersonId person) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM external_identity WHERE person_id = :person ORDER BY linked_at, id LIMIT 100")
                .param("person", person.value())
                .query(ExternalIdentityTable::identity)
                .list();
    }

    /** Those whom a provider's claims give a role at the centre, the last seen first. */
    List<ExternalIdentity> listWithRoles(int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM external_identity WHERE cardinality(centre_roles) > 0
                        ORDER BY last_used_at DESC, id LIMIT :most""")
                .param("most", most)
                .query(ExternalIdentityTable::identity)
                .list();
    }

    boolean delete(UUID id, PersonId person) {
        return jdbc.sql("DELETE FROM external_identity WHERE id = :id AND person_id = :person")
                        .param("id", id)
                        .param("person", person.value())
                        .update()
                == 1;
    }

    /** The roles that a living link gives by now. */
    Set<CentreRole> roles(UUID id, PersonId person) {
        return jdbc.sql("SELECT centre_roles FROM external_identity WHERE id = :id AND person_id = :person")
                .param("id", id)
                .param("person", person.value())
                .query((row, n) -> roles(row.getArray(1)))
                .optional()
                .orElse(Set.of());
    }

    /** Keeps whose session at the provider this is, for a sign-out there that names only the session. */
    void putSession(String issuer, String sid, PersonId person, Instant now) {
        jdbc.sql("""
                INSERT INTO external_session (issuer, sid, person_id, opened_at) VALUES (:issuer, :sid, :person, :now)
                ON CONFLICT (issuer, sid) DO UPDATE SET person_id = :person, opened_at = :now""")
                .param("issuer", issuer)
                .param("sid", sid)
                .param("person", person.value())
                .param("now", utc(now))
                .update();
    }

    Optional<PersonId> findSession(String issuer, String sid) {
        return jdbc.sql("SELECT person_id FROM external_session WHERE issuer = :issuer AND sid = :sid")
                .param("issuer", issuer)
                .param("sid", sid)
                .query((row, n) -> new PersonId(row.getObject(1, UUID.class)))
                .optional();
    }

    int deleteSessionsBefore(Instant then) {
        return jdbc.sql("DELETE FROM external_session WHERE opened_at < :then")
                .param("then", utc(then))
                .update();
    }

    /** Whether a logout token comes for the first time. */
    boolean insertLogoutToken(String issuer, String jti, Instant expiresAt, Instant now) {
        jdbc.sql("DELETE FROM logout_token_seen WHERE expires_at < :now")
                .param("now", utc(now))
                .update();
        return jdbc.sql("""
                        INSERT INTO logout_token_seen (issuer, jti, expires_at) VALUES (:issuer, :jti, :expiresAt)
                        ON CONFLICT (issuer, jti) DO NOTHING""")
                        .param("issuer", issuer)
                        .param("jti", jti)
                        .param("expiresAt", utc(expiresAt))
                        .update()
                == 1;
    }

    /** Whether an owner of the organisation lets people become members by this provider's claims; empty before a decision. */
    Optional<Boolean> isAllowed(OrganisationId organisation, String provider) {
        return jdbc.sql("""
                        SELECT allowed FROM organisation_provider
                        WHERE organisation_id = :organisation AND provider = :provider""")
                .param("organisation", organisation.value())
                .param("provider", provider)
                .query(Boolean.class)
                .optional();
    }

    /** Whether this decision is another than before. */
    boolean decide(OrganisationId organisation, String provider, boolean allowed, PersonId by, Instant now) {
        return jdbc.sql("""
                        INSERT INTO organisation_provider (organisation_id, provider, allowed, decided_by, decided_at)
                        VALUES (:organisation, :provider, :allowed, :by, :now)
                        ON CONFLICT (organisation_id, provider)
                            DO UPDATE SET allowed = :allowed, decided_by = :by, decided_at = :now
                            WHERE organisation_provider.allowed <> :allowed""")
                        .param("organisation", organisation.value())
                        .param("provider", provider)
                        .param("allowed", allowed)
                        .param("by", by.value())
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    private static String[] texts(List<String> values) {
        return values.toArray(String[]::new);
    }

    private static String[] names(Collection<CentreRole> roles) {
        return roles.stream().map(Enum::name).sorted().toArray(String[]::new);
    }

    private static Set<CentreRole> roles(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray())
                .map(CentreRole::valueOf)
                .collect(Collectors.toSet());
    }

    private static ExternalIdentity identity(ResultSet row, int number) throws SQLException {
        return new ExternalIdentity(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getString("provider"),
                row.getString("issuer"),
                row.getString("subject"),
                row.getString("email"),
                row.getString("community_id"),
                row.getString("home_organisation"),
                List.of((String[]) row.getArray("affiliations").getArray()),
                List.of((String[]) row.getArray("assurance").getArray()),
                row.getString("acr"),
                roles(row.getArray("centre_roles")),
                row.getObject("linked_at", OffsetDateTime.class).toInstant(),
                row.getObject("last_used_at", OffsetDateTime.class).toInstant());
    }
}
