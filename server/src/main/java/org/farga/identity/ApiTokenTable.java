package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.platform.Secret;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ApiTokenTable {
    private final JdbcClient jdbc;

    ApiTokenTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(ApiToken token, Secret secret, @Nullable SignedIn how) {
        jdbc.sql("""
                INSERT INTO api_token (id, person_id, name, sha256, scopes, created_at, expires_at, signed_in)
                VALUES (:id, :person, :name, :sha256, :scopes, :createdAt, :expiresAt, :signedIn)""")
                .param("id", token.id())
                .param("person", token.person().value())
                .param("name", token.name())
                .param("sha256", secret.sha256())
                .param(
                        "scopes",
                        token.scopes().stream().map(Enum::name).sorted().toArray(String[]::new))
                .param("createdAt", utc(token.createdAt()))
                .param("expiresAt", utc(token.expiresAt()))
                .param("signedIn", how == null ? null : how.text())
                .update();
    }

    /** Whose living token this is, and what for; takes down that it was used, to the minute. */
    Optional<Holder> use(byte[] sha256, Instant now) {
        Optional<Holder> holder = jdbc.sql("""
                        SELECT person_id, scopes, last_used_at, created_at, signed_in FROM api_token
                        WHERE sha256 = :sha256 AND revoked_at IS NULL AND expires_at > :now""")
                .param("sha256", sha256)
                .param("now", utc(now))
                .query((row, n) -> {
                    OffsetDateTime used = row.getObject("last_used_at", OffsetDateTime.class);
                    return new Holder(
                            new PersonId(row.getObject("person_id", UUID.class)),
                            scopes(row),
                            used != null && used.toInstant().isAfter(now.minusSeconds(60)),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            SignedIn.parse(row.getString("signed_in")).orElse(null));
                })
                .optional();
        if (holder.isPresent() && !holder.get().usedThisMinute()) {
            jdbc.sql("""
                    UPDATE api_token SET last_used_at = :now
                    WHERE sha256 = :sha256 AND (last_used_at IS NULL OR last_used_at < :now)""").param("sha256", sha256).param("now", utc(now)).update();
        }
        return holder;
    }

    /** Whoever comes with a token, and how they had signed in when they made it. */
    record Holder(
            PersonId person,
            Set<Scope> scopes,
            boolean usedThisMinute,
            Instant madeAt,
            @Nullable SignedIn how) {}

    /** The living ones of a person, newest first. */
    List<ApiToken> list(PersonId person, Instant now) {
        return jdbc.sql("""
                        SELECT id, person_id, name, scopes, created_at, expires_at, last_used_at FROM api_token
                        WHERE person_id = :person AND revoked_at IS NULL AND expires_at > :now
                        ORDER BY created_at DESC, id DESC LIMIT 200""")
                .param("person", person.value())
                .param("now", utc(now))
                .query(ApiTokenTable::token)
                .list();
    }

    /** The living ones of many, newest first within each. */
    Map<PersonId, List<ApiToken>> list(Collection<PersonId> persons, Instant now) {
        return jdbc
                .sql("""
                        SELECT id, person_id, name, scopes, created_at, expires_at, last_used_at FROM api_token
                        WHERE person_id = ANY(:persons) AND revoked_at IS NULL AND expires_at > :now
                        ORDER BY created_at DESC, id DESC LIMIT 2000""")
                .param("persons", persons.stream().map(PersonId::value).toArray(UUID[]::new))
                .param("now", utc(now))
                .query(ApiTokenTable::token)
                .list()
                .stream()
                .collect(Collectors.groupingBy(ApiToken::person));
    }

    /** Ends every living token of a person; how many there were. */
    int revokeAll(PersonId person, Instant now) {
        return jdbc.sql("""
                        UPDATE api_token SET revoked_at = :now
                        WHERE person_id = :person AND revoked_at IS NULL AND expires_at > :now""")
                .param("now", utc(now))
                .param("person", person.value())
                .update();
    }

    /** Whether a living token of this person was revoked. */
    boolean revoke(UUID id, PersonId person, Instant now) {
        return jdbc.sql("""
                        UPDATE api_token SET revoked_at = :now
                        WHERE id = :id AND person_id = :person AND revoked_at IS NULL""")
                        .param("id", id)
                        .param("person", person.value())
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    private static ApiToken token(ResultSet row, int number) throws SQLException {
        OffsetDateTime used = row.getObject("last_used_at", OffsetDateTime.class);
        return new ApiToken(
                row.getObject("id", UUID.class),
                new PersonId(row.getObject("person_id", UUID.class)),
                row.getString("name"),
                scopes(row),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                used == null ? null : used.toInstant());
    }

    private static Set<Scope> scopes(ResultSet row) throws SQLException {
        return Arrays.stream((String[]) row.getArray("scopes").getArray())
                .map(Scope::valueOf)
                .collect(Collectors.toSet());
    }
}
