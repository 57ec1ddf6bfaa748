package org.farga.journeys;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Signing in through a real Keycloak's own pages, with a real browser. The provider is away when Farga starts. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OidcJourneyTest {
    private static final String PASSWORD = "correct horse battery";

    @TempDir
    private static Path folder;

    private static Browser browser;
    private static Keycloak keycloak;
    private static FargaProcess farga;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        keycloak = new Keycloak(FargaProcess.freePort());
        Map<String, String> settings = new HashMap<>();
        String provider = "FARGA_OIDC_KEYCLOAK_";
        settings.put(provider + "ISSUER", keycloak.issuer());
        settings.put(provider + "CLIENTID", "farga");
        settings.put(provider + "CLIENTSECRET", "a-secret-of-this-journey-alone");
        settings.put(provider + "LABEL_EN", "Keycloak");
        settings.put(provider + "RULES_0_CLAIM", "groups");
        settings.put(provider + "RULES_0_VALUE", "farga-operators");
        settings.put(provider + "RULES_0_CENTREROLE", "OPERATOR");
        settings.put(provider + "RULES_0_ASSURANCE", "https://refeds.org/assurance/IAP/medium");
        settings.put("FARGA_SECONDFACTOR_STRICTROLES", "OPERATOR");
        farga = FargaProcess.start(folder.resolve("farga"), settings);
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable closed : new AutoCloseable[] {browser, farga, keycloak}) {
            if (closed != null) {
                try {
                    closed.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static void leaveFor(Page page, String person) {
        page.navigate("/sign-in");
        page.getByText("Continue with Keycloak").click();
        // Where the provider remembers the browser, it asks nothing and sends it straight back.
        page.waitForURL(url -> url.startsWith(keycloak.address()) || cameBack(url));
        if (!cameBack(page.url())) {
            type(page, person);
            page.waitForURL(OidcJourneyTest::cameBack);
        }
    }

    private static boolean cameBack(String url) {
        return url.startsWith(farga.address())
                && !url.endsWith("/sign-in")
                && !url.contains("/sign-in/with/")
                && !url.contains("/sign-in/back/");
    }

    private static void type(Page page, String person) {
        page.locator("#password").waitFor();
        assertThat(page.url()).startsWith(keycloak.address());
        if (page.locator("#username").isVisible()) {
            page.fill("#username", person);
        }
        page.fill("#password", person + " at the provider");
        page.click("#kc-login");
    }

    private static Page newcomer(String person) {
        Page page = browser.desktop(farga);
        leaveFor(page, person);
        assertThat(page).hasURL(Pattern.compile(".*/sign-in/new"));
        return page;
    }

    private static Page joined(String person) {
        Page page = newcomer(person);
        page.getByText("Make my account").click();
        assertThat(page).hasURL(farga.address() + "/");
        return page;
    }

    private static void signOutHereOnly(Page page) {
        page.locator(".who form button").click();
        assertThat(page.locator("h1")).hasText("You are signed out of Farga");
    }

    @Test
    @Order(1)
    void aProviderThatIsAwayStopsNeitherTheStartNorASignUp() {
        Page page = browser.desktop(farga);
        page.navigate("/sign-in");
        page.getByText("Continue with Keycloak").click();
        assertThat(page.locator("[role=alert]")).containsText("Keycloak does not answer");
        page.navigate("/sign-up");
        page.fill("#name", "Pere Puig");
        page.fill("#email", "pere@example.org");
        page.fill("#password", PASSWORD);
        page.locator("main form button.primary").click();
        assertThat(page).hasURL(farga.address() + "/");

        keycloak.start(farga.address());
        // What did not answer is asked again after ten seconds.
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        Page other = browser.desktop(farga);
        do {
            FargaProcess.pause(1_000);
            other.navigate("/sign-in");
            other.getByText("Continue with Keycloak").click();
        } while (other.url().startsWith(farga.address()) && Instant.now().isBefore(deadline));
        assertThat(other.url()).startsWith(keycloak.address());
    }

    @Test
    @Order(2)
    void somebodyNewComesInThroughThePageOfTheProvider() {
        Page page = newcomer("marta");
        assertThat(page.locator("main")).containsText("Keycloak vouches for marta@example.org");
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);
        page.getByText("Make my account").click();
        page.navigate("/account");
        assertThat(page.locator("#identities")).containsText("upc.example.org");
        assertThat(page.locator("#identities")).containsText("https://refeds.org/assurance/IAP/medium");
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);

        // Out of both; then the provider asks for the password again.
        page.locator(".who form button").click();
        Browser.assertAccessible(page);
        page.getByText("Sign out of Keycloak too").click();
        assertThat(page).hasURL(farga.address() + "/");
        page.navigate("/sign-in");
        page.getByText("Continue with Keycloak").click();
        assertThat(page.locator("#password")).isVisible();
        type(page, "marta");
        assertThat(page).hasURL(farga.address() + "/");
    }

    @Test
    @Order(3)
    void anAddressThatTheProviderDoesNotVouchForMakesNoAccount() {
        Page page = newcomer("ulla");
        assertThat(page.locator("main")).containsText("does not vouch for an e-mail address");
        assertThat(page.getByText("Make my account")).isHidden();
        Browser.assertAccessible(page);
    }

    @Test
    @Order(4)
    void whoHasAnAccountWithTheAddressSignsInToItAndLinks() {
        Page page = newcomer("pere");
        assertThat(page.locator("main")).containsText("There is an account with the address pere@example.org");
        page.getByText("Sign in and link").click();
        page.fill("#email", "pere@example.org");
        page.fill("#password", PASSWORD);
        page.locator("main form button.primary").click();
        page.getByText("Continue with Keycloak").click();
        // Keycloak knows the browser still, and sends it straight back.
        assertThat(page).hasURL(farga.address() + "/account/link");
        Browser.assertAccessible(page);
        page.getByText("Yes, this is me: link").click();
        assertThat(page.locator("#identities tbody")).containsText("Keycloak");

        Page another = browser.desktop(farga);
        leaveFor(another, "pere");
        another.navigate("/account");
        assertThat(another.locator("main")).containsText("pere@example.org");
    }

    @Test
    @Order(5)
    void aRoleThatAsksForMoreSendsBackToTheProvider() {
        Page page = joined("olga");
        // The password was shown just now, which this realm calls refeds.org/profile/mfa.
        page.navigate("/centre");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1)))
                .hasText("Barcelona AI Factory");
        page.navigate("/centre/sign-in-providers");
        assertThat(page.locator("main")).containsText(keycloak.issuer());
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);

        signOutHereOnly(page);
        leaveFor(page, "olga");
        assertThat(page).hasURL(farga.address() + "/");
        // By the provider's memory alone, without a password: not enough for this role.
        page.navigate("/centre/sign-in-providers");
        assertThat(page).hasURL(Pattern.compile(".*/sign-in/step-up\\?next=.*"));
        Browser.assertAccessible(page);
        page.getByText("Confirm with Keycloak").click();
        type(page, "olga");
        assertThat(page).hasURL(farga.address() + "/centre/sign-in-providers");
    }

    @Test
    @Order(6)
    void aSignOutAtTheProviderEndsTheSessionHere() {
        Page page = browser.desktop(farga);
        leaveFor(page, "marta");
        page.navigate("/account");
        assertThat(page.locator("main")).containsText("marta@example.org");
        keycloak.signOut("marta");
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        do {
            page.navigate("/account");
        } while (!page.url().contains("/sign-in") && Instant.now().isBefore(deadline));
        assertThat(page.url()).contains("/sign-in");
    }

    @Test
    @Order(7)
    void theCommandLineIsSignedInByWhoeverTypesItsCode() {
        Page page = browser.desktop(farga);
        leaveFor(page, "marta");
        Map<String, String> started = device();
        page.navigate("/device");
        page.fill("#code", started.get("userCode"));
        page.locator("main form button.primary").click();
        assertThat(page.locator("main")).containsText("farga on a laptop");
        Browser.assertAccessible(page);
        Browser.assertFitsAcross(page, 320);
        page.getByText("Yes, sign it in").click();
        assertThat(page.locator("[role=status]")).containsText("signed in within seconds");
        String issued = post("/api/v1/device-logins/token", "{\"deviceCode\":\"" + started.get("deviceCode") + "\"}");
        assertThat(issued).contains("farga_token_");
    }

    private static Map<String, String> device() {
        String body = post("/api/v1/device-logins", "{\"name\":\"farga on a laptop\"}");
        Map<String, String> found = new HashMap<>();
        var members = Pattern.compile("\"(\\w+)\":\"([^\"]+)\"").matcher(body);
        while (members.find()) {
            found.put(members.group(1), members.group(2));
        }
        return found;
    }

    private static String post(String path, String body) {
        try {
            return java.net.http.HttpClient.newHttpClient()
                    .send(
                            java.net.http.HttpRequest.newBuilder(java.net.URI.create(farga.address() + path))
                                    .header("Content-Type", "application/json")
                                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            java.net.http.HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
