package org.farga.access;

import static java.util.Objects.requireNonNull;
import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AwardConditionTable {
    private static final String SELECT = """
            SELECT proposal_id, number, text, due_on, accepted_by, accepted_at, fulfilled_by, fulfilled_at, note
            FROM award_condition
            """;

    private final JdbcClient jdbc;

    AwardConditionTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of an offer, in the place of those of one before. */
    void insert(ProposalId proposal, List<AwardCondition.@Nullable Wanted> wanted) {
        jdbc.sql("DELETE FROM award_condition WHERE proposal_id = :proposal AND accepted_at IS NULL")
                .param("proposal", proposal.value())
                .update();
        int number = 0;
        for (AwardCondition.Wanted each : wanted) {
            number++;
            jdbc.sql(
                            "INSERT INTO award_condition (proposal_id, number, text, due_on) VALUES (:proposal, :number, :text, :due)")
                    .param("proposal", proposal.value())
                    .param("number", number)
                    .param("text", requireNonNull(requireNonNull(each).text()).strip())
                    .param("due", each.dueOn())
                    .update();
        }
    }

    /** In their order. */
    List<AwardCondition> of(ProposalId proposal) {
        return jdbc.sql(SELECT + "WHERE proposal_id = :proposal ORDER BY number")
                .param("proposal", proposal.value())
                .query(AwardConditionTable::condition)
                .list();
    }

    void accept(ProposalId proposal, PersonId by, Instant at) {
        jdbc.sql("""
                UPDATE award_condition SET accepted_by = :by, accepted_at = :at
                WHERE proposal_id = :proposal AND accepted_at IS NULL""")
                .param("by", by.value())
                .param("at", utc(at))
                .param("proposal", proposal.value())
                .update();
    }

    /** False where it is fulfilled already, or nobody accepted it. */
    boolean fulfil(ProposalId proposal, int number, PersonId by, Instant at, String note) {
        return jdbc.sql("""
                        UPDATE award_condition SET fulfilled_by = :by, fulfilled_at = greatest(:at, accepted_at), note = :note
                        WHERE proposal_id = :proposal AND number = :number AND accepted_at IS NOT NULL AND fulfilled_at IS NULL""")
                        .param("by", by.value())
                        .param("at", utc(at))
                        .param("note", note)
                        .param("proposal", proposal.value())
                        .param("number", number)
                        .update()
                == 1;
    }

    /** What was accepted and is not fulfilled, the first due first. */
    List<AwardConditions.Open> open(int most) {
        return jdbc.sql("""
                        SELECT c.proposal_id, c.number, c.text, c.due_on, c.accepted_by, c.accepted_at, c.fulfilled_by, c.fulfilled_at,
                               c.note, p.code
                        FROM award_condition c JOIN proposal p ON p.id = c.proposal_id
                        WHERE c.accepted_at IS NOT NULL AND c.fulfilled_at IS NULL
                        ORDER BY c.due_on, c.proposal_id, c.number LIMIT :most""")
                .param("most", most)
                .query((row, n) -> new AwardConditions.Open(condition(row, n), row.getString("code")))
                .list();
    }

    /** What is overdue on this day and nobody was told of. */
    List<AwardCondition> overdue(LocalDate today, int most) {
        return jdbc.sql(SELECT + """
                        WHERE accepted_at IS NOT NULL AND fulfilled_at IS NULL AND due_on < :today AND NOT told_overdue
                        ORDER BY due_on LIMIT :most""")
                .param("today", today)
                .param("most", most)
                .query(AwardConditionTable::condition)
                .list();
    }

    /** False where another process told of it. */
    boolean told(AwardCondition condition) {
        return jdbc.sql("""
                        UPDATE award_condition SET told_overdue = true
                        WHERE proposal_id = :proposal AND number = :number AND NOT told_overdue""")
                        .param("proposal", condition.proposal().value())
                        .param("number", condition.number())
                        .update()
                == 1;
    }

    private static AwardCondition condition(ResultSet row, int number) throws SQLException {
        UUID acceptedBy = row.getObject("accepted_by", UUID.class);
        UUID fulfilledBy = row.getObject("fulfilled_by", UUID.class);
        return new AwardCondition(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                row.getInt("number"),
                row.getString("text"),
                row.getObject("due_on", LocalDate.class),
                CallTable.instant(row, "accepted_at"),
                acceptedBy == null ? null : new PersonId(acceptedBy),
                CallTable.instant(row, "fulfilled_at"),
                fulfilledBy == null ? null : new PersonId(fulfilledBy),
                row.getString("note"));
    }
}
