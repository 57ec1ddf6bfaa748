package org.farga.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ServiceAccountsApiTest extends HttpTest {
    private static final String TOKEN =
            "{\"name\": \"nightly\", \"scopes\": [\"READ\", \"COMPUTE\"], \"lifeDays\": 30}";

    private static String path(String organisation) {
        return "/api/v1/organisations/" + organisation + "/service-accounts";
    }

    private String account(Client owner, String organisation) {
        return owner.post(path(organisation), "{\"name\": \"Build server\", \"purpose\": \"Trains every night.\"}")
                .expect(201)
                .path("id")
                .asString();
    }

    private JsonNode with(String secret, String path) {
        return stranger().get(path, "Authorization", "Bearer " + secret).expect(200);
    }

    @Test
    void aProgramWorksForItsOrganisationWithItsTokenUntilItIsEnded() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String id = account(ana, organisation);
        String secret = ana.post(path(organisation) + "/" + id + "/tokens", TOKEN)
                .expect(201)
                .path("secret")
                .asString();
        JsonNode me = with(secret, "/api/v1/me");
        assertThat(me.path("id").asString()).isEqualTo(id);
        assertThat(me.path("organisations").path(organisation).asString()).isEqualTo("MEMBER");
        assertThat(me.path("scopes")).hasSize(2);
        ana.delete(path(organisation) + "/" + id).expect(204);
        stranger().get("/api/v1/me", "Authorization", "Bearer " + secret).expectProblem(401, "invalid-token");
        assertThat(ana.get(path(organisation)).expect(200)).isEmpty();
        assertThat(ana.get("/api/v1/organisations/" + organisation + "/members")
                        .expect(200)
                        .toString())
                .doesNotContain("Build server");
    }

    @Test
    void aRevokedTokenStopsAndTheOthersGoOn() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String tokens = path(organisation) + "/" + account(ana, organisation) + "/tokens";
        JsonNode first = ana.post(tokens, TOKEN).expect(201);
        JsonNode second = ana.post(tokens, TOKEN).expect(201);
        ana.delete(tokens + "/" + first.path("token").path("id").asString()).expect(204);
        stranger()
                .get(
                        "/api/v1/me",
                        "Authorization",
                        "Bearer " + first.path("secret").asString())
                .expectProblem(401, "invalid-token");
        with(second.path("secret").asString(), "/api/v1/me");
        assertThat(ana.get(path(organisation)).expect(200).get(0).path("tokens"))
                .hasSize(1);
    }

    @Test
    void onlyOwnersKeepThemAndStrangersSeeNone() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String id = account(ana, organisation);
        Client berta = signUp("Berta");
        berta.get(path(organisation)).expectProblem(404, "not-found");
        berta.post(path(organisation) + "/" + id + "/tokens", TOKEN).expectProblem(404, "not-found");
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'MEMBER', now())")
                .param("o", OrganisationId.valueOf(organisation).value())
                .param("p", berta.person().value())
                .update();
        assertThat(berta.get(path(organisation)).expect(200)).hasSize(1);
        berta.post(path(organisation) + "/" + id + "/tokens", TOKEN).expectProblem(403, "owners-only");
        berta.delete(path(organisation) + "/" + id).expectProblem(403, "owners-only");
        // Another organisation's owner cannot reach it through their own.
        Client eva = signUp("Eva");
        eva.post(path(organisationOf(eva)) + "/" + id + "/tokens", TOKEN).expectProblem(404, "not-found");
    }

    @Test
    void itIsNobodyItNeitherOwnsNorServesAtTheCentreNorSignsIn() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String id = account(ana, organisation);
        ana.post(path(organisation) + "/" + id + "/tokens", "{\"name\": \"all\", \"scopes\": [\"CENTRE\"]}")
                .expectProblem(403, "service-account-scope");
        ana.put("/api/v1/organisations/" + organisation + "/members/" + id, "{\"role\": \"OWNER\"}")
                .expectProblem(409, "no-person");
        ana.delete("/api/v1/organisations/" + organisation + "/members/" + id)
                .expectProblem(409, "service-account-member");
        staff(CentreRole.ADMINISTRATOR)
                .put("/api/v1/persons/" + id + "/centre-roles/OPERATOR", "")
                .expectProblem(409, "no-person");
        stranger().post("/api/v1/sign-in", """
                        {"email": "%s@service.invalid", "password": "%s"}""".formatted(id, PASSWORD)).expectProblem(403, "wrong-credentials");
    }

    @Test
    void thePageShowsASecretOnceAndEndsTheAccount() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String id = account(ana, organisation);
        String page = "/organisations/" + organisation + "/service-accounts";
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/organisations/" + organisation).body()).contains("Service account");
        String shown = browser.submit(
                        page, page + "/" + id + "/tokens", "name", "ci", "scopes", "READ", "lifeDays", "7")
                .body();
        assertThat(shown).contains("farga_token_");
        assertThat(browser.get(page).body()).doesNotContain("farga_token_").contains("ci");
        browser.submit(page, page + "/" + id + "/closure");
        assertThat(browser.get(page).body()).doesNotContain("Build server");
    }
}
