package org.farga.people;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
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
    boolean insert(Person person) {
        return jdbc.sql("""
                        INSERT INTO person (id, email, name, language, created_at)
                        VALUES (:id, :email, :name, :language, :createdAt)
                        ON CONFLICT (email) DO NOTHING""")
                        .param("id", person.id().value())
                        .param("email", person.email().value())
                        .param("name", person.name())
                        .param("language", person.language().getLanguage())
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

    /** Whether it was written: false where another person has the address. */
    boolean updateEmail(PersonId id, EmailAddress email) {
        return jdbc.sql("""
                        UPDATE person SET email = :email, version = version + 1
                        WHERE id = :id AND NOT EXISTS (SELECT FROM person WHERE email = :email)""")
                        .param("email", email.value())
                        .param("id", id.value())
                        .update()
                == 1;
    }

    void updateLanguage(PersonId id, Locale language) {
        jdbc.sql("UPDATE person SET language = :language WHERE id = :id")
                .param("language", language.getLanguage())
                .param("id", id.value())
                .update();
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
