package org.farga.allocation;

import static org.farga.platform.Timestamps.utc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ProjectTable {
    static final String MEMBERS = """
            ARRAY(SELECT m.person_id || ' ' || m.role || ' ' || (extract(epoch FROM m.since) * 1000000)::bigint
                  FROM project_member m WHERE m.project_id = p.id ORDER BY m.role, m.since, m.person_id) AS members""";
    private static final String COLUMNS =
            "p.id, p.slug, p.name, p.organisation_id, p.opened_by_proposal_id, p.opened_at, " + MEMBERS;

    private final JdbcClient jdbc;

    ProjectTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether it was inserted: false where the slug is taken or the proposal has opened its project already. */
    boolean insert(Project project) {
        return jdbc.sql("""
                        INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                        VALUES (:id, :slug, :name, :organisation, :proposal, :openedAt)
                        ON CONFLICT DO NOTHING""")
                        .param("id", project.id().value())
                        .param("slug", project.slug())
                        .param("name", project.name())
                        .param("organisation", project.organisation().value())
                        .param("proposal", project.openedByProposal().value())
                        .param("openedAt", utc(project.openedAt()))
                        .update()
                == 1;
    }

    Optional<ProjectId> openedBy(ProposalId proposal) {
        return jdbc.sql("SELECT id FROM project WHERE opened_by_proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query((row, n) -> new ProjectId(row.getObject(1, UUID.class)))
                .optional();
    }

    Optional<Project> find(ProjectId id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM project p WHERE p.id = :id")
                .param("id", id.value())
                .query(ProjectTable::project)
                .optional();
    }

    Optional<Project> find(String slug) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM project p WHERE p.slug = :slug")
                .param("slug", slug)
                .query(ProjectTable::project)
                .optional();
    }

    /** Holds the project until the end of the transaction: changes of its members happen one after another. */
    void lock(ProjectId id) {
        jdbc.sql("SELECT id FROM project WHERE id = :id FOR UPDATE")
                .param("id", id.value())
                .query(UUID.class)
                .optional();
    }

    List<Project> list(Collection<ProjectId> ids) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM project p WHERE p.id = ANY(:ids)")
                .param("ids", uuids(ids))
                .query(ProjectTable::project)
                .list();
    }

    /** Newest first, after the given one; identifiers are ordered by the time they were made. */
    List<Project> list(VisibleProjects visible, @Nullable ProjectId after, int most) {
        return jdbc.sql("SELECT " + COLUMNS + """
                         FROM project p
                        WHERE (:all OR p.id = ANY(:visible)) AND (:fromTop OR p.id < :after)
                        ORDER BY p.id DESC LIMIT :most""")
                .param("all", visible.all())
                .param("visible", visible.ids())
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query(ProjectTable::project)
                .list();
    }

    /** Those in which the person works as one of {@code belongsTo}, and all of the organisations in {@code owns}. */
    Set<ProjectId> visible(PersonId person, Collection<OrganisationId> belongsTo, Collection<OrganisationId> owns) {
        return jdbc
                .sql("""
                        SELECT p.id FROM project p
                        WHERE p.organisation_id = ANY(:owns)
                           OR (p.organisation_id = ANY(:belongsTo) AND EXISTS (
                                   SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.person_id = :person))""")
                .param("owns", owns.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .param(
                        "belongsTo",
                        belongsTo.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .param("person", person.value())
                .query((row, n) -> new ProjectId(row.getObject(1, UUID.class)))
                .list()
                .stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Adds a member, or gives one another role. */
    void putMember(ProjectId project, PersonId person, ProjectRole role, Instant since) {
        jdbc.sql("""
                INSERT INTO project_member (project_id, person_id, role, since)
                VALUES (:project, :person, :role, :since)
                ON CONFLICT (project_id, person_id) DO UPDATE SET role = :role""")
                .param("project", project.value())
                .param("person", person.value())
                .param("role", role.name())
                .param("since", utc(since))
                .update();
    }

    void removeMember(ProjectId project, PersonId person) {
        jdbc.sql("DELETE FROM project_member WHERE project_id = :project AND person_id = :person")
                .param("project", project.value())
                .param("person", person.value())
                .update();
    }

    private static List<ProjectMember> members(Array array) throws SQLException {
        List<ProjectMember> members = new ArrayList<>();
        for (String member : (String[]) array.getArray()) {
            String[] parts = member.split(" ", -1);
            members.add(new ProjectMember(
                    PersonId.valueOf(parts[0]),
                    ProjectRole.valueOf(parts[1]),
                    Instant.EPOCH.plus(Long.parseLong(parts[2]), ChronoUnit.MICROS)));
        }
        return members;
    }

    /** In which projects these people work or worked until after then. */
    List<Projects.Work> worked(Collection<PersonId> people, Instant since) {
        return jdbc.sql("""
                        SELECT w.person_id, p.id, p.name, p.organisation_id, w.until
                        FROM (SELECT person_id, project_id, NULL::timestamptz AS until FROM project_member
                              WHERE person_id = ANY(:people)
                              UNION ALL
                              SELECT person_id, project_id, max(until) FROM past_project_member f
                              WHERE person_id = ANY(:people) AND until > :since
                                AND NOT EXISTS (SELECT FROM project_member m
                                                WHERE m.project_id = f.project_id AND m.person_id = f.person_id)
                              GROUP BY person_id, project_id) w JOIN project p ON p.id = w.project_id
                        ORDER BY w.person_id, p.id""")
                .param("people", people.stream().map(PersonId::value).toArray(UUID[]::new))
                .param("since", utc(since))
                .query((row, n) -> {
                    OffsetDateTime until = row.getObject("until", OffsetDateTime.class);
                    return new Projects.Work(
                            new PersonId(row.getObject("person_id", UUID.class)),
                            new ProjectId(row.getObject("id", UUID.class)),
                            row.getString("name"),
                            new OrganisationId(row.getObject("organisation_id", UUID.class)),
                            until == null ? null : until.toInstant());
                })
                .list();
    }

    private static UUID[] uuids(Collection<ProjectId> ids) {
        return ids.stream().map(ProjectId::value).toArray(UUID[]::new);
    }

    private static Project project(ResultSet row, int number) throws SQLException {
        return project(row, "id");
    }

    /** The project in a row that has its identifier in this column. */
    static Project project(ResultSet row, String id) throws SQLException {
        return new Project(
                new ProjectId(row.getObject(id, UUID.class)),
                row.getString("slug"),
                row.getString("name"),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                new ProposalId(row.getObject("opened_by_proposal_id", UUID.class)),
                row.getObject("opened_at", OffsetDateTime.class).toInstant(),
                members(row.getArray("members")));
    }
}
