package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Who a person is, and what they belong to. */
@Component
class PeoplePersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    PeoplePersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section(
                        "scoped-roles",
                        Fate.DECISION,
                        Set.of("scoped_role.person_id", "scoped_role.granted_by", "scoped_role.withdrawn_by"),
                        """
                        SELECT kind, scope, granted_at, until, withdrawn_at, person_id = :person AS held
                        FROM scoped_role WHERE :person IN (person_id, granted_by, withdrawn_by) ORDER BY granted_at"""),
                new Section(
                        "emergency-access",
                        Fate.DECISION,
                        Set.of("emergency_access.person_id", "emergency_access.reviewed_by"),
                        """
                        SELECT role, reason, opened_at, expires_at, closed_at, verdict, reviewed_at, person_id = :person AS held
                        FROM emergency_access WHERE :person IN (person_id, reviewed_by) ORDER BY opened_at"""),
                new Section(
                        "closings",
                        Fate.DECISION,
                        Set.of("organisation_closing.begun_by", "organisation_closing.called_off_by"),
                        """
                        SELECT organisation_id, reason, begun_at, closes_at, called_off_at, closed_at
                        FROM organisation_closing WHERE :person IN (begun_by, called_off_by) ORDER BY begun_at"""),
                new Section("person", Fate.RENAMED, Set.of("person.id"), """
                        SELECT id, email, name, language, created_at FROM person WHERE id = :person"""),
                new Section(
                        "centre-roles", Fate.PARTLY, Set.of("centre_role.person_id", "centre_role.granted_by"), """
                        SELECT role, granted_at, person_id = :person AS held, granted_by = :person AS granted FROM centre_role WHERE person_id = :person OR granted_by = :person ORDER BY granted_at"""),
                new Section("memberships", Fate.ERASED, Set.of("membership.person_id"), """
                        SELECT o.name AS organisation, m.role, m.since FROM membership m JOIN organisation o ON o.id = m.organisation_id WHERE m.person_id = :person ORDER BY m.since"""),
                new Section("past-memberships", Fate.ERASED, Set.of("past_membership.person_id"), """
                        SELECT o.name AS organisation, m.since, m.until FROM past_membership m JOIN organisation o ON o.id = m.organisation_id WHERE m.person_id = :person ORDER BY m.since"""),
                new Section("organisations", Fate.WORK, Set.of("organisation.created_by"), """
                        SELECT id, name, country, created_at FROM organisation WHERE created_by = :person ORDER BY created_at"""),
                new Section("size-declarations", Fate.RECORD, Set.of("size_declaration.declared_by"), """
                        SELECT organisation_id, year, declared_at FROM size_declaration WHERE declared_by = :person ORDER BY declared_at"""),
                new Section(
                        "invitations",
                        Fate.RENAMED,
                        Set.of("invitation.email", "invitation.invited_by", "invitation.accepted_by"),
                        """
                        SELECT organisation_id, CASE WHEN email = :email OR invited_by = :person THEN email END AS email, role, created_at, accepted_at, revoked_at,
                        invited_by = :person AS sent_by_you FROM invitation
                        WHERE email = :email OR invited_by = :person OR accepted_by = :person ORDER BY created_at"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText(
                        "emergency-reason",
                        "emergency_access",
                        "reason",
                        "id::text",
                        "'/centre/emergency-access/' || id",
                        true),
                new FreeText(
                        "emergency-review",
                        "emergency_access",
                        "review_note",
                        "id::text",
                        "'/centre/emergency-access/' || id",
                        true),
                new FreeText(
                        "closing-reason",
                        "organisation_closing",
                        "reason",
                        "organisation_id || ' ' || begun_at",
                        "'/organisations/' || organisation_id",
                        true),
                new FreeText(
                        "organisation-name", "organisation", "name", "id::text", "'/organisations/' || id", false));
    }

    @Override
    public List<Obstacle> obstacles(PersonId person) {
        List<Obstacle> obstacles = new ArrayList<>(jdbc.sql("""
                        SELECT o.id, o.name FROM membership m JOIN organisation o ON o.id = m.organisation_id
                        WHERE m.person_id = :person AND m.role = 'OWNER'
                          AND EXISTS (SELECT FROM membership x WHERE x.organisation_id = o.id AND x.person_id <> :person)
                          AND NOT EXISTS (SELECT FROM membership x WHERE x.organisation_id = o.id AND x.person_id <> :person
                                            AND x.role = 'OWNER')
                        ORDER BY o.name""")
                .param("person", person.value())
                .query((row, n) -> new Obstacle(
                        "privacy.obstacle.only-owner",
                        List.of(row.getString("name")),
                        "/organisations/" + row.getString("id")))
                .list());
        boolean lastAdministrator = jdbc.sql("""
                        SELECT EXISTS (SELECT FROM centre_role WHERE person_id = :person AND role = 'ADMINISTRATOR')
                           AND NOT EXISTS (SELECT FROM centre_role WHERE person_id <> :person AND role = 'ADMINISTRATOR')""")
                .param("person", person.value())
                .query(Boolean.class)
                .single();
        if (lastAdministrator) {
            obstacles.add(new Obstacle("privacy.obstacle.last-administrator", List.of(), "/centre"));
        }
        return obstacles;
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM centre_role WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM membership WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM past_membership WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM invitation WHERE email = :email AND accepted_at IS NULL""").param("email", person.email().value()).update();
        jdbc.sql("""
                UPDATE invitation SET email = :newEmail WHERE email = :email OR accepted_by = :person""")
                .param("person", person.person().value())
                .param("email", person.email().value())
                .param("newEmail", person.newEmail().value())
                .update();
        jdbc.sql("""
                UPDATE person SET email = :newEmail, name = :newName, erased_at = now(), version = version + 1 WHERE id = :person""")
                .param("person", person.person().value())
                .param("newEmail", person.newEmail().value())
                .param("newName", person.newName())
                .update();
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(
                RetentionRule.of(
                        "invitations",
                        365,
                        limit -> remove(
                                "DELETE FROM invitation WHERE accepted_at IS NULL AND least(expires_at, revoked_at) < :limit",
                                limit)),
                // Conflicts of interest look back so far at most: reviews usually ask for three years.
                RetentionRule.of(
                        "past-memberships",
                        5 * 365,
                        limit -> remove("DELETE FROM past_membership WHERE until < :limit", limit)));
    }

    private long remove(String sql, Instant limit) {
        return jdbc.sql(sql).param("limit", utc(limit)).update();
    }
}
