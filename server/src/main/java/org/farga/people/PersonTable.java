package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class PersonTable {
    private final JdbcClient jdbc;

    PersonTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether it was inserted: false where the address is taken. */
    boolean insert(Person person, String passwordHash) {
        return jdbc.sql("""
                        INSERT INTO person (id, email, name, language, password_hash, created_at)
                        VALUES (:id, :email, :name, :language, :hash, :createdAt)
                        ON CONFLICT (email) DO NOTHING""")
                        .param("id", person.id().value())
                        .param("email", person.email().value())
                        .param("name", person.name())
                        .param("language", person.language().getLanguage())
                        .param("hash", passwordHash)
                        .param("createdAt", utc(person.createdAt()))
                        .update()
                == 1;
    }

    Optional<Person> find(PersonId id) {
        return jdbc.sql("SELECT id, email, name, language, created_at, version FROM person WHERE id = :id")
                .param("id", id.value())
                .query(PersonTable::person)
                .optional();
    }

    Optional<Person> find(EmailAddress email) {
        return jdbc.sql("SELECT id, email, name, language, created_at, version FROM person WHERE email = :email")
                .param("email", email.value())
                .query(PersonTable::person)
                .optional();
    }

    List<Person> list(Collection<PersonId> ids) {
        return jdbc.sql("SELECT id, email, name, language, created_at, version FROM person WHERE id = ANY(:ids)")
                .param("ids", ids.stream().map(PersonId::value).toArray(UUID[]::new))
                .query(PersonTable::person)
                .list();
    }

    /** Whether it was written: false where the row has another version by now. */
    boolean update(Person person) {
        return jdbc.sql("""
                        UPDATE person SET name = :name, language = :language, version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("name", person.name())
                        .param("language", person.language().getLanguage())
                        .param("id", person.id().value())
                        .param("version", person.version())
                        .update()
                == 1;
    }

    Optional<String> passwordHash(PersonId id) {
        return jdbc.sql("SELECT password_hash FROM person WHERE id = :id")
                .param("id", id.value())
                .query(String.class)
                .optional();
    }

    void updatePassword(PersonId id, String hash) {
        jdbc.sql("UPDATE person SET password_hash = :hash, version = version + 1 WHERE id = :id")
                .param("hash", hash)
                .param("id", id.value())
                .update();
    }

    void updateLanguage(PersonId id, Locale language) {
        jdbc.sql("UPDATE person SET language = :language WHERE id = :id")
                .param("language", language.getLanguage())
                .param("id", id.value())
                .update();
    }

    /** How often an address failed to sign in, and when last; none where it never did. */
    Optional<SignInThrottle> throttle(EmailAddress email) {
        return jdbc.sql("SELECT failures, last_failure FROM sign_in_failure WHERE email = :email")
                .param("email", email.value())
                .query((row, n) -> new SignInThrottle(
                        row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .optional();
    }

    void countFailure(EmailAddress email, Instant now) {
        jdbc.sql("""
                INSERT INTO sign_in_failure (email, failures, last_failure) VALUES (:email, 1, :now)
                ON CONFLICT (email) DO UPDATE SET failures = sign_in_failure.failures + 1, last_failure = :now""").param("email", email.value()).param("now", utc(now)).update();
    }

    void forgetFailures(EmailAddress email) {
        jdbc.sql("DELETE FROM sign_in_failure WHERE email = :email")
                .param("email", email.value())
                .update();
    }

    /** Counts a try to sign up, and says how many there were in its hour; forgets earlier hours. */
    int countSignUp(SignUpLimit limit) {
        jdbc.sql("DELETE FROM sign_up_attempt WHERE hour_start < :hour")
                .param("hour", utc(limit.hourStart()))
                .update();
        return jdbc.sql("""
                        INSERT INTO sign_up_attempt (address, hour_start, attempts) VALUES (:network, :hour, 1)
                        ON CONFLICT (address, hour_start) DO UPDATE SET attempts = sign_up_attempt.attempts + 1
                        RETURNING attempts""")
                .param("network", limit.network())
                .param("hour", utc(limit.hourStart()))
                .query(Integer.class)
                .single();
    }

    private static Person person(ResultSet row, int number) throws SQLException {
        return new Person(
                new PersonId(row.getObject("id", UUID.class)),
                new EmailAddress(row.getString("email")),
                row.getString("name"),
                Locale.forLanguageTag(row.getString("language")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("version"));
    }
}
