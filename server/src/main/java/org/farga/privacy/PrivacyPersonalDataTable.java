package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
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
                new Section(
                        "consents",
                        Fate.RECORD,
                        Set.of("consent.person_id", "consent.given_by", "consent.withdrawn_by"),
                        """
                        SELECT c.purpose, c.version, c.language, t.text, encode(c.text_sha256, 'hex') AS text_sha256, c.given_at, c.withdrawn_at
                        FROM consent c JOIN consent_text t ON t.purpose = c.purpose AND t.version = c.version AND t.language = c.language
                        WHERE c.person_id = :person ORDER BY c.given_at"""),
                new Section("data-exports", Fate.ERASED, Set.of("data_export.person_id"), """
                        SELECT asked_at, ready_at, expires_at FROM data_export WHERE person_id = :person ORDER BY asked_at"""),
                new Section(
                        "erasure-requests",
                        Fate.DECISION,
                        Set.of("erasure_request.person_id", "erasure_request.asked_by", "erasure_request.cancelled_by"),
                        """
                        SELECT asked_at, due_at, cancelled_at, done_at, CASE WHEN person_id = :person OR asked_by = :person THEN reason END AS reason FROM erasure_request WHERE :person IN (person_id, asked_by, cancelled_by) ORDER BY asked_at"""),
                new Section("news", Fate.DECISION, Set.of("news.sent_by"), """
                        SELECT subject, sent_at, recipients FROM news WHERE sent_by = :person ORDER BY sent_at"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(
                new FreeText("news-subject", "news", "subject", "id::text", "'/centre/news'", true),
                new FreeText("news-text", "news", "text", "id::text", "'/centre/news'", true));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "erasure_search.person_id",
                        "where free text names somebody whose erasure an administrator prepares; removed with it and after a month",
                "erasure_search.asked_by", "the administrator who prepared it; the audit log's section tells it");
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(RetentionRule.of(
                "erasure-searches",
                30,
                limit -> jdbc.sql("DELETE FROM erasure_search WHERE asked_at < :limit")
                        .param("limit", utc(limit))
                        .update()));
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM erasure_search WHERE person_id = :person""").param("person", person.person().value()).update();
        // How the wish came may name whom it was about.
        jdbc.sql("""
                UPDATE erasure_request SET reason = CASE WHEN reason IS NULL THEN NULL ELSE '-' END, redactions = '[]'
                WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                UPDATE consent SET withdrawn_at = greatest(given_at, now()), withdrawn_by = :person WHERE person_id = :person AND withdrawn_at IS NULL""").param("person", person.person().value()).update();
    }
}
