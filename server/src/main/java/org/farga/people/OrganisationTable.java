package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.Country;
import org.farga.shared.EmailAddress;
import org.farga.shared.OrganisationId;
import org.farga.shared.OrganisationRole;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class OrganisationTable {
    private static final String COLUMNS = "id, name, country, founded_on, created_by, created_at, version";

    private static final String MEMBERS = """
            SELECT p.id, p.name, p.email, m.role, m.since
            FROM membership m JOIN person p ON p.id = m.person_id""";

    private final JdbcClient jdbc;

    OrganisationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Organisation organisation) {
        jdbc.sql("""
                INSERT INTO organisation (id, name, country, founded_on, created_by, created_at)
                VALUES (:id, :name, :country, :foundedOn, :createdBy, :createdAt)""")
                .param("id", organisation.id().value())
                .param("name", organisation.name())
                .param("country", organisation.country().code())
                .param("foundedOn", organisation.foundedOn())
                .param("createdBy", organisation.createdBy().value())
                .param("createdAt", utc(organisation.createdAt()))
                .update();
    }

    /** Whether it was written: false where the row has another version by now. */
    boolean update(Organisation organisation) {
        return jdbc.sql("""
                        UPDATE organisation SET name = :name, version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("name", organisation.name())
                        .param("id", organisation.id().value())
                        .param("version", organisation.version())
                        .update()
                == 1;
    }

    Optional<Organisation> find(OrganisationId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM organisation WHERE id = :id")
                .param("id", id.value())
                .query(OrganisationTable::organisation)
                .optional();
    }

    /**
     * In order of name, then identifier, after the given one; only the named ones, or all of the centre's where
     * {@code visible} is null.
     */
    List<Organisation> list(@Nullable Collection<OrganisationId> visible, @Nullable NameKey after, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM organisation
                        WHERE (:all OR id = ANY(:visible))
                          AND (:fromTop OR (lower(name), id) > (:name, :id))
                        ORDER BY lower(name), id LIMIT :most""")
                .param("all", visible == null)
                .param("visible", uuids(visible == null ? List.of() : visible))
                .param("fromTop", after == null)
                .param("name", after == null ? "" : after.name())
                .param("id", after == null ? new UUID(0, 0) : after.id())
                .param("most", most)
                .query(OrganisationTable::organisation)
                .list();
    }

    /** Where a list by name stands: the last row's name in lower case, and its identifier. */
    record NameKey(String name, UUID id) {
        static NameKey parse(String text) {
            int newline = text.indexOf('\n');
            return new NameKey(text.substring(newline + 1), UUID.fromString(text.substring(0, newline)));
        }

        static String of(Organisation organisation) {
            return organisation.id() + "\n" + organisation.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    List<Organisation> list(Collection<OrganisationId> ids) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM organisation WHERE id = ANY(:ids)")
                .param("ids", uuids(ids))
                .query(OrganisationTable::organisation)
                .list();
    }

    void insertMembership(OrganisationId organisation, PersonId person, OrganisationRole role, Instant since) {
        jdbc.sql("""
                INSERT INTO membership (organisation_id, person_id, role, since)
                VALUES (:organisation, :person, :role, :since)""")
                .param("organisation", organisation.value())
                .param("person", person.value())
                .param("role", role.name())
                .param("since", utc(since))
                .update();
    }

    /** Whether a sign-in provider's claims made a member just now; false for who is one already, however they came. */
    boolean insertMembershipBy(String provider, OrganisationId organisation, PersonId person, Instant since) {
        return jdbc.sql("""
                        INSERT INTO membership (organisation_id, person_id, role, since, provider)
                        SELECT o.id, :person, 'MEMBER', :since, :provider FROM organisation o WHERE o.id = :organisation
                        ON CONFLICT (organisation_id, person_id) DO NOTHING""")
                        .param("organisation", organisation.value())
                        .param("person", person.value())
                        .param("since", utc(since))
                        .param("provider", provider)
                        .update()
                == 1;
    }

    /** Where a person is a member by a sign-in provider's claims alone. */
    List<OrganisationId> listMembershipsBy(String provider, PersonId person) {
        return jdbc.sql("SELECT organisation_id FROM membership WHERE person_id = :person AND provider = :provider")
                .param("person", person.value())
                .param("provider", provider)
                .query((row, n) -> new OrganisationId(row.getObject(1, UUID.class)))
                .list();
    }

    void updateMembership(OrganisationId organisation, PersonId person, OrganisationRole role) {
        // Whoever gives a role keeps the person in: a provider's claims no longer do.
        jdbc.sql("""
                UPDATE membership SET role = :role, provider = NULL
                WHERE organisation_id = :organisation AND person_id = :person""")
                .param("role", role.name())
                .param("organisation", organisation.value())
                .param("person", person.value())
                .update();
    }

    void deleteMembership(OrganisationId organisation, PersonId person) {
        jdbc.sql("DELETE FROM membership WHERE organisation_id = :organisation AND person_id = :person")
                .param("organisation", organisation.value())
                .param("person", person.value())
                .update();
    }

    /** Lets no other transaction change the memberships and invitations of an organisation until this one's end. */
    void lock(OrganisationId organisation) {
        jdbc.sql("SELECT id FROM organisation WHERE id = :id FOR UPDATE")
                .param("id", organisation.value())
                .query((row, n) -> row.getObject(1, UUID.class))
                .list();
    }

    /** Those in an organisation, owners first. */
    List<Member> members(OrganisationId organisation) {
        return jdbc.sql(MEMBERS + " WHERE m.organisation_id = :organisation ORDER BY m.role DESC, lower(p.name), p.id")
                .param("organisation", organisation.value())
                .query(OrganisationTable::member)
                .list();
    }

    /** Who belongs to each of these; one without anybody is left out. */
    Map<OrganisationId, Set<PersonId>> people(Collection<OrganisationId> organisations) {
        Map<OrganisationId, Set<PersonId>> people = new HashMap<>();
        jdbc.sql("SELECT organisation_id, person_id FROM membership WHERE organisation_id = ANY(:organisations)")
                .param(
                        "organisations",
                        organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query(row -> {
                    people.computeIfAbsent(
                                    new OrganisationId(row.getObject("organisation_id", UUID.class)),
                                    id -> new HashSet<>())
                            .add(new PersonId(row.getObject("person_id", UUID.class)));
                });
        return people;
    }

    /** Who left each of these since then and did not come back, and when they last did. */
    Map<OrganisationId, Map<PersonId, Instant>> formerPeople(Collection<OrganisationId> organisations, Instant since) {
        Map<OrganisationId, Map<PersonId, Instant>> former = new HashMap<>();
        jdbc.sql("""
                        SELECT p.organisation_id, p.person_id, max(p.until) AS until FROM past_membership p
                        WHERE p.organisation_id = ANY(:organisations) AND p.until > :since
                          AND NOT EXISTS (SELECT FROM membership m
                                          WHERE m.organisation_id = p.organisation_id AND m.person_id = p.person_id)
                        GROUP BY p.organisation_id, p.person_id""")
                .param(
                        "organisations",
                        organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .param("since", utc(since))
                .query(row -> {
                    former.computeIfAbsent(
                                    new OrganisationId(row.getObject("organisation_id", UUID.class)),
                                    id -> new HashMap<>())
                            .put(
                                    new PersonId(row.getObject("person_id", UUID.class)),
                                    row.getObject("until", OffsetDateTime.class).toInstant());
                });
        return former;
    }

    Optional<Member> findMember(OrganisationId organisation, PersonId person) {
        return jdbc.sql(MEMBERS + " WHERE m.organisation_id = :organisation AND m.person_id = :person")
                .param("organisation", organisation.value())
                .param("person", person.value())
                .query(OrganisationTable::member)
                .optional();
    }

    boolean isMember(OrganisationId organisation, EmailAddress email) {
        return jdbc.sql(MEMBERS + " WHERE m.organisation_id = :organisation AND p.email = :email")
                .param("organisation", organisation.value())
                .param("email", email.value())
                .query(OrganisationTable::member)
                .optional()
                .isPresent();
    }

    private static Member member(ResultSet row, int number) throws SQLException {
        return new Member(
                new PersonId(row.getObject("id", UUID.class)),
                row.getString("name"),
                new EmailAddress(row.getString("email")),
                OrganisationRole.valueOf(row.getString("role")),
                row.getObject("since", OffsetDateTime.class).toInstant());
    }

    private static UUID[] uuids(Collection<OrganisationId> ids) {
        return ids.stream().map(OrganisationId::value).toArray(UUID[]::new);
    }

    private static Organisation organisation(ResultSet row, int number) throws SQLException {
        return new Organisation(
                new OrganisationId(row.getObject("id", UUID.class)),
                row.getString("name"),
                new Country(row.getString("country")),
                row.getObject("founded_on", LocalDate.class),
                new PersonId(row.getObject("created_by", UUID.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("version"));
    }
}
