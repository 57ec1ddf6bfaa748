package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.shared.AllocationId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pages of jobs, as a browser without scripts sees them. */
class JobPagesTest extends ComputeTest {
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private Client ana;
    private AllocationId allocation;

    @BeforeEach
    void open() {
        ana = signUp("Ana");
        allocation = allocationOf(ana, 10);
    }

    /** Keeps its session, sends forms with their token and follows redirects. */
    private final class Browser {
        private final HttpClient http = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        private String address = "";
        private String page = "";

        Browser(Client client) {
            get("/sign-in");
            assertThat(post("/sign-in", Map.of("email", client.email(), "password", PASSWORD)))
                    .isEqualTo(200);
        }

        int get(String path) {
            return send(HttpRequest.newBuilder(URI.create(JobPagesTest.this.address() + path))
                    .header("Accept", "text/html")
                    .build());
        }

        int post(String path, Map<String, String> fields) {
            Map<String, String> all = new HashMap<>(fields);
            Matcher token = TOKEN.matcher(page);
            all.put("_csrf", token.find() ? token.group(1) : "");
            String body = all.entrySet().stream()
                    .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
            return send(HttpRequest.newBuilder(URI.create(JobPagesTest.this.address() + path))
                    .header("Accept", "text/html")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(body))
                    .build());
        }

        private int send(HttpRequest request) {
            try {
                var response = http.send(request, BodyHandlers.ofString());
                page = response.body();
                address = response.uri().getPath();
                return response.statusCode();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Map<String, String> form(String script) {
        return Map.of(
                "allocation", allocation.toString(),
                "name", "from the form",
                "script", script,
                "cpus", "1",
                "gpus", "0",
                "memoryMebibytes", "256",
                "timeLimitMinutes", "1",
                "environment", "EPOCHS=3\r\nNOTE=a=b");
    }

    @Test
    void theFormSubmitsAJobAndItsPageShowsItToTheEnd() throws InterruptedException {
        Browser browser = new Browser(ana);
        assertThat(browser.get("/jobs/new?example=digits")).isEqualTo(200);
        assertThat(browser.page).contains("#!/usr/bin/env -S java --source 25", "Reading digits", "10 CPU-h");
        // Browsers send lines with CRLF; the script is kept with what the person meant.
        assertThat(browser.post("/jobs", form("#!/bin/sh\r\necho $EPOCHS $NOTE\r\n")))
                .as(browser.page)
                .isEqualTo(200);
        String path = browser.address;
        assertThat(path).matches("/jobs/[0-9]+");
        assertThat(await(ana, "/api/v1" + path, "COMPLETED", "FAILED")
                        .path("state")
                        .asString())
                .isEqualTo("COMPLETED");
        assertThat(ana.get("/api/v1" + path + "/log").body()).isEqualTo("3 a=b\n");
        browser.get(path);
        assertThat(browser.page).contains("COMPLETED", "It did its work", "from the form", "/jobs/new?from=");
        browser.get("/jobs/new?from=" + path.substring("/jobs/".length()));
        assertThat(browser.page).contains("echo $EPOCHS $NOTE", "EPOCHS=3", "value=\"256\"");
        browser.get("/jobs?state=COMPLETED");
        assertThat(browser.page).contains("from the form");
        browser.get("/jobs?state=FAILED");
        assertThat(browser.page).doesNotContain("from the form").contains("No jobs match");
    }

    @Test
    void whatIsWrongStandsAtItsFieldAndAmongTheFindings() {
        Browser browser = new Browser(ana);
        browser.get("/jobs/new");
        Map<String, String> wrong = new HashMap<>(form("echo no interpreter"));
        wrong.put("gpus", "four");
        assertThat(browser.post("/jobs", wrong)).isEqualTo(422);
        assertThat(browser.page)
                .contains("The script does not begin with #!", "Set GPUs to", "echo no interpreter", "from the form");
        assertThat(browser.post("/jobs/preflight", wrong)).isEqualTo(200);
        assertThat(browser.page).contains("2 things keep").doesNotContain("<html");
    }

    @Test
    void aFailureIsSaidAtHomeUntilItWasLookedAt() throws InterruptedException {
        Browser browser = new Browser(ana);
        var submitted = submit(ana, job(allocation, "#!/bin/sh\nexit 3\n"));
        await(ana, path(submitted), "FAILED");
        browser.get("/");
        String attention = "Your job “digits” ended as FAILED";
        assertThat(browser.page).contains(attention, "My jobs");
        browser.get("/jobs/" + submitted.path("id").asLong());
        assertThat(browser.page).contains("exit code 3");
        browser.get("/");
        assertThat(browser.page).doesNotContain(attention);
    }

    @Test
    void aJobIsCancelledFromItsPage() throws InterruptedException {
        Browser browser = new Browser(ana);
        var submitted = submit(ana, job(allocation, "#!/bin/sh\nsleep 50\n"));
        String page = "/jobs/" + submitted.path("id").asLong();
        browser.get(page);
        assertThat(browser.post(page + "/cancellation", Map.of())).isEqualTo(200);
        assertThat(browser.page).contains("was asked to end");
        await(ana, path(submitted), "CANCELLED");
        Browser eve = new Browser(signUp("Eve"));
        assertThat(eve.get(page)).isEqualTo(404);
        eve.get("/jobs");
        assertThat(eve.page).contains("No jobs here yet");
        assertThat(eve.post(page + "/cancellation", Map.of())).isEqualTo(404);
    }

    @Test
    void whatCannotBeReadIsSaidAndNotAMistakeOfOurs() {
        Browser browser = new Browser(ana);
        assertThat(browser.get("/jobs?state=ASLEEP")).isEqualTo(422);
        assertThat(browser.get("/jobs?project=1")).isEqualTo(422);
        assertThat(browser.get("/jobs/0")).isEqualTo(404);
        assertThat(browser.get("/jobs/new?from=x")).isEqualTo(400);
        browser.get("/jobs/new");
        Map<String, String> odd = new HashMap<>(form("#!/bin/sh\n"));
        odd.put("allocation", "mine");
        assertThat(browser.post("/jobs", odd)).isEqualTo(422);
    }

    @Test
    void whoHasNoAllocationIsLedToTheCalls() {
        Browser eve = new Browser(signUp("Eve"));
        eve.get("/jobs/new");
        assertThat(eve.page).contains("href=\"/calls\"").doesNotContain("id=\"job-form\"");
    }
}
