package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Roles over one call or one sector: what they open, what they leave closed, and how they end. */
class AssessmentsApiTest extends HttpTest {
    private static final String ROLES = "/api/v1/centre/scoped-roles";
    private static final String NEXT_YEAR = LocalDate.now().plusDays(300).toString();

    /** A proposal of a large company: it is submitted, and a person has to look at it. */
    private String waiting(Client owner, String sector) {
        String organisation = organisationOf(owner);
        owner.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": 2025, "staff": 5000, "turnoverEur": 900000000, "balanceSheetEur": 900000000,
                         "linkedEnterprises": []}""")
                .expect(200);
        String id = owner.post("/api/v1/proposals", """
                        {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation))
                .expect(201)
                .path("id")
                .asString();
        String path = "/api/v1/proposals/" + id;
        owner.patch(path, """
                        {"title": "Cracks", "abstract": "In forged parts.", "gpuHours": 5, "cpuHours": 20,
                         "durationMonths": 1, "civilianUse": true, "noProhibitedPractice": true,
                         "personalData": false, "sector": "%s"}""".formatted(sector), "If-Match", "\"1\"").expect(200);
        owner.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        return path;
    }

    private String playground() {
        return staff(CentreRole.AUDITOR)
                .get("/api/v1/calls/PLAYGROUND")
                .expect(200)
                .path("id")
                .asString();
    }

    private JsonNode grant(Client by, Client to, String kind, String scope, String lastDay) {
        return by.post(ROLES, """
                        {"email": "%s", "kind": "%s", "scope": "%s", "lastDay": "%s"}""".formatted(to.email(), kind, scope, lastDay)).expect(201);
    }

    @Test
    void anAccessOfficerMakesSomebodyAssessorOfOneCallWhoReadsAndAdvisesUntilItIsWithdrawn() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        Client eva = signUp("Eva");
        Client ana = signUp("Ana");
        String path = waiting(ana, "health");
        eva.get(path).expectProblem(404, "not-found");
        JsonNode role = grant(officer, eva, "ASSESSOR", playground(), NEXT_YEAR);
        eva.get(path).expect(200);
        assertThat(eva.get("/api/v1/proposals?state=SUBMITTED").expect(200).path("items"))
                .anyMatch(p -> path.endsWith(p.path("id").asString()));
        eva.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"good\"}")
                .expectProblem(403, "access-officers-only");
        eva.put(path + "/assessment", "{\"recommendation\": \"AWARD\", \"reason\": \"Sound.\"}")
                .expect(200);
        eva.put(path + "/assessment", "{\"recommendation\": \"DECLINE\", \"reason\": \"On second thought.\"}")
                .expect(200);
        JsonNode said = officer.get(path + "/assessments").expect(200);
        assertThat(said).hasSize(1);
        assertThat(said.get(0).path("recommendation").asString()).isEqualTo("DECLINE");
        assertThat(said.get(0).path("name").asString()).isEqualTo("Eva");
        // The applicant reads no advice.
        assertThat(ana.get(path + "/assessments").expect(200)).isEmpty();
        officer.delete(ROLES + "/" + role.path("id").asString()).expect(204);
        eva.get(path).expectProblem(404, "not-found");
    }

    @Test
    void aCoordinatorReadsTheirSectorAndNothingElse() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client eva = signUp("Eva");
        Client ana = signUp("Ana");
        String health = waiting(ana, "health");
        String energy = waiting(signUp("Bea"), "energy");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        officer.post(ROLES, """
                        {"email": "%s", "kind": "COORDINATOR", "scope": "health", "lastDay": "%s"}""".formatted(eva.email(), NEXT_YEAR)).expectProblem(403, "scoped-role-not-yours-to-give");
        grant(ada, eva, "COORDINATOR", "health", NEXT_YEAR);
        eva.get(health).expect(200);
        eva.get(energy).expectProblem(404, "not-found");
        assertThat(eva.get("/api/v1/proposals?limit=100").expect(200).path("items"))
                .allMatch(p -> !energy.endsWith(p.path("id").asString()));
        eva.get("/api/v1/organisations/"
                        + ana.get(health).expect(200).path("organisation").asString())
                .expectProblem(404, "not-found");
        eva.get("/api/v1/audit").expectProblem(404, "not-found");
        eva.get(ROLES).expectProblem(404, "not-found");
        // A token that must not use roles at the centre opens no proposals of others either.
        String narrow =
                eva.post("/api/v1/tokens", """
                        {"name": "narrow", "scopes": ["READ", "WRITE"]}""").expect(201).path("secret").asString();
        stranger().get(health, "Authorization", "Bearer " + narrow).expectProblem(404, "not-found");
    }

    @Test
    void aRoleEndsByItselfAndNobodyAssessesTheirOwnProposal() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client ana = signUp("Ana");
        String path = waiting(ana, "finance");
        grant(ada, ana, "ASSESSOR", playground(), NEXT_YEAR);
        ana.put(path + "/assessment", "{\"recommendation\": \"AWARD\", \"reason\": \"It is mine.\"}")
                .expectProblem(403, "own-proposal");
        Client eva = signUp("Eva");
        grant(ada, eva, "ASSESSOR", playground(), NEXT_YEAR);
        eva.get(path).expect(200);
        jdbc.sql("""
                UPDATE scoped_role SET granted_at = now() - interval '2 days', until = now() - interval '1 day'
                WHERE person_id = :person""").param("person", eva.person().value()).update();
        eva.get(path).expectProblem(404, "not-found");
        eva.put(path + "/assessment", "{\"recommendation\": \"AWARD\", \"reason\": \"Late.\"}")
                .expectProblem(404, "not-found");
    }

    @Test
    void whatIsWrongWithAGrantIsSaidByField() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client eva = signUp("Eva");
        String body = "{\"email\": \"%s\", \"kind\": \"COORDINATOR\", \"scope\": \"%s\", \"lastDay\": \"%s\"}";
        ada.post(ROLES, body.formatted("nobody@example.org", "health", NEXT_YEAR))
                .expectProblem(422, "invalid-fields");
        ada.post(ROLES, body.formatted(eva.email(), "alchemy", NEXT_YEAR)).expectProblem(422, "invalid-fields");
        ada.post(ROLES, body.formatted(eva.email(), "health", "2020-01-01")).expectProblem(422, "invalid-fields");
        ada.post(
                        ROLES,
                        body.formatted(
                                eva.email(),
                                "health",
                                LocalDate.now().plusYears(3).toString()))
                .expectProblem(422, "invalid-fields");
        ada.post(ROLES, body.formatted(ada.email(), "health", NEXT_YEAR)).expectProblem(403, "scoped-role-for-oneself");
    }

    @Test
    void theSameRoleGivenTwiceIsHeldOnceUntilTheNewDay() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client eva = signUp("Eva");
        grant(ada, eva, "COORDINATOR", "legal", NEXT_YEAR);
        String sooner = LocalDate.now().plusDays(3).toString();
        grant(ada, eva, "COORDINATOR", "legal", sooner);
        assertThat(held(eva.person())).isEqualTo(1);
        assertThat(ada.get(ROLES).expect(200).path("items").get(0).path("title").asString())
                .isEqualTo("Legal");
    }

    private int held(PersonId person) {
        return jdbc.sql("SELECT count(*) FROM scoped_role WHERE person_id = :person AND withdrawn_at IS NULL")
                .param("person", person.value())
                .query(Integer.class)
                .single();
    }

    @Test
    void thePagesGiveARoleShowItAndTakeTheAssessment() {
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client eva = signUp("Eva");
        String path = waiting(signUp("Ana"), "energy").substring("/api/v1".length());
        Browser administrator = new Browser(address()).signIn(ada.email(), PASSWORD);
        String page = "/centre/scoped-roles";
        administrator.submit(page, page, "email", eva.email(), "role", "COORDINATOR energy", "lastDay", NEXT_YEAR);
        assertThat(administrator.get(page).body()).contains("Eva").contains("Energy");
        Browser coordinator = new Browser(address()).signIn(eva.email(), PASSWORD);
        assertThat(coordinator.get("/").body()).contains(path);
        coordinator.submit(path, path + "/assessment", "recommendation", "AWARD", "reason", "Worth it.");
        assertThat(coordinator.get(path).body()).contains("Worth it.");
        assertThat(coordinator.get("/").body()).doesNotContain("Assess ");
    }
}
