package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.NOW;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Editions that Farga comes with, and those that access officers make, change and publish. */
class EditionsApiTest extends HttpTest {
    @Autowired
    private CallTable calls;

    private static final List<String> SHIPPED = List.of(
            "FAST-LANE", "LARGE-SCALE", "AI-FOR-SCIENCE", "BENCHMARK", "DEVELOPMENT", "REGULAR", "EXTREME-SCALE");

    private Call shipped(String code) {
        return calls.find(code).orElseThrow();
    }

    private String code() {
        return "E-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(java.util.Locale.ROOT);
    }

    @Test
    void everyModeHasAnEditionThatAnOfficerCouldHaveSaved() {
        assertThat(Arrays.stream(Call.Mode.values()))
                .allMatch(mode -> mode == Call.Mode.PLAYGROUND
                        || SHIPPED.stream().map(this::shipped).anyMatch(call -> call.mode() == mode));
        for (String code : SHIPPED) {
            CallRules rules = shipped(code).rules();
            assertThat(rules.with(CallRules.Change.NOTHING, Set.of()).orThrow())
                    .as(code)
                    .isEqualTo(rules);
            assertThat(shipped(code).with(Call.Change.NOTHING).orThrow())
                    .as(code)
                    .isEqualTo(shipped(code));
            assertThat(rules.intake().cutOffs()).as(code).allMatch(Intake::isWorkingDay);
        }
        assertThat(List.of("PLAYGROUND", "FAST-LANE", "LARGE-SCALE"))
                .extracting(code -> shipped(code).rules().decisionWorkingDays())
                .containsExactly(2, 4, 10);
        assertThat(shipped("LARGE-SCALE").rules().intake().cutOffs())
                .isEqualTo(Intake.pattern(
                        Set.of(15, Intake.LAST_DAY),
                        1,
                        LocalTime.of(10, 0),
                        LocalDate.parse("2026-12-01"),
                        LocalDate.parse("2027-12-31")));
    }

    /** For whoever may ask: no size up to the largest is without a call. */
    @Test
    void theEditionsThatFargaComesWithLeaveNoHole() {
        List<Call> all = published();
        List<Coverage> coverage = Coverage.of(all, NOW.plusSeconds(1), ZoneOffset.UTC);
        assertThat(coverage).extracting(Coverage::audience).contains(Audience.values());
        assertThat(coverage)
                .allSatisfy(c -> assertThat(c.holes())
                        .as("%s on %s", c.audience(), c.partition())
                        .isEmpty());
        // Without the one in the middle there is one, and it is found.
        all.removeIf(call -> call.code().equals("FAST-LANE"));
        assertThat(Coverage.of(all, NOW.plusSeconds(1), ZoneOffset.UTC))
                .anySatisfy(c -> assertThat(c.holes()).isNotEmpty());
    }

    private List<Call> published() {
        List<Call> all = new java.util.ArrayList<>(
                SHIPPED.stream().map(code -> shipped(code).publish(NOW)).toList());
        all.add(shipped("PLAYGROUND"));
        return all;
    }

    /** Who, what for, how many GPU-hours, how soon; and the mode that fits best. */
    @org.junit.jupiter.params.ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource({
        "STARTUP_OR_SME, TRY, 100, 2, PLAYGROUND",
        "STARTUP_OR_SME, TRAIN, 20000, 4, FAST_LANE",
        "STARTUP_OR_SME, TRAIN, 20000, 2,",
        "STARTUP_OR_SME, LARGE, 60000, , LARGE_SCALE",
        "STARTUP_OR_SME, LARGE, 60000, 10,",
        "RESEARCH, SCIENCE, 10000, , AI_FOR_SCIENCE",
        "RESEARCH, TRY, 500, , BENCHMARK",
        "PUBLIC_BODY, LARGE, 3000000, , EXTREME_SCALE",
        "LARGE_COMPANY, LARGE, 1500000, , REGULAR",
        "LARGE_COMPANY, LARGE, 90000000, ,"
    })
    void theModeThatFitsIsNamed(
            Audience who,
            CallAdvice.Purpose purpose,
            long gpuHours,
            @org.jspecify.annotations.Nullable Integer soon,
            Call.@org.jspecify.annotations.Nullable Mode mode) {
        List<CallAdvice> advice = CallAdvice.of(
                new CallAdvice.Question(who, purpose, org.farga.shared.GpuHours.ofHours(gpuHours), soon),
                published(),
                NOW.plusSeconds(1),
                ZoneOffset.UTC);
        assertThat(advice).hasSize(8);
        CallAdvice first = advice.getFirst();
        assertThat(first.fit() == CallAdvice.Fit.BEST ? first.call().mode() : null)
                .isEqualTo(mode);
        // Whatever does not fit says what is in the way.
        assertThat(advice)
                .allMatch(a ->
                        a.fit() != CallAdvice.Fit.NO || a.reasons().stream().anyMatch(r -> !r.holds()));
    }

    @Test
    void anEditionIsCopiedChangedAndPublishedAndUntilThenNobodyElseSeesIt() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        Client ana = signUp("Ana");
        String code = code();
        ana.post("/api/v1/calls", "{\"copyOf\": \"PLAYGROUND\", \"code\": \"%s\"}".formatted(code))
                .expectProblem(403, "access-officers-only");
        // Nor is she told whether there is one that she may not see.
        ana.post("/api/v1/calls", "{\"copyOf\": \"FAST-LANE\", \"code\": \"%s\"}".formatted(code))
                .expectProblem(403, "access-officers-only");
        officer.post("/api/v1/calls", "{\"copyOf\": \"PLAYGROUND\", \"code\": \"no code\"}")
                .expectProblem(422, "invalid-fields");
        officer.post("/api/v1/calls", "{\"copyOf\": \"PLAYGROUND\", \"code\": \"PLAYGROUND\"}")
                .expectProblem(409, "call-code-taken");
        JsonNode made = officer.post("/api/v1/calls", """
                        {"copyOf": "FAST-LANE", "code": "%s", "title": "Fast Lane 2027"}""".formatted(code.toLowerCase(java.util.Locale.ROOT)))
                .expect(201);
        assertThat(made.path("state").asString()).isEqualTo("UNPUBLISHED");
        assertThat(made.path("mode").asString()).isEqualTo("FAST_LANE");
        String path = "/api/v1/calls/" + code;
        ana.get(path).expectProblem(404, "not-found");
        stranger().get(path + "/versions").expectProblem(404, "not-found");
        ana.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(code, organisationOf(ana))).expectProblem(422, "invalid-fields");
        assertThat(ana.get("/calls", "Accept", "text/html").body()).doesNotContain(code);
        assertThat(officer.get("/calls", "Accept", "text/html").body()).contains(code, "Prepared editions");
        officer.put(path + "/closure", "", "If-Match", "\"1\"").expectProblem(409, "call-not-published");
        officer.patch(
                        path + "/description",
                        "{\"summary\": {\"en\": \"Faster than ever.\"}, \"closesAt\": \"2000-01-01T00:00:00Z\"}",
                        "If-Match",
                        "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch(path + "/description", "{\"summary\": {\"en\": \"Faster than ever.\"}}", "If-Match", "\"1\"")
                .expect(200);
        officer.put(path + "/publication", "", "If-Match", "\"2\"").expect(200);
        officer.put(path + "/publication", "", "If-Match", "\"3\"").expectProblem(409, "call-published-already");
        JsonNode seen = stranger().get(path).expect(200);
        assertThat(seen.path("state").asString()).isEqualTo("OPEN");
        assertThat(seen.path("summary").asString()).isEqualTo("Faster than ever.");
        officer.put(path + "/closure", "", "If-Match", "\"3\"").expect(200);
    }

    @Test
    void theWholeOfTheRulesIsEditable() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String code = code();
        officer.post("/api/v1/calls", "{\"copyOf\": \"LARGE-SCALE\", \"code\": \"%s\"}".formatted(code))
                .expect(201);
        String path = "/api/v1/calls/" + code;
        JsonNode changed = officer.patch(path, """
                        {"partitions": [
                           {"cluster": "local", "partition": "acc", "minGpuHours": 0.5, "maxGpuHours": 10, "minCpuHours": 0,
                            "maxCpuHours": 20, "available": [{"from": "2027-01-01", "until": "2027-06-30"}]},
                           {"cluster": "local", "minGpuHours": 0, "maxGpuHours": 5, "minCpuHours": 0, "maxCpuHours": 5,
                            "closedReason": "Closed for demand"}],
                         "durationsMonths": [2], "intake": {"rolling": false, "cutOffs": ["2027-03-31T10:00:00"]},
                         "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "ETHICS"],
                         "steps": [{"kind": "DECISION", "workingDays": 7}, {"kind": "EXPERT_REVIEW", "workingDays": 3}],
                         "review": {"reviewersNeeded": 4, "lowest": 1, "highest": 10,
                                    "thresholds": [{"criterion": "IMPACT", "atLeast": 6.5}]},
                         "audience": ["PUBLIC_BODY"]}""", "If-Match", "\"1\"").expect(200);
        assertThat(changed.path("partitions")
                        .valueStream()
                        .map(p -> p.path("key").asString()))
                .containsExactly("local/acc", "local");
        assertThat(changed.path("partitions").get(1).path("open").asBoolean()).isFalse();
        assertThat(changed.path("steps")
                        .valueStream()
                        .map(step -> step.path("kind").asString()))
                .containsExactly("EXPERT_REVIEW", "DECISION");
        assertThat(changed.path("decisionWorkingDays").asInt()).isEqualTo(10);
        assertThat(changed.path("review")
                        .path("thresholds")
                        .get(0)
                        .path("atLeast")
                        .decimalValue())
                .isEqualByComparingTo("6.5");
        // What was written is what is read, also after the cache of nothing: from the database.
        assertThat(officer.get(path).expect(200)).isEqualTo(changed);
        for (String wrong : List.of(
                "{\"partitions\": []}",
                "{\"minGpuHours\": 1}",
                "{\"partitions\": [{\"cluster\": \"local\"}]}",
                "{\"intake\": {\"rolling\": false, \"cutOffs\": []}}",
                "{\"awardAtOnce\": true}",
                "{\"intake\": {\"rolling\": false, \"cutOffs\": [\"2027-05-01T10:00:00\"]}}",
                "{\"intake\": {\"rolling\": false, \"cutOffs\": [\"2027-07-21T10:00:00\"]}}",
                "{\"form\": [\"PROJECT\"]}",
                "{\"steps\": [{\"kind\": \"PANEL\", \"workingDays\": 3}]}",
                "{\"steps\": [{\"kind\": \"DECISION\", \"workingDays\": 0}]}",
                "{\"review\": {\"reviewersNeeded\": 0, \"lowest\": 1, \"highest\": 1, \"thresholds\": []}}",
                "{\"audience\": []}")) {
            officer.patch(path, wrong, "If-Match", "\"2\"").expectProblem(422, "invalid-fields");
        }
        JsonNode versions = officer.get(path + "/versions").expect(200);
        assertThat(versions).hasSize(2);
        assertThat(versions.get(0).path("changes")).anySatisfy(line -> {
            assertThat(line.path("what").asString()).isEqualTo("Durations in months");
            assertThat(line.path("before").asString()).isEqualTo("3, 6, 12");
            assertThat(line.path("after").asString()).isEqualTo("2");
        });
    }

    /** What a form cannot send, a program can: it is told what is wrong, and nothing is written. */
    @Test
    void rulesWithHolesInThemAreRefused() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String code = code();
        officer.post("/api/v1/calls", "{\"copyOf\": \"LARGE-SCALE\", \"code\": \"%s\"}".formatted(code))
                .expect(201);
        String path = "/api/v1/calls/" + code;
        for (String wrong : List.of(
                "{\"partitions\": [null]}",
                "{\"partitions\": [{\"cluster\": \"local\", \"minGpuHours\": 0, \"maxGpuHours\": 1, \"minCpuHours\": 0, \"maxCpuHours\": 1,"
                        + " \"available\": [null]}]}",
                "{\"partitions\": [{\"cluster\": \"local\", \"minGpuHours\": 0, \"maxGpuHours\": 1, \"minCpuHours\": 0, \"maxCpuHours\": 1,"
                        + " \"available\": [{\"until\": \"2027-01-01\"}]}]}",
                "{\"intake\": {\"rolling\": false}}",
                "{\"intake\": {\"rolling\": false, \"cutOffs\": [null]}}",
                "{\"steps\": [null]}",
                "{\"steps\": [{\"kind\": \"DECISION\"}]}",
                "{\"steps\": [{\"workingDays\": 3}]}",
                "{\"form\": [null]}",
                "{\"audience\": [null]}",
                "{\"durationsMonths\": [null]}",
                "{\"review\": {\"reviewersNeeded\": 1, \"lowest\": 0, \"highest\": 5}}",
                "{\"review\": {\"reviewersNeeded\": 1, \"lowest\": 0, \"highest\": 5, \"thresholds\": [null]}}",
                "{\"review\": {\"reviewersNeeded\": 1, \"lowest\": 0, \"highest\": 5, \"thresholds\": [{\"criterion\": \"IMPACT\"}]}}",
                "{\"review\": {\"reviewersNeeded\": 1, \"lowest\": 0, \"highest\": 5, \"thresholds\": [{\"atLeast\": 1}]}}",
                "{\"countries\": {\"asOf\": \"2027-01-01\"}}",
                "{\"countries\": {\"codes\": [\"ES\"]}}",
                "{\"countries\": {\"asOf\": \"2027-01-01\", \"codes\": [null]}}",
                "{\"rules\": [null]}",
                "{\"rules\": [{\"rule\": \"SME\"}]}",
                "{\"rules\": [{\"kind\": \"MUST\"}]}")) {
            assertThat(officer.patch(path, wrong, "If-Match", "\"1\"").status())
                    .as(wrong)
                    .isIn(400, 422);
        }
        assertThat(officer.patch(path, "{\"intake\": {\"rolling\": true, \"cutOffs\": []}}", "If-Match", "\"1\"")
                        .expect(200)
                        .path("intake")
                        .path("rolling")
                        .asBoolean())
                .isTrue();
        assertThat(officer.patch(path + "/description", "{\"summary\": {\"en\": null}}", "If-Match", "\"2\"")
                        .status())
                .isIn(400, 422);
        assertThat(officer.get(path + "/versions").expect(200)).hasSize(2);
    }

    /** A page that lists what takes proposals, then what does not any more. */
    @Test
    void theCatalogueKeepsClosedCallsApart() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String code = code();
        officer.post("/api/v1/calls", "{\"copyOf\": \"PLAYGROUND\", \"code\": \"%s\"}".formatted(code))
                .expect(201);
        String path = "/api/v1/calls/" + code;
        officer.put(path + "/publication", "", "If-Match", "\"1\"").expect(200);
        String open = stranger().get("/calls", "Accept", "text/html").body();
        assertThat(open.indexOf(code)).isPositive();
        assertThat(open.contains("Closed calls") ? open.indexOf("Closed calls") : open.length())
                .isGreaterThan(open.indexOf(code));
        officer.put(path + "/closure", "", "If-Match", "\"2\"").expect(200);
        String closed = stranger().get("/calls", "Accept", "text/html").body();
        assertThat(closed.indexOf("Closed calls")).isPositive().isLessThan(closed.indexOf(code));
    }

    @Test
    void aDraftsPeopleSeeWhatChangedAndSayThatTheyKnow() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String code = code();
        officer.post("/api/v1/calls", "{\"copyOf\": \"PLAYGROUND\", \"code\": \"%s\"}".formatted(code))
                .expect(201);
        officer.put("/api/v1/calls/" + code + "/publication", "", "If-Match", "\"1\"")
                .expect(200);
        Client ana = signUp("Ana");
        String id = ana.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(code, organisationOf(ana)))
                .expect(201)
                .path("id")
                .asString();
        String path = "/api/v1/proposals/" + id;
        assertThat(ana.get(path).expect(200).path("rulesChanges")).isEmpty();
        officer.patch("/api/v1/calls/" + code, "{\"durationsMonths\": [1, 6]}", "If-Match", "\"2\"")
                .expect(200);
        JsonNode draft = ana.get(path, "Accept-Language", "ca").expect(200);
        assertThat(draft.path("rulesChanges")).hasSize(1);
        assertThat(draft.path("rulesChanges").get(0).path("before").asString()).isEqualTo("1, 2, 3");
        assertThat(ana.get("/proposals/" + id, "Accept", "text/html").body())
                .contains("The rules have changed", "<ins>1, 6</ins>");
        ana.put(path + "/known-rules", "").expect(200);
        assertThat(ana.get(path).expect(200).path("rulesChanges")).isEmpty();
        officer.put("/api/v1/calls/" + code + "/closure", "", "If-Match", "\"3\"")
                .expect(200);
    }

    @Test
    void fourQuestionsNameTheCallAndSayWhy() {
        JsonNode advice = stranger()
                .get("/api/v1/call-advice?who=STARTUP_OR_SME&purpose=TRY&gpuHours=100&withinWorkingDays=2")
                .expect(200);
        assertThat(advice.get(0).path("fit").asString()).isEqualTo("BEST");
        assertThat(advice.get(0).path("mode").asString()).isEqualTo("PLAYGROUND");
        assertThat(advice.get(0)
                        .path("reasons")
                        .valueStream()
                        .map(r -> r.path("sentence").asString()))
                .contains("It is for you.");
        assertThat(stranger()
                        .get("/api/v1/call-advice?who=PUBLIC_BODY&purpose=SCIENCE&gpuHours=100")
                        .expect(200)
                        .valueStream()
                        .filter(a -> a.path("call").asString().equals("PLAYGROUND"))
                        .findFirst()
                        .orElseThrow()
                        .path("fit")
                        .asString())
                .isEqualTo("NO");
        stranger()
                .get("/api/v1/call-advice?who=PUBLIC_BODY&purpose=SCIENCE&gpuHours=-1")
                .expectProblem(422, "invalid-fields");
        stranger().get("/api/v1/call-advice?who=ME&purpose=SCIENCE&gpuHours=1").expectProblem(400, "bad-parameter");
        String page = stranger()
                .get("/calls/guide?who=STARTUP_OR_SME&purpose=TRY&gpuHours=100&soon=2", "Accept", "text/html")
                .body();
        assertThat(page).contains("Fits best", "AI Factory Playground");
        assertThat(stranger()
                        .get("/calls/guide?who=STARTUP_OR_SME&purpose=&gpuHours=abc", "Accept", "text/html")
                        .status())
                .isEqualTo(422);
        assertThat(stranger().get("/calls/guide", "Accept", "text/html").status())
                .isEqualTo(200);
    }

    @Test
    void cutOffsAfterAPatternAreToldToAnybody() {
        JsonNode cutOffs = stranger()
                .get("/api/v1/cut-offs?days=15,last&at=10:00&from=2026-08-01&until=2026-08-31")
                .expect(200);
        assertThat(cutOffs.valueStream().map(c -> c.path("local").asString()))
                .containsExactly("2026-08-14T10:00:00", "2026-08-31T10:00:00");
        assertThat(cutOffs.get(0).path("at").asString()).isEqualTo("2026-08-14T08:00:00Z");
        stranger()
                .get("/api/v1/cut-offs?days=32&from=2026-08-01&until=2026-08-31")
                .expectProblem(422, "invalid-fields");
    }

    @Test
    void theCentreClosesOnDaysOfItsOwn() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        LocalDate day = LocalDate.now().plusYears(3).withDayOfYear(10 + (int) (System.nanoTime() % 300));
        String path = "/api/v1/closed-days/" + day;
        signUp("Eve").put(path, "{\"reason\": \"x\"}").expectProblem(403, "access-officers-only");
        officer.put(path, "{}").expectProblem(422, "invalid-fields");
        officer.put(path, "{\"reason\": \"Moving house\"}").expect(200);
        assertThat(stranger().get("/api/v1/closed-days").expect(200))
                .anyMatch(d -> d.path("reason").asString().equals("Moving house"));
        assertThat(stranger().get("/calls/calendar", "Accept", "text/html").body())
                .contains("Moving house");
        officer.delete(path).expect(204);
        officer.delete(path).expectProblem(404, "not-found");
    }

    @Test
    void theCheckOfSizesIsForOfficers() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        assertThat(officer.get("/api/v1/call-coverage").expect(200))
                .anyMatch(c -> c.path("partition").asString().equals("local"));
        assertThat(officer.get("/calls/coverage", "Accept", "text/html").status())
                .isEqualTo(200);
        signUp("Eve").get("/api/v1/call-coverage").expectProblem(404, "not-found");
        assertThat(signUp("Eve").get("/calls/coverage", "Accept", "text/html").status())
                .isEqualTo(404);
    }

    @Test
    void everyPageOfAnEditionIsReadInEveryLanguage() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        for (String language : List.of("en", "es", "ca")) {
            for (String page : List.of(
                    "/calls/LARGE-SCALE",
                    "/calls/LARGE-SCALE/rules",
                    "/calls/LARGE-SCALE/versions",
                    "/calls/LARGE-SCALE/description",
                    "/calls/decision-times",
                    "/calls/calendar",
                    "/calls/coverage")) {
                Answered shown = officer.get(page, "Accept", "text/html", "Accept-Language", language);
                assertThat(shown.status()).as(page).isEqualTo(200);
                assertThat(shown.body()).as(page).doesNotContainPattern("[>\"](access|problem)\\.[a-zA-Z.-]+[<\"]");
            }
        }
    }

    @Test
    void versionsFromBeforePartitionsReadAsWhatTheyWere() {
        Map<String, Object> old = jdbc.sql("""
                        SELECT r.parameters::text AS parameters FROM call c JOIN call_rules r ON r.call_id = c.id
                        WHERE c.code = 'PLAYGROUND' AND r.version = 1""").query().singleRow();
        assertThat(old.get("parameters").toString())
                .contains("decisionWorkingDays")
                .doesNotContain("partitions");
        CallRules rules = calls.rules(shipped("PLAYGROUND").id(), 1);
        assertThat(rules.partitions()).hasSize(1);
        assertThat(rules.partitions().getFirst().key()).isEqualTo("local");
        assertThat(rules.steps()).containsExactly(new Step(Step.Kind.DECISION, 2));
        assertThat(rules.awardAtOnce()).isTrue();
        assertThat(rules.intake()).isEqualTo(Intake.ROLLING);
        assertThat(rules.asked())
                .containsExactlyInAnyOrderElementsOf(Samples.RULES.rules().stream()
                        .map(CallRules.AppliedRule::rule)
                        .toList());
        assertThat(rules.parameters()).isEqualTo(RuleParameters.NONE);
        // The version after it asks for final reports as well, and nothing else is different.
        CallRules next = calls.rules(shipped("PLAYGROUND").id(), 2);
        assertThat(next.rules())
                .startsWith(rules.rules().toArray(CallRules.AppliedRule[]::new))
                .endsWith(new CallRules.AppliedRule(Rule.FINAL_REPORTS, Rule.Kind.MUST))
                .hasSize(rules.rules().size() + 1);
    }
}
