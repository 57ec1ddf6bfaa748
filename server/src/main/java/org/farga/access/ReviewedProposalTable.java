package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ReviewedProposalTable {
    private static final String SELECT = """
            SELECT p.id, p.code, p.call_id, p.title, p.abstract, p.sector, p.organisation_id, p.gpu_milliseconds, p.cpu_milliseconds,
                   p.cut_off_at, p.due_at, p.state IN ('SUBMITTED', 'WAITING') AND p.step = 'EXPERT_REVIEW' AS in_review,
                   coalesce((r.parameters->'review'->>'reviewersNeeded')::int, 0) AS reviewers_needed,
                   array_remove(ARRAY(SELECT DISTINCT e.person_id FROM proposal_event e
                                      WHERE e.proposal_id = p.id AND e.event IN ('CREATED', 'SUBMITTED', 'ANSWERED')), NULL)
                       || p.created_by || p.submitted_by AS team
            FROM proposal p JOIN call_rules r ON r.call_id = p.call_id AND r.version = p.rules_version
            """;

    /** Proposals of a call that are in expert review, by the cut-off that they were submitted for. */
    record Standing(@Nullable Instant cutOff, int proposals) {}

    private final JdbcClient jdbc;

    ReviewedProposalTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<ReviewedProposal> list(Collection<ProposalId> ids) {
        return jdbc.sql(SELECT + "WHERE p.id = ANY(:ids) AND p.state <> 'DRAFT' ORDER BY p.code")
                .param("ids", ids.stream().map(ProposalId::value).toArray(UUID[]::new))
                .query(ReviewedProposalTable::proposal)
                .list();
    }

    /** In the order of their codes. */
    List<ReviewedProposal> inExpertReview(CallId call, @Nullable Instant cutOff, int most) {
        return jdbc.sql(SELECT + """
                        WHERE p.call_id = :call AND p.state IN ('SUBMITTED', 'WAITING') AND p.step = 'EXPERT_REVIEW'
                          AND p.cut_off_at IS NOT DISTINCT FROM :cutOff
                        ORDER BY p.code LIMIT :most""")
                .param("call", call.value())
                .param("cutOff", CallTable.utc(cutOff), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("most", most)
                .query(ReviewedProposalTable::proposal)
                .list();
    }

    /** By cut-off, the latest first. */
    List<Standing> standing(CallId call) {
        return jdbc.sql("""
                        SELECT cut_off_at, count(*) AS proposals FROM proposal
                        WHERE call_id = :call AND state IN ('SUBMITTED', 'WAITING') AND step = 'EXPERT_REVIEW'
                        GROUP BY cut_off_at ORDER BY cut_off_at DESC NULLS LAST LIMIT 200""")
                .param("call", call.value())
                .query((row, n) -> new Standing(CallTable.instant(row, "cut_off_at"), row.getInt("proposals")))
                .list();
    }

    private static ReviewedProposal proposal(ResultSet row, int number) throws SQLException {
        return new ReviewedProposal(
                new ProposalId(row.getObject("id", UUID.class)),
                row.getString("code"),
                new CallId(row.getObject("call_id", UUID.class)),
                requireNonNull(row.getString("title")),
                requireNonNull(row.getString("abstract")),
                row.getString("sector"),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                Arrays.stream((UUID[]) row.getArray("team").getArray())
                        .map(PersonId::new)
                        .collect(Collectors.toSet()),
                new GpuHours(row.getLong("gpu_milliseconds")),
                new CpuHours(row.getLong("cpu_milliseconds")),
                row.getInt("reviewers_needed"),
                row.getBoolean("in_review"),
                CallTable.instant(row, "cut_off_at"),
                CallTable.instant(row, "due_at"));
    }
}
