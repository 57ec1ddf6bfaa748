package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.farga.Browser;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Passkeys against an authenticator in software, which can do what a browser's never would. */
class PasskeysTest extends HttpTest {
    private static JsonNode options(Browser browser, String from, String path) {
        var answered = browser.submit(from, path);
        assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
        return JSON.readTree(answered.body());
    }

    private SoftAuthenticator register(Browser browser, SoftAuthenticator device) {
        JsonNode options = options(browser, "/account", "/account/passkeys/options");
        byte[] handle =
                Base64.getUrlDecoder().decode(options.path("user").path("id").asString());
        var registered = browser.submit(
                "/account",
                "/account/passkeys",
                "name",
                "My laptop",
                "credential",
                device.create(options.path("challenge").asString(), handle));
        assertThat(registered.statusCode()).as(registered.body()).isIn(200, 302);
        return device;
    }

    private java.net.http.HttpResponse<String> signIn(Browser browser, SoftAuthenticator device) {
        JsonNode options = options(browser, "/sign-in", "/sign-in/passkey/options");
        return browser.submit(
                "/sign-in",
                "/sign-in/passkey",
                "next",
                "/projects",
                "credential",
                device.get(options.path("challenge").asString()));
    }

    private Browser signedIn(Client client) {
        return new Browser(address()).signIn(client.email(), PASSWORD);
    }

    @Test
    void aPasskeySignsInWithoutAnAddressTyped() {
        Client ana = signUp("Ana");
        SoftAuthenticator device = register(signedIn(ana), new SoftAuthenticator());
        device.counter++;
        Browser browser = new Browser(address());
        assertThat(Browser.location(signIn(browser, device))).isEqualTo("/projects");
        assertThat(browser.get("/account").body()).contains("My laptop", "can be synchronised");
        JsonNode passkey =
                ana.get("/api/v1/me/factors").expect(200).path("passkeys").get(0);
        assertThat(passkey.path("backupEligible").asBoolean()).isTrue();
        assertThat(passkey.path("lastUsedAt").asString()).isNotEmpty();
        assertThat(ana.get("/api/v1/me/sessions").body()).contains("PASSKEY");
    }

    @Test
    void aPasskeyIsASecondFactorBesideThePassword() {
        Client ana = signUp("Ana");
        SoftAuthenticator device = register(signedIn(ana), new SoftAuthenticator());
        Browser browser = new Browser(address());
        var asked = browser.submit("/sign-in", "/sign-in", "email", ana.email(), "password", PASSWORD);
        assertThat(Browser.location(asked)).isEqualTo("/sign-in/second-factor");
        device.counter++;
        // Beside a password the device need not ask who holds it.
        device.verifies = false;
        JsonNode options = options(browser, "/sign-in/second-factor", "/sign-in/passkey/options");
        assertThat(options.path("allowCredentials")).hasSize(1);
        assertThat(Browser.location(browser.submit(
                        "/sign-in/second-factor",
                        "/sign-in/second-factor",
                        "credential",
                        device.get(options.path("challenge").asString()))))
                .isEqualTo("/");
    }

    @Test
    void anothersPasskeyIsNoSecondFactor() {
        Client ana = signUp("Ana");
        register(signedIn(ana), new SoftAuthenticator());
        SoftAuthenticator eves = register(signedIn(signUp("Eve")), new SoftAuthenticator());
        Browser browser = new Browser(address());
        browser.submit("/sign-in", "/sign-in", "email", ana.email(), "password", PASSWORD);
        JsonNode options = options(browser, "/sign-in/second-factor", "/sign-in/passkey/options");
        eves.counter++;
        var refused = browser.submit(
                "/sign-in/second-factor",
                "/sign-in/second-factor",
                "credential",
                eves.get(options.path("challenge").asString()));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(Browser.location(browser.get("/account"))).startsWith("/sign-in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "host", "unverified", "old challenge", "not ours"})
    void whatDoesNotHoldSignsNobodyIn(String wrong) {
        Client ana = signUp("Ana");
        SoftAuthenticator device = register(signedIn(ana), new SoftAuthenticator());
        device.counter++;
        Browser browser = new Browser(address());
        String before = "";
        switch (wrong) {
            case "origin" -> device.origin = "https://farga.evil.example";
            case "host" -> device.host = "evil.example";
            case "unverified" -> device.verifies = false;
            case "old challenge" ->
                before = device.get(options(browser, "/sign-in", "/sign-in/passkey/options")
                        .path("challenge")
                        .asString());
            default -> {
                byte[] handle = device.userHandle;
                device = new SoftAuthenticator();
                device.userHandle = handle;
            }
        }
        JsonNode options = options(browser, "/sign-in", "/sign-in/passkey/options");
        String answer = before.isEmpty() ? device.get(options.path("challenge").asString()) : before;
        var refused = browser.submit("/sign-in", "/sign-in/passkey", "credential", answer);
        assertThat(refused.statusCode()).as(wrong).isEqualTo(422);
        assertThat(Browser.location(browser.get("/account"))).startsWith("/sign-in");
    }

    @Test
    void anAnswerIsTakenOnce() {
        Client ana = signUp("Ana");
        SoftAuthenticator device = register(signedIn(ana), new SoftAuthenticator());
        device.counter++;
        Browser browser = new Browser(address());
        JsonNode options = options(browser, "/sign-in", "/sign-in/passkey/options");
        String answer = device.get(options.path("challenge").asString());
        String csrf = browser.csrf("/sign-in");
        assertThat(browser.post("/sign-in/passkey", csrf, "credential", answer).statusCode())
                .isEqualTo(302);
        assertThat(browser.submit("/account", "/sign-in/passkey", "credential", answer)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aCounterThatRunsBackwardsEndsThePasskeyForGood() {
        Client ana = signUp("Ana");
        Browser here = signedIn(ana);
        SoftAuthenticator device = register(here, new SoftAuthenticator());
        device.counter = 10;
        assertThat(Browser.location(signIn(new Browser(address()), device))).isEqualTo("/projects");
        device.counter = 9;
        assertThat(signIn(new Browser(address()), device).body()).contains("may have been copied");
        device.counter = 11;
        assertThat(signIn(new Browser(address()), device).statusCode()).isEqualTo(422);
        assertThat(here.get("/account").body()).contains("Its counter ran backwards");
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = 'passkey.cloned' AND subject_id = :person")
                        .param("person", ana.person().toString())
                        .query(Integer.class)
                        .single())
                .isOne();
        // It is a second factor still: a copy must not turn it off.
        assertThat(ana.get("/api/v1/me/factors")
                        .expect(200)
                        .path("secondFactor")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aRemovedPasskeyIsUnknownAndOnlyItsOwnersToRemove() {
        Client ana = signUp("Ana");
        Browser here = signedIn(ana);
        SoftAuthenticator device = register(here, new SoftAuthenticator());
        String id = ana.get("/api/v1/me/factors")
                .expect(200)
                .path("passkeys")
                .get(0)
                .path("id")
                .asString();
        String path = "/account/passkeys/" + id;
        Browser eve = signedIn(signUp("Eve"));
        assertThat(eve.submit("/account", path + "/removal").statusCode()).isEqualTo(404);
        assertThat(eve.submit("/account", path + "/name", "name", "Eve's").statusCode())
                .isEqualTo(404);
        here.submit("/account", path + "/name", "name", "Old laptop");
        assertThat(here.get("/account").body()).contains("Old laptop");
        here.submit("/account", path + "/removal");
        device.counter++;
        assertThat(signIn(new Browser(address()), device).body()).contains("not known here any more");
        // The last factor is gone: the password signs in again.
        signedIn(ana);
    }

    @Test
    void aBrowserThatSendsAnythingGetsARefusal() {
        Client ana = signUp("Ana");
        Browser browser = signedIn(ana);
        for (String junk :
                new String[] {"", "{", "{}", "[]", "null", "{\"id\":\"AA\",\"rawId\":\"AA\",\"response\":{}}"}) {
            options(browser, "/account", "/account/passkeys/options");
            assertThat(browser.submit("/account", "/account/passkeys", "name", "x", "credential", junk)
                            .statusCode())
                    .as(junk)
                    .isEqualTo(403);
            options(browser, "/account", "/sign-in/passkey/options");
            assertThat(browser.submit("/account", "/sign-in/passkey", "credential", junk)
                            .statusCode())
                    .as(junk)
                    .isEqualTo(403);
        }
    }
}
