package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One person's way to the API of one Farga, as a program of theirs would take it. */
final class Api {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final String address;
    private final String token;

    private Api(String address, String token) {
        this.address = address;
        this.token = token;
    }

    static Api stranger(FargaProcess farga) {
        return new Api(farga.address(), "");
    }

    static Api signIn(FargaProcess farga, String email, String password) {
        JsonNode issued = stranger(farga)
                .post("/sign-in", Map.of("email", email, "password", password, "tokenName", "journeys"))
                .done();
        return new Api(farga.address(), issued.path("secret").asString());
    }

    /** The same person at another process of the same Farga. */
    Api at(FargaProcess farga) {
        return new Api(farga.address(), token);
    }

    /** The same person at an address that several processes stand behind. */
    Api at(LoadBalancer balancer) {
        return new Api(balancer.address(), token);
    }

    record Reply(int status, JsonNode body, String tag, String what) {
        /** The body of a request that succeeded. */
        JsonNode done() {
            assertThat(status).as(what + " answered " + body).isBetween(200, 299);
            return body;
        }

        String id() {
            return done().path("id").asString();
        }
    }

    Reply get(String path) {
        return send(request(path).GET());
    }

    Reply post(String path, Object body) {
        return send(request(path).header("Content-Type", "application/json").POST(json(body)));
    }

    /** Makes it happen once, however often it is sent. */
    Reply post(String path, Object body, String idempotencyKey) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(json(body)));
    }

    Reply put(String path, Object body) {
        return send(request(path).header("Content-Type", "application/json").PUT(json(body)));
    }

    Reply put(String path) {
        return send(request(path).PUT(BodyPublishers.noBody()));
    }

    Reply delete(String path) {
        return send(request(path).DELETE());
    }

    Reply upload(String path, byte[] content) {
        return send(request(path)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(content)));
    }

    /** Changes what this version of it was. */
    Reply patch(String path, String tag, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .header("If-Match", tag)
                .method("PATCH", json(body)));
    }

    Reply put(String path, String tag, Object body) {
        return send(request(path)
                .header("If-Match", tag)
                .header("Content-Type", "application/json")
                .PUT(json(body)));
    }

    Reply put(String path, String tag) {
        return send(request(path).header("If-Match", tag).PUT(BodyPublishers.noBody()));
    }

    String text(String path) {
        return new String(answer(request(path).GET()).body(), StandardCharsets.UTF_8);
    }

    /** Asks again and again until the answer is as wished, or fails with the last one. */
    JsonNode await(String path, Duration limit, Predicate<JsonNode> wish) {
        Instant deadline = Instant.now().plus(limit);
        while (true) {
            JsonNode body = get(path).done();
            if (wish.test(body)) {
                return body;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("after " + limit + " " + path + " still is " + body);
            }
            FargaProcess.pause(100);
        }
    }

    static JsonNode read(String body) {
        return JSON.readTree(body);
    }

    static String write(Object body) {
        return JSON.writeValueAsString(body);
    }

    private HttpRequest.Builder request(String path) {
        return request(URI.create(address + "/api/v1" + path));
    }

    /** A request of this person to any address. */
    HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).header("Accept-Language", "en");
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static BodyPublisher json(Object body) {
        return BodyPublishers.ofString(JSON.writeValueAsString(body));
    }

    private static Reply send(HttpRequest.Builder builder) {
        HttpResponse<byte[]> response = answer(builder);
        String type = response.headers().firstValue("Content-Type").orElse("");
        JsonNode body = type.contains("json") && response.body().length > 0
                ? JSON.readTree(response.body())
                : JSON.missingNode();
        HttpRequest request = response.request();
        return new Reply(
                response.statusCode(),
                body,
                response.headers().firstValue("ETag").orElse(""),
                request.method() + " " + request.uri().getPath());
    }

    private static HttpResponse<byte[]> answer(HttpRequest.Builder builder) {
        try {
            return HTTP.send(builder.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
