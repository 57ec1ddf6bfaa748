package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;

class OrganisationsApiTest extends HttpTest {
    private static final String FORJA = """
            {"name": "Forja Vision SL", "country": "ES"}""";

    @Test
    void aPersonFoundsAnOrganisationAndOwnsIt() {
        Client ana = signUp("Ana");
        String id = organisationOf(ana);
        assertThat(ana.get("/api/v1/organisations/" + id)
                        .expect(200)
                        .path("name")
                        .asString())
                .isEqualTo("Forja Vision SL");
        var members = ana.get("/api/v1/organisations/" + id + "/members").expect(200);
        assertThat(members).hasSize(1);
        assertThat(members.get(0).path("role").asString()).isEqualTo("OWNER");
    }

    @Test
    void aStrangerAndAnotherOrganisationFindNothing() {
        String id = organisationOf(signUp("Ana"));
        stranger().get("/api/v1/organisations/" + id).expectProblem(401, "sign-in-required");
        signUp("Eve").get("/api/v1/organisations/" + id).expectProblem(404, "not-found");
        signUp("Eve").get("/api/v1/organisations/not-a-uuid").expectProblem(404, "not-found");
    }

    @Test
    void theCentreSeesAllOrganisationsButCannotChangeThem() {
        String id = organisationOf(signUp("Ana"));
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        officer.get("/api/v1/organisations/" + id).expect(200);
        officer.patch("/api/v1/organisations/" + id, """
                        {"name": "Taken"}""", "If-Match", "\"1\"").expectProblem(403, "owners-only");
    }

    @Test
    void aChangeNeedsTheVersionThatWasRead() {
        Client ana = signUp("Ana");
        String path = "/api/v1/organisations/" + organisationOf(ana);
        String change = """
                {"name": "Farga Vision SL"}""";
        ana.patch(path, change).expectProblem(428, "version-required");
        assertThat(ana.patch(path, change, "If-Match", "\"1\"").header("ETag")).isEqualTo("\"2\"");
        ana.patch(path, change, "If-Match", "\"1\"").expectProblem(412, "stale");
    }

    @Test
    void aRepeatedRequestWithItsKeyHappensOnce() {
        Client ana = signUp("Ana");
        var first = ana.post("/api/v1/organisations", FORJA, "Idempotency-Key", "key-0001");
        var second = ana.post("/api/v1/organisations", FORJA, "Idempotency-Key", "key-0001");
        assertThat(second.expect(201)).isEqualTo(first.expect(201));
        assertThat(ana.get("/api/v1/organisations").expect(200).path("items")).hasSize(1);
        ana.post("/api/v1/organisations", """
                        {"name": "Other", "country": "ES"}""", "Idempotency-Key", "key-0001")
                .expectProblem(422, "idempotency-key-reused");
    }

    @Test
    void aRefusedRequestLeavesItsKeyFree() {
        Client ana = signUp("Ana");
        ana.post("/api/v1/organisations", "{}", "Idempotency-Key", "key-0002").expectProblem(422, "invalid-fields");
        ana.post("/api/v1/organisations", FORJA, "Idempotency-Key", "key-0002").expect(201);
    }

    @Test
    void badBodiesAreNamed() {
        Client ana = signUp("Ana");
        ana.post("/api/v1/organisations", "{").expectProblem(400, "unreadable-body");
        ana.post("/api/v1/organisations", """
                        {"nome": "x"}""").expectProblem(400, "unreadable-body");
        ana.post("/api/v1/organisations", "\"" + "x".repeat(3_000_000) + "\"").expectProblem(413, "too-large");
        ana.get("/api/v1/organisations?cursor=nonsense").expectProblem(422, "bad-cursor");
    }

    @Test
    void aListIsAPage() {
        Client ana = signUp("Ana");
        for (int i = 0; i < 3; i++) {
            organisationOf(ana);
        }
        var first = ana.get("/api/v1/organisations?limit=2").expect(200);
        assertThat(first.path("items")).hasSize(2);
        var second = ana.get("/api/v1/organisations?limit=2&cursor="
                        + first.path("next").asString())
                .expect(200);
        assertThat(second.path("items")).hasSize(1);
        assertThat(second.has("next")).isFalse();
    }
}
