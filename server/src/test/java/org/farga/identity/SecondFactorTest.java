package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;

/** The second factor as a person meets it: set up, asked for, lost, and required at the centre. */
class SecondFactorTest extends HttpTest {
    private static final Pattern KEY = Pattern.compile("id=\"totp-secret\" class=\"code\">([A-Z2-7 ]+)<");
    private static final Pattern RECOVERY_CODE = Pattern.compile("([A-Z2-7]{4}-){3}[A-Z2-7]{4}");

    /** Somebody's app and recovery codes. */
    private record Kit(byte[] key, List<String> recoveryCodes) {
        /** The code of a step from now. */
        String code(long stepsFromNow) {
            return Totp.code(key, Totp.step(Instant.now()) + stepsFromNow, 6);
        }
    }

    private Kit setUp(Browser browser) {
        assertThat(Browser.location(browser.submit("/account", "/account/authenticator")))
                .isEqualTo("/account/authenticator");
        String page = browser.get("/account/authenticator").body();
        Matcher shown = KEY.matcher(page);
        assertThat(shown.find()).isTrue();
        byte[] key = base32(shown.group(1));
        Kit kit = new Kit(key, new ArrayList<>());
        var confirmed =
                browser.submit("/account/authenticator", "/account/authenticator/confirmation", "code", kit.code(-1));
        assertThat(confirmed.statusCode()).as(confirmed.body()).isEqualTo(200);
        Matcher codes = RECOVERY_CODE.matcher(confirmed.body().replaceFirst("(?s)</pre>.*", ""));
        while (codes.find()) {
            kit.recoveryCodes().add(codes.group());
        }
        return kit;
    }

    private Browser signedIn(Client client) {
        return new Browser(address()).signIn(client.email(), PASSWORD);
    }

    /** After the password. */
    private Browser halfWay(Client client) {
        Browser browser = new Browser(address());
        var asked = browser.submit(
                "/sign-in", "/sign-in", "next", "/projects", "email", client.email(), "password", PASSWORD);
        assertThat(Browser.location(asked)).isEqualTo("/sign-in/second-factor?next=%2Fprojects");
        return browser;
    }

    @Test
    void withAnAppThePasswordAloneNoLongerSignsIn() {
        Client ana = signUp("Ana");
        Kit kit = setUp(signedIn(ana));
        assertThat(kit.recoveryCodes()).hasSize(10);
        Browser browser = halfWay(ana);
        assertThat(Browser.location(browser.get("/account"))).startsWith("/sign-in?next=");
        assertThat(browser.get("/sign-in/second-factor?next=%2Fprojects").body())
                .contains("value=\"/projects\"")
                .contains("one-time-code");
        var wrong = browser.submit("/sign-in/second-factor", "/sign-in/second-factor", "code", "000000");
        assertThat(wrong.statusCode()).isEqualTo(422);
        var right = browser.submit(
                "/sign-in/second-factor", "/sign-in/second-factor", "code", kit.code(0), "next", "/projects");
        assertThat(Browser.location(right)).isEqualTo("/projects");
        assertThat(browser.get("/account").statusCode()).isEqualTo(200);
        assertThat(ana.get("/api/v1/me/factors")
                        .expect(200)
                        .path("recoveryCodesLeft")
                        .asInt())
                .isEqualTo(10);
    }

    @Test
    void aCodeThatWasUsedIsRefused() {
        Client ana = signUp("Ana");
        Kit kit = setUp(signedIn(ana));
        // The one that confirmed the app.
        assertThat(halfWay(ana)
                        .submit("/sign-in/second-factor", "/sign-in/second-factor", "code", kit.code(-1))
                        .statusCode())
                .isEqualTo(422);
        String code = kit.code(0);
        assertThat(Browser.location(
                        halfWay(ana).submit("/sign-in/second-factor", "/sign-in/second-factor", "code", code)))
                .isEqualTo("/");
        assertThat(halfWay(ana)
                        .submit("/sign-in/second-factor", "/sign-in/second-factor", "code", code)
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void aRecoveryCodeStandsInOnceAndNewOnesKillTheOld() {
        Client ana = signUp("Ana");
        Kit kit = setUp(signedIn(ana));
        String code = kit.recoveryCodes().getFirst();
        Browser browser = halfWay(ana);
        assertThat(Browser.location(browser.submit(
                        "/sign-in/second-factor",
                        "/sign-in/second-factor",
                        "code",
                        code.toLowerCase(java.util.Locale.ROOT))))
                .isEqualTo("/");
        assertThat(browser.get("/account").body()).contains("9 codes are left");
        assertThat(halfWay(ana)
                        .submit("/sign-in/second-factor", "/sign-in/second-factor", "code", code)
                        .statusCode())
                .isEqualTo(422);
        var renewed = browser.submit("/account", "/account/recovery-codes");
        assertThat(renewed.statusCode()).isEqualTo(200);
        assertThat(renewed.body()).doesNotContain(kit.recoveryCodes().get(1));
        assertThat(halfWay(ana)
                        .submit(
                                "/sign-in/second-factor",
                                "/sign-in/second-factor",
                                "code",
                                kit.recoveryCodes().get(1))
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void guessingCodesIsSlowedDownInEveryBrowserAtOnce() {
        Client ana = signUp("Ana");
        Kit kit = setUp(signedIn(ana));
        Browser browser = halfWay(ana);
        String csrf = browser.csrf("/sign-in/second-factor");
        for (int i = 0; i < 6; i++) {
            browser.post("/sign-in/second-factor", csrf, "code", "00000" + i);
        }
        assertThat(halfWay(ana)
                        .submit("/sign-in/second-factor", "/sign-in/second-factor", "code", kit.code(0))
                        .statusCode())
                .isEqualTo(429);
    }

    @Test
    void aProgramSendsTheCodeWithThePassword() {
        Client ana = signUp("Ana");
        Kit kit = setUp(signedIn(ana));
        String plain = """
                {"email": "%s", "password": "%s"}""".formatted(ana.email(), PASSWORD);
        stranger().post("/api/v1/sign-in", plain).expectProblem(403, "second-factor-required");
        String withCode = """
                {"email": "%s", "password": "%s", "code": "%s"}""";
        stranger()
                .post("/api/v1/sign-in", withCode.formatted(ana.email(), PASSWORD, "000000"))
                .expectProblem(403, "wrong-code");
        stranger()
                .post("/api/v1/sign-in", withCode.formatted(ana.email(), "not the password", kit.code(0)))
                .expectProblem(403, "wrong-credentials");
        stranger()
                .post("/api/v1/sign-in", withCode.formatted(ana.email(), PASSWORD, kit.code(0)))
                .expect(201);
    }

    @Test
    void theKeyIsKeptSealedAndTheAppCanBeRemoved() {
        Client ana = signUp("Ana");
        Browser browser = signedIn(ana);
        Kit kit = setUp(browser);
        byte[] kept = jdbc.sql("SELECT sealed_secret FROM totp WHERE person_id = :person")
                .param("person", ana.person().value())
                .query(byte[].class)
                .single();
        assertThat(new String(kept, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain(new String(kit.key(), java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(Browser.location(browser.submit("/account", "/account/authenticator/removal")))
                .isEqualTo("/account");
        assertThat(ana.get("/api/v1/me/factors")
                        .expect(200)
                        .path("secondFactor")
                        .asBoolean())
                .isFalse();
        assertThat(jdbc.sql("SELECT count(*) FROM recovery_code WHERE person_id = :person")
                        .param("person", ana.person().value())
                        .query(Integer.class)
                        .single())
                .isZero();
        signedIn(ana);
    }

    @Test
    void sensitiveActsNeedAFreshProof() {
        Client ana = signUp("Ana");
        Browser browser = signedIn(ana);
        age(ana);
        for (String act : new String[] {
            "/account/authenticator",
            "/account/tokens",
            "/account/password",
            "/account/identities/" + UUID.randomUUID() + "/removal"
        }) {
            assertThat(Browser.location(browser.submit("/account", act)))
                    .as(act)
                    .isEqualTo("/account/proof?next=%2Faccount");
        }
        assertThat(browser.submit("/account/proof", "/account/proof", "password", "wrong")
                        .statusCode())
                .isEqualTo(403);
        assertThat(Browser.location(
                        browser.submit("/account/proof", "/account/proof", "password", PASSWORD, "next", "/account")))
                .isEqualTo("/account");
        setUp(browser);
        age(ana);
        // From now on the password proves nothing here either.
        assertThat(browser.submit("/account/proof", "/account/proof", "password", PASSWORD)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void linkingASignInProviderNeedsAFreshProofAtBothEnds() {
        Client ana = signUp("Ana");
        Browser browser = signedIn(ana);
        String provider = "/account/link/good";
        assertThat(browser.get(provider).headers().firstValue("Location").orElseThrow())
                .contains("/authorize?");
        age(ana);
        // Back to the page between, from which alone another host can be gone to after a form.
        assertThat(Browser.location(browser.get(provider)))
                .isEqualTo("/account/proof?next=%2Faccount%2Flink%3Fprovider%3Dgood");
        assertThat(Browser.location(browser.submit("/account", "/account/link")))
                .isEqualTo("/account/proof?next=%2Faccount%2Flink");
        assertThat(Browser.location(browser.submit(
                        "/account/proof",
                        "/account/proof",
                        "password",
                        PASSWORD,
                        "next",
                        "/account/link?provider=good")))
                .isEqualTo("/account/link?provider=good");
        assertThat(browser.get(provider).headers().firstValue("Location").orElseThrow())
                .contains("/authorize?");
    }

    @Test
    void rolesAtTheCentreWaitForASecondFactorOnceTheGraceIsOver() {
        Client carla = staff(CentreRole.ADMINISTRATOR);
        Browser browser = signedIn(carla);
        assertThat(browser.get("/centre").statusCode()).isEqualTo(200);
        assertThat(browser.get("/").body()).contains("Set up a second factor");
        jdbc.sql("UPDATE second_factor_asked SET since = now() - interval '15 days' WHERE person_id = :person")
                .param("person", carla.person().value())
                .update();
        Browser later = signedIn(carla);
        assertThat(Browser.location(later.get("/centre"))).isEqualTo("/account/second-factor");
        assertThat(later.get("/account/second-factor").body()).contains("the time to set one up has passed");
        assertThat(later.get("/projects").statusCode()).isEqualTo(200);
        // A token made by password alone does not carry the roles either, nor one made in that session.
        var issued = stranger()
                .post("/api/v1/sign-in", """
                        {"email": "%s", "password": "%s"}""".formatted(carla.email(), PASSWORD))
                .expect(201);
        assertThat(issued.path("token").path("scopes").toString()).doesNotContain("CENTRE");
        assertThat(later.submit("/account", "/account/tokens", "name", "x", "scopes", "CENTRE", "lifeDays", "7")
                        .statusCode())
                .isEqualTo(403);
        setUp(later);
        assertThat(later.get("/centre").statusCode()).isEqualTo(200);
    }

    @Test
    void aTokenMadeWithoutASecondFactorLosesTheCentreWhenTheGraceIsOver() {
        Client carla = staff(CentreRole.ADMINISTRATOR);
        carla.get("/api/v1/centre/staff").expect(200);
        assertThat(carla.get("/api/v1/me").expect(200).path("centreRoles").toString())
                .contains("ADMINISTRATOR");
        jdbc.sql("UPDATE second_factor_asked SET since = now() - interval '15 days' WHERE person_id = :person")
                .param("person", carla.person().value())
                .update();
        carla.get("/api/v1/centre/staff").expectProblem(404, "not-found");
        assertThat(carla.get("/api/v1/me").expect(200).path("centreRoles").toString())
                .doesNotContain("ADMINISTRATOR");
        // What is not the centre's business still works by it.
        carla.get("/api/v1/projects").expect(200);
        // One made with both factors carries the roles on.
        Kit kit = setUp(signedIn(carla));
        String strong = stranger()
                .post("/api/v1/sign-in", """
                        {"email": "%s", "password": "%s", "code": "%s"}""".formatted(carla.email(), PASSWORD, kit.code(0)))
                .expect(201)
                .path("secret")
                .asString();
        stranger()
                .get("/api/v1/centre/staff", "Authorization", "Bearer " + strong)
                .expect(200);
        carla.get("/api/v1/centre/staff").expectProblem(404, "not-found");
    }

    @Test
    void aWaitIsToldInItsHeaderOnPagesAndOnTheApi() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address());
        String csrf = browser.csrf("/sign-in");
        jdbc.sql("""
                        INSERT INTO sign_in_failure (email, failures, last_failure)
                        VALUES (:email, 40, now())""").param("email", ana.email()).update();
        var page = browser.post("/sign-in", csrf, "email", ana.email(), "password", PASSWORD);
        assertThat(page.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(page.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 900);
        var answered = stranger().post("/api/v1/sign-in", """
                {"email": "%s", "password": "%s"}""".formatted(ana.email(), PASSWORD));
        answered.expectProblem(429, "too-many-sign-ins");
        assertThat(Integer.parseInt(answered.header("Retry-After"))).isBetween(1, 900);
    }

    /** Makes the proof in this person's sessions a year older. */
    private void age(Client client) {
        for (byte[] row : jdbc.sql("""
                        SELECT a.attribute_bytes FROM spring_session_attributes a
                        JOIN spring_session s ON s.primary_id = a.session_primary_id
                        WHERE s.principal_name = :person AND a.attribute_name = 'farga.signed-in'""")
                .param("person", client.person().toString())
                .query(byte[].class)
                .list()) {
            String text = new String(row, java.nio.charset.StandardCharsets.ISO_8859_1);
            Matcher at = Pattern.compile("at=(\\d{4})").matcher(text);
            assertThat(at.find()).isTrue();
            byte[] older = text.replace("at=" + at.group(1), "at=" + (Integer.parseInt(at.group(1)) - 1))
                    .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            jdbc.sql("""
                    UPDATE spring_session_attributes a SET attribute_bytes = :older FROM spring_session s
                    WHERE s.primary_id = a.session_primary_id AND s.principal_name = :person
                      AND a.attribute_name = 'farga.signed-in'""")
                    .param("older", older)
                    .param("person", client.person().toString())
                    .update();
        }
    }

    private static byte[] base32(String text) {
        var bytes = new java.io.ByteArrayOutputStream();
        int buffer = 0;
        int bits = 0;
        for (char c : text.replace(" ", "").toCharArray()) {
            buffer = (buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c);
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes.write(buffer >>> bits);
            }
        }
        return bytes.toByteArray();
    }
}
