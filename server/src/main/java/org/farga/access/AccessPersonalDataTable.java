package org.farga.access;

import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The proposals a person wrote or decided on. */
@Component
class AccessPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    AccessPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("assessments", Fate.DECISION, Set.of("proposal_assessment.person_id"), """
                        SELECT proposal_id, recommendation, reason, at FROM proposal_assessment WHERE person_id = :person ORDER BY at"""),
                new Section(
                        "proposals",
                        Fate.RECORD,
                        Set.of("proposal.created_by", "proposal.submitted_by", "proposal.decided_by"),
                        """
                        SELECT code, title, abstract, state, created_at, submitted_at, decided_at FROM proposal WHERE :person IN (created_by, submitted_by, decided_by) ORDER BY created_at"""),
                new Section("proposal-events", Fate.DECISION, Set.of("proposal_event.person_id"), """
                        SELECT proposal_id, at, event FROM proposal_event WHERE person_id = :person ORDER BY number"""),
                new Section("proposal-edits", Fate.WORK, Set.of("proposal_field_edit.edited_by"), """
                        SELECT proposal_id, field, edited_at FROM proposal_field_edit WHERE edited_by = :person ORDER BY edited_at"""),
                new Section("proposal-documents", Fate.WORK, Set.of("proposal_attachment.uploaded_by"), """
                        SELECT proposal_id, name, uploaded_at FROM proposal_attachment WHERE uploaded_by = :person ORDER BY uploaded_at"""),
                new Section("closed-days", Fate.DECISION, Set.of("closed_day.entered_by"), """
                        SELECT day, reason, entered_at FROM closed_day WHERE entered_by = :person ORDER BY day"""),
                new Section("call-rules", Fate.DECISION, Set.of("call_rules.decided_by"), """
                        SELECT call_id, version, since FROM call_rules WHERE decided_by = :person ORDER BY since"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText("proposal-title", "proposal", "title", "id::text", "'/proposals/' || id", true),
                new FreeText("proposal-abstract", "proposal", "abstract", "id::text", "'/proposals/' || id", true),
                new FreeText(
                        "proposal-decision", "proposal", "decision_reason", "id::text", "'/proposals/' || id", true),
                new FreeText(
                        "proposal-section",
                        "proposal_section",
                        "answer",
                        "proposal_id || ' ' || section",
                        "'/proposals/' || proposal_id",
                        true),
                new FreeText(
                        "proposal-answer",
                        "proposal_answer",
                        "answer",
                        "proposal_id || ' ' || field",
                        "'/proposals/' || proposal_id",
                        true),
                new FreeText(
                        "proposal-document",
                        "proposal_attachment",
                        "name",
                        "id::text",
                        "'/proposals/' || proposal_id",
                        true),
                new FreeText(
                        "proposal-event-note",
                        "proposal_event_note",
                        "note",
                        "number::text",
                        "'/proposals/' || (SELECT e.proposal_id FROM proposal_event e WHERE e.number = proposal_event_note.number)",
                        true),
                new FreeText(
                        "assessment-reason",
                        "proposal_assessment",
                        "reason",
                        "proposal_id || ' ' || person_id",
                        "'/proposals/' || proposal_id",
                        true));
    }

    @Override
    public List<Obstacle> obstacles(PersonId person) {
        return jdbc.sql("""
                        SELECT id, code FROM proposal WHERE state IN ('SUBMITTED', 'WAITING', 'OFFERED') AND :person IN (created_by, submitted_by)
                        ORDER BY code""")
                .param("person", person.value())
                .query((row, n) -> new Obstacle(
                        "privacy.obstacle.open-proposal",
                        List.of(row.getString("code")),
                        "/proposals/" + row.getString("id")))
                .list();
    }
}
