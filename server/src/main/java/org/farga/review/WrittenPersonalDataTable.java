package org.farga.review;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.stereotype.Component;

/** What a person wrote as a reviewer, and what they answered reviews. */
@Component
class WrittenPersonalDataTable implements PersonalData {
    private static final String WORK =
            "which officer or member of a panel did it is the centre's work, kept with the audit log";

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("reviews", Fate.DECISION, Set.of("review.person_id", "review_score.person_id"), """
                        SELECT r.proposal_id, r.comments, r.confidential, r.recommendation, r.confidence, r.changed_at, r.submitted_at,
                               (SELECT string_agg(s.criterion || ' ' || s.score, ', ' ORDER BY s.criterion) FROM review_score s
                                WHERE s.proposal_id = r.proposal_id AND s.person_id = r.person_id) AS scores
                        FROM review r WHERE r.person_id = :person ORDER BY r.changed_at"""),
                new Section("review-reminders", Fate.DECISION, Set.of("review_reminder.person_id"), """
                        SELECT proposal_id, kind, due_at, told_at FROM review_reminder WHERE person_id = :person ORDER BY told_at"""),
                new Section("rebuttals", Fate.DECISION, Set.of("rebuttal.answered_by"), """
                        SELECT proposal_id, answer, closed_at FROM rebuttal WHERE answered_by = :person ORDER BY closed_at"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "panel_finding.changed_by", WORK,
                "cut_off_hours.entered_by", WORK,
                "decision_proposal.saved_by", WORK);
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                text("review-comments", "review", "comments", "proposal_id || ' ' || person_id"),
                text("review-confidential", "review", "confidential", "proposal_id || ' ' || person_id"),
                text("rebuttal-answer", "rebuttal", "answer", "proposal_id::text"),
                text("panel-note", "panel_finding", "note", "proposal_id::text"));
    }

    private static FreeText text(String name, String table, String column, String key) {
        return new FreeText(name, table, column, key, "'/proposals/' || proposal_id || '/reviews'", true);
    }
}
