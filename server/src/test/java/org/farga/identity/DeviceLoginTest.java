package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DeviceLoginTest extends HttpTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private JsonNode start() {
        return stranger().post("/api/v1/device-logins", """
                {"name": "farga on laptop"}""").expect(201);
    }

    private Answered ask(JsonNode started) {
        // As if the interval had passed.
        jdbc.sql("UPDATE device_login SET last_asked_at = NULL").update();
        return stranger().post("/api/v1/device-logins/token", """
                {"deviceCode": "%s"}""".formatted(
                        started.path("deviceCode").asString()));
    }

    @Test
    void aPersonInABrowserSignsADeviceIn() {
        Client ana = signUp("Ana");
        JsonNode started = start();
        assertThat(started.path("verificationUri").asString()).endsWith("/device");
        String code = started.path("userCode").asString();
        assertThat(code).matches("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}");
        ask(started).expectProblem(409, "device-login-pending");

        Browser browser = new Browser(address());
        assertThat(Browser.location(browser.get("/device"))).isEqualTo("/sign-in?next=%2Fdevice");
        browser.signIn(ana.email(), PASSWORD);
        String csrf = browser.csrf("/device");
        assertThat(browser.post(
                                "/device",
                                csrf,
                                "code",
                                code.toLowerCase(java.util.Locale.ROOT).replace("-", " "))
                        .body())
                .contains("farga on laptop", ana.email(), code, "If somebody sent you the code");
        ask(started).expectProblem(409, "device-login-pending");
        assertThat(browser.post("/device/decision", "", "code", code, "approve", "true")
                        .statusCode())
                .isEqualTo(403);
        browser.post("/device/decision", csrf, "code", code, "approve", "true");

        String secret = ask(started).expect(201).path("secret").asString();
        JsonNode me = stranger()
                .get("/api/v1/me", "Authorization", "Bearer " + secret)
                .expect(200);
        assertThat(me.path("email").asString()).isEqualTo(ana.email());
        // Once.
        ask(started).expectProblem(409, "device-login-over");
    }

    @Test
    void whoRefusesLetsNobodyIn() {
        Client ana = signUp("Ana");
        JsonNode started = start();
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        String code = started.path("userCode").asString();
        browser.submit("/device", "/device/decision", "code", code, "approve", "false");
        ask(started).expectProblem(403, "device-login-denied");
    }

    @Test
    void codesRunOut() {
        Client ana = signUp("Ana");
        JsonNode started = start();
        String code = started.path("userCode").asString();
        jdbc.sql("""
                        UPDATE device_login SET created_at = now() - interval '11 minutes', expires_at = now() - interval '1 minute'
                        WHERE user_code = :code""").param("code", code.replace("-", "")).update();
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.submit("/device", "/device/decision", "code", code, "approve", "true")
                        .statusCode())
                .isEqualTo(422);
        ask(started).expectProblem(409, "device-login-over");
    }

    @Test
    void guessingCodesIsSlowedDown() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        String csrf = browser.csrf("/device");
        for (int i = 0; i < 6; i++) {
            assertThat(browser.post("/device", csrf, "code", "BBBB-BBBB").statusCode())
                    .isIn(422, 429);
        }
        String code = start().path("userCode").asString();
        assertThat(browser.post("/device", csrf, "code", code).statusCode()).isEqualTo(429);
        assertThat(browser.post("/device/decision", csrf, "code", code, "approve", "true")
                        .statusCode())
                .isEqualTo(429);
    }

    @Test
    void aNetworkStartsSoManyAnHourAndNoMore() {
        String network = "203.0.113." + (1 + (int) (Math.random() * 250));
        jdbc.sql("""
                        INSERT INTO device_login (id, user_code, sha256, name, network, created_at, expires_at, state, person_id)
                        SELECT gen_random_uuid(), 'BBBBBBBB', sha256((:salt || n)::bytea), 'x', :network, now(), now() + interval '1 minute',
                               'USED', (SELECT id FROM person LIMIT 1)
                        FROM generate_series(1, 60) n""")
                .param("network", network)
                .param("salt", signUp("Ana").person() + UUID.randomUUID().toString())
                .update();
        stranger()
                .post("/api/v1/device-logins", """
                        {"name": "x"}""", "X-Forwarded-For", network)
                .expectProblem(429, "too-many-device-logins");
        start();
    }

    @Test
    void aDeviceThatAsksTooOftenIsToldSo() {
        JsonNode started = start();
        ask(started).expectProblem(409, "device-login-pending");
        stranger()
                .post("/api/v1/device-logins/token", """
                        {"deviceCode": "%s"}""".formatted(
                                started.path("deviceCode").asString()))
                .expectProblem(429, "device-login-too-often");
        stranger().post("/api/v1/device-logins/token", """
                {"deviceCode": "farga_device_guess"}""").expectProblem(409, "device-login-over");
        stranger().post("/api/v1/device-logins/token", "{}").expectProblem(409, "device-login-over");
        stranger().post("/api/v1/device-logins", "{}").expectProblem(422, "invalid-fields");
    }

    @Test
    void whatPeopleTypeIsReadAsTheyMeanIt() {
        assertThat(DeviceLogin.typed(" bcdf-ghjk ")).isEqualTo("BCDFGHJK");
        assertThat(DeviceLogin.typed(null)).isEmpty();
        DeviceLogin login = DeviceLogin.start("x", "here", NOW);
        assertThat(login.isAlive(NOW.plusSeconds(599))).isTrue();
        assertThat(login.isAlive(NOW.plusSeconds(600))).isFalse();
        assertThat(DeviceLogin.typed(login.shownCode())).isEqualTo(login.userCode());
    }
}
