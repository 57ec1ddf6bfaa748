package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.farga.platform.Secret;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class DeviceLoginTable {
    private static final String COLUMNS = """
            id, user_code, name, network, created_at, expires_at, last_asked_at, state, person_id, signed_in""";

    private final JdbcClient jdbc;

    DeviceLoginTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(DeviceLogin login, Secret secret) {
        jdbc.sql("""
                INSERT INTO device_login (id, user_code, sha256, name, network, created_at, expires_at, state)
                VALUES (:id, :code, :sha256, :name, :network, :createdAt, :expiresAt, 'PENDING')""")
                .param("id", login.id())
                .param("code", login.userCode())
                .param("sha256", secret.sha256())
                .param("name", login.name())
                .param("network", login.network())
                .param("createdAt", utc(login.createdAt()))
                .param("expiresAt", utc(login.expiresAt()))
                .update();
    }

    /** Lets only one transaction at a time count and start logins from a network. */
    void lock(String network) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('device-login ' || :network, 0))")
                .param("network", network)
                .query((row, n) -> 1)
                .list();
    }

    int countSince(String network, Instant then) {
        return jdbc.sql("SELECT count(*) FROM device_login WHERE network = :network AND created_at > :then")
                .param("network", network)
                .param("then", utc(then))
                .query(Integer.class)
                .single();
    }

    void deleteBefore(Instant then) {
        jdbc.sql("DELETE FROM device_login WHERE created_at < :then")
                .param("then", utc(then))
                .update();
    }

    /** One that waits for a person, by the code they typed. */
    Optional<DeviceLogin> findPending(String userCode, Instant now) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM device_login WHERE user_code = :code AND state = 'PENDING' AND expires_at > :now")
                .param("code", userCode)
                .param("now", utc(now))
                .query(DeviceLoginTable::login)
                .optional();
    }

    /** The device's own, held for this transaction. */
    Optional<DeviceLogin> findForUpdate(Secret secret) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM device_login WHERE sha256 = :sha256 FOR UPDATE")
                .param("sha256", secret.sha256())
                .query(DeviceLoginTable::login)
                .optional();
    }

    void asked(UUID id, Instant now) {
        jdbc.sql("UPDATE device_login SET last_asked_at = :now WHERE id = :id")
                .param("id", id)
                .param("now", utc(now))
                .update();
    }

    /** Whether it was waiting, and is decided now. */
    boolean decide(UUID id, DeviceLogin.State state, PersonId person, SignedIn how, Instant now) {
        return jdbc.sql("""
                        UPDATE device_login SET state = :state, person_id = :person, signed_in = :how
                        WHERE id = :id AND state = 'PENDING' AND expires_at > :now""")
                        .param("id", id)
                        .param("state", state.name())
                        .param("person", person.value())
                        .param("how", how.text())
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    void use(UUID id) {
        jdbc.sql("UPDATE device_login SET state = 'USED' WHERE id = :id")
                .param("id", id)
                .update();
    }

    Optional<SignInThrottle> throttle(PersonId person) {
        return jdbc.sql("SELECT failures, last_failure FROM device_code_failure WHERE person_id = :person")
                .param("person", person.value())
                .query((row, n) -> new SignInThrottle(
                        row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .optional();
    }

    void countFailure(PersonId person, Instant now) {
        jdbc.sql("""
                INSERT INTO device_code_failure (person_id, failures, last_failure) VALUES (:person, 1, :now)
                ON CONFLICT (person_id)
                    DO UPDATE SET failures = device_code_failure.failures + 1, last_failure = :now""").param("person", person.value()).param("now", utc(now)).update();
    }

    void forgetFailures(PersonId person) {
        jdbc.sql("DELETE FROM device_code_failure WHERE person_id = :person")
                .param("person", person.value())
                .update();
    }

    private static DeviceLogin login(ResultSet row, int number) throws SQLException {
        OffsetDateTime asked = row.getObject("last_asked_at", OffsetDateTime.class);
        UUID person = row.getObject("person_id", UUID.class);
        return new DeviceLogin(
                row.getObject("id", UUID.class),
                row.getString("user_code"),
                row.getString("name"),
                row.getString("network"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                asked == null ? null : asked.toInstant(),
                DeviceLogin.State.valueOf(row.getString("state")),
                person == null ? null : new PersonId(person),
                SignedIn.parse(row.getString("signed_in")).orElse(null));
    }
}
