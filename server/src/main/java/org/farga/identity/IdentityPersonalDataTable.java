package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.farga.platform.PersonalData;
import org.farga.platform.RetentionRule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How a person proves who they are. */
@Component
class IdentityPersonalDataTable implements PersonalData {
    private final JdbcClient jdbc;

    IdentityPersonalDataTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Section> sections() {
        return List.of(
                new Section("password", Set.of("password.person_id"), """
                        SELECT changed_at FROM password WHERE person_id = :person"""),
                new Section("tokens", Set.of("api_token.person_id"), """
                        SELECT name, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_token WHERE person_id = :person ORDER BY created_at"""),
                new Section("sign-in-failures", Set.of("sign_in_failure.email"), """
                        SELECT failures, last_failure FROM sign_in_failure WHERE email = :email"""));
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM password WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM api_token WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM sign_in_failure WHERE email = :email""").param("email", person.email().value()).update();
    }

    @Override
    public List<RetentionRule> retention() {
        return List.of(
                RetentionRule.of(
                        "sign-in-failures",
                        30,
                        limit -> remove("DELETE FROM sign_in_failure WHERE last_failure < :limit", limit)),
                RetentionRule.of(
                        "tokens",
                        90,
                        limit -> remove("DELETE FROM api_token WHERE least(expires_at, revoked_at) < :limit", limit)));
    }

    private long remove(String sql, Instant limit) {
        return jdbc.sql(sql).param("limit", utc(limit)).update();
    }
}
