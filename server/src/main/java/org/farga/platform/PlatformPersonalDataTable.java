package org.farga.platform;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the platform keeps about persons: mail to them, and where they are signed in. */
@Component
class PlatformPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    PlatformPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("mails", Fate.ERASED, Set.of("outgoing_mail.recipient"), """
                        SELECT created_at, sent_at, subject, body FROM outgoing_mail WHERE recipient = :email ORDER BY created_at"""),
                new Section("sessions", Fate.ERASED, Set.of("spring_session.principal_name"), """
                        SELECT to_timestamp(creation_time / 1000) AS signed_in_at, to_timestamp(last_access_time / 1000) AS last_seen_at,
                        to_timestamp(expiry_time / 1000) AS expires_at
                        FROM spring_session WHERE principal_name = CAST(:person AS text) ORDER BY creation_time"""));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "idempotency_key.person_id",
                "answers to repeated requests, removed after a day; what they say stands in the other sections");
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM outgoing_mail WHERE recipient = :email""").param("email", person.email().value()).update();
        jdbc.sql("""
                UPDATE outgoing_mail SET subject = replace(replace(subject, :name, :newName), :email, :newEmail),
                body = replace(replace(body, :name, :newName), :email, :newEmail)
                WHERE position(:name IN body || subject) > 0 OR position(:email IN lower(body || subject)) > 0""")
                .param("email", person.email().value())
                .param("name", person.name())
                .param("newEmail", person.newEmail().value())
                .param("newName", person.newName())
                .update();
        jdbc.sql("""
                DELETE FROM spring_session WHERE principal_name = CAST(:person AS text)""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM idempotency_key
                WHERE person_id = :person OR position(convert_to(:email, 'UTF8') IN response_body) > 0 OR position(convert_to(:name, 'UTF8') IN response_body) > 0""")
                .param("person", person.person().value())
                .param("email", person.email().value())
                .param("name", person.name())
                .update();
        jdbc.sql("""
                UPDATE event_publication
                SET serialized_event = replace(replace(serialized_event, :email, :newEmail), to_json(:name::text)::text, to_json(:newName::text)::text)
                WHERE position(:email IN serialized_event) > 0 OR position(to_json(:name::text)::text IN serialized_event) > 0""")
                .param("email", person.email().value())
                .param("name", person.name())
                .param("newEmail", person.newEmail().value())
                .param("newName", person.newName())
                .update();
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(
                RetentionRule.of(
                        "sent-mail", 30, limit -> remove("DELETE FROM outgoing_mail WHERE sent_at < :limit", limit)),
                RetentionRule.of(
                        "unsent-mail",
                        180,
                        limit -> remove(
                                "DELETE FROM outgoing_mail WHERE sent_at IS NULL AND created_at < :limit", limit)),
                RetentionRule.of(
                        "sessions",
                        30,
                        limit -> remove(
                                "DELETE FROM spring_session WHERE to_timestamp(expiry_time / 1000) < :limit", limit)));
    }

    private long remove(String sql, Instant limit) {
        return jdbc.sql(sql).param("limit", utc(limit)).update();
    }
}
