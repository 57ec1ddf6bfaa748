package org.farga.access;

import static java.util.Objects.requireNonNull;
import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AllocationRequestTable {
    private static final String SELECT = """
            SELECT id, allocation_id, proposal_id, kind, state, gpu_milliseconds, cpu_milliseconds, months, cluster, ends, reason,
                   asked_by, asked_at, due_at, decided_by, decided_at, note
            FROM allocation_request
            """;

    private final JdbcClient jdbc;

    AllocationRequestTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False where the same is already asked for this allocation. */
    boolean insert(AllocationRequest request) {
        return jdbc.sql("""
                        INSERT INTO allocation_request (id, allocation_id, proposal_id, kind, state, gpu_milliseconds,
                            cpu_milliseconds, months, cluster, ends, reason, asked_by, asked_at, due_at, decided_by, decided_at, note)
                        VALUES (:id, :allocation, :proposal, :kind, :state, :gpu, :cpu, :months, :cluster, :ends, :reason,
                            :askedBy, :askedAt, :due, :decidedBy, :decidedAt, :note)
                        ON CONFLICT (allocation_id, kind) WHERE state = 'ASKED' DO NOTHING""")
                        .param("id", request.id())
                        .param("allocation", request.allocation().value())
                        .param(
                                "proposal",
                                request.proposal() == null
                                        ? null
                                        : request.proposal().value(),
                                Types.OTHER)
                        .param("kind", request.kind().name())
                        .param("state", request.state().name())
                        .param("gpu", request.gpu().milliseconds())
                        .param("cpu", request.cpu().milliseconds())
                        .param("months", request.months(), Types.INTEGER)
                        .param("cluster", request.cluster(), Types.VARCHAR)
                        .param("ends", request.ends())
                        .param("reason", request.reason())
                        .param("askedBy", request.askedBy().value())
                        .param("askedAt", utc(request.askedAt()))
                        .param("due", utc(request.dueAt()))
                        .param(
                                "decidedBy",
                                request.decidedBy() == null
                                        ? null
                                        : request.decidedBy().value(),
                                Types.OTHER)
                        .param(
                                "decidedAt",
                                request.decidedAt() == null ? null : utc(request.decidedAt()),
                                Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("note", request.note(), Types.VARCHAR)
                        .update()
                == 1;
    }

    /** Ends one that is asked; false where it is not any more. */
    boolean update(AllocationRequest request) {
        return jdbc.sql("""
                        UPDATE allocation_request SET state = :state, gpu_milliseconds = :gpu, cpu_milliseconds = :cpu,
                            months = :months, decided_by = :decidedBy, decided_at = :decidedAt, note = :note
                        WHERE id = :id AND state = 'ASKED'""")
                        .param("state", request.state().name())
                        .param("gpu", request.gpu().milliseconds())
                        .param("cpu", request.cpu().milliseconds())
                        .param("months", request.months(), Types.INTEGER)
                        .param(
                                "decidedBy",
                                request.decidedBy() == null
                                        ? null
                                        : request.decidedBy().value(),
                                Types.OTHER)
                        .param("decidedAt", utc(requireNonNull(request.decidedAt())))
                        .param("note", request.note(), Types.VARCHAR)
                        .param("id", request.id())
                        .update()
                == 1;
    }

    Optional<AllocationRequest> find(UUID id) {
        return jdbc.sql(SELECT + "WHERE id = :id")
                .param("id", id)
                .query(AllocationRequestTable::request)
                .optional();
    }

    /** The same with its row locked until the end of the transaction: of two who decide, one is told that it is. */
    Optional<AllocationRequest> lock(UUID id) {
        return jdbc.sql(SELECT + "WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(AllocationRequestTable::request)
                .optional();
    }

    /** All for these allocations, the newest first. */
    List<AllocationRequest> of(Collection<AllocationId> allocations) {
        return jdbc.sql(SELECT + "WHERE allocation_id = ANY(:allocations) ORDER BY asked_at DESC, id DESC")
                .param(
                        "allocations",
                        allocations.stream().map(AllocationId::value).toArray(UUID[]::new))
                .query(AllocationRequestTable::request)
                .list();
    }

    /** What waits for an officer, the most urgent first. */
    List<AllocationRequest> open(int most) {
        return jdbc.sql(SELECT + "WHERE state = 'ASKED' ORDER BY due_at, id LIMIT :most")
                .param("most", most)
                .query(AllocationRequestTable::request)
                .list();
    }

    /** What is overdue and nobody was told of. */
    List<AllocationRequest> overdue(Instant now, int most) {
        return jdbc.sql(SELECT
                        + "WHERE state = 'ASKED' AND due_at < :now AND NOT told_overdue ORDER BY due_at LIMIT :most")
                .param("now", utc(now))
                .param("most", most)
                .query(AllocationRequestTable::request)
                .list();
    }

    /** False where another process told of it. */
    boolean told(UUID id) {
        return jdbc.sql("UPDATE allocation_request SET told_overdue = true WHERE id = :id AND NOT told_overdue")
                        .param("id", id)
                        .update()
                == 1;
    }

    private static AllocationRequest request(ResultSet row, int number) throws SQLException {
        UUID proposal = row.getObject("proposal_id", UUID.class);
        UUID decidedBy = row.getObject("decided_by", UUID.class);
        return new AllocationRequest(
                row.getObject("id", UUID.class),
                new AllocationId(row.getObject("allocation_id", UUID.class)),
                proposal == null ? null : new ProposalId(proposal),
                AllocationRequest.Kind.valueOf(row.getString("kind")),
                AllocationRequest.State.valueOf(row.getString("state")),
                new GpuHours(row.getLong("gpu_milliseconds")),
                new CpuHours(row.getLong("cpu_milliseconds")),
                row.getObject("months", Integer.class),
                row.getString("cluster"),
                row.getBoolean("ends"),
                row.getString("reason"),
                new PersonId(row.getObject("asked_by", UUID.class)),
                requireNonNull(CallTable.instant(row, "asked_at")),
                requireNonNull(CallTable.instant(row, "due_at")),
                decidedBy == null ? null : new PersonId(decidedBy),
                CallTable.instant(row, "decided_at"),
                row.getString("note"));
    }
}
