package org.farga.journeys;

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
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A centre whose people come by a provider alone: what an operator who sets it meets. */
class PasswordsOffTest {
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    @Test
    void administratorsGetInAtTheLocalPageAndNobodyElseAtAny(@TempDir Path data) throws Exception {
        try (FargaProcess farga = FargaProcess.start(data, Map.of("FARGA_SIGNIN_PASSWORD", "false"))) {
            Api.stranger(farga)
                    .post(
                            "/setup",
                            Map.of(
                                    "token", farga.setupLink().replaceFirst(".*token=", ""),
                                    "email", Story.ADMINISTRATOR.email(),
                                    "name", Story.ADMINISTRATOR.name(),
                                    "password", Story.ADMINISTRATOR.password()))
                    .done();
            HttpClient http = HttpClient.newBuilder()
                    .cookieHandler(new CookieManager())
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
            assertThat(get(http, farga, "/sign-in").body()).doesNotContain("name=\"password\"");
            assertThat(get(http, farga, "/sign-up").uri().getPath()).isEqualTo("/sign-in");
            String form = get(http, farga, "/sign-in/local").body();
            assertThat(form.substring(form.indexOf("<main")))
                    .contains("name=\"password\"")
                    .doesNotContain("/sign-up");
            Matcher csrf = CSRF.matcher(form);
            assertThat(csrf.find()).isTrue();
            http.send(
                    HttpRequest.newBuilder(URI.create(farga.address() + "/sign-in"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("_csrf=" + csrf.group(1) + "&email="
                                    + URLEncoder.encode(Story.ADMINISTRATOR.email(), StandardCharsets.UTF_8)
                                    + "&password="
                                    + URLEncoder.encode(Story.ADMINISTRATOR.password(), StandardCharsets.UTF_8)))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(get(http, farga, "/centre").statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> get(HttpClient http, FargaProcess farga, String path)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(farga.address() + path)).build(), BodyHandlers.ofString());
    }
}
