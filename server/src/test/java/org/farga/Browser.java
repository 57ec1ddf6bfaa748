package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Visits pages as a browser does, with cookies and the forms' CSRF tokens, but goes where it is sent only when told. */
public final class Browser {
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private final String address;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(cookies)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    public Browser(String address) {
        this.address = address;
    }

    public HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path)).header("Accept", "text/html");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    /** Sends a form that stands on the page {@code from}, with that page's CSRF token. */
    public HttpResponse<String> submit(String from, String path, String... fields) {
        return post(path, csrf(from), fields);
    }

    /** Sends a form with this CSRF token; with none where it is empty. */
    public HttpResponse<String> post(String path, String csrf, String... fields) {
        StringBuilder body = new StringBuilder(csrf.isEmpty() ? "" : "_csrf=" + csrf);
        for (int i = 0; i < fields.length; i += 2) {
            body.append('&')
                    .append(fields[i])
                    .append('=')
                    .append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return send(HttpRequest.newBuilder(URI.create(address + path))
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    public String csrf(String page) {
        HttpResponse<String> form = get(page);
        Matcher found = CSRF.matcher(form.body());
        assertThat(found.find()).as("a form on " + page + ": " + form.body()).isTrue();
        return found.group(1);
    }

    /** The session cookie's value, or nothing. */
    public String session() {
        return cookies.getCookieStore().getCookies().stream()
                .filter(c -> c.getName().equals("farga_session"))
                .findFirst()
                .map(java.net.HttpCookie::getValue)
                .orElse("");
    }

    /** Signs in; the answer is where it was sent. */
    public Browser signIn(String email, String password) {
        HttpResponse<String> answer = submit("/sign-in", "/sign-in", "email", email, "password", password);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        return this;
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Where an answer sends the browser: the path, without the address. */
    public static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("").replaceFirst("^http://[^/]+", "");
    }
}
