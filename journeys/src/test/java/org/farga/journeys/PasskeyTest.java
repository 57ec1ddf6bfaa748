package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitUntilState;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A passkey in a real browser, with Chromium's virtual authenticator in place of a finger. */
class PasskeyTest {
    private static Browser browser;
    private static FargaProcess farga;
    private static String localhost;

    @BeforeAll
    static void start(@TempDir Path data) {
        browser = Browser.start();
        farga = FargaProcess.start(data);
        // A passkey is bound to a name: an address of loopback stands for this one.
        localhost = "http://localhost:" + URI.create(farga.address()).getPort();
    }

    @AfterAll
    static void stop() {
        if (farga != null) {
            farga.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void aPasskeyIsAddedSignsInIsFoundCopiedAndIsRemoved() {
        Api.stranger(farga)
                .post(
                        "/persons",
                        Map.of(
                                "name", Story.ANA.name(),
                                "email", Story.ANA.email(),
                                "password", Story.ANA.password()))
                .done();
        Page page = browser.desktop(farga);
        CDPSession device = page.context().newCDPSession(page);
        String authenticator = authenticator(device);

        signInByPassword(page);
        page.navigate(localhost + "/account");
        page.locator("#passkey-name").fill("Ana's laptop");
        page.locator("form[data-passkey=create] button").click();
        assertThat(page.locator("#recovery-codes")).isVisible();
        List<String> codes =
                List.of(page.locator("#recovery-codes").innerText().strip().split("\\s+"));
        assertThat(codes).hasSize(10);
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);
        page.navigate(localhost + "/account");
        assertThat(page.locator("#passkeys table")).containsText("Ana's laptop");
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);

        signOut(page);
        signInByPasskey(page);
        assertThat(page.locator(".who .name")).hasText(Story.ANA.name());

        // A copy of it whose counter stands where it stood when it was made.
        JsonObject credential = device.send("WebAuthn.getCredentials", of("authenticatorId", authenticator))
                .getAsJsonArray("credentials")
                .get(0)
                .getAsJsonObject();
        assertThat(credential.get("rpId").getAsString()).isEqualTo("localhost");
        assertThat(credential.get("signCount").getAsInt()).isGreaterThan(1);
        signOut(page);
        device.send("WebAuthn.clearCredentials", of("authenticatorId", authenticator));
        credential.addProperty("signCount", 0);
        JsonObject copy = of("authenticatorId", authenticator);
        copy.add("credential", credential);
        device.send("WebAuthn.addCredential", copy);
        signInByPasskey(page);
        assertThat(page.locator("[role=alert]:visible")).containsText("may have been copied");
        browser.newMisdeeds();
        present(device, authenticator, false);

        // Its owner comes in with the password and a recovery code, and removes it.
        signInByPassword(page);
        assertThat(page).hasURL(Pattern.compile("/sign-in/second-factor"));
        Browser.assertAccessible(page);
        page.locator("#code").fill(codes.getFirst());
        page.locator("form:has(#code) button.primary").click();
        assertThat(page.locator(".who .name")).hasText(Story.ANA.name());
        page.navigate(localhost + "/account");
        assertThat(page.locator("#passkeys table")).containsText("Its counter ran backwards");
        page.onDialog(dialog -> dialog.accept());
        page.locator("#passkeys form[action$='/removal'] button").click();
        assertThat(page.locator("#passkeys table")).hasCount(0);
        signOut(page);
        present(device, authenticator, true);
        signInByPasskey(page);
        assertThat(page.locator("[role=alert]:visible")).containsText("not known here any more");

        present(device, authenticator, false);

        // At another address than it is bound to none is offered.
        page.navigate(farga.address() + "/sign-in");
        assertThat(page.locator("form[data-passkey] button")).isHidden();
        assertThat(page.locator("[data-passkey-elsewhere]")).containsText("localhost");
        assertThat(browser.newMisdeeds())
                .filteredOn(m -> !m.startsWith("a request to another host: " + localhost))
                .isEmpty();
    }

    private static String authenticator(CDPSession device) {
        device.send("WebAuthn.enable");
        JsonObject options = new JsonObject();
        options.addProperty("protocol", "ctap2");
        options.addProperty("transport", "internal");
        options.addProperty("hasResidentKey", true);
        options.addProperty("hasUserVerification", true);
        options.addProperty("isUserVerified", true);
        options.addProperty("automaticPresenceSimulation", true);
        JsonObject wrapped = new JsonObject();
        wrapped.add("options", options);
        return device.send("WebAuthn.addVirtualAuthenticator", wrapped)
                .get("authenticatorId")
                .getAsString();
    }

    /** Whether somebody touches the authenticator when it asks. */
    private static void present(CDPSession device, String authenticator, boolean present) {
        JsonObject presence = of("authenticatorId", authenticator);
        presence.addProperty("enabled", present);
        device.send("WebAuthn.setAutomaticPresenceSimulation", presence);
    }

    private static JsonObject of(String name, String value) {
        JsonObject object = new JsonObject();
        object.addProperty(name, value);
        return object;
    }

    private static void signInByPassword(Page page) {
        page.navigate(localhost + "/sign-in");
        page.locator("#email").fill(Story.ANA.email());
        page.locator("#password").fill(Story.ANA.password());
        page.locator("form[action='/sign-in'] button.primary").click();
        page.waitForURL(Pattern.compile("^(?!.*/sign-in$).*$"));
    }

    private static void signInByPasskey(Page page) {
        page.navigate(localhost + "/sign-in", new Page.NavigateOptions().setWaitUntil(WaitUntilState.COMMIT));
        // The virtual authenticator takes what the browser offers as soon as the page stands (conditional UI).
        assertThat(page.locator(".who .name, [role=alert]:visible").first()).isVisible();
    }

    private static void signOut(Page page) {
        page.locator(".who form[action='/sign-out'] button").click();
        assertThat(page.locator(".who a[href='/sign-in']")).isVisible();
    }
}
