package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Passwords, as their hashes, and how often somebody tried. */
@Component
class PasswordTable {
    private final JdbcClient jdbc;

    PasswordTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** None where the person signs in by other means. */
    Optional<String> find(PersonId person) {
        return jdbc.sql("SELECT hash FROM password WHERE person_id = :person")
                .param("person", person.value())
                .query(String.class)
                .optional();
    }

    /** Takes the place of the one there was. */
    void put(PersonId person, String hash, Instant now) {
        jdbc.sql("""
                INSERT INTO password (person_id, hash, changed_at) VALUES (:person, :hash, :now)
                ON CONFLICT (person_id) DO UPDATE SET hash = :hash, changed_at = :now""")
                .param("person", person.value())
                .param("hash", hash)
                .param("now", utc(now))
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

    /**
     * Counts one more try as failed until it proves right, unless this address must still wait, as {@link SignInThrottle}
     * says. One statement, so that of many tries at once, in whichever processes, no more get in than one after another
     * would.
     */
    boolean admitTry(EmailAddress email, Instant now) {
        return jdbc.sql("""
                        INSERT INTO sign_in_failure (email, failures, last_failure) VALUES (:email, 1, :now)
                        ON CONFLICT (email) DO UPDATE SET failures = sign_in_failure.failures + 1, last_failure = :now
                        WHERE sign_in_failure.failures < :freeTries
                           OR sign_in_failure.last_failure + make_interval(secs => least(:longestWaitS,
                                power(2, least(sign_in_failure.failures - :freeTries, 16)))) <= :now""")
                        .param("email", email.value())
                        .param("now", utc(now))
                        .param("freeTries", SignInThrottle.FREE_TRIES)
                        .param("longestWaitS", SignInThrottle.LONGEST_WAIT.toSeconds())
                        .update()
                == 1;
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
}
