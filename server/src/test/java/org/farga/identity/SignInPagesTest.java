package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class SignInPagesTest extends HttpTest {
    @Test
    void aBrowserSignsInGoesWhereItWantedToAndOut() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address());
        assertThat(Browser.location(browser.get("/organisations"))).isEqualTo("/sign-in?next=%2Forganisations");
        var signedIn = browser.submit(
                "/sign-in?next=/organisations",
                "/sign-in",
                "next",
                "/organisations",
                "email",
                ana.email(),
                "password",
                PASSWORD);
        assertThat(Browser.location(signedIn)).isEqualTo("/organisations");
        assertThat(browser.get("/organisations").statusCode()).isEqualTo(200);
        String session = browser.session();
        browser.submit("/", "/sign-out");
        assertThat(browser.get("/organisations").statusCode()).isEqualTo(302);
        // Gone at the server, not only in this browser.
        assertThat(new Browser(address())
                        .get("/organisations", "Cookie", "farga_session=" + session)
                        .statusCode())
                .isEqualTo(302);
    }

    @Test
    void theSessionFromBeforeTheSignInIsNotCarriedOver() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address());
        browser.get("/sign-in");
        String before = browser.session();
        browser.signIn(ana.email(), PASSWORD);
        assertThat(before).isNotEmpty();
        assertThat(browser.session()).isNotEmpty().isNotEqualTo(before);
    }

    @Test
    void nobodyIsSentElsewhereAfterSigningIn() {
        Client ana = signUp("Ana");
        for (String elsewhere : new String[] {"https://evil.example/", "//evil.example", "/\\evil.example", "/{x}"}) {
            var signedIn = new Browser(address())
                    .submit("/sign-in", "/sign-in", "next", elsewhere, "email", ana.email(), "password", PASSWORD);
            assertThat(Browser.location(signedIn)).as(elsewhere).isEqualTo("/");
        }
    }

    @Test
    void aFormWithoutItsTokenIsRefused() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.post("/organisations", "", "name", "Forged", "country", "ES")
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.post("/sign-out", "wrong").statusCode()).isEqualTo(403);
        assertThat(browser.get("/organisations").statusCode()).isEqualTo(200);
        assertThat(ana.get("/api/v1/organisations").expect(200).path("items")).isEmpty();
    }

    @Test
    void anApiWriteWithASessionNeedsTheTokenToo() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        stranger()
                .post("/api/v1/organisations", """
                        {"name": "Forged", "country": "ES"}""", "Cookie", "farga_session=" + browser.session())
                .expectProblem(403, "forged-request");
    }

    @Test
    void aWrongPasswordAndAnUnknownAddressAnswerAlike() {
        Client ana = signUp("Ana");
        var wrong = new Browser(address())
                .submit("/sign-in", "/sign-in", "email", ana.email(), "password", "not the password");
        var unknown = new Browser(address())
                .submit("/sign-in", "/sign-in", "email", "nobody@example.org", "password", "not the password");
        assertThat(wrong.statusCode()).isEqualTo(422).isEqualTo(unknown.statusCode());
        assertThat(wrong.body()).contains("wrong").doesNotContain("not the password");
    }

    @Test
    void afterFiveFailuresEvenTheRightPasswordWaits() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address());
        String csrf = browser.csrf("/sign-in");
        for (int i = 0; i < 6; i++) {
            browser.post("/sign-in", csrf, "email", ana.email(), "password", "wrong " + i);
        }
        assertThat(browser.post("/sign-in", csrf, "email", ana.email(), "password", PASSWORD)
                        .statusCode())
                .isEqualTo(429);
    }

    @Test
    void everyPageCarriesTheHeadersThatKeepItsOwn() {
        var headers = new Browser(address()).get("/sign-in").headers();
        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
        assertThat(headers.firstValue("Referrer-Policy")).contains("same-origin");
        assertThat(headers.firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(headers.allValues("Set-Cookie"))
                .filteredOn(c -> c.startsWith("farga_session="))
                .singleElement()
                .asString()
                .contains("HttpOnly", "SameSite=Lax");
    }

    @Test
    void programsThatMakeAccountsAreSlowedDownByTheirNetwork() {
        String network = "198.51.100." + (1 + (int) (Math.random() * 250));
        jdbc.sql("""
                        INSERT INTO sign_up_attempt (address, hour_start, attempts)
                        VALUES (:network, date_trunc('hour', now(), 'UTC'), 60)
                        ON CONFLICT (address, hour_start) DO UPDATE SET attempts = 60""").param("network", network).update();
        String body = """
                {"email": "%s@example.org", "name": "Bot", "password": "%s"}""".formatted(UUID.randomUUID(), PASSWORD);
        stranger().post("/api/v1/persons", body, "X-Forwarded-For", network).expectProblem(429, "too-many-sign-ups");
        stranger().post("/api/v1/persons", body).expect(201);
    }

    @Test
    void theSetUpLeadsNowhereWithoutItsLink() {
        assertThat(new Browser(address()).get("/setup").statusCode()).isEqualTo(404);
        Browser guesser = new Browser(address());
        assertThat(Browser.location(guesser.get("/setup?token=farga_setup_guess")))
                .isEqualTo("/setup");
        assertThat(guesser.get("/setup").body()).doesNotContain("<form method=\"post\" action=\"/setup\">");
        stranger().post("/api/v1/setup", """
                        {"token": "farga_setup_guess", "email": "eve@example.org", "name": "Eve", "password": "%s"}""".formatted(PASSWORD)).expectProblem(409, "setup-link-invalid");
        stranger().post("/api/v1/setup", "{}").expectProblem(409, "setup-link-invalid");
    }
}
