package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class DatasetPagesTest extends HttpTest {
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    @Autowired
    private Datasets datasets;

    @Autowired
    private DatasetVersions versions;

    @Autowired
    private EndedAgreements ended;

    private Client steward;
    private String slug;

    @BeforeEach
    void someoneProvidesData() {
        steward = staff(CentreRole.DATA_STEWARD);
        // Digits alone behind the hyphen: PostgreSQL's parser takes them for a negative number.
        slug = "pages-" + ThreadLocalRandom.current().nextInt(10_000_000, 100_000_000);
    }

    /** A browser with a session of its own. */
    private final class Browser {
        private final HttpClient http =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        private String page = "";

        Browser signIn(Client client) {
            assertThat(get("/sign-in")).isEqualTo(200);
            assertThat(post("/sign-in", Map.of("email", client.email(), "password", PASSWORD, "next", "/datasets")))
                    .isEqualTo(302);
            return this;
        }

        int get(String path) {
            return send(HttpRequest.newBuilder(URI.create(address() + path))
                    .header("Accept", "text/html")
                    .build());
        }

        /** Sends a form with the token of the page that was got last. */
        int post(String path, Map<String, String> form) {
            Matcher token = TOKEN.matcher(page);
            Map<String, String> all = new java.util.HashMap<>(form);
            all.put("_csrf", token.find() ? token.group(1) : "");
            String body = all.entrySet().stream()
                    .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
            return send(HttpRequest.newBuilder(URI.create(address() + path))
                    .header("Accept", "text/html")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build());
        }

        private int send(HttpRequest request) {
            try {
                HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
                page = answer.body();
                return answer.statusCode();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The example, described and published on the pages and by the command that they show. */
    private void published() throws IOException {
        Browser browser = new Browser().signIn(steward);
        assertThat(browser.get("/datasets/new")).isEqualTo(200);
        assertThat(browser.post(
                        "/datasets",
                        Map.of(
                                "slug", slug,
                                "title", "Digits <b>of</b> " + slug,
                                "summary", "Small images.",
                                "licence", "CC-BY-4.0",
                                "terms", "Name the authors.\r\nUse it well.",
                                "card", Files.readString(DatasetsApiTest.EXAMPLE.resolve("CARD.md")),
                                "previewPublic", "on")))
                .isEqualTo(302);
        browser.get("/datasets/" + slug);
        assertThat(browser.post("/datasets/" + slug + "/versions", Map.of())).isEqualTo(302);
        browser.get("/datasets/" + slug + "?version=1");
        assertThat(browser.page).contains("curl -fT", "/api/v1/datasets/" + slug + "/versions/1/files/");
        assertThat(steward.put(
                                "/api/v1/datasets/" + slug + "/versions/1/files/digits.csv",
                                Files.readString(DatasetsApiTest.EXAMPLE.resolve("digits.csv")),
                                "Content-Type",
                                "application/octet-stream")
                        .status())
                .isEqualTo(201);
        assertThat(browser.post("/datasets/" + slug + "/versions/1/publication", Map.of()))
                .isEqualTo(302);
    }

    @Test
    void aStrangerFindsAndReadsADatasetAndIsAskedToSignInToUseIt() throws IOException {
        published();
        Browser browser = new Browser();
        assertThat(browser.get("/datasets?q=" + slug)).isEqualTo(200);
        assertThat(browser.page)
                .contains("href=\"/datasets/" + slug + "\"", "CC-BY-4.0", "1,797 rows")
                .contains("Digits &lt;b&gt;of&lt;/b&gt;");
        assertThat(browser.get("/datasets/" + slug)).isEqualTo(200);
        assertThat(browser.page)
                .contains("pixel_0_0", "<svg", "How the data were collected", "Use it well.")
                .contains("/sign-in?next=/datasets/" + slug, "farga submit train --dataset " + slug)
                .doesNotContain("<b>of</b>", "style=", "<form method=\"post\" action=\"/datasets")
                .doesNotContain("href=\"/api/v1/datasets/" + slug + "/versions/1/files/digits.csv\"");
        assertThat(browser.get("/datasets/no-such-thing")).isEqualTo(404);
        assertThat(browser.get("/datasets/new")).isEqualTo(302);
        assertThat(browser.post("/datasets/" + slug + "/agreements", Map.of("read", "on")))
                .isEqualTo(403);
    }

    @Test
    void everyLanguageHasThePage() throws IOException {
        published();
        for (Map.Entry<String, String> text :
                Map.of("es", "Términos de uso", "ca", "Termes d'ús").entrySet()) {
            Browser browser = new Browser();
            browser.post("/language", Map.of("language", text.getKey(), "next", "/datasets"));
            assertThat(browser.get("/datasets/" + slug)).isEqualTo(200);
            assertThat(browser.page.replace("&#39;", "'")).contains(text.getValue());
        }
    }

    /** The page is in the reader's language; what the provider wrote says which it is in. */
    @Test
    void whatTheProviderWroteIsMarkedWithItsLanguage() throws IOException {
        published();
        steward.patch("/api/v1/datasets/" + slug, "{\"language\": \"fr\"}", "If-Match", "\"1\"")
                .expect(200);
        Browser browser = new Browser();
        assertThat(browser.get("/datasets/" + slug)).isEqualTo(200);
        assertThat(browser.page)
                .contains("<html lang=\"en\">", "<h1 lang=\"fr\">", "dataset-prose\" lang=\"fr\"")
                .contains("dataset-terms\" lang=\"fr\"");
        assertThat(browser.get("/datasets?q=" + slug)).isEqualTo(200);
        assertThat(browser.page).contains("<h2 lang=\"fr\">");
    }

    @Test
    void anOwnerAcceptsTheTermsOnThePageAndEndsTheAgreementThere() throws Exception {
        published();
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        OrganisationId id = OrganisationId.valueOf(organisation);
        Browser browser = new Browser().signIn(ana);
        browser.get("/datasets/" + slug);
        Matcher sha256 =
                Pattern.compile("name=\"termsSha256\" value=\"([0-9a-f]{64})\"").matcher(browser.page);
        assertThat(sha256.find()).isTrue();
        Map<String, String> form = Map.of("organisation", organisation, "termsSha256", sha256.group(1));
        assertThat(browser.post("/datasets/" + slug + "/agreements", form)).isEqualTo(422);
        assertThat(browser.page).contains("Tick this once you have read the terms.");
        Map<String, String> read = new java.util.HashMap<>(form);
        read.put("read", "on");
        assertThat(browser.post("/datasets/" + slug + "/agreements", read)).isEqualTo(302);
        browser.get("/datasets/" + slug);
        assertThat(browser.page)
                .contains("for Forja Vision SL by Ana")
                .contains("href=\"/api/v1/datasets/" + slug + "/versions/1/files/digits.csv\"");
        Datasets.Mountable mountable = datasets.mount(id, slug).orThrow();

        assertThat(browser.post("/datasets/" + slug + "/agreements/" + mountable.agreement() + "/ending", Map.of()))
                .isEqualTo(302);
        assertThat(DatasetTest.refusal(datasets.mountUnder(mountable.agreement(), mountable.version()))
                        .name())
                .isEqualTo("agreement-over");
        for (int i = 0; i < 1_200 && heard(mountable) == 0; i++) {
            Thread.sleep(50);
        }
        assertThat(heard(mountable)).isEqualTo(1);
    }

    private long heard(Datasets.Mountable mountable) {
        return ended.heard().stream()
                .filter(e -> e.agreement().equals(mountable.agreement())
                        && e.dataset().equals(mountable.dataset()))
                .count();
    }

    @Test
    void theDeskIsForStewards() throws IOException {
        published();
        Browser browser = new Browser().signIn(signUp("Ana"));
        browser.get("/datasets/" + slug);
        assertThat(browser.page).doesNotContain("/versions\"", "/retirement");
        assertThat(browser.get("/datasets/new")).isEqualTo(404);
        Browser desk = new Browser().signIn(steward);
        desk.get("/datasets/" + slug);
        assertThat(desk.post("/datasets/" + slug + "/versions/1/retirement", Map.of("reason", "Rows were wrong.")))
                .isEqualTo(302);
        assertThat(browser.get("/datasets/" + slug)).isEqualTo(200);
        assertThat(browser.page).contains("Rows were wrong.");
        desk.get("/datasets/new");
        assertThat(desk.post("/datasets", Map.of("slug", "No Slug", "card", "<script>alert(1)</script>")))
                .isEqualTo(422);
        assertThat(desk.page)
                .contains("Small letters, digits and single hyphens", "&lt;script&gt;alert(1)")
                .doesNotContain("<script>alert");
    }

    @Test
    void sweepingLeavesWhatIsUsed() throws IOException {
        published();
        versions.sweep();
        Client auditor = staff(CentreRole.AUDITOR);
        assertThat(auditor.get("/api/v1/datasets/" + slug + "/versions/1/files/digits.csv")
                        .status())
                .isEqualTo(200);
    }
}
