package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.people.Person;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.env.MockEnvironment;

@FargaTest
class StrongRolesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @Autowired
    private ExternalIdentityTable identities;

    @Autowired
    private SecondFactors factors;

    @Autowired
    private Accounts accounts;

    private StrongRoles roles() {
        return new StrongRoles(
                new SecondFactorSettings(
                        SecondFactorSettings.Need.REQUIRED,
                        Duration.ofDays(14),
                        Set.of(CentreRole.OPERATOR),
                        Duration.ofHours(12),
                        Duration.ofMinutes(15)),
                new OidcSettings(Map.of(), new OidcSettings.SignIn(true)),
                factors,
                identities,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Actor actor(CentreRole... roles) {
        return new Actor(
                PersonId.create(),
                "Olga",
                new EmailAddress("olga@example.org"),
                Set.of(roles),
                Map.of(),
                Set.of(Scope.values()));
    }

    @Test
    void aRoleThatAsksForMoreThanAPasswordSleepsUntilItIsShown() {
        Actor olga = actor(CentreRole.OPERATOR, CentreRole.AUDITOR);
        SignedIn password = SignedIn.byPassword(NOW);
        StrongRoles.Judged judged = roles().inSession(olga, password, null);
        assertThat(judged.sleeping()).containsExactly(CentreRole.OPERATOR);
        assertThat(judged.actor().is(CentreRole.OPERATOR)).isFalse();
        assertThat(judged.actor().is(CentreRole.AUDITOR)).isTrue();
        assertThat(roles().inSession(olga, null, null).sleeping()).containsExactly(CentreRole.OPERATOR);

        SignedIn both = password.with(SignedIn.Method.TOTP, NOW);
        assertThat(roles().inSession(olga, both, null).actor().is(CentreRole.OPERATOR))
                .isTrue();
        SignedIn byProvider =
                new SignedIn(Set.of(SignedIn.Method.PROVIDER), NOW, true, "good", "https://refeds.org/profile/mfa");
        assertThat(roles().inSession(olga, byProvider, null).sleeping()).isEmpty();
    }

    @Test
    void aStrongSignInDoesNotLastForEver() {
        SignedIn yesterday = SignedIn.byPassword(NOW).with(SignedIn.Method.TOTP, NOW.minus(Duration.ofHours(13)));
        assertThat(roles().inSession(actor(CentreRole.OPERATOR), yesterday, null)
                        .sleeping())
                .containsExactly(CentreRole.OPERATOR);
    }

    @Test
    void aTokenIsAsStrongAsTheSignInItWasMadeIn() {
        // Somebody who exists: since when they know that they need a second factor is on record.
        Person person = accounts.signUp(UUID.randomUUID() + "@example.org", "Olga", "correct horse battery", "en")
                .orThrow();
        Actor olga = new Actor(
                person.id(), "Olga", person.email(), Set.of(CentreRole.OPERATOR), Map.of(), Set.of(Scope.values()));
        Instant made = NOW.minus(Duration.ofDays(20));
        SignedIn strong = SignedIn.byPassword(made).with(SignedIn.Method.TOTP, made);
        assertThat(roles().withToken(olga, strong, made).actor().is(CentreRole.OPERATOR))
                .isTrue();
        assertThat(roles().withToken(olga, SignedIn.byPassword(made), made).sleeping())
                .containsExactly(CentreRole.OPERATOR);
        // One from before Farga took down how people sign in.
        assertThat(roles().withToken(olga, null, made).sleeping()).containsExactly(CentreRole.OPERATOR);
    }

    @Test
    void aFormerSettingsNameStopsTheStartWithThePresentOne() {
        MockEnvironment environment = new MockEnvironment();
        StrongRoles.Renamed.check(environment);
        environment.setProperty("farga.sign-in.strong-roles", "OPERATOR");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> StrongRoles.Renamed.check(environment)))
                .hasMessageContaining("farga.second-factor.strict-roles");
    }

    @Test
    void wrongSettingsAreToldByName() {
        for (Map.Entry<String, OidcSettings.Provider> wrong : Map.of(
                        "must start with https", provider("http://idp.example.org", "farga", Set.of("openid")),
                        "client-id is missing", provider("https://idp.example.org", "", Set.of("openid")),
                        "must contain openid", provider("https://idp.example.org", "farga", Set.of("email")))
                .entrySet()) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> new OidcSettings(Map.of("x", wrong.getValue()), null)))
                    .hasMessageContaining("farga.oidc.x")
                    .hasMessageContaining(wrong.getKey());
        }
    }

    private static OidcSettings.Provider provider(String issuer, String client, Set<String> scopes) {
        return new OidcSettings.Provider(
                issuer, client, null, null, scopes, Map.of(), true, "RS256", Set.of(), Set.of(), List.of());
    }
}
