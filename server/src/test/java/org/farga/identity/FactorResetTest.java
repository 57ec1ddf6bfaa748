package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;

/** The last way back, and the sessions one can end. */
class FactorResetTest extends HttpTest {
    private void giveFactor(Client client) {
        jdbc.sql("""
                INSERT INTO totp (person_id, sealed_secret, created_at, confirmed_at)
                VALUES (:person, '\\x00', now(), now())""").param("person", client.person().value()).update();
    }

    private boolean hasFactor(Client client) {
        return client.get("/api/v1/me/factors").expect(200).path("secondFactor").asBoolean();
    }

    private Browser signedIn(Client client) {
        return new Browser(address()).signIn(client.email(), PASSWORD);
    }

    @Test
    void twoAdministratorsResetAFactorAndTheirVictimIsSignedOut() {
        Client ana = signUp("Ana");
        Browser anas = signedIn(ana);
        giveFactor(ana);
        Client first = staff(CentreRole.ADMINISTRATOR);
        Client second = staff(CentreRole.ADMINISTRATOR);
        Browser one = signedIn(first);
        Browser other = signedIn(second);
        String page = "/centre/factor-resets";
        assertThat(one.submit(page, page, "email", ana.email(), "reason", "Called her back.")
                        .statusCode())
                .isEqualTo(302);
        assertThat(one.submit(page, page, "email", ana.email(), "reason", "Again.")
                        .body())
                .contains("waits for a second administrator already");
        String id = jdbc.sql("SELECT id::text FROM factor_reset WHERE person_id = :person")
                .param("person", ana.person().value())
                .query(String.class)
                .single();
        String decision = page + "/" + id + "/decision";
        assertThat(one.submit(page, decision, "granted", "true").body()).contains("another administrator must");
        assertThat(hasFactor(ana)).isTrue();
        assertThat(other.submit(page, decision, "granted", "true").statusCode()).isEqualTo(302);
        assertThat(hasFactor(ana)).isFalse();
        assertThat(anas.get("/account").statusCode()).isEqualTo(302);
        assertThat(other.submit(page, decision, "granted", "true").statusCode()).isEqualTo(404);
        signedIn(ana);
    }

    @Test
    void onlyAdministratorsSeeResetsAndNobodyResetsTheirOwn() {
        Client operator = staff(CentreRole.OPERATOR);
        assertThat(signedIn(operator).get("/centre/factor-resets").statusCode()).isEqualTo(404);
        Client administrator = staff(CentreRole.ADMINISTRATOR);
        Browser browser = signedIn(administrator);
        String page = "/centre/factor-resets";
        assertThat(browser.submit(page, page, "email", administrator.email(), "reason", "Me.")
                        .body())
                .contains("Not for yourself");
        assertThat(browser.submit(page, page, "email", "nobody-at-all@example.org", "reason", "Who?")
                        .body())
                .contains("Nobody has signed up");
    }

    @Test
    void everyOtherSessionEndsAtOnceAndThisOneStays() {
        Client ana = signUp("Ana");
        Browser here = signedIn(ana);
        Browser there = signedIn(ana);
        Browser elsewhere = signedIn(ana);
        assertThat(Browser.location(here.submit("/account", "/account/sessions/end")))
                .isEqualTo("/account");
        assertThat(here.get("/account").statusCode()).isEqualTo(200);
        assertThat(there.get("/account").statusCode()).isEqualTo(302);
        assertThat(elsewhere.get("/account").statusCode()).isEqualTo(302);
        ana.delete("/api/v1/me/sessions").expect(204);
        assertThat(here.get("/account").statusCode()).isEqualTo(302);
    }

    @Test
    void aSessionEndsWhenItHasLastedAWeekHoweverMuchItIsUsed() {
        Client ana = signUp("Ana");
        Browser browser = signedIn(ana);
        jdbc.sql("""
                UPDATE spring_session SET creation_time = creation_time - 7 * 86400000::bigint
                WHERE principal_name = :person""").param("person", ana.person().toString()).update();
        assertThat(Browser.location(browser.get("/projects"))).isEqualTo("/sign-in?next=%2Fprojects");
        assertThat(ana.get("/api/v1/me/sessions").expect(200)).isEmpty();
    }

    @Test
    void onlyASecondBrowserIsWorthAMail() {
        Client ana = signUp("Ana");
        Browser browser = signedIn(ana);
        browser.submit("/account", "/sign-out");
        browser.signIn(ana.email(), PASSWORD);
        assertThat(browsers(ana)).isOne();
        signedIn(ana);
        assertThat(browsers(ana)).isEqualTo(2);
    }

    private int browsers(Client client) {
        return jdbc.sql("SELECT count(*) FROM known_browser WHERE person_id = :person")
                .param("person", client.person().value())
                .query(Integer.class)
                .single();
    }

    @Test
    void withoutAMailServerTheRecoveryPageSaysWhoHelps() {
        Browser browser = new Browser(address());
        assertThat(browser.get("/recovery").body()).contains("This centre sends no mail");
        assertThat(browser.submit("/sign-in", "/recovery", "email", "ana@example.org")
                        .statusCode())
                .isEqualTo(409);
        assertThat(browser.get("/recovery/password").statusCode()).isEqualTo(404);
        // The token does not stay in the address.
        assertThat(Browser.location(browser.get("/recovery/link?token=farga_recovery_guess")))
                .isEqualTo("/recovery/password");
        assertThat(browser.get("/recovery/password").body()).contains("does not hold");
        assertThat(Browser.location(browser.get("/email/link?token=farga_email_guess")))
                .isEqualTo("/email/confirmation");
        assertThat(browser.get("/email/confirmation").statusCode()).isEqualTo(404);
    }

    @Test
    void aNetworkThatGuessesIsSlowedDownAndOthersAreNot() {
        String network = "198.51.101." + (1 + (int) (Math.random() * 250));
        String body = "{\"email\": \"x\", \"password\": \"y\"}";
        stranger().post("/api/v1/sign-in", body, "X-Forwarded-For", network).expectProblem(403, "wrong-credentials");
        // Sixty more that another process counted, in this minute and, should it turn meanwhile, in the next.
        assertThat(jdbc.sql("""
                                INSERT INTO sign_in_attempt (sha256, window_start, attempts)
                                SELECT sha256(convert_to('sign-in ' || :network, 'UTF8')), minute, 60
                                FROM (VALUES (date_trunc('minute', now())), (date_trunc('minute', now()) + interval '1 minute')) AS m (minute)
                                ON CONFLICT (sha256, window_start) DO UPDATE SET attempts = 60""").param("network", network).update()).isEqualTo(2);
        Answered last = stranger().post("/api/v1/sign-in", body, "X-Forwarded-For", network);
        last.expectProblem(429, "too-many-requests");
        assertThat(Integer.parseInt(last.header("Retry-After"))).isBetween(1, 60);
        assertThat(last.header("RateLimit-Policy")).isEqualTo("\"sign-in\";q=60;w=60");
        assertThat(last.header("RateLimit")).startsWith("\"sign-in\";r=0;t=");
        stranger()
                .post("/api/v1/sign-in", body, "X-Forwarded-For", "203.0.113.9")
                .expectProblem(403, "wrong-credentials");
        // Whom a header names counts from a trusted proxy alone; this machine itself is one.
        Answered asked = signUp("Ana").get("/api/v1/me");
        assertThat(asked.header("RateLimit-Policy")).isEqualTo("\"person\";q=2000;w=2");
    }
}
