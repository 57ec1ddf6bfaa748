package org.farga.identity;

import static org.farga.platform.Timestamps.utc;

import java.time.Instant;
import java.util.List;
import java.util.Map;
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
                new Section("password", Fate.ERASED, Set.of("password.person_id"), """
                        SELECT changed_at FROM password WHERE person_id = :person"""),
                new Section("tokens", Fate.ERASED, Set.of("api_token.person_id"), """
                        SELECT name, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_token WHERE person_id = :person ORDER BY created_at"""),
                new Section("sign-in-failures", Fate.ERASED, Set.of("sign_in_failure.email"), """
                        SELECT failures, last_failure FROM sign_in_failure WHERE email = :email"""),
                new Section(
                        "providers",
                        Fate.ERASED,
                        Set.of("external_identity.person_id", "external_identity.email", "external_session.person_id"),
                        """
                        SELECT provider, issuer, subject, email, community_id, home_organisation, affiliations,
                               assurance, acr, centre_roles, linked_at, last_used_at
                        FROM external_identity WHERE person_id = :person ORDER BY linked_at"""),
                new Section("provider-decisions", Fate.DECISION, Set.of("organisation_provider.decided_by"), """
                        SELECT organisation_id, provider, allowed, decided_at
                        FROM organisation_provider WHERE decided_by = :person ORDER BY decided_at"""),
                new Section("device-sign-ins", Fate.ERASED, Set.of("device_login.person_id"), """
                        SELECT name, state, created_at FROM device_login WHERE person_id = :person ORDER BY created_at"""),
                new Section("second-factor", Fate.ERASED, Set.of("totp.person_id", "recovery_code.person_id"), """
                        SELECT created_at, confirmed_at,
                               (SELECT count(*) FROM recovery_code r
                                WHERE r.person_id = t.person_id AND used_at IS NULL) AS recovery_codes_left
                        FROM totp t WHERE person_id = :person"""),
                new Section("passkeys", Fate.ERASED, Set.of("passkey.person_id"), """
                        SELECT name, backup_eligible, backed_up, created_at, last_used_at, cloned_at
                        FROM passkey WHERE person_id = :person ORDER BY created_at"""),
                new Section("known-browsers", Fate.ERASED, Set.of("known_browser.person_id"), """
                        SELECT first_seen_at, last_seen_at FROM known_browser WHERE person_id = :person"""),
                new Section(
                        "verified-email",
                        Fate.ERASED,
                        Set.of(
                                "verified_email.person_id",
                                "verified_email.email",
                                "account_link.person_id",
                                "account_link.email"),
                        """
                        SELECT email, verified_at FROM verified_email WHERE person_id = :person"""),
                new Section(
                        "factor-resets",
                        Fate.PARTLY,
                        Set.of("factor_reset.person_id", "factor_reset.requested_by", "factor_reset.decided_by"),
                        """
                        SELECT reason, requested_at, decided_at, granted, person_id = :person AS about_you
                        FROM factor_reset WHERE :person IN (person_id, requested_by, decided_by) ORDER BY requested_at"""),
                new Section(
                        "service-accounts",
                        Fate.DECISION,
                        Set.of("service_account.person_id", "service_account.created_by", "service_account.closed_by"),
                        """
                        SELECT organisation_id, purpose, created_at, closed_at
                        FROM service_account WHERE :person IN (created_by, closed_by) ORDER BY created_at"""));
    }

    @Override
    public List<FreeText> freeTexts() {
        return List.of(new FreeText(
                "service-account-purpose",
                "service_account",
                "purpose",
                "person_id::text",
                "'/organisations/' || organisation_id || '/service-accounts'",
                true));
    }

    @Override
    public Map<String, String> exceptions() {
        return Map.of(
                "second_factor_failure.person_id",
                        "a count of wrong codes within the hour, forgotten by the next right one",
                "second_factor_asked.person_id", "since when a second factor is asked for; the account page says it",
                "device_code_failure.person_id", "a count of wrong codes, forgotten by the next right one");
    }

    @Override
    public void forget(Forgotten person) {
        jdbc.sql("""
                DELETE FROM password WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM api_token WHERE person_id = :person""").param("person", person.person().value()).update();
        jdbc.sql("""
                DELETE FROM sign_in_failure WHERE email = :email""").param("email", person.email().value()).update();
        for (String table : List.of(
                "external_identity",
                "external_session",
                "device_login",
                "device_code_failure",
                "totp",
                "recovery_code",
                "passkey",
                "second_factor_failure",
                "second_factor_asked",
                "account_link",
                "verified_email",
                "known_browser")) {
            jdbc.sql("DELETE FROM " + table + " WHERE person_id = :person")
                    .param("person", person.person().value())
                    .update();
        }
        // The reset itself stays, as a decision; why it was asked for may name whom it was about.
        jdbc.sql("UPDATE factor_reset SET reason = '-' WHERE person_id = :person")
                .param("person", person.person().value())
                .update();
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
