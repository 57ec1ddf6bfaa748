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
                new Section("practices", Fate.RECORD, Set.of("proposal_practice.said_by"), """
                        SELECT proposal_id, practice, said, said_at FROM proposal_practice WHERE said_by = :person ORDER BY said_at, practice"""),
                new Section("exceptions", Fate.RECORD, Set.of("proposal_exception.asked_by"), """
                        SELECT proposal_id, rule, justification, asked_at FROM proposal_exception WHERE asked_by = :person ORDER BY asked_at"""),
                new Section("rulings", Fate.DECISION, Set.of("finding_ruling.decided_by"), """
                        SELECT proposal_id, rule, answer, reason, evidence, decided_at FROM finding_ruling WHERE decided_by = :person ORDER BY number"""),
                new Section("legal-entities", Fate.RECORD, Set.of("legal_entity.declared_by"), """
                        SELECT organisation_id, register, entry, explanation, declared_at FROM legal_entity WHERE declared_by = :person ORDER BY number"""),
                new Section(
                        "allocation-requests",
                        Fate.DECISION,
                        Set.of("allocation_request.asked_by", "allocation_request.decided_by"),
                        """
                        SELECT allocation_id, kind, state, reason, asked_at, decided_at, note FROM allocation_request WHERE :person IN (asked_by, decided_by) ORDER BY asked_at"""),
                new Section(
                        "final-reports",
                        Fate.RECORD,
                        Set.of(
                                "final_report.edited_by",
                                "final_report.submitted_by",
                                "final_report.decided_by",
                                "final_report_event.person_id"),
                        """
                        SELECT r.proposal_id, r.state, r.edited_at, r.submitted_at, r.decided_at FROM final_report r WHERE :person IN (r.edited_by, r.submitted_by, r.decided_by) OR EXISTS (SELECT FROM final_report_event e WHERE e.proposal_id = r.proposal_id AND e.person_id = :person) ORDER BY r.proposal_id"""),
                new Section(
                        "award-conditions",
                        Fate.DECISION,
                        Set.of("award_condition.accepted_by", "award_condition.fulfilled_by"),
                        """
                        SELECT proposal_id, number, text, accepted_at, fulfilled_at FROM award_condition WHERE :person IN (accepted_by, fulfilled_by) ORDER BY proposal_id, number"""),
                new Section("award-terms", Fate.DECISION, Set.of("award_terms.set_by"), """
                        SELECT call_id, version, set_at FROM award_terms WHERE set_by = :person ORDER BY set_at"""),
                new Section("no-room-choices", Fate.DECISION, Set.of("proposal_no_room.chosen_by"), """
                        SELECT proposal_id, choice, chosen_at FROM proposal_no_room WHERE chosen_by = :person ORDER BY chosen_at"""),
                new Section("referrals", Fate.DECISION, Set.of("referral.set_by"), """
                        SELECT name, set_at FROM referral WHERE set_by = :person ORDER BY set_at"""),
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
                        "exception-justification",
                        "proposal_exception",
                        "justification",
                        "proposal_id || ' ' || rule",
                        "'/proposals/' || proposal_id || '/eligibility'",
                        true),
                new FreeText(
                        "ruling-reason",
                        "finding_ruling",
                        "reason",
                        "number::text",
                        "'/proposals/' || proposal_id || '/eligibility'",
                        true),
                new FreeText(
                        "ruling-evidence",
                        "finding_ruling",
                        "evidence",
                        "number::text",
                        "'/proposals/' || proposal_id || '/eligibility'",
                        true),
                new FreeText(
                        "legal-entity-explanation",
                        "legal_entity",
                        "explanation",
                        "number::text",
                        "'/organisations/' || organisation_id || '/legal-entity'",
                        true),
                new FreeText(
                        "request-reason",
                        "allocation_request",
                        "reason",
                        "id::text",
                        "'/allocations/' || allocation_id",
                        true),
                new FreeText(
                        "request-note",
                        "allocation_request",
                        "note",
                        "id::text",
                        "'/allocations/' || allocation_id",
                        true),
                new FreeText(
                        "condition-text",
                        "award_condition",
                        "text",
                        "proposal_id || ' ' || number",
                        "'/proposals/' || proposal_id",
                        false),
                new FreeText(
                        "condition-note",
                        "award_condition",
                        "note",
                        "proposal_id || ' ' || number",
                        "'/proposals/' || proposal_id",
                        true),
                report("results"),
                report("publications"),
                report("outputs"),
                report("problems"),
                report("feedback"),
                report("summary"),
                new FreeText(
                        "report-note",
                        "final_report",
                        "note",
                        "proposal_id::text",
                        "'/proposals/' || proposal_id || '/report'",
                        true),
                new FreeText(
                        "report-note",
                        "final_report_event",
                        "note",
                        "number::text",
                        "'/proposals/' || proposal_id || '/report'",
                        true),
                new FreeText("referral-text", "referral", "text", "id::text", "'/referrals'", true),
                new FreeText(
                        "assessment-reason",
                        "proposal_assessment",
                        "reason",
                        "proposal_id || ' ' || person_id",
                        "'/proposals/' || proposal_id",
                        true));
    }

    private static FreeText report(String column) {
        return new FreeText(
                "report-text",
                "final_report",
                column,
                "proposal_id::text",
                "'/proposals/' || proposal_id || '/report'",
                true);
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
