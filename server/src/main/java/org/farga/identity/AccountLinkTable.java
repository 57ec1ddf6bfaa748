package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.farga.platform.Secret;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** One-time links by their hashes, addresses that were proved, and how often strangers asked in an hour. */
@Component
class AccountLinkTable {
    private final JdbcClient jdbc;

    AccountLinkTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes the place of the person's earlier links for this purpose; forgets what ran out a month ago. */
    void put(AccountLink link, Secret secret) {
        jdbc.sql("""
                DELETE FROM account_link WHERE (person_id = :person AND purpose = :purpose) OR expires_at < :longAgo""")
                .param("person", link.person().value())
                .param("purpose", link.purpose().name())
                .param("longAgo", utc(link.createdAt().minus(java.time.Duration.ofDays(30))))
                .update();
        jdbc.sql("""
                INSERT INTO account_link (sha256, person_id, purpose, email, created_at, expires_at)
                VALUES (:sha256, :person, :purpose, :email, :createdAt, :expiresAt)""")
                .param("sha256", secret.sha256())
                .param("person", link.person().value())
                .param("purpose", link.purpose().name())
                .param("email", link.email().value())
                .param("createdAt", utc(link.createdAt()))
                .param("expiresAt", utc(link.expiresAt()))
                .update();
    }

    /** A link that still works. */
    Optional<AccountLink> find(Secret secret, Instant now) {
        return jdbc.sql("""
                        SELECT person_id, purpose, email, created_at FROM account_link
                        WHERE sha256 = :sha256 AND used_at IS NULL AND expires_at > :now""")
                .param("sha256", secret.sha256())
                .param("now", utc(now))
                .query((row, n) -> new AccountLink(
                        new PersonId(row.getObject(1, UUID.class)),
                        AccountLink.Purpose.valueOf(row.getString(2)),
                        new EmailAddress(row.getString(3)),
                        row.getObject(4, OffsetDateTime.class).toInstant()))
                .optional();
    }

    /** Whether it still worked; it does not any more. */
    boolean use(Secret secret, Instant now) {
        return jdbc.sql("""
                        UPDATE account_link SET used_at = :now
                        WHERE sha256 = :sha256 AND used_at IS NULL AND expires_at > :now""")
                        .param("sha256", secret.sha256())
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    void delete(PersonId person, AccountLink.Purpose purpose) {
        jdbc.sql("DELETE FROM account_link WHERE person_id = :person AND purpose = :purpose")
                .param("person", person.value())
                .param("purpose", purpose.name())
                .update();
    }

    void verify(PersonId person, EmailAddress email, Instant now) {
        jdbc.sql("""
                INSERT INTO verified_email (person_id, email, verified_at) VALUES (:person, :email, :now)
                ON CONFLICT (person_id) DO UPDATE SET email = :email, verified_at = :now""")
                .param("person", person.value())
                .param("email", email.value())
                .param("now", utc(now))
                .update();
    }

    boolean isVerified(PersonId person, EmailAddress email) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM verified_email WHERE person_id = :person AND email = :email)")
                .param("person", person.value())
                .param("email", email.value())
                .query(Boolean.class)
                .single();
    }

    /** Counts one more of this kind in the hour, and says how many there are; forgets earlier hours. */
    int count(String kind, String subject, Instant hourStart) {
        jdbc.sql("DELETE FROM hourly_count WHERE hour_start < :hour")
                .param("hour", utc(hourStart))
                .update();
        return jdbc.sql("""
                        INSERT INTO hourly_count (kind, subject, hour_start, requests) VALUES (:kind, :subject, :hour, 1)
                        ON CONFLICT (kind, subject, hour_start) DO UPDATE SET requests = hourly_count.requests + 1
                        RETURNING requests""")
                .param("kind", kind)
                .param("subject", subject)
                .param("hour", utc(hourStart))
                .query(Integer.class)
                .single();
    }

    /** Whether this browser signed this person in before; from now on it has. */
    boolean knewBrowser(PersonId person, Secret cookie, Instant now) {
        return jdbc.sql("""
                        UPDATE known_browser SET last_seen_at = :now
                        WHERE person_id = :person AND sha256 = :sha256""")
                        .param("now", utc(now))
                        .param("person", person.value())
                        .param("sha256", cookie.sha256())
                        .update()
                == 1;
    }

    /** Takes down a browser; whether the person had used another before. */
    boolean addBrowser(PersonId person, Secret cookie, Instant now) {
        boolean others = jdbc.sql("SELECT EXISTS (SELECT FROM known_browser WHERE person_id = :person)")
                .param("person", person.value())
                .query(Boolean.class)
                .single();
        jdbc.sql("""
                INSERT INTO known_browser (person_id, sha256, first_seen_at, last_seen_at)
                VALUES (:person, :sha256, :now, :now) ON CONFLICT DO NOTHING""")
                .param("person", person.value())
                .param("sha256", cookie.sha256())
                .param("now", utc(now))
                .update();
        return others;
    }
}
