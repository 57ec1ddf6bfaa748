package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Authenticator apps' keys, recovery codes, and how often somebody typed a wrong one. */
@Component
class SecondFactorTable {
    private final JdbcClient jdbc;

    SecondFactorTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An authenticator app's key as it is kept. */
    record TotpRow(byte[] sealedSecret, @Nullable Instant confirmedAt, long lastStep) {}

    /** Whether a password alone no longer signs this person in. */
    boolean isOn(PersonId person) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM totp WHERE person_id = :person AND confirmed_at IS NOT NULL)
                            OR EXISTS (SELECT FROM passkey WHERE person_id = :person)""")
                .param("person", person.value())
                .query(Boolean.class)
                .single();
    }

    /** Lets no other transaction change this person's factors until this one's end. */
    void lock(PersonId person) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('second-factor ' || :person, 0))")
                .param("person", person.toString())
                .query((row, n) -> true)
                .list();
    }

    Optional<TotpRow> findTotp(PersonId person) {
        return jdbc.sql("SELECT sealed_secret, confirmed_at, last_step FROM totp WHERE person_id = :person")
                .param("person", person.value())
                .query((row, n) ->
                        new TotpRow(row.getBytes(1), instant(row.getObject(2, OffsetDateTime.class)), row.getLong(3)))
                .optional();
    }

    /** A new key that is no factor yet; one that is stays as it is. */
    void begin(PersonId person, byte[] sealedSecret, Instant now) {
        jdbc.sql("""
                INSERT INTO totp (person_id, sealed_secret, created_at) VALUES (:person, :secret, :now)
                ON CONFLICT (person_id) DO UPDATE SET sealed_secret = :secret, created_at = :now, last_step = 0
                WHERE totp.confirmed_at IS NULL""")
                .param("person", person.value())
                .param("secret", sealedSecret)
                .param("now", utc(now))
                .update();
    }

    void confirm(PersonId person, Instant now) {
        jdbc.sql("UPDATE totp SET confirmed_at = :now WHERE person_id = :person AND confirmed_at IS NULL")
                .param("person", person.value())
                .param("now", utc(now))
                .update();
    }

    /** Whether the step was taken: false where it, or a later one, was used in the meantime. */
    boolean useStep(PersonId person, long step) {
        return jdbc.sql("UPDATE totp SET last_step = :step WHERE person_id = :person AND last_step < :step")
                        .param("person", person.value())
                        .param("step", step)
                        .update()
                == 1;
    }

    boolean deleteTotp(PersonId person) {
        return jdbc.sql("DELETE FROM totp WHERE person_id = :person")
                        .param("person", person.value())
                        .update()
                == 1;
    }

    void replaceRecoveryCodes(PersonId person, List<byte[]> sha256s, Instant now) {
        deleteRecoveryCodes(person);
        for (byte[] sha256 : sha256s) {
            jdbc.sql("INSERT INTO recovery_code (person_id, sha256, made_at) VALUES (:person, :sha256, :now)")
                    .param("person", person.value())
                    .param("sha256", sha256)
                    .param("now", utc(now))
                    .update();
        }
    }

    void deleteRecoveryCodes(PersonId person) {
        jdbc.sql("DELETE FROM recovery_code WHERE person_id = :person")
                .param("person", person.value())
                .update();
    }

    /** Whether it was one that was not used yet; it is by now. */
    boolean useRecoveryCode(PersonId person, byte[] sha256, Instant now) {
        return jdbc.sql("""
                        UPDATE recovery_code SET used_at = :now
                        WHERE person_id = :person AND sha256 = :sha256 AND used_at IS NULL""")
                        .param("person", person.value())
                        .param("sha256", sha256)
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    int countRecoveryCodes(PersonId person) {
        return jdbc.sql("SELECT count(*) FROM recovery_code WHERE person_id = :person AND used_at IS NULL")
                .param("person", person.value())
                .query(Integer.class)
                .single();
    }

    /** How often this person's second factor was wrong, and when last; none where it never was. */
    Optional<SignInThrottle> throttle(PersonId person) {
        return jdbc.sql("SELECT failures, last_failure FROM second_factor_failure WHERE person_id = :person")
                .param("person", person.value())
                .query((row, n) -> new SignInThrottle(
                        row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .optional();
    }

    void countFailure(PersonId person, Instant now) {
        jdbc.sql("""
                INSERT INTO second_factor_failure (person_id, failures, last_failure) VALUES (:person, 1, :now)
                ON CONFLICT (person_id) DO UPDATE
                SET failures = second_factor_failure.failures + 1, last_failure = :now""").param("person", person.value()).param("now", utc(now)).update();
    }

    void forgetFailures(PersonId person) {
        jdbc.sql("DELETE FROM second_factor_failure WHERE person_id = :person")
                .param("person", person.value())
                .update();
    }

    /** Since when this person knows that their roles need a second factor: since now where nobody said so before. */
    Instant askedSince(PersonId person, Instant now) {
        Optional<Instant> known = asked(person);
        if (known.isPresent()) {
            return known.get();
        }
        jdbc.sql("""
                INSERT INTO second_factor_asked (person_id, since) VALUES (:person, :now)
                ON CONFLICT (person_id) DO NOTHING""").param("person", person.value()).param("now", utc(now)).update();
        return asked(person).orElseThrow();
    }

    private Optional<Instant> asked(PersonId person) {
        return jdbc.sql("SELECT since FROM second_factor_asked WHERE person_id = :person")
                .param("person", person.value())
                .query((row, n) -> row.getObject(1, OffsetDateTime.class).toInstant())
                .optional();
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
