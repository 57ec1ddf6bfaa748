package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Reviews from the first score to the end of their step, with the applicant's answer, and what becomes overdue. */
class ReviewsApiTest extends ReviewWorld {
    @Autowired
    private Reviews reviews;

    @Test
    void aReviewIsSavedSubmittedOnceAndTheLastOneEndsTheStep() {
        Client officer = officer();
        Client ana = signUp("Ana");
        Client rita = signUp("Rita");
        Client rolf = signUp("Rolf");
        String path = proposal(ana, call(officer, 2, "", "PANEL"), 500);
        assign(path, rita);
        assign(path, rolf);
        String own = "/api/v1/reviews/" + id(path);

        JsonNode mine = rita.get("/api/v1/reviews").expect(200);
        assertThat(mine).hasSize(1);
        assertThat(mine.get(0).path("open").asBoolean()).isTrue();
        JsonNode task = rita.get(own).expect(200);
        assertThat(task.path("organisation").asString()).isEqualTo("Forja Vision SL");
        assertThat(task.path("texts")).hasSize(2);
        assertThat(task.path("dueAt").asString()).isNotEmpty();
        assertThat(task.path("version").asInt()).isZero();

        rita.put(own, "{}").expectProblem(428, "version-required");
        rita.put(own, "{\"scores\": {\"IMPACT\": 5.5}}", "If-Match", "\"0\"").expectProblem(422, "invalid-fields");
        rita.put(own, "{\"scores\": {\"IMPACT\": 4.5}}", "If-Match", "\"0\"").expect(200);
        rita.put(own, "{}", "If-Match", "\"0\"").expectProblem(412, "stale");
        rita.put(own + "/submission", "", "If-Match", "\"1\"").expectProblem(422, "invalid-fields");
        rita.put(own, review("4", "4.5", "3"), "If-Match", "\"1\"").expect(200);
        rita.put(own + "/submission", "", "If-Match", "\"2\"").expect(200);
        rita.put(own + "/submission", "", "If-Match", "\"3\"").expectProblem(409, "review-submitted");
        rita.put(own, "{}", "If-Match", "\"3\"").expectProblem(409, "review-submitted");
        assertThat(ana.get(path).expect(200).path("step").asString()).isEqualTo("EXPERT_REVIEW");

        submit(rolf, path, "3", "2", "1.5");
        JsonNode after = officer.get(path).expect(200);
        assertThat(after.path("step").asString()).isEqualTo("PANEL");
        JsonNode done = after.path("timeline")
                .valueStream()
                .filter(e -> e.path("event").asString().equals("STEP_DONE"))
                .findFirst()
                .orElseThrow();
        assertThat(done.path("result").asString()).isEqualTo("PASSED");
        assertThat(done.path("byHand").asBoolean()).isFalse();
        assertThat(done.path("note").asString())
                .isEqualTo(
                        "2 reviews; means: Excellence 3.50 ≥ 3; Innovation and impact 3.25; Quality of implementation 2.25.");
        rolf.put(own, "{}", "If-Match", "\"2\"").expectProblem(409, "review-over");
    }

    @Test
    void whatDoesNotReachAThresholdFailsTheStepAndGoesOnToWhoeverDecides() {
        Client officer = officer();
        Client rita = signUp("Rita");
        String path = proposal(signUp("Ana"), call(officer, 1, ""), 500);
        assign(path, rita);
        submit(rita, path, "2.9", "5", "5");
        JsonNode after = officer.get(path).expect(200);
        assertThat(after.path("step").asString()).isEqualTo("DECISION");
        assertThat(after.path("timeline").toString()).contains("\"FAILED\"", "Excellence 2.90 < 3");
        JsonNode read = officer.get(path + "/reviews").expect(200);
        assertThat(read.path("below").get(0).asString()).isEqualTo("EXCELLENCE");
    }

    @Test
    void ofTwoReviewsSubmittedAtOnceOneIsTheLast() throws Exception {
        Client officer = officer();
        String call = call(officer, 2, "");
        Client rita = signUp("Rita");
        Client rolf = signUp("Rolf");
        String path = proposal(signUp("Ana"), call, 500);
        assign(path, rita);
        assign(path, rolf);
        String own = "/api/v1/reviews/" + id(path);
        for (Client reviewer : List.of(rita, rolf)) {
            reviewer.put(own, review("4", "4", "4"), "If-Match", "\"0\"").expect(200);
        }
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Callable<Integer>> both = List.of(
                    () -> rita.put(own + "/submission", "", "If-Match", "\"1\"").status(),
                    () -> rolf.put(own + "/submission", "", "If-Match", "\"1\"").status());
            for (var answer : threads.invokeAll(both)) {
                assertThat(answer.get()).isEqualTo(200);
            }
        }
        JsonNode after = officer.get(path).expect(200);
        assertThat(after.path("step").asString()).isEqualTo("DECISION");
        assertThat(after.path("timeline")
                        .valueStream()
                        .filter(e -> e.path("event").asString().equals("STEP_DONE")))
                .hasSize(1);
    }

    @Test
    void nobodyElseSeesAReviewOrWhatAReviewerSees() {
        Client officer = officer();
        Client ana = signUp("Ana");
        Client rita = signUp("Rita");
        Client other = signUp("Otto");
        String path = proposal(ana, call(officer, 1, ""), 500);
        assign(path, rita);
        String own = "/api/v1/reviews/" + id(path);
        for (Client stranger : List.of(ana, other, officer)) {
            stranger.get(own).expectProblem(404, "not-found");
            stranger.put(own, "{}", "If-Match", "\"0\"").expectProblem(404, "not-found");
            stranger.put(own + "/refusal", "{}").expectProblem(404, "not-found");
        }
        // A reviewer sees the review's page, and nothing of the proposal besides.
        rita.get(path).expectProblem(404, "not-found");
        rita.get(path + "/reviews").expectProblem(404, "not-found");
        other.get(path + "/reviews").expectProblem(404, "not-found");
        submit(rita, path, "4", "4", "4");
        // The applicant reads nothing before a decision, and then neither names nor what is confidential.
        assertThat(ana.get(path + "/reviews").expect(200).path("reviews")).isEmpty();
        officer.put(path + "/decision", "{\"decision\": \"DECLINE\", \"reason\": \"No hours left.\"}")
                .expect(200);
        Answered read = ana.get(path + "/reviews");
        assertThat(read.expect(200).path("reviews").get(0).path("comments").asString())
                .isEqualTo("Sound and well planned.");
        assertThat(read.body()).doesNotContain("Rita", rita.person().toString(), "I know this field.", "HIGH", "AWARD");
        assertThat(ana.get("/proposals/" + id(path) + "/reviews", "Accept", "text/html")
                        .body())
                .contains("Sound and well planned.")
                .doesNotContain("Rita", rita.person().toString(), "I know this field.");
        assertThat(officer.get(path + "/reviews").body()).contains("Rita", "I know this field.");
    }

    @Test
    void whereReviewsAreDoubleBlindReviewersSeeNeitherOrganisationNorTeam() {
        Client officer = officer();
        Client rita = signUp("Rita");
        String path = proposal(signUp("Ana"), call(officer, 1, ", \"blind\": \"DOUBLE\""), 500);
        assign(path, rita);
        Answered task = rita.get("/api/v1/reviews/" + id(path));
        assertThat(task.expect(200).path("texts")).hasSize(1);
        assertThat(task.body()).contains("Ten at once.").doesNotContain("Forja");
        assertThat(rita.get("/reviews/" + id(path), "Accept", "text/html").body())
                .contains("Ten at once.")
                .doesNotContain("Forja");
    }

    @Test
    void officersEnterByHandOnlyWhereNobodyWasAssigned() {
        Client officer = officer();
        String call = call(officer, 1, "");
        Client rita = signUp("Rita");
        String path = proposal(signUp("Ana"), call, 500);
        assign(path, rita);
        String byHand = "{\"result\": \"PASSED\", \"reason\": \"By telephone.\"}";
        officer.put(path + "/steps/EXPERT_REVIEW", byHand).expectProblem(409, "reviewers-assigned");
        rita.put("/api/v1/reviews/" + id(path) + "/refusal", "{\"kind\": \"CONFLICT\"}")
                .expectProblem(422, "invalid-fields");
        rita.put(
                        "/api/v1/reviews/" + id(path) + "/refusal",
                        "{\"kind\": \"CONFLICT\", \"reason\": \"We work together.\"}")
                .expect(204);
        rita.get("/api/v1/reviews/" + id(path)).expectProblem(404, "not-found");
        assertThat(told(officer, "needs another reviewer")).isEqualTo(1);
        officer.put(path + "/steps/EXPERT_REVIEW", byHand).expect(200);
    }

    @Test
    void anOfficerReopensAReviewWhileOthersAreMissing() {
        Client officer = officer();
        Client rita = signUp("Rita");
        Client rolf = signUp("Rolf");
        String path = proposal(signUp("Ana"), call(officer, 2, ""), 500);
        assign(path, rita);
        assign(path, rolf);
        submit(rita, path, "1", "1", "1");
        assertThat(officer.get(path + "/reviews")
                        .expect(200)
                        .path("waitedFor")
                        .get(0)
                        .asString())
                .isEqualTo("Rolf");
        String reopening = path + "/reviews/1/reopening";
        rita.put(reopening, "{\"reason\": \"Slip.\"}").expectProblem(404, "not-found");
        staff(CentreRole.AUDITOR).put(reopening, "{\"reason\": \"Slip.\"}").expectProblem(403, "access-officers-only");
        officer.put(reopening, "{}").expectProblem(422, "invalid-fields");
        officer.put(reopening, "{\"reason\": \"A slip of the scale.\"}").expect(200);
        assertThat(officer.get(path + "/reviews").expect(200).path("reviews")).isEmpty();
        String own = "/api/v1/reviews/" + id(path);
        rita.put(own, review("5", "5", "5"), "If-Match", "\"3\"").expect(200);
        submit(rolf, path, "5", "5", "5");
        assertThat(officer.get(path).expect(200).path("step").asString()).isEqualTo("EXPERT_REVIEW");
        rita.put(own + "/submission", "", "If-Match", "\"4\"").expect(200);
        assertThat(officer.get(path).expect(200).path("step").asString()).isEqualTo("DECISION");
        officer.put(reopening, "{\"reason\": \"Too late.\"}").expectProblem(409, "review-over");
    }

    @Test
    void theApplicantAnswersTheReviewsOnceWhileTheClockStandsStill() {
        Client officer = officer();
        Client ana = signUp("Ana");
        Client rita = signUp("Rita");
        String path = proposal(ana, call(officer, 1, ", \"rebuttalWorkingDays\": 3"), 500);
        assign(path, rita);
        ana.put(path + "/rebuttal", "{\"answer\": \"But\"}").expectProblem(409, "rebuttal-not-asked");
        submit(rita, path, "4", "4", "4");
        JsonNode asked = ana.get(path).expect(200);
        assertThat(asked.path("state").asString()).isEqualTo("WAITING");
        assertThat(asked.path("holder").asString()).isEqualTo("APPLICANT");
        assertThat(asked.path("held")
                        .valueStream()
                        .toList()
                        .getLast()
                        .path("paused")
                        .asBoolean())
                .isTrue();
        assertThat(asked.has("dueAt")).isFalse();
        Answered read = ana.get(path + "/reviews");
        assertThat(read.expect(200).path("reviews")).hasSize(1);
        assertThat(read.body()).doesNotContain("Rita", "confidential");
        // What is asked is this, and not a question of an officer's.
        ana.put(path + "/answer", "{\"answer\": \"But\"}").expectProblem(409, "answer-the-reviews");
        officer.put(path + "/rebuttal", "{\"answer\": \"But\"}").expectProblem(403, "members-only");
        ana.put(path + "/rebuttal", "{}").expectProblem(422, "invalid-fields");
        ana.put(path + "/rebuttal", "{\"answer\": \"The data are public.\"}").expect(200);
        ana.put(path + "/rebuttal", "{\"answer\": \"And more.\"}").expectProblem(409, "rebuttal-given");
        JsonNode after = officer.get(path).expect(200);
        assertThat(after.path("state").asString()).isEqualTo("SUBMITTED");
        assertThat(after.path("step").asString()).isEqualTo("DECISION");
        assertThat(officer.get(path + "/reviews").body()).contains("The data are public.");
        assertThat(rita.get("/api/v1/reviews/" + id(path))
                        .expect(200)
                        .path("rebuttal")
                        .asString())
                .isEqualTo("The data are public.");
    }

    @Test
    void withoutAnAnswerInTimeTheReviewsStand() {
        Client officer = officer();
        Client ana = signUp("Ana");
        Client rita = signUp("Rita");
        String path = proposal(ana, call(officer, 1, ", \"rebuttalWorkingDays\": 1"), 500);
        assign(path, rita);
        submit(rita, path, "4", "4", "4");
        reviews.closeRebuttal(id(path));
        assertThat(officer.get(path).expect(200).path("state").asString()).isEqualTo("WAITING");
        jdbc.sql("""
                        UPDATE rebuttal SET opened_at = now() - interval '9 days', until = now() - interval '1 minute'
                        WHERE proposal_id = :id""").param("id", id(path).value()).update();
        ana.put(path + "/rebuttal", "{\"answer\": \"Late.\"}").expectProblem(409, "rebuttal-over");
        assertThat(reviews.rebuttalsOver(1_000)).contains(id(path));
        reviews.closeRebuttal(id(path));
        reviews.closeRebuttal(id(path));
        JsonNode after = officer.get(path).expect(200);
        assertThat(after.path("step").asString()).isEqualTo("DECISION");
        assertThat(after.path("timeline").toString()).contains("The time to answer the reviews is over");
    }

    @Test
    void withdrawnWhileTheApplicantMayAnswerItWaitsForNobody() {
        Client officer = officer();
        Client ana = signUp("Ana");
        Client rita = signUp("Rita");
        String path = proposal(ana, call(officer, 1, ", \"rebuttalWorkingDays\": 1"), 500);
        assign(path, rita);
        submit(rita, path, "4", "4", "4");
        ana.delete(path + "/submission").expect(200);
        jdbc.sql("""
                        UPDATE rebuttal SET opened_at = now() - interval '9 days', until = now() - interval '1 minute'
                        WHERE proposal_id = :id""").param("id", id(path).value()).update();
        reviews.closeRebuttal(id(path));
        assertThat(reviews.rebuttalsOver(1_000)).doesNotContain(id(path));
        reviews.settle(id(path));
        assertThat(reviews.ready(1_000)).doesNotContain(id(path));
        assertThat(officer.get(path).expect(200).path("state").asString()).isEqualTo("WITHDRAWN");
    }

    @Test
    void whenTheLastMissingReviewerIsReleasedTheStepEnds() {
        Client officer = officer();
        Client rita = signUp("Rita");
        Client rolf = signUp("Rolf");
        String path = proposal(signUp("Ana"), call(officer, 1, ""), 500);
        assign(path, rita);
        assign(path, rolf);
        submit(rita, path, "4", "4", "4");
        assertThat(reviews.ready(1_000)).doesNotContain(id(path));
        jdbc.sql("UPDATE review_assignment SET state = 'RELEASED' WHERE proposal_id = :id AND person_id = :rolf")
                .param("id", id(path).value())
                .param("rolf", rolf.person().value())
                .update();
        assertThat(reviews.ready(1_000)).contains(id(path));
        reviews.settle(id(path));
        assertThat(reviews.ready(1_000)).doesNotContain(id(path));
        assertThat(officer.get(path).expect(200).path("step").asString()).isEqualTo("DECISION");
    }

    @Test
    void overdueReviewsAreToldOnceForEachDeadlineAndNothingAdvances() {
        Client officer = officer();
        Client rita = signUp("Rita");
        String path = proposal(signUp("Ana"), call(officer, 1, ""), 500);
        assign(path, rita);
        due(path, "3 days");
        reviews.remind();
        assertThat(told(rita, "is due on")).isZero();
        due(path, "1 day");
        reviews.remind();
        reviews.remind();
        assertThat(told(rita, "is due on")).isEqualTo(1);
        due(path, "-1 hour");
        reviews.remind();
        assertThat(told(rita, "is overdue since")).isEqualTo(1);
        String code = officer.get(path).expect(200).path("code").asString();
        assertThat(told(officer, "A review of " + code)).isZero();
        due(path, "-2 days");
        reviews.remind();
        reviews.remind();
        // A later deadline is told anew.
        assertThat(told(rita, "is overdue since")).isEqualTo(2);
        assertThat(told(officer, "A review of " + code)).isEqualTo(1);
        assertThat(officer.get(path).expect(200).path("step").asString()).isEqualTo("EXPERT_REVIEW");
    }

    private void due(String path, String in) {
        jdbc.sql("""
                        UPDATE proposal SET submitted_at = now() - interval '30 days', due_at = now() + CAST(:in AS interval)
                        WHERE id = :id""").param("in", in).param("id", id(path).value()).update();
    }

    private static int told(Client reader, String words) {
        return reader.get("/api/v1/notifications").body().split(words, -1).length - 1;
    }
}
