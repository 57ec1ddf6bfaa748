package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.Browser;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class AccountPagesTest extends HttpTest {
    private static final String NEW_PASSWORD = "another long password";

    @Test
    void nameAndLanguageChangeWithTheVersionThatWasRead() {
        Client ana = signUp("Ana");
        String change = """
                {"name": "Anna", "language": "ca"}""";
        assertThat(ana.get("/api/v1/me").header("ETag")).isEqualTo("\"1\"");
        ana.patch("/api/v1/me", change).expectProblem(428, "version-required");
        assertThat(ana.patch("/api/v1/me", change, "If-Match", "\"1\"")
                        .expect(200)
                        .path("name")
                        .asString())
                .isEqualTo("Anna");
        ana.patch("/api/v1/me", change, "If-Match", "\"1\"").expectProblem(412, "stale");
        ana.patch("/api/v1/me", """
                        {"name": " ", "language": "xx"}""", "If-Match", "\"2\"").expectProblem(422, "invalid-fields");
    }

    @Test
    void aNewPasswordNeedsThePresentOneAndSignsOutEveryOtherBrowser() {
        Client ana = signUp("Ana");
        Browser here = new Browser(address()).signIn(ana.email(), PASSWORD);
        Browser there = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(here.submit("/account", "/account/password", "present", "wrong", "password", NEW_PASSWORD)
                        .body())
                .contains("This is not the present password.");
        assertThat(here.submit("/account", "/account/password", "present", PASSWORD, "password", "short")
                        .statusCode())
                .isEqualTo(422);
        assertThat(there.get("/account").statusCode()).isEqualTo(200);
        var changed = here.submit("/account", "/account/password", "present", PASSWORD, "password", NEW_PASSWORD);
        assertThat(Browser.location(changed)).isEqualTo("/account");
        assertThat(here.get("/account").statusCode()).isEqualTo(200);
        assertThat(Browser.location(there.get("/account"))).startsWith("/sign-in");
        new Browser(address()).signIn(ana.email(), NEW_PASSWORD);
        ana.get("/api/v1/me").expect(200);
    }

    @Test
    void guessingThePresentPasswordIsSlowedDown() {
        Client ana = signUp("Ana");
        for (int i = 0; i < 5; i++) {
            ana.put("/api/v1/me/password", """
                    {"present": "wrong", "password": "%s"}""".formatted(NEW_PASSWORD)).expectProblem(422, "invalid-fields");
        }
        ana.put("/api/v1/me/password", """
                {"present": "%s", "password": "%s"}""".formatted(PASSWORD, NEW_PASSWORD)).expectProblem(429, "too-many-sign-ins");
    }

    @Test
    void aTokensSecretIsShownOnce() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        var made = browser.submit(
                "/account",
                "/account/tokens",
                "name",
                "my laptop",
                "scopes",
                "READ",
                "scopes",
                "COMPUTE",
                "lifeDays",
                "30");
        assertThat(made.body()).contains("farga_token_");
        assertThat(browser.get("/account").body()).contains("my laptop").doesNotContain("farga_token_");
        var none = browser.submit("/account", "/account/tokens", "name", "no scope", "lifeDays", "30");
        assertThat(none.statusCode()).isEqualTo(422);
        var tokens = ana.get("/api/v1/tokens").expect(200);
        String id = tokens.valueStream()
                .filter(t -> t.path("name").asString().equals("my laptop"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asString();
        browser.submit("/account", "/account/tokens/" + id + "/revocation");
        assertThat(browser.get("/account").body()).doesNotContain("my laptop");
    }

    @Test
    void whereOneIsSignedInCanBeSeenAndEnded() {
        Client ana = signUp("Ana");
        Browser here = new Browser(address()).signIn(ana.email(), PASSWORD);
        Browser there = new Browser(address()).signIn(ana.email(), PASSWORD);
        var sessions = ana.get("/api/v1/me/sessions").expect(200);
        assertThat(sessions).hasSize(2);
        assertThat(sessions.toString()).doesNotContain(here.session()).doesNotContain(there.session());
        String page = here.get("/account").body();
        var other = java.util.regex.Pattern.compile("/account/sessions/([0-9a-f]{16})/end")
                .matcher(page);
        assertThat(other.find()).isTrue();
        signUp("Eve").delete("/api/v1/me/sessions/" + other.group(1)).expectProblem(404, "not-found");
        here.submit("/account", "/account/sessions/" + other.group(1) + "/end");
        assertThat(here.get("/account").statusCode()).isEqualTo(200);
        assertThat(there.get("/account").statusCode()).isEqualTo(302);
    }

    @Test
    void theHomePageSaysWhatIsMissing() {
        Client ana = signUp("Ana");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/").body()).contains("/organisations/new");
        Client owner = signUp("Owner");
        String id = organisationOf(owner);
        owner.post("/api/v1/organisations/" + id + "/invitations", "{\"email\": \"%s\"}".formatted(ana.email()))
                .expect(201);
        assertThat(browser.get("/").body())
                .contains("An invitation waits for you")
                .doesNotContain("Forja");
        Browser owners = new Browser(address()).signIn(owner.email(), PASSWORD);
        assertThat(owners.get("/").body())
                .contains("Declare the size of Forja Vision SL")
                .doesNotContain("/organisations/new");
    }
}
