package org.farga.privacy;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.farga.privacy.Consent.Purpose;
import org.farga.shared.PersonId;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ConsentTable {
    private final JdbcClient jdbc;

    ConsentTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Every purpose with the last word of a person on it, in this language. */
    List<Consent> list(PersonId person, Locale language) {
        return jdbc.sql("""
                        SELECT t.purpose, t.version, t.text, c.given_at, c.withdrawn_at, encode(c.text_sha256, 'hex') AS sha256
                        FROM consent_text t
                        LEFT JOIN LATERAL (SELECT given_at, withdrawn_at, text_sha256, version FROM consent
                             WHERE person_id = :person AND purpose = t.purpose ORDER BY given_at DESC, id DESC LIMIT 1) c ON true
                        WHERE t.language = :language AND t.version = CASE
                            WHEN c.given_at IS NOT NULL AND c.withdrawn_at IS NULL THEN c.version
                            ELSE (SELECT max(version) FROM consent_text x WHERE x.purpose = t.purpose) END
                        ORDER BY t.purpose""")
                .param("person", person.value())
                .param("language", language.getLanguage())
                .query((row, n) -> new Consent(
                        Purpose.valueOf(row.getString("purpose")),
                        row.getInt("version"),
                        row.getString("text"),
                        instant(row.getObject("given_at", OffsetDateTime.class)),
                        instant(row.getObject("withdrawn_at", OffsetDateTime.class)),
                        row.getString("sha256")))
                .list();
    }

    /** Takes down that it was given to the newest text, as it was shown in this language; false where it stands already. */
    boolean give(PersonId person, Purpose purpose, Locale language, PersonId by, Instant now) {
        return jdbc.sql("""
                        INSERT INTO consent (id, person_id, purpose, version, language, text_sha256, given_at, given_by)
                        SELECT :id, :person, purpose, version, language, sha256, :now, :by FROM consent_text
                        WHERE purpose = :purpose AND language = :language
                        ORDER BY version DESC LIMIT 1
                        ON CONFLICT (person_id, purpose) WHERE withdrawn_at IS NULL DO NOTHING""")
                        .param("id", TimeOrderedUuid.next())
                        .param("person", person.value())
                        .param("now", utc(now))
                        .param("by", by.value())
                        .param("purpose", purpose.name())
                        .param("language", language.getLanguage())
                        .update()
                == 1;
    }

    boolean withdraw(PersonId person, Purpose purpose, PersonId by, Instant now) {
        return jdbc.sql("""
                        UPDATE consent SET withdrawn_at = greatest(given_at, :now), withdrawn_by = :by
                        WHERE person_id = :person AND purpose = :purpose AND withdrawn_at IS NULL""")
                        .param("now", utc(now))
                        .param("by", by.value())
                        .param("person", person.value())
                        .param("purpose", purpose.name())
                        .update()
                == 1;
    }

    /** Whether it stands now. */
    boolean given(PersonId person, Purpose purpose) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM consent
                            WHERE person_id = :person AND purpose = :purpose AND withdrawn_at IS NULL)""")
                .param("person", person.value())
                .param("purpose", purpose.name())
                .query(Boolean.class)
                .single();
    }

    /** Those who agree, after this one in order of their identifiers, at most so many. */
    List<PersonId> listGiven(Purpose purpose, @Nullable PersonId after, int most) {
        return jdbc.sql("""
                        SELECT person_id FROM consent
                        WHERE purpose = :purpose AND withdrawn_at IS NULL AND person_id > :after
                        ORDER BY person_id LIMIT :most""")
                .param("purpose", purpose.name())
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query((row, n) -> new PersonId(row.getObject(1, UUID.class)))
                .list();
    }

    long countGiven(Purpose purpose) {
        return jdbc.sql("SELECT count(*) FROM consent WHERE purpose = :purpose AND withdrawn_at IS NULL")
                .param("purpose", purpose.name())
                .query(Long.class)
                .single();
    }

    void insertNews(UUID id, String subject, String text, PersonId by, Instant at, int recipients) {
        jdbc.sql("""
                INSERT INTO news (id, subject, text, sent_by, sent_at, recipients)
                VALUES (:id, :subject, :text, :by, :at, :recipients)""")
                .param("id", id)
                .param("subject", subject)
                .param("text", text)
                .param("by", by.value())
                .param("at", utc(at))
                .param("recipients", recipients)
                .update();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
