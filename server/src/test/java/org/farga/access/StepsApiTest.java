package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Proposals through all steps of a call, with questions, offers, cut-offs and what is overdue. */
class StepsApiTest extends HttpTest {
    private static final String NEXT_YEAR =
            java.time.LocalDate.now().plusDays(300).toString();

    @Autowired
    private CallTable calls;

    @Autowired
    private Proposals proposals;

    @Autowired
    private ReviewStep reviewStep;

    @Autowired
    private PlatformTransactionManager transactions;

    /** A call of this test's own with every step, on one cluster; the sections and rules are those of the samples. */
    private Call call(Intake intake, Step... steps) {
        CallRules large = Samples.LARGE;
        CallRules rules = new CallRules(
                List.of(large.partitions().getFirst()),
                List.of(1, 3, 6),
                intake,
                large.form(),
                steps.length == 0 ? large.steps() : List.of(steps),
                steps.length == 0 || List.of(steps).stream().anyMatch(s -> s.kind() == Step.Kind.EXPERT_REVIEW)
                        ? large.review()
                        : null,
                false,
                2,
                large.audience(),
                large.countries(),
                large.rules().stream().filter(r -> r.rule() != Rule.SME).toList());
        Call call = Samples.ownCall("ST", Call.Mode.LARGE_SCALE, rules);
        new TransactionTemplate(transactions).executeWithoutResult(status -> calls.insert(call, call.opensAt(), null));
        return call;
    }

    private String answered(Client owner, Call call) {
        String id = owner.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call.code(), organisationOf(owner)))
                .expect(201)
                .path("id")
                .asString();
        String path = "/api/v1/proposals/" + id;
        owner.patch(path, """
                        {"title": "Speech for all", "abstract": "A model of many languages.", "gpuHours": 500,
                         "cpuHours": 2000, "durationMonths": 3, "civilianUse": true, "noProhibitedPractice": true,
                         "personalData": false, "sections": %s}""".formatted(Samples.JOBS_AND_PLAN), "If-Match", "\"1\"")
                .expect(200);
        return path;
    }

    private String submitted(Client owner, Call call) {
        String path = answered(owner, call);
        owner.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        return path;
    }

    private static ProposalId id(String path) {
        return ProposalId.valueOf(path.substring(path.lastIndexOf('/') + 1));
    }

    private Client assessorOf(Call call) {
        Client eva = signUp("Eva");
        staff(CentreRole.ACCESS_OFFICER)
                .post("/api/v1/centre/scoped-roles", """
                        {"email": "%s", "kind": "ASSESSOR", "scope": "%s", "lastDay": "%s"}""".formatted(eva.email(), call.id(), NEXT_YEAR))
                .expect(201);
        return eva;
    }

    private static void in(Client reader, String path, String state, String step, String holder) {
        JsonNode now = reader.get(path).expect(200);
        assertThat(now.path("state").asString()).isEqualTo(state);
        assertThat(now.path("step").asString("")).isEqualTo(step);
        assertThat(now.path("holder").asString()).isEqualTo(holder);
    }

    @Test
    void aProposalGoesThroughEveryStepToAnOfferThatIsAccepted() {
        Call call = call(Intake.ROLLING);
        Client ana = signUp("Ana");
        Client eva = assessorOf(call);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = submitted(ana, call);
        in(ana, path, "SUBMITTED", "ADMINISTRATIVE_CHECK", "ACCESS_OFFICER");
        officer.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"now\"}")
                .expectProblem(409, "proposal-in-another-step");
        officer.put(path + "/steps/DECISION", "{\"result\": \"PASSED\", \"reason\": \"now\"}")
                .expectProblem(409, "proposal-in-another-step");
        officer.put(path + "/steps/ADMINISTRATIVE_CHECK", "{\"result\": \"PASSED\"}")
                .expectProblem(422, "invalid-fields");
        officer.put(path + "/steps/ADMINISTRATIVE_CHECK", "{\"result\": \"PASSED\", \"reason\": \"Complete.\"}")
                .expect(200);
        in(ana, path, "SUBMITTED", "TECHNICAL_ASSESSMENT", "ASSESSOR");
        officer.put(path + "/steps/TECHNICAL_ASSESSMENT", "{\"result\": \"PASSED\", \"reason\": \"x\"}")
                .expectProblem(422, "invalid-fields");
        eva.put(path + "/assessment", "{\"recommendation\": \"DECLINE\", \"reason\": \"It does not scale.\"}")
                .expect(200);
        in(ana, path, "SUBMITTED", "EXPERT_REVIEW", "EXPERTS");
        officer.put(
                        path + "/steps/EXPERT_REVIEW",
                        "{\"result\": \"PASSED\", \"reason\": \"Three experts, by mail: 4.5 of 5.\"}")
                .expect(200);
        officer.put(path + "/steps/PANEL", "{\"result\": \"PASSED\", \"reason\": \"Fund it.\"}")
                .expect(200);
        in(ana, path, "SUBMITTED", "DECISION", "ACCESS_OFFICER");
        JsonNode offered = officer.put(
                        path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"Good.\", \"gpuHours\": 400}")
                .expect(200);
        assertThat(offered.path("state").asString()).isEqualTo("OFFERED");
        assertThat(offered.has("project")).isFalse();
        assertThat(offered.path("decision").path("gpuHours").decimalValue()).isEqualByComparingTo("400");
        officer.put(path + "/offer-withdrawal", "{\"reason\": \"too slow\"}").expectProblem(409, "offer-still-open");
        JsonNode awarded = ana.put(path + "/acceptance", "{\"accept\": true}").expect(200);
        assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
        JsonNode allocation = ana.get(
                        "/api/v1/projects/" + awarded.path("project").asString())
                .expect(200)
                .path("allocations")
                .get(0);
        assertThat(allocation.path("gpuHours").decimalValue()).isEqualByComparingTo("400");
        // What was found is advice: officers read it, the applicant does not.
        JsonNode seen = officer.get(path).expect(200).path("timeline");
        assertThat(seen).anyMatch(e -> e.path("note").asString("").equals("It does not scale."));
        assertThat(seen)
                .filteredOn(e -> e.path("byHand").asBoolean())
                .extracting(e -> e.path("step").asString())
                .containsExactly("EXPERT_REVIEW");
        assertThat(awarded.path("timeline"))
                .noneMatch(e -> e.path("note").asString("").contains("scale"));
        assertThat(awarded.path("held").valueStream().map(h -> h.path("holder").asString()))
                .containsExactly(
                        "APPLICANT",
                        "RULES",
                        "ACCESS_OFFICER",
                        "ASSESSOR",
                        "EXPERTS",
                        "PANEL",
                        "ACCESS_OFFICER",
                        "APPLICANT");
        ana.put(path + "/acceptance", "{\"accept\": false}").expectProblem(409, "proposal-not-offered");
    }

    /** Rules that change in mid-call: what is submitted stays under its own, and its people see what is different. */
    @Test
    void aSubmissionStaysUnderItsVersionAndSeesWhatChanged() {
        Call call = call(Intake.ROLLING, new Step(Step.Kind.ADMINISTRATIVE_CHECK, 1), new Step(Step.Kind.DECISION, 2));
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = submitted(ana, call);
        assertThat(ana.get(path).expect(200).path("rulesChanges")).isEmpty();
        // Another step comes in between, and what was asked for is not granted any more.
        officer.patch("/api/v1/calls/" + call.code(), """
                        {"steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 1}, {"kind": "PANEL", "workingDays": 5},
                                   {"kind": "DECISION", "workingDays": 9}],
                         "maxGpuHours": 100}""", "If-Match", "\"1\"").expect(200);
        JsonNode seen = ana.get(path).expect(200);
        assertThat(seen.path("rulesVersion").asInt()).isEqualTo(1);
        assertThat(seen.path("rulesChanges")
                        .valueStream()
                        .map(c -> c.path("what").asString()))
                .containsExactlyInAnyOrder("Partition local", "Panel", "Decision");
        String page = ana.get("/proposals/" + id(path), "Accept", "text/html").body();
        assertThat(page).contains("is judged by version 1", "What changed: 3 points");
        officer.put(path + "/steps/ADMINISTRATIVE_CHECK", "{\"result\": \"PASSED\", \"reason\": \"Complete.\"}")
                .expect(200);
        in(ana, path, "SUBMITTED", "DECISION", "ACCESS_OFFICER");
        officer.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"Good.\"}")
                .expect(200);
        JsonNode awarded = ana.get(path).expect(200);
        assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
        assertThat(awarded.path("rulesChanges")).isEmpty();
        // Whoever submits now is judged by the new ones.
        Client bea = signUp("Bea");
        bea.put(answered(bea, call) + "/submission", "", "If-Match", "\"2\"").expectProblem(422, "hours-out-of-bounds");
    }

    @Test
    void whatFailsTheAdministrativeCheckIsDeclinedWithItsReason() {
        Call call = call(Intake.ROLLING);
        Client ana = signUp("Ana");
        String path = submitted(ana, call);
        staff(CentreRole.ACCESS_OFFICER)
                .put(
                        path + "/steps/ADMINISTRATIVE_CHECK",
                        "{\"result\": \"FAILED\", \"reason\": \"The annex is missing.\"}")
                .expect(200);
        JsonNode declined = ana.get(path).expect(200);
        assertThat(declined.path("state").asString()).isEqualTo("DECLINED");
        assertThat(declined.path("decision").path("reason").asString()).isEqualTo("The annex is missing.");
    }

    @Test
    void aQuestionStopsTheClockUntilItIsAnswered() {
        Call call = call(Intake.ROLLING);
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = submitted(ana, call);
        officer.put(path + "/question", "{\"question\": \" \"}").expectProblem(422, "invalid-fields");
        officer.put(path + "/question", "{\"question\": \"Where does the data come from?\"}")
                .expect(200);
        JsonNode asked = ana.get(path).expect(200);
        assertThat(asked.path("state").asString()).isEqualTo("WAITING");
        assertThat(asked.has("dueAt")).isFalse();
        assertThat(asked.path("timeline"))
                .anyMatch(e -> e.path("note").asString("").startsWith("Where does"));
        assertThat(ana.get("/", "Accept", "text/html").body()).contains("Answer a question on");
        officer.put(path + "/steps/ADMINISTRATIVE_CHECK", "{\"result\": \"PASSED\", \"reason\": \"x\"}")
                .expectProblem(409, "proposal-waiting");
        officer.put(path + "/answer", "{\"answer\": \"From us.\"}").expectProblem(403, "members-only");
        ana.put(path + "/answer", "{\"answer\": \"From our own mill.\"}").expect(200);
        JsonNode goesOn = officer.get(path).expect(200);
        assertThat(goesOn.path("state").asString()).isEqualTo("SUBMITTED");
        assertThat(goesOn.path("step").asString()).isEqualTo("ADMINISTRATIVE_CHECK");
        assertThat(goesOn.has("dueAt")).isTrue();
        assertThat(goesOn.path("held").valueStream().map(h -> h.path("paused").asBoolean()))
                .containsExactly(false, false, false, true, false);
        ana.put(path + "/answer", "{\"answer\": \"again\"}").expectProblem(409, "proposal-not-waiting");
    }

    @Test
    void anOfferIsTurnedDownOrTakenBackWhenItsTimeIsOver() {
        Call call = call(Intake.ROLLING, new Step(Step.Kind.DECISION, 1), new Step(Step.Kind.ACCEPTANCE, 5));
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        Client ana = signUp("Ana");
        String first = submitted(ana, call);
        officer.put(first + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"Good.\"}")
                .expect(200);
        ana.put(first + "/acceptance", "{}").expectProblem(422, "invalid-fields");
        assertThat(ana.put(first + "/acceptance", "{\"accept\": false, \"reason\": \"Too late for us.\"}")
                        .expect(200)
                        .path("state")
                        .asString())
                .isEqualTo("WITHDRAWN");
        Client bea = signUp("Bea");
        String second = submitted(bea, call);
        officer.put(second + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"Good.\"}")
                .expect(200);
        longAgo(second);
        proposals.escalate(id(second));
        officer.put(second + "/offer-withdrawal", "{\"reason\": \"No word for three weeks.\"}")
                .expect(200);
        assertThat(bea.get(second).expect(200).path("state").asString()).isEqualTo("DECLINED");
    }

    /** Moves what happened to a proposal three weeks back: deadlines follow, because they are computed from it. */
    private void longAgo(String path) {
        jdbc.sql("ALTER TABLE proposal_event DISABLE TRIGGER proposal_event_append_only")
                .update();
        jdbc.sql("UPDATE proposal_event SET at = at - interval '21 days' WHERE proposal_id = :id")
                .param("id", id(path).value())
                .update();
        jdbc.sql("ALTER TABLE proposal_event ENABLE TRIGGER proposal_event_append_only")
                .update();
        jdbc.sql("""
                        UPDATE proposal SET submitted_at = submitted_at - interval '21 days', due_at = due_at - interval '21 days',
                            decided_at = decided_at - interval '21 days', created_at = created_at - interval '21 days'
                        WHERE id = :id""").param("id", id(path).value()).update();
    }

    @Test
    void whatIsOverdueIsToldOnceToAdministratorsAndWhoeverHoldsItAndStaysWhereItIs() {
        Call call = call(Intake.ROLLING);
        Client ada = staff(CentreRole.ADMINISTRATOR);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        Client ana = signUp("Ana");
        String path = submitted(ana, call);
        assertThat(proposals.overdue(1_000)).doesNotContain(id(path));
        longAgo(path);
        assertThat(proposals.overdue(1_000)).contains(id(path));
        proposals.escalate(id(path));
        assertThat(proposals.overdue(1_000)).doesNotContain(id(path));
        String code = ana.get(path).expect(200).path("code").asString();
        for (Client told : List.of(ada, officer)) {
            assertThat(told.get("/api/v1/notifications").body()).contains(code + " is overdue");
        }
        assertThat(ana.get("/api/v1/notifications").body()).doesNotContain("is overdue");
        in(ana, path, "SUBMITTED", "ADMINISTRATIVE_CHECK", "ACCESS_OFFICER");
        assertThat(ana.get(path).expect(200).path("timeline"))
                .filteredOn(e -> e.path("event").asString().equals("ESCALATED"))
                .hasSize(1);
        // Where a closed day moved the deadline meanwhile, nobody is told: the date is put right.
        Client bea = signUp("Bea");
        String other = submitted(bea, call);
        jdbc.sql(
                        "UPDATE proposal SET submitted_at = now() - interval '2 days', due_at = now() - interval '1 day' WHERE id = :id")
                .param("id", id(other).value())
                .update();
        proposals.escalate(id(other));
        assertThat(proposals.overdue(1_000)).doesNotContain(id(other));
        assertThat(Instant.parse(bea.get(other).expect(200).path("dueAt").asString()))
                .isAfter(Instant.now());
    }

    @Test
    void beforeTheCutOffOnlyTheAdministrativeCheckIsDone() {
        LocalDateTime next = LocalDateTime.now(Intake.BRUSSELS).plusDays(20).withNano(0);
        Call call = call(new Intake(false, List.of(next, next.plusDays(20))));
        Client eva = assessorOf(call);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = submitted(signUp("Ana"), call);
        JsonNode waits = officer.get(path).expect(200);
        Instant cutOff = Instant.parse(waits.path("cutOffAt").asString());
        assertThat(cutOff).isEqualTo(Intake.instant(next));
        assertThat(Instant.parse(waits.path("dueAt").asString())).isAfter(cutOff);
        officer.put(path + "/steps/ADMINISTRATIVE_CHECK", "{\"result\": \"PASSED\", \"reason\": \"Complete.\"}")
                .expect(200);
        // What an assessor says early is advice; the step waits for the cut-off.
        eva.put(path + "/assessment", "{\"recommendation\": \"AWARD\", \"reason\": \"Sound.\"}")
                .expect(200);
        in(officer, path, "SUBMITTED", "TECHNICAL_ASSESSMENT", "ASSESSOR");
    }

    /** However long a transaction waits for others: the instant by which it is in time stays the one at which it began. */
    @Test
    void theInstantAtWhichTheDatabaseBeganDecidesTheCutOff() {
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            Instant began = calls.transactionStart();
            // The database's own clock goes on meanwhile.
            jdbc.sql("SELECT pg_sleep(0.02)").query((row, n) -> n).list();
            Instant now = jdbc.sql("SELECT clock_timestamp()")
                    .query(java.time.OffsetDateTime.class)
                    .single()
                    .toInstant();
            assertThat(calls.transactionStart()).isEqualTo(began).isBefore(now.minusMillis(10));
        });
        Client ana = signUp("Ana");
        String path = submitted(ana, call(Intake.ROLLING));
        // What was submitted carries that instant, the same in its state and its history.
        JsonNode submitted = ana.get(path).expect(200);
        assertThat(submitted.path("timeline").get(1).path("at")).isEqualTo(submitted.path("submittedAt"));
    }

    @Test
    void twoBrowsersThatSubmitForACutOffMakeOneSubmission() throws Exception {
        LocalDateTime cutOff = LocalDateTime.now(Intake.BRUSSELS).plusDays(1);
        Call call = call(new Intake(false, List.of(cutOff)));
        Client ana = signUp("Ana");
        String path = answered(ana, call);
        Callable<Integer> submit =
                () -> ana.put(path + "/submission", "", "If-Match", "\"2\"").status();
        try (var browsers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Integer> answers = new java.util.ArrayList<>();
            for (var answer : browsers.invokeAll(List.of(submit, submit))) {
                answers.add(answer.get());
            }
            assertThat(answers).containsExactlyInAnyOrder(200, 412);
        }
        assertThat(ana.get(path).expect(200).path("timeline"))
                .filteredOn(e -> e.path("event").asString().equals("SUBMITTED"))
                .hasSize(1);
    }

    @Test
    void afterTheLastCutOffACallTakesNothing() {
        Call call = call(new Intake(false, List.of(LocalDateTime.parse("2026-02-01T10:00"))));
        Client ana = signUp("Ana");
        ana.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call.code(), organisationOf(ana)))
                .expectProblem(409, "call-closed");
    }

    @Test
    void reviewsEndTheirStepThroughThePort() {
        Call call = call(Intake.ROLLING, new Step(Step.Kind.EXPERT_REVIEW, 4), new Step(Step.Kind.DECISION, 2));
        Client ana = signUp("Ana");
        String path = submitted(ana, call);
        TransactionTemplate inOne = new TransactionTemplate(transactions);
        inOne.executeWithoutResult(status -> reviewStep
                .done(id(path), false, "Two of three below the threshold.")
                .orThrow());
        in(ana, path, "SUBMITTED", "DECISION", "ACCESS_OFFICER");
        JsonNode done = staff(CentreRole.ACCESS_OFFICER)
                .get(path)
                .expect(200)
                .path("timeline")
                .valueStream()
                .filter(e -> e.path("event").asString().equals("STEP_DONE"))
                .findFirst()
                .orElseThrow();
        assertThat(done.path("result").asString()).isEqualTo("FAILED");
        assertThat(done.path("byHand").asBoolean()).isFalse();
        org.farga.shared.Outcome<ProposalId> again = inOne.execute(status -> reviewStep.done(id(path), true, "again"));
        if (!(again instanceof org.farga.shared.Outcome.Refused<ProposalId>(org.farga.shared.Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        assertThat(refusal.name()).isEqualTo("proposal-in-another-step");
    }

    @Test
    void theCentreSeesHowLongDecisionsTook() {
        Call call = call(Intake.ROLLING, new Step(Step.Kind.DECISION, 1));
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = submitted(signUp("Ana"), call);
        JsonNode before = large(officer);
        officer.put(path + "/decision", "{\"decision\": \"DECLINE\", \"reason\": \"No.\"}")
                .expect(200);
        JsonNode after = large(officer);
        assertThat(after.path("declined").asInt())
                .isEqualTo(before.path("declined").asInt() + 1);
        assertThat(after.path("open").asInt()).isEqualTo(before.path("open").asInt() - 1);
        assertThat(after.path("workingDays")).hasSize(before.path("workingDays").size() + 1);
        assertThat(officer.get("/calls/decision-times", "Accept", "text/html").body())
                .contains("<svg class=\"plot\"");
        signUp("Eve").get("/api/v1/decision-times").expectProblem(404, "not-found");
    }

    private static JsonNode large(Client officer) {
        return officer.get("/api/v1/decision-times")
                .expect(200)
                .valueStream()
                .filter(m -> m.path("mode").asString().equals("LARGE_SCALE"))
                .findFirst()
                .orElseThrow();
    }
}
