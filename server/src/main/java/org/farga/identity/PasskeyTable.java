package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class PasskeyTable {
    private final JdbcClient jdbc;

    PasskeyTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A passkey with what its signatures are checked against.
     *
     * @param attested WebAuthn's attested credential data, as the authenticator wrote it
     * @param signCount how often it says that it has signed; zero for those that do not count
     */
    record Stored(Passkey passkey, byte[] credentialId, byte[] attested, long signCount) {}

    /** Whether it was inserted: false where this very credential is known already. */
    boolean insert(Stored stored) {
        Passkey passkey = stored.passkey();
        return jdbc.sql("""
                        INSERT INTO passkey (id, person_id, name, credential_id, attested, sign_count,
                                             backup_eligible, backed_up, transports, created_at)
                        VALUES (:id, :person, :name, :credentialId, :attested, :signCount,
                                :backupEligible, :backedUp, :transports, :createdAt)
                        ON CONFLICT (credential_id) DO NOTHING""")
                        .param("id", passkey.id())
                        .param("person", passkey.person().value())
                        .param("name", passkey.name())
                        .param("credentialId", stored.credentialId())
                        .param("attested", stored.attested())
                        .param("signCount", stored.signCount())
                        .param("backupEligible", passkey.backupEligible())
                        .param("backedUp", passkey.backedUp())
                        .param("transports", passkey.transports().toArray(String[]::new))
                        .param("createdAt", utc(passkey.createdAt()))
                        .update()
                == 1;
    }

    /** Oldest first. */
    List<Stored> list(PersonId person) {
        return jdbc.sql("""
                        SELECT id, person_id, name, credential_id, attested, sign_count, backup_eligible, backed_up,
                               transports, created_at, last_used_at, cloned_at
                        FROM passkey WHERE person_id = :person ORDER BY created_at, id""")
                .param("person", person.value())
                .query(PasskeyTable::stored)
                .list();
    }

    /** By what its authenticator calls it; no other transaction uses it until this one's end. */
    Optional<Stored> findForUpdate(byte[] credentialId) {
        return jdbc.sql("""
                        SELECT id, person_id, name, credential_id, attested, sign_count, backup_eligible, backed_up,
                               transports, created_at, last_used_at, cloned_at
                        FROM passkey WHERE credential_id = :credentialId FOR UPDATE""")
                .param("credentialId", credentialId)
                .query(PasskeyTable::stored)
                .optional();
    }

    void used(UUID id, long signCount, boolean backedUp, Instant now) {
        jdbc.sql("""
                UPDATE passkey SET sign_count = :signCount, backed_up = :backedUp AND backup_eligible, last_used_at = :now
                WHERE id = :id""")
                .param("signCount", signCount)
                .param("backedUp", backedUp)
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    void markCloned(UUID id, Instant now) {
        jdbc.sql("UPDATE passkey SET cloned_at = :now WHERE id = :id")
                .param("now", utc(now))
                .param("id", id)
                .update();
    }

    boolean rename(UUID id, PersonId person, String name) {
        return jdbc.sql("UPDATE passkey SET name = :name WHERE id = :id AND person_id = :person")
                        .param("name", name)
                        .param("id", id)
                        .param("person", person.value())
                        .update()
                == 1;
    }

    boolean delete(UUID id, PersonId person) {
        return jdbc.sql("DELETE FROM passkey WHERE id = :id AND person_id = :person")
                        .param("id", id)
                        .param("person", person.value())
                        .update()
                == 1;
    }

    void deleteAll(PersonId person) {
        jdbc.sql("DELETE FROM passkey WHERE person_id = :person")
                .param("person", person.value())
                .update();
    }

    private static Stored stored(ResultSet row, int number) throws SQLException {
        return new Stored(
                new Passkey(
                        row.getObject("id", UUID.class),
                        new PersonId(row.getObject("person_id", UUID.class)),
                        row.getString("name"),
                        row.getBoolean("backup_eligible"),
                        row.getBoolean("backed_up"),
                        List.of((String[]) row.getArray("transports").getArray()),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        instant(row.getObject("last_used_at", OffsetDateTime.class)),
                        instant(row.getObject("cloned_at", OffsetDateTime.class))),
                row.getBytes("credential_id"),
                row.getBytes("attested"),
                row.getLong("sign_count"));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
