package org.farga.allocation;

import static org.farga.platform.Timestamps.utc;

import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The projects of a person, and the allocations they suspended. */
@Component
class AllocationPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    AllocationPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("projects", Fate.PARTLY, Set.of("project_member.person_id"), """
                        SELECT p.name AS project, m.role, m.since FROM project_member m JOIN project p ON p.id = m.project_id WHERE m.person_id = :person ORDER BY m.since"""),
                new Section("past-projects", Fate.ERASED, Set.of("past_project_member.person_id"), """
                        SELECT p.name AS project, m.since, m.until FROM past_project_member m JOIN project p ON p.id = m.project_id WHERE m.person_id = :person ORDER BY m.since"""),
                new Section(
                        "allocation-changes",
                        Fate.DECISION,
                        Set.of("allocation_change.asked_by", "allocation_change.decided_by"),
                        """
                        SELECT allocation_id, at, kind FROM allocation_change WHERE asked_by = :person OR decided_by = :person ORDER BY at"""),
                new Section(
                        "suspensions",
                        Fate.DECISION,
                        Set.of("allocation_suspension.suspended_by", "allocation_suspension.lifted_by"),
                        """
                        SELECT allocation_id, since, reason, lifted_at FROM allocation_suspension WHERE suspended_by = :person OR lifted_by = :person ORDER BY since"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText("project-name", "project", "name", "id::text", "'/projects/' || id", true),
                new FreeText(
                        "suspension-reason",
                        "allocation_suspension",
                        "reason",
                        "allocation_id || ' ' || since",
                        "'/projects/' || (SELECT project_id FROM allocation WHERE id = allocation_id)",
                        true));
    }

    @Override
    public List<Obstacle> obstacles(PersonId person) {
        return jdbc.sql("""
                        SELECT p.slug, p.name FROM project_member m JOIN project p ON p.id = m.project_id
                        WHERE m.person_id = :person AND m.role = 'LEAD'
                          AND EXISTS (SELECT FROM project_member x WHERE x.project_id = p.id AND x.person_id <> :person)
                        ORDER BY p.name""")
                .param("person", person.value())
                .query((row, n) -> new Obstacle(
                        "privacy.obstacle.project-lead",
                        List.of(row.getString("name")),
                        "/projects/" + row.getString("slug")))
                .list();
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM project_member WHERE person_id = :person AND role = 'MEMBER'""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM past_project_member WHERE person_id = :person""").param("person", person.person().value()).update();
    }

    @Override
    public List<RetentionRule> retention() {
        // As long as past memberships: conflicts of interest look back so far at most.
        return List.of(RetentionRule.of(
                "past-projects",
                5 * 365,
                limit -> jdbc.sql("DELETE FROM past_project_member WHERE until < :limit")
                        .param("limit", utc(limit))
                        .update()));
    }
}
