package org.farga.privacy;

import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What people asked for and agreed to. */
@Component
class PrivacyPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    PrivacyPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("consents", Set.of("consent.person_id", "consent.given_by", "consent.withdrawn_by"), """
                        SELECT c.purpose, c.version, c.language, t.text, encode(c.text_sha256, 'hex') AS text_sha256, c.given_at, c.withdrawn_at
                        FROM consent c JOIN consent_text t ON t.purpose = c.purpose AND t.version = c.version AND t.language = c.language
                        WHERE c.person_id = :person ORDER BY c.given_at"""),
                new Section("data-exports", Set.of("data_export.person_id"), """
                        SELECT asked_at, ready_at, expires_at FROM data_export WHERE person_id = :person ORDER BY asked_at"""),
                new Section(
                        "erasure-requests",
                        Set.of("erasure_request.person_id", "erasure_request.asked_by", "erasure_request.cancelled_by"),
                        """
                        SELECT asked_at, due_at, cancelled_at, done_at FROM erasure_request WHERE :person IN (person_id, asked_by, cancelled_by) ORDER BY asked_at"""),
                new Section("news", Set.of("news.sent_by"), """
                        SELECT subject, sent_at, recipients FROM news WHERE sent_by = :person ORDER BY sent_at"""));
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                UPDATE consent SET withdrawn_at = greatest(given_at, now()), withdrawn_by = :person WHERE person_id = :person AND withdrawn_at IS NULL""").param("person", person.person().value()).update();
    }
}
