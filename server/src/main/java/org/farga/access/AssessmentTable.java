package org.farga.access;

import static org.farga.platform.Timestamps.utc;

import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class AssessmentTable {
    private final JdbcClient jdbc;

    AssessmentTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes the place of what the same person said before. */
    void put(Assessment assessment) {
        jdbc.sql("""
                INSERT INTO proposal_assessment (proposal_id, person_id, recommendation, reason, at)
                VALUES (:proposal, :person, :recommendation, :reason, :at)
                ON CONFLICT (proposal_id, person_id)
                DO UPDATE SET recommendation = :recommendation, reason = :reason, at = :at""")
                .param("proposal", assessment.proposal().value())
                .param("person", assessment.by().value())
                .param("recommendation", assessment.recommendation().name())
                .param("reason", assessment.reason())
                .param("at", utc(assessment.at()))
                .update();
    }

    /** Which of these the person has spoken on. */
    Set<ProposalId> assessedBy(PersonId person, Collection<ProposalId> proposals) {
        return Set.copyOf(jdbc.sql("""
                        SELECT proposal_id FROM proposal_assessment
                        WHERE person_id = :person AND proposal_id = ANY(:proposals)""")
                .param("person", person.value())
                .param("proposals", proposals.stream().map(ProposalId::value).toArray(UUID[]::new))
                .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                .list());
    }

    /** All of one proposal, the first first. */
    List<Assessment> list(ProposalId proposal) {
        return jdbc.sql("""
                        SELECT person_id, recommendation, reason, at FROM proposal_assessment
                        WHERE proposal_id = :proposal ORDER BY at, person_id LIMIT 200""")
                .param("proposal", proposal.value())
                .query((row, n) -> new Assessment(
                        proposal,
                        new PersonId(row.getObject("person_id", UUID.class)),
                        Assessment.Recommendation.valueOf(row.getString("recommendation")),
                        row.getString("reason"),
                        row.getObject("at", OffsetDateTime.class).toInstant()))
                .list();
    }
}
