package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the running program as clients do; each answer of the API is held against the OpenAPI document. */
@FargaTest
public abstract class HttpTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    protected static final JsonMapper JSON = JsonMapper.builder().build();
    public static final String PASSWORD = "correct horse battery";

    @LocalServerPort
    private int port;

    @Autowired
    protected JdbcClient jdbc;

    /** An answer: its status, headers and body. */
    public record Answered(HttpResponse<String> http) {
        public int status() {
            return http.statusCode();
        }

        public JsonNode json() {
            return JSON.readTree(http.body());
        }

        public String body() {
            return http.body();
        }

        public String header(String name) {
            return http.headers().firstValue(name).orElse("");
        }

        /** The value, where the answer is the expected one. */
        public JsonNode expect(int status) {
            assertThat(status()).as(http.body()).isEqualTo(status);
            return http.body().isEmpty() ? JSON.nullNode() : json();
        }

        /** Holds the answer to be this problem, with this status. */
        public JsonNode expectProblem(int status, String name) {
            assertThat(status()).as(http.body()).isEqualTo(status);
            assertThat(header("Content-Type")).startsWith("application/problem+json");
            assertThat(json().path("type").asString()).isEqualTo("/problems/" + name);
            return json();
        }
    }

    /** Somebody who talks to the API, with a token or as a stranger. */
    public final class Client {
        private final String token;
        private final PersonId person;
        private final String email;

        private Client(String token, PersonId person, String email) {
            this.token = token;
            this.person = person;
            this.email = email;
        }

        public PersonId person() {
            return person;
        }

        public String email() {
            return email;
        }

        /** Its bearer token, for requests that are not JSON; empty for a stranger. */
        public String token() {
            return token;
        }

        public Answered get(String path, String... headers) {
            return send("GET", path, null, headers);
        }

        public Answered post(String path, String body, String... headers) {
            return send("POST", path, body, headers);
        }

        public Answered put(String path, String body, String... headers) {
            return send("PUT", path, body, headers);
        }

        public Answered patch(String path, String body, String... headers) {
            return send("PATCH", path, body, headers);
        }

        public Answered delete(String path, String... headers) {
            return send("DELETE", path, null, headers);
        }

        public Answered send(String method, String path, String body, String... headers) {
            List<String> all = new ArrayList<>(Arrays.asList(headers));
            if (!token.isEmpty()) {
                all.addAll(List.of("Authorization", "Bearer " + token));
            }
            if (body != null && !all.contains("Content-Type")) {
                all.addAll(List.of("Content-Type", "application/json"));
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + path))
                    .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            if (!all.isEmpty()) {
                request.headers(all.toArray(String[]::new));
            }
            Answered answered = new Answered(exchange(request.build()));
            ApiDescription.at(address()).check(method, path, answered);
            return answered;
        }
    }

    protected String address() {
        return "http://127.0.0.1:" + port;
    }

    /** A stranger. */
    protected Client stranger() {
        return new Client("", PersonId.create(), "");
    }

    /** A new person, signed up and signed in. */
    protected Client signUp(String name) {
        String email = "%s-%s@example.org"
                .formatted(
                        name.toLowerCase(java.util.Locale.ROOT),
                        UUID.randomUUID().toString().substring(0, 8));
        JsonNode person = stranger()
                .post("/api/v1/persons", """
                        {"email": "%s", "name": "%s", "password": "%s"}""".formatted(email, name, PASSWORD))
                .expect(201);
        JsonNode issued = stranger()
                .post("/api/v1/sign-in", """
                        {"email": "%s", "password": "%s"}""".formatted(email, PASSWORD))
                .expect(201);
        return new Client(
                issued.path("secret").asString(),
                PersonId.valueOf(person.path("id").asString()),
                email);
    }

    /** A new person who holds roles at the centre. */
    protected Client staff(CentreRole... roles) {
        Client client = signUp("Staff");
        for (CentreRole role : roles) {
            jdbc.sql("INSERT INTO centre_role (person_id, role, granted_at) VALUES (:person, :role, now())")
                    .param("person", client.person().value())
                    .param("role", role.name())
                    .update();
        }
        return client;
    }

    /** An organisation of this person; its identifier. */
    protected String organisationOf(Client client) {
        return client.post("/api/v1/organisations", """
                        {"name": "Forja Vision SL", "country": "ES"}""").expect(201).path("id").asString();
    }

    private static HttpResponse<String> exchange(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
