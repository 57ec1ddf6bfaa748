package org.farga.review;

import static org.farga.platform.Timestamps.utc;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.access.Review;
import org.farga.access.ReviewersAssigned;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ReviewTable implements ReviewersAssigned {
    private static final String SELECT = """
            SELECT r.proposal_id, r.person_id, r.number, r.comments, r.confidential, r.recommendation, r.confidence, r.submitted_at, r.version,
                   ARRAY(SELECT s.criterion || ' ' || s.score FROM review_score s
                         WHERE s.proposal_id = r.proposal_id AND s.person_id = r.person_id) AS scores
            FROM review r
            """;

    private final JdbcClient jdbc;

    ReviewTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Somebody who is to review a proposal and has not. */
    record Missing(ProposalId proposal, PersonId reviewer) {}

    @Override
    public boolean has(ProposalId proposal) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM review_assignment WHERE proposal_id = :proposal AND state = 'ACTIVE')""")
                .param("proposal", proposal.value())
                .query(Boolean.class)
                .single();
    }

    Optional<WrittenReview> find(ProposalId proposal, PersonId reviewer) {
        return jdbc.sql(SELECT + "WHERE r.proposal_id = :proposal AND r.person_id = :person")
                .param("proposal", proposal.value())
                .param("person", reviewer.value())
                .query(ReviewTable::review)
                .optional();
    }

    /** Which of one's reviews were submitted. */
    Set<ProposalId> submittedBy(PersonId reviewer, Collection<ProposalId> proposals) {
        return Set.copyOf(jdbc.sql("""
                        SELECT proposal_id FROM review
                        WHERE person_id = :person AND proposal_id = ANY(:proposals) AND submitted_at IS NOT NULL""")
                .param("person", reviewer.value())
                .param("proposals", ids(proposals))
                .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                .list());
    }

    /** What counts of these proposals: submitted, by those who are still their reviewers; each proposal's by number. */
    List<WrittenReview> counting(Collection<ProposalId> proposals) {
        return jdbc.sql(SELECT + """
                        JOIN review_assignment a ON a.proposal_id = r.proposal_id AND a.person_id = r.person_id
                        WHERE r.proposal_id = ANY(:proposals) AND r.submitted_at IS NOT NULL AND a.state = 'ACTIVE'
                        ORDER BY r.proposal_id, r.number""")
                .param("proposals", ids(proposals))
                .query(ReviewTable::review)
                .list();
    }

    /** Room for a first draft, under the proposal's next number; the proposal is locked, and {@link #update} follows. */
    WrittenReview insert(WrittenReview review, Instant now) {
        int number = jdbc.sql("""
                        INSERT INTO review (proposal_id, person_id, number, changed_at, version)
                        VALUES (:proposal, :person,
                            (SELECT coalesce(max(number), 0) + 1 FROM review WHERE proposal_id = :proposal), :now, 0)
                        RETURNING number""")
                .param("proposal", review.proposal().value())
                .param("person", review.reviewer().value())
                .param("now", utc(now))
                .query(Integer.class)
                .single();
        return new WrittenReview(
                review.proposal(),
                review.reviewer(),
                number,
                review.scores(),
                review.comments(),
                review.confidential(),
                review.recommendation(),
                review.confidence(),
                review.submittedAt(),
                0);
    }

    /** Whether it was written: false where the row has another version by now. */
    boolean update(WrittenReview review, Instant now) {
        boolean written = jdbc.sql("""
                        UPDATE review SET comments = :comments, confidential = :confidential, recommendation = :recommendation,
                            confidence = :confidence, changed_at = :now, submitted_at = :submittedAt, version = version + 1
                        WHERE proposal_id = :proposal AND person_id = :person AND version = :version""")
                        .param("comments", review.comments())
                        .param("confidential", review.confidential())
                        .param("recommendation", name(review.recommendation()))
                        .param("confidence", name(review.confidence()))
                        .param("now", utc(now))
                        .param("submittedAt", review.submittedAt() == null ? null : utc(review.submittedAt()))
                        .param("proposal", review.proposal().value())
                        .param("person", review.reviewer().value())
                        .param("version", review.version())
                        .update()
                == 1;
        if (written) {
            jdbc.sql("DELETE FROM review_score WHERE proposal_id = :proposal AND person_id = :person")
                    .param("proposal", review.proposal().value())
                    .param("person", review.reviewer().value())
                    .update();
            review.scores()
                    .forEach((criterion, score) -> jdbc.sql("""
                            INSERT INTO review_score (proposal_id, person_id, criterion, score)
                            VALUES (:proposal, :person, :criterion, :score)""")
                            .param("proposal", review.proposal().value())
                            .param("person", review.reviewer().value())
                            .param("criterion", criterion.name())
                            .param("score", score)
                            .update());
        }
        return written;
    }

    /** Proposals whose reviewers have all submitted, and which nobody has dealt with since. */
    List<ProposalId> ready(int most) {
        return jdbc.sql("""
                        SELECT a.proposal_id FROM review_assignment a
                             LEFT JOIN review r ON r.proposal_id = a.proposal_id AND r.person_id = a.person_id
                        WHERE a.state = 'ACTIVE' AND NOT EXISTS (SELECT FROM review_outcome o WHERE o.proposal_id = a.proposal_id)
                          AND NOT EXISTS (SELECT FROM rebuttal b WHERE b.proposal_id = a.proposal_id AND b.closed_at IS NULL)
                        GROUP BY a.proposal_id HAVING bool_and(r.submitted_at IS NOT NULL)
                        ORDER BY a.proposal_id LIMIT :most""")
                .param("most", most)
                .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                .list();
    }

    /** Reviews that are waited for; of one proposal, or of all. */
    List<Missing> missing(@Nullable ProposalId proposal, int most) {
        return jdbc.sql("""
                        SELECT a.proposal_id, a.person_id FROM review_assignment a
                             LEFT JOIN review r ON r.proposal_id = a.proposal_id AND r.person_id = a.person_id
                        WHERE a.state = 'ACTIVE' AND r.submitted_at IS NULL AND (a.proposal_id = CAST(:proposal AS uuid) OR CAST(:proposal AS uuid) IS NULL)
                          AND NOT EXISTS (SELECT FROM review_outcome o WHERE o.proposal_id = a.proposal_id)
                        ORDER BY a.proposal_id, a.person_id LIMIT :most""")
                .param("proposal", proposal == null ? null : proposal.value().toString(), java.sql.Types.VARCHAR)
                .param("most", most)
                .query((row, n) -> new Missing(
                        new ProposalId(row.getObject("proposal_id", UUID.class)),
                        new PersonId(row.getObject("person_id", UUID.class))))
                .list();
    }

    /** That nobody waits for its reviews any more. */
    void end(ProposalId proposal, @Nullable Boolean passed, Instant now) {
        jdbc.sql("""
                INSERT INTO review_outcome (proposal_id, passed, ended_at) VALUES (:proposal, :passed, :now)
                ON CONFLICT (proposal_id) DO NOTHING""")
                .param("proposal", proposal.value())
                .param("passed", passed)
                .param("now", utc(now))
                .update();
    }

    /** Of these, those whose reviews did not reach the thresholds. */
    Set<ProposalId> failed(Collection<ProposalId> proposals) {
        return Set.copyOf(
                jdbc.sql("SELECT proposal_id FROM review_outcome WHERE proposal_id = ANY(:proposals) AND NOT passed")
                        .param("proposals", ids(proposals))
                        .query((row, n) -> new ProposalId(row.getObject(1, UUID.class)))
                        .list());
    }

    enum Reminder {
        SOON,
        OVERDUE,
        ESCALATED
    }

    /** Whether this is the first time that it is said for this deadline. */
    boolean remind(Missing missing, Reminder kind, Instant dueAt, Instant now) {
        return jdbc.sql("""
                        INSERT INTO review_reminder (proposal_id, person_id, kind, due_at, told_at)
                        VALUES (:proposal, :person, :kind, :dueAt, :now) ON CONFLICT DO NOTHING""")
                        .param("proposal", missing.proposal().value())
                        .param("person", missing.reviewer().value())
                        .param("kind", kind.name())
                        .param("dueAt", utc(dueAt))
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    private static @Nullable String name(@Nullable Enum<?> value) {
        return value == null ? null : value.name();
    }

    static UUID[] ids(Collection<ProposalId> proposals) {
        return proposals.stream().map(ProposalId::value).toArray(UUID[]::new);
    }

    private static WrittenReview review(ResultSet row, int number) throws SQLException {
        Map<Review.Criterion, BigDecimal> scores = new EnumMap<>(Review.Criterion.class);
        for (String score : (String[]) row.getArray("scores").getArray()) {
            String[] parts = score.split(" ", 2);
            scores.put(Review.Criterion.valueOf(parts[0]), new BigDecimal(parts[1]));
        }
        String recommendation = row.getString("recommendation");
        String confidence = row.getString("confidence");
        OffsetDateTime submitted = row.getObject("submitted_at", OffsetDateTime.class);
        return new WrittenReview(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getInt("number"),
                scores,
                row.getString("comments"),
                row.getString("confidential"),
                recommendation == null ? null : WrittenReview.Recommendation.valueOf(recommendation),
                confidence == null ? null : WrittenReview.Confidence.valueOf(confidence),
                submitted == null ? null : submitted.toInstant(),
                row.getInt("version"));
    }
}
