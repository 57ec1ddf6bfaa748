package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class HostileRequestTest extends HttpTest {
    private HttpResponse<String> signUpWith(byte[] body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address() + "/api/v1/persons"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofByteArray(body))
                                .build(),
                        BodyHandlers.ofString());
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws Exception {
        byte[] body = "{\"email\":\"x@example.org\",\"name\":\"Ana?\",\"password\":\"correct horse battery\"}"
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int i = 0; i < body.length; i++) {
            if (body[i] == '?') {
                body[i] = (byte) 0xE9;
            }
        }
        assertThat(signUpWith(body).statusCode()).isIn(400, 422);
    }

    @Test
    void aNulIsRefusedByName() {
        var problem = stranger().post("/api/v1/persons", """
                        {"email": "x@example.org", "name": "A\\u0000na", "password": "correct horse battery"}""").expectProblem(422, "invalid-fields");
        assertThat(problem.path("errors").get(0).path("problem").asString()).isEqualTo("unreadable");
    }

    @Test
    void jsonOfAbsurdDepthIsRefusedAndTheServerLives() throws Exception {
        String deep = "[".repeat(100_000);
        assertThat(signUpWith(deep.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(400);
        signUp("Ana").get("/api/v1/me").expect(200);
    }

    @Test
    void aBodyWithoutALengthIsBoundedWhileItIsRead() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address() + "/api/v1/persons"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(
                                        ("\"" + "x".repeat(3_000_000) + "\"").getBytes())))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("/problems/too-large");
    }

    @Test
    void aRequestIdOfTheClientIsKeptOnlyWhereItIsHarmless() {
        assertThat(stranger()
                        .get("/api/v1/me", "X-Request-Id", "proxy-12345678")
                        .header("X-Request-Id"))
                .isEqualTo("proxy-12345678");
        assertThat(stranger().get("/api/v1/me", "X-Request-Id", "a b<script>").header("X-Request-Id"))
                .doesNotContain("<");
    }

    @Test
    void aTokenThatIsNotOneIsRefused() {
        assertThat(stranger()
                        .get("/api/v1/me", "Authorization", "Bearer farga_token_nonsense")
                        .status())
                .isEqualTo(401);
    }
}
