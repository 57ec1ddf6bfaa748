package org.farga.allocation;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AllocationTable {
    private static final String SELECT = """
            SELECT a.id, a.project_id, a.cluster, a.gpu_milliseconds, a.cpu_milliseconds, a.starts_at, a.ends_at,
                   a.proposal_id, a.proposal_code, a.call_title,
                   EXISTS (SELECT 1 FROM allocation_suspension s
                           WHERE s.allocation_id = a.id AND s.lifted_at IS NULL) AS suspended
            FROM allocation a
            """;

    private final JdbcClient jdbc;

    AllocationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Allocation allocation) {
        jdbc.sql("""
                INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at,
                                        proposal_id, proposal_code, call_title)
                VALUES (:id, :project, :cluster, :gpu, :cpu, :from, :to, :proposal, :code, :call)""")
                .param("id", allocation.id().value())
                .param("project", allocation.project().value())
                .param("cluster", allocation.cluster())
                .param("gpu", allocation.gpuHours().milliseconds())
                .param("cpu", allocation.cpuHours().milliseconds())
                .param("from", utc(allocation.period().from()))
                .param("to", utc(allocation.period().to()))
                .param("proposal", allocation.proposal().value())
                .param("code", allocation.proposalCode())
                .param("call", allocation.callTitle())
                .update();
    }

    /** Writes hours and end of one that is locked. */
    void update(Allocation allocation) {
        jdbc.sql("""
                UPDATE allocation SET gpu_milliseconds = :gpu, cpu_milliseconds = :cpu, ends_at = :to WHERE id = :id""")
                .param("gpu", allocation.gpuHours().milliseconds())
                .param("cpu", allocation.cpuHours().milliseconds())
                .param("to", utc(allocation.period().to()))
                .param("id", allocation.id().value())
                .update();
    }

    void insertChange(AllocationChange change) {
        AllocationId other = change.other();
        PersonId decidedBy = change.decidedBy();
        jdbc.sql("""
                INSERT INTO allocation_change (id, allocation_id, at, kind, gpu_milliseconds, cpu_milliseconds, ends_before,
                    ends_after, other_allocation_id, asked_by, decided_by)
                VALUES (:id, :allocation, :at, :kind, :gpu, :cpu, :before, :after, :other, :askedBy, :decidedBy)""")
                .param("id", change.id())
                .param("allocation", change.allocation().value())
                .param("at", utc(change.at()))
                .param("kind", change.kind().name())
                .param("gpu", change.gpuMilliseconds())
                .param("cpu", change.cpuMilliseconds())
                .param("before", utc(change.endsBefore()))
                .param("after", utc(change.endsAfter()))
                .param("other", other == null ? null : other.value(), java.sql.Types.OTHER)
                .param("askedBy", change.askedBy().value())
                .param("decidedBy", decidedBy == null ? null : decidedBy.value(), java.sql.Types.OTHER)
                .update();
    }

    /** What became of these, the first first. */
    List<AllocationChange> changes(Collection<AllocationId> ids) {
        return jdbc.sql("""
                        SELECT id, allocation_id, at, kind, gpu_milliseconds, cpu_milliseconds, ends_before, ends_after,
                               other_allocation_id, asked_by, decided_by
                        FROM allocation_change WHERE allocation_id = ANY(:ids) ORDER BY at, id""")
                .param("ids", ids.stream().map(AllocationId::value).toArray(UUID[]::new))
                .query((row, n) -> {
                    UUID other = row.getObject("other_allocation_id", UUID.class);
                    UUID decidedBy = row.getObject("decided_by", UUID.class);
                    return new AllocationChange(
                            row.getObject("id", UUID.class),
                            new AllocationId(row.getObject("allocation_id", UUID.class)),
                            row.getObject("at", OffsetDateTime.class).toInstant(),
                            AllocationChange.Kind.valueOf(row.getString("kind")),
                            row.getLong("gpu_milliseconds"),
                            row.getLong("cpu_milliseconds"),
                            row.getObject("ends_before", OffsetDateTime.class).toInstant(),
                            row.getObject("ends_after", OffsetDateTime.class).toInstant(),
                            other == null ? null : new AllocationId(other),
                            new PersonId(row.getObject("asked_by", UUID.class)),
                            decidedBy == null ? null : new PersonId(decidedBy));
                })
                .list();
    }

    /** Those of an award, the earliest first. */
    List<Allocation> ofProposal(ProposalId proposal) {
        return jdbc.sql(SELECT + "WHERE a.proposal_id = :proposal ORDER BY a.starts_at, a.id")
                .param("proposal", proposal.value())
                .query(AllocationTable::allocation)
                .list();
    }

    Optional<Allocation> find(AllocationId id) {
        return jdbc.sql(SELECT + "WHERE a.id = :id")
                .param("id", id.value())
                .query(AllocationTable::allocation)
                .optional();
    }

    /** The same with the project that it is of, in one statement. */
    Optional<Allocations.InProject> findInProject(AllocationId id) {
        return jdbc.sql("""
                        SELECT a.id, a.project_id, a.cluster, a.gpu_milliseconds, a.cpu_milliseconds, a.starts_at, a.ends_at,
                               a.proposal_id, a.proposal_code, a.call_title,
                               EXISTS (SELECT 1 FROM allocation_suspension s
                                       WHERE s.allocation_id = a.id AND s.lifted_at IS NULL) AS suspended,
                               p.slug, p.name, p.organisation_id, p.opened_by_proposal_id, p.opened_at,
                        """ + ProjectTable.MEMBERS
                        + " FROM allocation a JOIN project p ON p.id = a.project_id WHERE a.id = :id")
                .param("id", id.value())
                .query((row, n) ->
                        new Allocations.InProject(allocation(row, n), ProjectTable.project(row, "project_id")))
                .optional();
    }

    /** The same with its row locked until the end of the transaction; rows that only refer to it may still be written. */
    Optional<Allocation> lock(AllocationId id) {
        return jdbc.sql(SELECT + "WHERE a.id = :id FOR NO KEY UPDATE OF a")
                .param("id", id.value())
                .query(AllocationTable::allocation)
                .optional();
    }

    List<Allocation> list(Collection<AllocationId> ids) {
        return jdbc.sql(SELECT + "WHERE a.id = ANY(:ids)")
                .param("ids", ids.stream().map(AllocationId::value).toArray(UUID[]::new))
                .query(AllocationTable::allocation)
                .list();
    }

    /** Those of these projects, newest first. */
    List<Allocation> ofProjects(Collection<ProjectId> projects) {
        return jdbc.sql(SELECT + "WHERE a.project_id = ANY(:projects) ORDER BY a.starts_at DESC, a.id DESC")
                .param("projects", projects.stream().map(ProjectId::value).toArray(UUID[]::new))
                .query(AllocationTable::allocation)
                .list();
    }

    /** Those of an organisation's projects, newest first. */
    List<Allocation> ofOrganisation(OrganisationId organisation) {
        return jdbc.sql(SELECT + """
                        WHERE a.project_id IN (SELECT p.id FROM project p WHERE p.organisation_id = :organisation)
                        ORDER BY a.starts_at DESC, a.id DESC""")
                .param("organisation", organisation.value())
                .query(AllocationTable::allocation)
                .list();
    }

    /** All there are, newest first. */
    List<Allocation> all() {
        return jdbc.sql(SELECT + "ORDER BY a.starts_at DESC, a.id DESC")
                .query(AllocationTable::allocation)
                .list();
    }

    /** Those on a cluster, the earliest first. */
    List<Allocation> onCluster(String cluster) {
        return jdbc.sql(SELECT + "WHERE a.cluster = :cluster ORDER BY a.starts_at, a.id")
                .param("cluster", cluster)
                .query(AllocationTable::allocation)
                .list();
    }

    /** Those in force on these allocations. */
    Map<AllocationId, Suspension> suspensions(Collection<AllocationId> ids) {
        Map<AllocationId, Suspension> found = new HashMap<>();
        jdbc.sql("""
                SELECT allocation_id, reason, suspended_by, since, cause FROM allocation_suspension
                WHERE allocation_id = ANY(:ids) AND lifted_at IS NULL""")
                .param("ids", ids.stream().map(AllocationId::value).toArray(UUID[]::new))
                .query(row -> {
                    found.put(
                            new AllocationId(row.getObject("allocation_id", UUID.class)),
                            new Suspension(
                                    row.getString("reason"),
                                    new PersonId(row.getObject("suspended_by", UUID.class)),
                                    row.getObject("since", OffsetDateTime.class).toInstant(),
                                    row.getString("cause").equals("ORGANISATION_CLOSING")));
                });
        return found;
    }

    void insertSuspension(AllocationId id, Suspension suspension) {
        jdbc.sql("""
                INSERT INTO allocation_suspension (allocation_id, since, reason, suspended_by)
                VALUES (:id, :since, :reason, :by)""")
                .param("id", id.value())
                .param("since", utc(suspension.since()))
                .param("reason", suspension.reason())
                .param("by", suspension.by().value())
                .update();
    }

    /** Those of an organisation that nothing holds back. */
    List<AllocationId> freeOf(OrganisationId organisation) {
        return jdbc.sql("""
                        SELECT a.id FROM allocation a JOIN project p ON p.id = a.project_id
                        WHERE p.organisation_id = :organisation AND a.ends_at > now() AND NOT EXISTS (
                            SELECT FROM allocation_suspension s WHERE s.allocation_id = a.id AND s.lifted_at IS NULL)
                        ORDER BY a.id""")
                .param("organisation", organisation.value())
                .query((row, n) -> new AllocationId(row.getObject(1, UUID.class)))
                .list();
    }

    /** Holds these back because their organisation leaves; one that is held back meanwhile stays as it is. */
    void suspendForClosing(Collection<AllocationId> ids, PersonId by, Instant since) {
        jdbc.sql("""
                INSERT INTO allocation_suspension (allocation_id, since, reason, suspended_by, cause)
                SELECT id, :since, 'The organisation is closing.', :by, 'ORGANISATION_CLOSING'
                FROM allocation WHERE id = ANY(:ids)
                ON CONFLICT DO NOTHING""")
                .param("since", utc(since))
                .param("by", by.value())
                .param("ids", ids.stream().map(AllocationId::value).toArray(UUID[]::new))
                .update();
    }

    /** Gives free what was held back only because the organisation was about to leave. */
    void liftForReopening(OrganisationId organisation, PersonId by, Instant at) {
        jdbc.sql("""
                UPDATE allocation_suspension SET lifted_at = greatest(:at, since), lifted_by = :by
                WHERE cause = 'ORGANISATION_CLOSING' AND lifted_at IS NULL AND allocation_id IN (
                    SELECT a.id FROM allocation a JOIN project p ON p.id = a.project_id
                    WHERE p.organisation_id = :organisation)""")
                .param("at", utc(at))
                .param("by", by.value())
                .param("organisation", organisation.value())
                .update();
    }

    void liftSuspension(AllocationId id, PersonId by, Instant at) {
        jdbc.sql("""
                UPDATE allocation_suspension SET lifted_at = :at, lifted_by = :by
                WHERE allocation_id = :id AND lifted_at IS NULL""")
                .param("id", id.value())
                .param("by", by.value())
                .param("at", utc(at))
                .update();
    }

    private static Allocation allocation(ResultSet row, int number) throws SQLException {
        return new Allocation(
                new AllocationId(row.getObject("id", UUID.class)),
                new ProjectId(row.getObject("project_id", UUID.class)),
                row.getString("cluster"),
                new GpuHours(row.getLong("gpu_milliseconds")),
                new CpuHours(row.getLong("cpu_milliseconds")),
                new Period(
                        row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        row.getObject("ends_at", OffsetDateTime.class).toInstant()),
                row.getBoolean("suspended"),
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                row.getString("proposal_code"),
                row.getString("call_title"));
    }
}
