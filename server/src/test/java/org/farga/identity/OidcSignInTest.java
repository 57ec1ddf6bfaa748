package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.TestProvider;
import org.farga.TestProvider.Signed;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in through a provider, one that is honest and ones that are not. */
class OidcSignInTest extends HttpTest {
    private final TestProvider provider = TestProvider.get();

    /** A browser on its way to a provider: what it took along. */
    private record Way(Browser browser, String name, Map<String, String> asked) {
        String nonce() {
            return asked.get("nonce");
        }

        String challenge() {
            return asked.get("code_challenge");
        }

        /** Comes back with a code, as an honest provider sends it. */
        HttpResponse<String> back(String code) {
            return browser.get("/sign-in/back/" + name + "?code=" + code + "&state=" + encoded(asked.get("state"))
                    + "&iss=" + encoded(TestProvider.get().issuer(name)));
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Way leave(Browser browser, String name, String from) {
        HttpResponse<String> answer = browser.get(from);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        URI address = URI.create(answer.headers().firstValue("Location").orElseThrow());
        assertThat(address.toString()).startsWith(TestProvider.get().issuer(name) + "/authorize?");
        Map<String, String> asked = new HashMap<>();
        for (String part : address.getRawQuery().split("&")) {
            String[] field = part.split("=", 2);
            asked.put(field[0], URLDecoder.decode(field[1], StandardCharsets.UTF_8));
        }
        return new Way(browser, name, asked);
    }

    private Way leave(Browser browser) {
        return leave(browser, "good", "/sign-in/with/good");
    }

    private HttpResponse<String> arrive(Way way, String subject, Consumer<Map<String, Object>> more) {
        Map<String, Object> claims = provider.claims(way.name(), subject, way.nonce());
        more.accept(claims);
        return way.back(provider.code(claims, Signed.RIGHT, way.challenge()));
    }

    private static Consumer<Map<String, Object>> address(String email, Object verified) {
        return claims -> {
            claims.put("email", email);
            claims.put("email_verified", verified);
            claims.put("name", "Marta Soler");
        };
    }

    private static String fresh(String what) {
        return what + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Somebody new, with an account made through the provider. */
    private Browser joined(String subject) {
        Browser browser = new Browser(address());
        assertThat(Browser.location(arrive(leave(browser), subject, address(subject + "@example.org", true))))
                .isEqualTo("/sign-in/new");
        assertThat(Browser.location(browser.submit("/sign-in/new", "/sign-in/new", "name", "Marta Soler")))
                .isEqualTo("/");
        return browser;
    }

    private PersonId personOf(String email) {
        return new PersonId(jdbc.sql("SELECT id FROM person WHERE email = :email")
                .param("email", email)
                .query(UUID.class)
                .single());
    }

    private int links(PersonId person) {
        return jdbc.sql("SELECT count(*) FROM external_identity WHERE person_id = :person")
                .param("person", person.value())
                .query(Integer.class)
                .single();
    }

    private static void assertNobody(Browser browser) {
        assertThat(browser.get("/account").statusCode()).isEqualTo(302);
    }

    @Test
    void theRequestCarriesAProofKeyAStateAndANonce() {
        Way way = leave(new Browser(address()));
        assertThat(way.asked())
                .containsEntry("response_type", "code")
                .containsEntry("client_id", TestProvider.CLIENT)
                .containsEntry("code_challenge_method", "S256");
        assertThat(way.asked().get("scope").split(" ")).contains("openid", "email");
        assertThat(way.asked().get("redirect_uri")).endsWith("/sign-in/back/good");
        assertThat(way.asked().get("state")).hasSizeGreaterThan(30);
        assertThat(way.nonce()).hasSizeGreaterThan(30);
        assertThat(way.challenge()).hasSize(43);
    }

    @Test
    void somebodyNewMakesAnAccountWithTheAddressThatTheProviderVouchesFor() {
        String subject = fresh("marta");
        Browser browser = joined(subject);
        assertThat(browser.get("/account").body()).contains(subject + "@example.org", "Good Provider");
        assertThat(links(personOf(subject + "@example.org"))).isEqualTo(1);
        assertThat(jdbc.sql("SELECT email FROM verified_email WHERE person_id = :person")
                        .param("person", personOf(subject + "@example.org").value())
                        .query(String.class)
                        .single())
                .isEqualTo(subject + "@example.org");
    }

    @Test
    void anOwnSecondFactorIsAskedForUnlessTheProviderVouchesForOne() {
        String subject = fresh("marta");
        joined(subject);
        jdbc.sql(
                        "INSERT INTO totp (person_id, sealed_secret, created_at, confirmed_at) VALUES (:person, 'x', now(), now())")
                .param("person", personOf(subject + "@example.org").value())
                .update();
        Browser browser = new Browser(address());
        HttpResponse<String> back = arrive(leave(browser), subject, c -> {});
        assertThat(Browser.location(back)).startsWith("/sign-in/second-factor");
        assertNobody(browser);
        HttpResponse<String> strong =
                arrive(leave(browser), subject, claims -> claims.put("acr", "https://refeds.org/profile/mfa"));
        assertThat(Browser.location(strong)).isEqualTo("/");
        assertThat(browser.get("/account").statusCode()).isEqualTo(200);
    }

    @Test
    void whoIsLinkedComesStraightInToWhereTheyWantedWithANewSession() {
        String subject = fresh("marta");
        joined(subject);
        Browser browser = new Browser(address());
        Way way = leave(browser, "good", "/sign-in/with/good?next=/organisations");
        String before = browser.session();
        // Another address by now, and not vouched for: it is issuer and subject that count.
        HttpResponse<String> back = arrive(way, subject, address("other@example.org", false));
        assertThat(Browser.location(back)).isEqualTo("/organisations");
        assertThat(before).isNotEmpty();
        assertThat(browser.session()).isNotEmpty().isNotEqualTo(before);
        assertThat(browser.get("/account").body()).contains(subject + "@example.org");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example/", "//evil.example", "/\\evil.example"})
    void nobodyIsSentElsewhereAfterwards(String elsewhere) {
        String subject = fresh("marta");
        joined(subject);
        Way way = leave(new Browser(address()), "good", "/sign-in/with/good?next=" + encoded(elsewhere));
        assertThat(Browser.location(arrive(way, subject, c -> {}))).isEqualTo("/");
    }

    @Test
    void anAccountIsNeverTakenOverByItsAddress() {
        Client ana = signUp("Ana");
        Browser attacker = new Browser(address());
        arrive(leave(attacker), fresh("attacker"), address(ana.email(), true));
        HttpResponse<String> page = attacker.get("/sign-in/new");
        assertThat(page.body())
                .contains("There is an account with the address", "/sign-in?next=%2Faccount%2Flink%3Fprovider%3Dgood")
                .doesNotContain("action=\"/sign-in/new\"");
        // The form that is not shown is refused as well.
        attacker.post("/sign-in/new", csrfOf(attacker), "name", "Ana");
        assertNobody(attacker);
        assertThat(links(ana.person())).isZero();
        // What is offered instead leads, once Ana is signed in, to a page of ours and not straight to the provider.
        Browser anas = new Browser(address());
        HttpResponse<String> signedIn = anas.submit(
                "/sign-in",
                "/sign-in",
                "next",
                "/account/link?provider=good",
                "email",
                ana.email(),
                "password",
                PASSWORD);
        assertThat(Browser.location(signedIn)).isEqualTo("/account/link?provider=good");
        assertThat(anas.get("/account/link?provider=good").body()).contains("href=\"/account/link/good\"");
    }

    private static String csrfOf(Browser browser) {
        return browser.csrf("/sign-in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "missing", "yes"})
    void anAddressThatIsNotProvenMakesNoAccount(String verified) {
        String subject = fresh("mallory");
        Browser browser = new Browser(address());
        arrive(leave(browser), subject, claims -> {
            claims.put("email", subject + "@example.org");
            if (!verified.equals("missing")) {
                claims.put("email_verified", verified.equals("false") ? false : verified);
            }
        });
        assertThat(browser.get("/sign-in/new").body())
                .contains("does not vouch for an e-mail address")
                .doesNotContain("action=\"/sign-in/new\"");
        browser.post("/sign-in/new", csrfOf(browser), "name", "Mallory");
        assertNobody(browser);
        assertThat(jdbc.sql("SELECT count(*) FROM person WHERE email = :email")
                        .param("email", subject + "@example.org")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void aProviderThatMakesNoAccountsMakesNone() {
        String subject = fresh("marta");
        Browser browser = new Browser(address());
        arrive(leave(browser, "other", "/sign-in/with/other"), subject, address(subject + "@example.org", true));
        assertThat(browser.get("/sign-in/new").body()).contains("Accounts are not made through other");
        assertNobody(browser);
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("another nonce", Signed.RIGHT, change("nonce", "guessed")),
                Arguments.of("no nonce", Signed.RIGHT, change("nonce", null)),
                Arguments.of("for another client", Signed.RIGHT, change("aud", "somebody-else")),
                Arguments.of("for two clients, authorised for the other", Signed.RIGHT, (Consumer<Map<String, Object>>)
                        c -> {
                            c.put("aud", List.of(TestProvider.CLIENT, "somebody-else"));
                            c.put("azp", "somebody-else");
                        }),
                Arguments.of("expired", Signed.RIGHT, (Consumer<Map<String, Object>>) c -> {
                    c.put("iat", Date.from(Instant.now().minusSeconds(900)));
                    c.put("exp", Date.from(Instant.now().minusSeconds(600)));
                }),
                Arguments.of(
                        "of another issuer",
                        Signed.RIGHT,
                        change("iss", TestProvider.get().issuer("other"))),
                Arguments.of("without a subject", Signed.RIGHT, change("sub", null)),
                Arguments.of("unsigned", Signed.NOT_AT_ALL, change("x", "y")),
                Arguments.of("by a stranger's key of the same name", Signed.BY_A_STRANGER, change("x", "y")),
                Arguments.of("by the client secret", Signed.WITH_THE_CLIENT_SECRET, change("x", "y")));
    }

    private static Consumer<Map<String, Object>> change(String claim, Object value) {
        return claims -> claims.put(claim, value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void aTokenThatProvesNothingSignsNobodyIn(String what, Signed signed, Consumer<Map<String, Object>> lie) {
        String subject = fresh("marta");
        joined(subject);
        Browser browser = new Browser(address());
        Way way = leave(browser);
        Map<String, Object> claims = provider.claims("good", subject, way.nonce());
        lie.accept(claims);
        claims.values().removeIf(java.util.Objects::isNull);
        HttpResponse<String> back = way.back(provider.code(claims, signed, way.challenge()));
        assertThat(back.statusCode()).as(back.body()).isEqualTo(409);
        assertThat(back.body()).contains("does not prove who you are");
        assertNobody(browser);
    }

    @Test
    void anAnswerCountsOnce() {
        String subject = fresh("marta");
        joined(subject);
        Browser browser = new Browser(address());
        Way way = leave(browser);
        arrive(way, subject, c -> {});
        assertThat(browser.get("/account").statusCode()).isEqualTo(200);
        HttpResponse<String> again = arrive(way, subject, c -> {});
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("used up");
    }

    @Test
    void nobodyIsSignedInByAnAnswerThatBeganInAnotherBrowser() {
        String subject = fresh("attacker");
        joined(subject);
        // The attacker sets out, and gives the address they would come back to to the victim.
        Way attackers = leave(new Browser(address()));
        Browser victim = new Browser(address());
        leave(victim);
        HttpResponse<String> back = arrive(new Way(victim, "good", attackers.asked()), subject, c -> {});
        assertThat(back.statusCode()).isEqualTo(409);
        assertNobody(victim);
    }

    @Test
    void aStolenCodeIsWorthNothingInAnotherBrowser() {
        String subject = fresh("marta");
        joined(subject);
        Way martas = leave(new Browser(address()));
        String stolen =
                provider.code(provider.claims("good", subject, martas.nonce()), Signed.RIGHT, martas.challenge());
        Browser thief = new Browser(address());
        HttpResponse<String> back = leave(thief).back(stolen);
        assertThat(back.statusCode()).isEqualTo(409);
        assertNobody(thief);
        // Even where a provider does not look at the proof key, the nonce is that of another browser.
        Way martasAgain = leave(new Browser(address()));
        String careless = provider.code(provider.claims("good", subject, martasAgain.nonce()), Signed.RIGHT, "");
        assertThat(leave(thief).back(careless).statusCode()).isEqualTo(409);
        assertNobody(thief);
    }

    @Test
    void anAnswerOfAnotherProviderIsNotTaken() {
        String subject = fresh("marta");
        joined(subject);
        Browser browser = new Browser(address());
        Way way = leave(browser);
        String code = provider.code(provider.claims("good", subject, way.nonce()), Signed.RIGHT, way.challenge());
        String state = encoded(way.asked().get("state"));
        // It says that it is from another.
        HttpResponse<String> mixed = browser.get(
                "/sign-in/back/good?code=" + code + "&state=" + state + "&iss=" + encoded(provider.issuer("other")));
        assertThat(mixed.statusCode()).isEqualTo(409);
        assertThat(mixed.body()).contains("does not come from the provider");
        // It does not say where it is from, though this provider always does.
        Way second = leave(browser);
        assertThat(browser.get("/sign-in/back/good?code=" + code + "&state="
                                + encoded(second.asked().get("state")))
                        .statusCode())
                .isEqualTo(409);
        // It comes to the address of another.
        Way third = leave(browser);
        assertThat(new Way(browser, "other", third.asked()).back(code).statusCode())
                .isEqualTo(409);
        assertNobody(browser);
    }

    @Test
    void whoBreaksOffAtTheProviderIsToldSo() {
        Browser browser = new Browser(address());
        Way way = leave(browser);
        HttpResponse<String> back = browser.get("/sign-in/back/good?error=access_denied&state="
                + encoded(way.asked().get("state")) + "&iss=" + encoded(provider.issuer("good")));
        assertThat(back.statusCode()).isEqualTo(409);
        assertThat(back.body()).contains("broken off");
        assertThat(browser.get("/sign-in/back/good").statusCode()).isEqualTo(409);
        assertThat(browser.get("/sign-in/back/nobody").statusCode()).isEqualTo(404);
        assertThat(browser.get("/sign-in/with/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void aProviderThatIsAwayStopsNobodyElse() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address());
        HttpResponse<String> away = browser.get("/sign-in/with/away");
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.body()).contains("away does not answer");
        assertThat(browser.get("/sign-in").body()).contains("Continue with Good Provider", "Continue with away");
        browser.signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/account").statusCode()).isEqualTo(200);
    }

    @Test
    void aLinkIsMadeBySomebodySignedInWhoConfirmsIt() {
        Client ana = signUp("Ana");
        String subject = fresh("ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        Way way = leave(browser, "good", "/account/link/good");
        assertThat(Browser.location(arrive(way, subject, address("ana@elsewhere.example", false))))
                .isEqualTo("/account/link");
        // Coming back is not enough: a stranger could have made the browser come back as themselves.
        assertThat(links(ana.person())).isZero();
        assertThat(browser.get("/account/link").body()).contains("ana@elsewhere.example", ana.email());
        assertThat(browser.post("/account/link", "").statusCode()).isEqualTo(403);
        browser.submit("/account/link", "/account/link");
        assertThat(links(ana.person())).isEqualTo(1);
        assertThat(jdbc.sql("SELECT count(*) FROM outgoing_mail WHERE recipient = :to AND subject LIKE '%added%'")
                        .param("to", ana.email())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        Browser another = new Browser(address());
        arrive(leave(another), subject, c -> {});
        assertThat(another.get("/account").body()).contains(ana.email());

        String identity = browser.get("/account").body().replaceAll("(?s).*/account/identities/([^/]+)/.*", "$1");
        browser.submit("/account", "/account/identities/" + identity + "/removal");
        assertThat(links(ana.person())).isZero();
        // What began by it ends with it.
        assertNobody(another);
        assertThat(browser.get("/account").statusCode()).isEqualTo(200);
    }

    @Test
    void theApiTellsAndTakesAwayOnesOwnLinks() {
        Client ana = signUp("Ana");
        String subject = fresh("ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        arrive(leave(browser, "good", "/account/link/good"), subject, c -> {});
        browser.submit("/account/link", "/account/link");
        var listed = ana.get("/api/v1/me/identities").expect(200);
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).path("subject").asString()).isEqualTo(subject);
        String path = "/api/v1/me/identities/" + listed.get(0).path("id").asString();
        signUp("Eve").delete(path).expectProblem(404, "not-found");
        ana.delete(path).expect(204);
        assertThat(ana.get("/api/v1/me/identities").expect(200)).isEmpty();
    }

    @Test
    void whatIsLinkedToSomebodyIsNotLinkedToAnother() {
        String subject = fresh("marta");
        joined(subject);
        Client ana = signUp("Ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        arrive(leave(browser, "good", "/account/link/good"), subject, c -> {});
        assertThat(browser.submit("/account/link", "/account/link").body()).contains("linked to another account");
        assertThat(links(ana.person())).isZero();
    }

    @Test
    void theLastWayInStays() {
        String subject = fresh("marta");
        Browser browser = joined(subject);
        String identity = browser.get("/account").body().replaceAll("(?s).*/account/identities/([^/]+)/.*", "$1");
        HttpResponse<String> refused = browser.submit("/account", "/account/identities/" + identity + "/removal");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("last way");
        assertThat(links(personOf(subject + "@example.org"))).isEqualTo(1);
        // Nor does anybody take away another's.
        Client eve = signUp("Eve");
        Browser eves = new Browser(address()).signIn(eve.email(), PASSWORD);
        assertThat(eves.submit("/account", "/account/identities/" + identity + "/removal")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aLinkThatComesBackToAnotherAccountIsNotMade() {
        Client ana = signUp("Ana");
        Client eve = signUp("Eve");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        Way way = leave(browser, "good", "/account/link/good");
        browser.signIn(eve.email(), PASSWORD);
        HttpResponse<String> back = arrive(way, fresh("x"), c -> {});
        assertThat(back.statusCode()).isEqualTo(409);
        assertThat(links(ana.person()) + links(eve.person())).isZero();
    }

    @Test
    void aTokenOfTheProviderIsNoTokenOfTheApi() {
        String subject = fresh("marta");
        joined(subject);
        String token = provider.sign(provider.claims("good", subject, "n"), Signed.RIGHT, "at+jwt");
        stranger().get("/api/v1/me", "Authorization", "Bearer " + token).expectProblem(401, "invalid-token");
    }

    @Test
    void theWayOfSigningInIsKeptAndShown() {
        String subject = fresh("marta");
        joined(subject);
        Browser browser = new Browser(address());
        arrive(leave(browser), subject, claims -> claims.put("acr", "https://refeds.org/profile/mfa"));
        String listed =
                browser.get("/api/v1/me/sessions", "Accept", "application/json").body();
        assertThat(listed).contains("\"provider\":\"good\"", "https://refeds.org/profile/mfa", "\"secondFactor\":true");
    }

    @Test
    void signingOutOffersToSignOutThereToo() {
        Browser browser = joined(fresh("marta"));
        HttpResponse<String> out = browser.submit("/", "/sign-out");
        assertThat(out.statusCode()).isEqualTo(200);
        assertThat(out.body())
                .contains(provider.issuer("good") + "/end?client_id=" + TestProvider.CLIENT, "id_token_hint=");
        assertNobody(browser);
    }

    private HttpResponse<String> signedOutThere(String token) {
        return new Browser(address()).post("/sign-in/signed-out-there/good", "", "logout_token", token);
    }

    @Test
    void aSignOutAtTheProviderEndsWhatBeganThere() {
        String subject = fresh("marta");
        Browser joined = joined(subject);
        Browser first = new Browser(address());
        arrive(leave(first), subject, claims -> claims.put("sid", subject + "-1"));
        Browser second = new Browser(address());
        arrive(leave(second), subject, claims -> claims.put("sid", subject + "-2"));

        assertThat(signedOutThere(provider.logoutToken("good", Map.of("sid", subject + "-1")))
                        .statusCode())
                .isEqualTo(200);
        assertNobody(first);
        assertThat(second.get("/account").statusCode()).isEqualTo(200);

        String all = provider.logoutToken("good", Map.of("sub", subject));
        assertThat(signedOutThere(all).statusCode()).isEqualTo(200);
        assertNobody(second);
        assertNobody(joined);

        // A token that was obeyed is not obeyed again.
        Browser third = new Browser(address());
        arrive(leave(third), subject, c -> {});
        assertThat(signedOutThere(all).statusCode()).isEqualTo(200);
        assertThat(third.get("/account").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNoLogoutTokenEndsNothing() {
        String subject = fresh("marta");
        Browser browser = joined(subject);
        Map<String, Object> sub = Map.of("sub", subject);
        for (Map<String, Object> wrong : List.of(
                Map.<String, Object>of("aud", "somebody-else"),
                Map.<String, Object>of("iss", provider.issuer("other")),
                Map.<String, Object>of("events", Map.of()),
                Map.<String, Object>of("events", "absent"),
                Map.<String, Object>of("nonce", "n"),
                Map.<String, Object>of("jti", "absent"),
                Map.<String, Object>of("exp", Date.from(Instant.now().minusSeconds(600))),
                Map.<String, Object>of("iat", Date.from(Instant.now().minusSeconds(900))))) {
            Map<String, Object> claims = new HashMap<>(sub);
            claims.putAll(wrong);
            assertThat(signedOutThere(provider.logoutToken("good", claims)).statusCode())
                    .as(wrong.toString())
                    .isEqualTo(400);
        }
        assertThat(signedOutThere(provider.sign(
                                Map.of("sub", subject, "iss", provider.issuer("good")),
                                Signed.NOT_AT_ALL,
                                "logout+jwt"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(signedOutThere("x").statusCode()).isEqualTo(400);
        assertThat(browser.get("/account").statusCode()).isEqualTo(200);
    }

    @Test
    void aRoleByAClaimHoldsInSessionsThatBeganThereUntilTheClaimIsGone() {
        String subject = fresh("auditor");
        joined(subject);
        PersonId person = personOf(subject + "@example.org");
        Browser browser = new Browser(address());
        // Without the assurance that the rule asks for, the group alone gives nothing.
        arrive(leave(browser), subject, claims -> claims.put("groups", List.of("farga-auditors")));
        assertThat(browser.get("/audit").statusCode()).isEqualTo(404);
        arrive(leave(browser), subject, claims -> {
            claims.put("groups", List.of("staff", "farga-auditors"));
            claims.put("eduperson_assurance", List.of("https://refeds.org/assurance/IAP/medium"));
        });
        assertThat(browser.get("/audit").statusCode()).isEqualTo(200);
        assertThat(browser.get("/account").body()).contains("by the provider, in sessions that begin there");
        // It is not on the centre's own record: it makes nobody the first or the last of a role.
        assertThat(jdbc.sql("SELECT count(*) FROM centre_role WHERE person_id = :person")
                        .param("person", person.value())
                        .query(Integer.class)
                        .single())
                .isZero();
        arrive(leave(new Browser(address())), subject, c -> {});
        assertThat(browser.get("/audit").statusCode()).isEqualTo(404);
    }

    @Test
    void membershipsByAClaimNeedAnOwnersLeaveAndEndWithTheClaim() {
        Client owner = signUp("Owner");
        jdbc.sql("DELETE FROM membership WHERE organisation_id = :id")
                .param("id", TestProvider.ORGANISATION)
                .update();
        jdbc.sql("DELETE FROM organisation_provider WHERE organisation_id = :id")
                .param("id", TestProvider.ORGANISATION)
                .update();
        jdbc.sql("""
                        INSERT INTO organisation (id, name, country, created_by, created_at)
                        VALUES (:id, 'Vision SL', 'ES', :owner, now()) ON CONFLICT (id) DO NOTHING""")
                .param("id", TestProvider.ORGANISATION)
                .param("owner", owner.person().value())
                .update();
        jdbc.sql(
                        "INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:id, :owner, 'OWNER', now())")
                .param("id", TestProvider.ORGANISATION)
                .param("owner", owner.person().value())
                .update();
        String subject = fresh("marta");
        Browser browser = joined(subject);
        Consumer<Map<String, Object>> inGroup =
                claims -> claims.put("eduperson_entitlement", List.of("urn:geant:example.org:group:vision"));
        String organisation = "/organisations/" + TestProvider.ORGANISATION;
        arrive(leave(browser), subject, inGroup);
        assertThat(browser.get(organisation).statusCode()).isEqualTo(404);

        Browser owners = new Browser(address()).signIn(owner.email(), PASSWORD);
        assertThat(browser.get(organisation + "/providers").statusCode()).isEqualTo(404);
        owners.submit(organisation + "/providers", organisation + "/providers/good", "open", "true");
        arrive(leave(browser), subject, inGroup);
        assertThat(browser.get(organisation).statusCode()).isEqualTo(200);

        arrive(leave(browser), subject, c -> {});
        assertThat(browser.get(organisation).statusCode()).isEqualTo(404);
        // Whom a person took in stays, whatever the claims say.
        assertThat(owners.get(organisation).statusCode()).isEqualTo(200);
    }
}
