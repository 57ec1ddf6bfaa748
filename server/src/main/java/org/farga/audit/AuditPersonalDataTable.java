package org.farga.audit;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the audit log says by and about persons. It keeps their identifiers for ever; what names them is erasable. */
@Component
class AuditPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    AuditPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("audit", Fate.DECISION, Set.of("audit_entry.person_id"), """
                        SELECT number, at, action, subject_type, subject_id, details FROM audit_entry
                        WHERE person_id = :person OR subject_id = CAST(:person AS text) ORDER BY number"""),
                new Section("audit-values", Fate.ERASED, Set.of("audit_disclosure.person_id"), """
                        SELECT number, name, value FROM audit_disclosure WHERE person_id = :person OR lower(value) = :email ORDER BY number, name"""),
                new Section("audit-checks", Fate.DECISION, Set.of("audit_check.asked_by"), """
                        SELECT asked_at, ended_at FROM audit_check WHERE asked_by = :person ORDER BY asked_at"""));
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM audit_disclosure WHERE person_id = :person OR lower(value) IN (:email, lower(:name))""")
                .param("person", person.person().value())
                .param("email", person.email().value())
                .param("name", person.name())
                .update();
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(
                RetentionRule.of(
                        "audit-values",
                        1825,
                        limit -> remove(
                                "DELETE FROM audit_disclosure d USING audit_entry e WHERE e.number = d.number AND e.at < :limit",
                                limit)),
                RetentionRule.of(
                        "audit-checks",
                        365,
                        limit -> remove(
                                "DELETE FROM audit_check WHERE asked_at < :limit AND (findings IS NULL OR findings = '[]')",
                                limit)));
    }

    private long remove(String sql, Instant limit) {
        return jdbc.sql(sql).param("limit", utc(limit)).update();
    }
}
