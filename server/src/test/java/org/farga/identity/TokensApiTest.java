package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.HttpTest;
import org.junit.jupiter.api.Test;

class TokensApiTest extends HttpTest {
    private Answered with(String secret, String method, String path, String body) {
        return stranger().send(method, path, body, "Authorization", "Bearer " + secret);
    }

    @Test
    void aTokenDoesWhatItsScopesAllowAndNoMore() {
        Client ana = signUp("Ana");
        String readOnly =
                ana.post("/api/v1/tokens", """
                        {"name": "dashboard", "scopes": ["READ"]}""").expect(201).path("secret").asString();
        with(readOnly, "GET", "/api/v1/me", null).expect(200);
        with(readOnly, "POST", "/api/v1/organisations", """
                        {"name": "Forja", "country": "ES"}""").expectProblem(403, "scope-missing");
        with(readOnly, "POST", "/api/v1/tokens", """
                        {"name": "more", "scopes": ["WRITE"]}""").expectProblem(403, "scope-missing");
    }

    @Test
    void aTokenCannotPassOnWhatItDoesNotHave() {
        Client ana = signUp("Ana");
        String writer =
                ana.post("/api/v1/tokens", """
                        {"name": "writer", "scopes": ["READ", "WRITE"]}""").expect(201).path("secret").asString();
        with(writer, "POST", "/api/v1/tokens", """
                        {"name": "more", "scopes": ["CENTRE"]}""").expectProblem(403, "scope-not-held");
    }

    @Test
    void aRevokedTokenIsDeadAtOnce() {
        Client ana = signUp("Ana");
        var issued = ana.post("/api/v1/tokens", """
                        {"name": "laptop", "scopes": ["READ"]}""").expect(201);
        String secret = issued.path("secret").asString();
        ana.delete("/api/v1/tokens/" + issued.path("token").path("id").asString())
                .expect(204);
        with(secret, "GET", "/api/v1/me", null).expectProblem(401, "invalid-token");
    }

    @Test
    void nobodyRevokesAnothersToken() {
        Client ana = signUp("Ana");
        String id = ana.post("/api/v1/tokens", """
                        {"name": "laptop", "scopes": ["READ"]}""")
                .expect(201)
                .path("token")
                .path("id")
                .asString();
        signUp("Eve").delete("/api/v1/tokens/" + id).expectProblem(404, "not-found");
    }

    @Test
    void theSecretIsKeptNowhere() {
        Client ana = signUp("Ana");
        String secret =
                ana.post("/api/v1/tokens", """
                        {"name": "laptop", "scopes": ["READ"]}""").expect(201).path("secret").asString();
        assertThat(ana.get("/api/v1/tokens").body()).doesNotContain(secret);
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE details::text LIKE :secret")
                        .param("secret", "%" + secret + "%")
                        .query(Integer.class)
                        .single())
                .isZero();
    }
}
