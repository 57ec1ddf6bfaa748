package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An organisation that leaves, through all the modules where something ends. */
class ClosingOrganisationTest extends HttpTest {
    private static final String ANSWERS = """
            {"title": "Cracks", "abstract": "In forged parts.", "gpuHours": 5, "cpuHours": 20, "durationMonths": 1,
             "civilianUse": true, "noProhibitedPractice": true, "personalData": false}""";

    private static String organisationPath(String organisation) {
        return "/api/v1/organisations/" + organisation;
    }

    private void declareSize(Client ana, String organisation, int staff) {
        ana.put(organisationPath(organisation) + "/size-declaration", """
                        {"year": 2025, "staff": %d, "turnoverEur": 900000000, "balanceSheetEur": %d,
                         "linkedEnterprises": []}""".formatted(
                                staff, staff > 249 ? 900_000_000 : 1_000_000))
                .expect(200);
    }

    private JsonNode submit(Client ana, String organisation) {
        String path = "/api/v1/proposals/"
                + ana.post("/api/v1/proposals", """
                                {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation))
                        .expect(201)
                        .path("id")
                        .asString();
        ana.patch(path, ANSWERS, "If-Match", "\"1\"").expect(200);
        return ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
    }

    /** With an allocation, a proposal that waits for a person, and a service account. */
    private String busy(Client ana) {
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        submit(ana, organisation);
        // Of a large company the rules cannot decide.
        declareSize(ana, organisation, 5_000);
        submit(ana, organisation);
        ana.post(organisationPath(organisation) + "/service-accounts", "{\"name\": \"CI\", \"purpose\": \"Builds.\"}")
                .expect(201);
        return organisation;
    }

    private String name(Client ana, String organisation) {
        return ana.get(organisationPath(organisation)).expect(200).path("name").asString();
    }

    private void begin(Client ana, String organisation, int days) {
        ana.put(organisationPath(organisation) + "/closing", """
                        {"name": "%s", "reason": "We were bought.", "days": %d}""".formatted(name(ana, organisation), days))
                .expect(200);
    }

    private JsonNode allocation(Client ana) {
        return ana.get("/api/v1/projects")
                .expect(200)
                .path("items")
                .get(0)
                .path("allocations")
                .get(0);
    }

    @Test
    void whatIsUnderWayEndsAndNothingNewBegins() {
        Client ana = signUp("Ana");
        String organisation = busy(ana);
        JsonNode preview =
                ana.get(organisationPath(organisation) + "/closing/preview").expect(200);
        assertThat(preview.valueStream().map(line -> line.path("message").asString()))
                .contains("allocation.closing", "access.closing", "identity.closing");
        begin(ana, organisation, 30);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(allocation(ana).path("state").asString()).isEqualTo("SUSPENDED");
            assertThat(ana.get("/api/v1/proposals?state=WITHDRAWN").expect(200).path("items"))
                    .hasSize(1);
            assertThat(ana.get(organisationPath(organisation) + "/service-accounts")
                            .expect(200))
                    .isEmpty();
        });
        ana.post("/api/v1/proposals", """
                        {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation)).expectProblem(409, "organisation-closing");
        ana.post(organisationPath(organisation) + "/invitations", """
                        {"email": "new@example.org", "role": "MEMBER"}""").expectProblem(409, "organisation-closing");
        ana.post(organisationPath(organisation) + "/service-accounts", "{\"name\": \"CI\", \"purpose\": \"Builds.\"}")
                .expectProblem(409, "organisation-closing");
        ana.put(organisationPath(organisation) + "/closing", "{}").expectProblem(409, "organisation-closing");
        // Until the last day its people read what is theirs.
        ana.get(organisationPath(organisation)).expect(200);
    }

    @Test
    void calledOffWhatWasHeldBackGoesOn() {
        Client ana = signUp("Ana");
        String organisation = busy(ana);
        begin(ana, organisation, 30);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> allocation(ana).path("state").asString().equals("SUSPENDED"));
        ana.delete(organisationPath(organisation) + "/closing").expect(204);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> allocation(ana).path("state").asString().equals("ACTIVE"));
        ana.delete(organisationPath(organisation) + "/closing").expectProblem(409, "organisation-not-closing");
        ana.get(organisationPath(organisation) + "/closing").expectProblem(404, "not-found");
    }

    @Test
    void whatTheCentreHeldBackStaysHeldBack() {
        Client ana = signUp("Ana");
        String organisation = busy(ana);
        String held = "/api/v1/allocations/" + allocation(ana).path("id").asString() + "/suspension";
        staff(CentreRole.OPERATOR).put(held, "{\"reason\": \"An incident.\"}").expect(200);
        begin(ana, organisation, 30);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> ana.get("/api/v1/proposals?state=WITHDRAWN")
                                .expect(200)
                                .path("items")
                                .size()
                        == 1);
        ana.delete(organisationPath(organisation) + "/closing").expect(204);
        assertThat(allocation(ana).path("state").asString()).isEqualTo("SUSPENDED");
    }

    @Test
    void afterTheLastDayEverybodyHasLeftAndItsPastStays() {
        Client ana = signUp("Ana");
        String organisation = busy(ana);
        begin(ana, organisation, 0);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> ana.get(organisationPath(organisation)).status() == 404);
        Client auditor = staff(CentreRole.AUDITOR);
        JsonNode closing =
                auditor.get(organisationPath(organisation) + "/closing").expect(200);
        assertThat(closing.path("closedAt").isMissingNode()).isFalse();
        assertThat(auditor.get("/api/v1/audit?subject=" + organisation)
                        .expect(200)
                        .toString())
                .contains("organisation.closing")
                .contains("organisation.closed");
    }

    @Test
    void onlyOwnersWhoTypeTheNameCloseIt() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String closing = organisationPath(organisation) + "/closing";
        signUp("Eva").put(closing, "{\"name\": \"x\", \"reason\": \"y\"}").expectProblem(404, "not-found");
        staff(CentreRole.OPERATOR)
                .put(closing, "{\"name\": \"x\", \"reason\": \"y\"}")
                .expectProblem(403, "owners-only");
        ana.put(closing, "{\"name\": \"something else\", \"reason\": \"y\"}").expectProblem(422, "invalid-fields");
        ana.put(closing, "{\"name\": \"%s\", \"reason\": \"y\", \"days\": 91}".formatted(name(ana, organisation)))
                .expectProblem(422, "invalid-fields");
    }

    @Test
    void thePageSaysWhatEndsAndCallsItOff() {
        Client ana = signUp("Ana");
        String organisation = busy(ana);
        String page = "/organisations/" + organisation;
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get(page + "/closing").body()).contains("1 allocation is held back");
        browser.submit(
                page + "/closing",
                page + "/closing",
                "reason",
                "We were bought.",
                "days",
                "7",
                "name",
                name(ana, organisation));
        assertThat(browser.get(page).body()).contains("This organisation closes on");
        browser.submit(page + "/closing", page + "/closing/recall");
        assertThat(browser.get(page).body()).doesNotContain("This organisation closes on");
    }
}
