package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class RebuttalTable {
    private final JdbcClient jdbc;

    RebuttalTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Rebuttal> find(ProposalId proposal) {
        return jdbc.sql("""
                        SELECT proposal_id, opened_at, until, closed_at, answer, answered_by FROM rebuttal
                        WHERE proposal_id = :proposal""")
                .param("proposal", proposal.value())
                .query(RebuttalTable::rebuttal)
                .optional();
    }

    /** Proposals whose applicants have not answered in time. */
    List<ProposalId> over(Instant now, int most) {
        return jdbc.sql(
                        "SELECT proposal_id FROM rebuttal WHERE closed_at IS NULL AND until < :now ORDER BY until LIMIT :most")
                .param("now", utc(now))
                .param("most", most)
                .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                .list();
    }

    /** Of these, the proposals whose applicants answered. */
    Set<ProposalId> answered(Collection<ProposalId> proposals) {
        return Set.copyOf(jdbc.sql("""
                        SELECT proposal_id FROM rebuttal WHERE proposal_id = ANY(:proposals) AND answer IS NOT NULL""")
                .param("proposals", ReviewTable.ids(proposals))
                .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                .list());
    }

    void insert(Rebuttal rebuttal) {
        jdbc.sql("INSERT INTO rebuttal (proposal_id, opened_at, until) VALUES (:proposal, :openedAt, :until)")
                .param("proposal", rebuttal.proposal().value())
                .param("openedAt", utc(rebuttal.openedAt()))
                .param("until", utc(rebuttal.until()))
                .update();
    }

    /** Once only: what is closed stays as it is. */
    void close(Rebuttal rebuttal) {
        jdbc.sql("""
                UPDATE rebuttal SET closed_at = :closedAt, answer = :answer, answered_by = :by
                WHERE proposal_id = :proposal AND closed_at IS NULL""")
                .param("closedAt", utc(java.util.Objects.requireNonNull(rebuttal.closedAt())))
                .param("answer", rebuttal.answer())
                .param(
                        "by",
                        rebuttal.answeredBy() == null
                                ? null
                                : rebuttal.answeredBy().value())
                .param("proposal", rebuttal.proposal().value())
                .update();
    }

    private static Rebuttal rebuttal(ResultSet row, int number) throws SQLException {
        UUID by = row.getObject("answered_by", UUID.class);
        return new Rebuttal(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                row.getObject("opened_at", OffsetDateTime.class).toInstant(),
                row.getObject("until", OffsetDateTime.class).toInstant(),
                instant(row.getObject("closed_at", OffsetDateTime.class)),
                row.getString("answer"),
                by == null ? null : new PersonId(by));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
