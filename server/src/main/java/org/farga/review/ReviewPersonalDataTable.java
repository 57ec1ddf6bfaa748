package org.farga.review;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a reviewer said of themselves, and what they were given to review. */
@Component
class ReviewPersonalDataTable implements PersonalData {
    private static final String WORK = "which officer did it is the centre's work, kept with the audit log";

    private final JdbcClient jdbc;

    ReviewPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section(
                        "reviewer",
                        Fate.PARTLY,
                        Set.of("reviewer.person_id", "reviewer_keyword.person_id", "reviewer_sector.person_id"),
                        """
                        SELECT r.state, r.load_limit, r.unavailable_until, r.invited_at, r.since,
                               (SELECT string_agg(k.keyword, ', ' ORDER BY k.keyword) FROM reviewer_keyword k WHERE k.person_id = r.person_id) AS keywords,
                               (SELECT string_agg(s.sector, ', ' ORDER BY s.sector) FROM reviewer_sector s WHERE s.person_id = r.person_id) AS sectors
                        FROM reviewer r WHERE r.person_id = :person"""),
                new Section("interests", Fate.DECISION, Set.of("reviewer_declaration.person_id"), """
                        SELECT organisation, proposal_id, reason, declared_at, withdrawn_at FROM reviewer_declaration WHERE person_id = :person ORDER BY declared_at"""),
                new Section("conflicts-of-interest", Fate.DECISION, Set.of("review_conflict.person_id"), """
                        SELECT proposal_id, kind, found_at, state, decided_at, reason FROM review_conflict WHERE person_id = :person ORDER BY found_at"""),
                new Section("review-assignments", Fate.DECISION, Set.of("review_assignment.person_id"), """
                        SELECT proposal_id, state, since, affinity, reason FROM review_assignment WHERE person_id = :person AND state <> 'PROPOSED' ORDER BY since"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "reviewer.invited_by", WORK,
                "review_conflict.decided_by", WORK,
                "review_round.run_by", WORK,
                "review_round.confirmed_by", WORK,
                "review_assignment.changed_by", WORK);
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText(
                        "interest-reason",
                        "reviewer_declaration",
                        "reason",
                        "id::text",
                        "'/reviewers/' || person_id",
                        true),
                new FreeText(
                        "interest-organisation",
                        "reviewer_declaration",
                        "organisation",
                        "id::text",
                        "'/reviewers/' || person_id",
                        true),
                new FreeText(
                        "conflict-reason", "review_conflict", "reason", "id::text", "'/reviewers/' || person_id", true),
                new FreeText(
                        "assignment-reason",
                        "review_assignment",
                        "reason",
                        "proposal_id || ' ' || person_id",
                        "'/reviewers/' || person_id",
                        true));
    }

    @Override
    public void forget(Forgotten person) {
        for (String table : List.of("reviewer_keyword", "reviewer_sector")) {
            jdbc.sql("DELETE FROM " + table + " WHERE person_id = :person")
                    .param("person", person.person().value())
                    .update();
        }
        jdbc.sql("""
                UPDATE reviewer SET state = 'LEFT', unavailable_until = NULL, version = version + 1
                WHERE person_id = :person""").param("person", person.person().value()).update();
    }
}
