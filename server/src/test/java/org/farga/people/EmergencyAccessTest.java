package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Breaking the glass: what it opens, who is told, what is kept, and who looks at it. */
class EmergencyAccessTest extends HttpTest {
    private static final String PATH = "/api/v1/centre/emergency-accesses";
    private static final String BODY = """
            {"role": "ADMINISTRATOR", "reason": "The only administrator is away and an account is stolen.", "hours": 1}""";

    private JsonNode open(Client client) {
        return client.post(PATH, BODY).expect(201);
    }

    @Test
    void aRoleIsHeldUntilItIsEndedAndEveryRequestIsKept() {
        Client operator = staff(CentreRole.OPERATOR);
        Client eva = signUp("Eva");
        operator.get("/api/v1/persons?email=" + eva.email()).expectProblem(404, "not-found");
        String id = open(operator).path("id").asString();
        operator.get("/api/v1/persons?email=" + eva.email()).expect(200);
        operator.put(PATH + "/" + id + "/closure", "").expect(200);
        operator.get("/api/v1/persons?email=" + eva.email()).expectProblem(404, "not-found");
        JsonNode uses = staff(CentreRole.AUDITOR).get(PATH + "/" + id + "/uses").expect(200);
        assertThat(uses.valueStream().map(use -> use.path("path").asString()))
                .contains("/api/v1/persons", PATH + "/" + id + "/closure");
        // The query may hold what is nobody's business.
        assertThat(uses.toString()).doesNotContain(eva.email());
    }

    @Test
    void itEndsByItself() {
        Client operator = staff(CentreRole.OPERATOR);
        String id = open(operator).path("id").asString();
        jdbc.sql("""
                UPDATE emergency_access SET opened_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'
                WHERE id = :id""").param("id", UUID.fromString(id)).update();
        operator.get("/api/v1/persons?email=" + operator.email()).expectProblem(404, "not-found");
    }

    @Test
    void onlyStaffBreaksTheGlassAndNeverToReadForEver() {
        signUp("Eva").post(PATH, BODY).expectProblem(404, "not-found");
        stranger().post(PATH, BODY).expectProblem(401, "sign-in-required");
        Client operator = staff(CentreRole.OPERATOR);
        operator.post(PATH, BODY.replace("ADMINISTRATOR", "AUDITOR")).expectProblem(422, "invalid-fields");
        operator.post(PATH, BODY.replace("ADMINISTRATOR", "OPERATOR")).expectProblem(422, "invalid-fields");
        operator.post(PATH, BODY.replace("\"hours\": 1", "\"hours\": 5")).expectProblem(422, "invalid-fields");
        operator.post(PATH, "{\"role\": \"ADMINISTRATOR\", \"reason\": \"because\"}")
                .expectProblem(422, "invalid-fields");
        open(operator);
        operator.post(PATH, BODY).expectProblem(409, "emergency-open-already");
    }

    @Test
    void nobodyKeepsWhatAnEmergencyGave() {
        Client operator = staff(CentreRole.OPERATOR);
        open(operator);
        operator.put("/api/v1/persons/" + operator.person() + "/centre-roles/ADMINISTRATOR", "")
                .expectProblem(403, "emergency-not-for-keeps");
    }

    @Test
    void administratorsAndAuditorsAreToldAtOnce() {
        Client auditor = staff(CentreRole.AUDITOR);
        Client operator = staff(CentreRole.OPERATOR);
        open(operator);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> auditor.get("/api/v1/notifications")
                        .expect(200)
                        .toString()
                        .contains("an account is stolen"));
    }

    @Test
    void anotherPersonReviewsOnceAndOnlyWhenItIsOver() {
        Client auditor = staff(CentreRole.AUDITOR);
        Client operator = staff(CentreRole.OPERATOR);
        String path = PATH + "/" + open(operator).path("id").asString();
        String review = "{\"verdict\": \"NOT_JUSTIFIED\", \"note\": \"An administrator was there.\"}";
        auditor.put(path + "/review", review).expectProblem(409, "emergency-still-open");
        // The very role that was taken does not review its own taking.
        operator.put(path + "/review", review).expectProblem(403, "emergency-own-review");
        operator.put(path + "/closure", "").expect(200);
        staff(CentreRole.DATA_STEWARD).put(path + "/review", review).expectProblem(403, "emergency-reviewers-only");
        assertThat(auditor.put(path + "/review", review)
                        .expect(200)
                        .path("review")
                        .path("verdict")
                        .asString())
                .isEqualTo("NOT_JUSTIFIED");
        staff(CentreRole.ADMINISTRATOR).put(path + "/review", review).expectProblem(409, "emergency-reviewed");
    }

    @Test
    void twoAtOnceOpenOne() throws Exception {
        Client operator = staff(CentreRole.OPERATOR);
        CountDownLatch go = new CountDownLatch(1);
        var threads = IntStream.range(0, 4)
                .mapToObj(n -> Thread.ofVirtual().start(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    operator.post(PATH, BODY);
                }))
                .toList();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(jdbc.sql("SELECT count(*) FROM emergency_access WHERE person_id = :person")
                        .param("person", operator.person().value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void thePagesOpenWarnEndAndReview() {
        Client operator = staff(CentreRole.OPERATOR);
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Browser browser = new Browser(address()).signIn(operator.email(), PASSWORD);
        String list = "/centre/emergency-access";
        var opened = browser.submit(
                list, list, "role", "ACCESS_OFFICER", "hours", "2", "reason", "A deadline passes while all are ill.");
        String page = Browser.location(opened);
        assertThat(browser.get("/jobs").body()).contains("Emergency access until");
        browser.submit(page, page + "/closure");
        assertThat(browser.get("/jobs").body()).doesNotContain("Emergency access until");
        // Home names the ten that wait longest; other tests' would be before this one.
        jdbc.sql("""
                UPDATE emergency_access SET verdict = 'JUSTIFIED', review_note = 'A test.', reviewed_by = :ada, reviewed_at = now()
                WHERE reviewed_at IS NULL AND person_id NOT IN (:ada, :operator)""")
                .param("ada", ada.person().value())
                .param("operator", operator.person().value())
                .update();
        Browser administrator = new Browser(address()).signIn(ada.email(), PASSWORD);
        assertThat(administrator.get("/").body()).contains(page);
        administrator.submit(page, page + "/review", "verdict", "JUSTIFIED", "note", "They were right.");
        assertThat(browser.get(page).body()).contains("They were right.").contains("GET /jobs");
    }
}
