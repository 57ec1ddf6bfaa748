package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.farga.HttpTest;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Actors;
import org.farga.people.Closings;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class ProposalsApiTest extends HttpTest {
    private static final String ANSWERS = """
            {"title": "Crack detection", "abstract": "A small network on pictures of forged parts.", "gpuHours": 50,
             "cpuHours": 200, "durationMonths": 1, "civilianUse": true, "noProhibitedPractice": true,
             "personalData": false}""";

    @Autowired
    private CallTable calls;

    @Autowired
    private ProposalTable proposalTable;

    @Autowired
    private Calls allCalls;

    @Autowired
    private Organisations organisations;

    @Autowired
    private People people;

    @Autowired
    private Projects projects;

    @Autowired
    private Awards awards;

    @Autowired
    private Holders holders;

    @Autowired
    private AwardConditionTable conditions;

    @Autowired
    private Closings closings;

    @Autowired
    private AuditLog audit;

    @Autowired
    private Notifications notifications;

    @Autowired
    private ClosedDays closedDays;

    @Autowired
    private FactFinder facts;

    @Autowired
    private Rulings rulings;

    @Autowired
    private org.springframework.context.ApplicationEventPublisher events;

    @Autowired
    private Clock clock;

    @Autowired
    private Actors actors;

    @Autowired
    private PlatformTransactionManager transactions;

    /** An open call of this test's own, so that tests can close it without closing it for others. */
    private String ownCall() {
        Call sample = Samples.call(Instant.parse("2026-01-01T00:00:00Z"), null);
        Call call = new Call(
                CallId.create(),
                "T-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(java.util.Locale.ROOT),
                "TT",
                sample.title(),
                sample.mode(),
                Map.of("en", "A try", "es", "Una prueba", "ca", "Una prova"),
                sample.opensAt(),
                null,
                sample.opensAt(),
                1,
                Samples.RULES,
                1);
        new TransactionTemplate(transactions)
                .executeWithoutResult(status -> calls.insert(call, sample.opensAt(), null));
        return call.code();
    }

    private void declareSize(Client owner, String organisation, int staff) {
        owner.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": 2025, "staff": %d, "turnoverEur": 900000000, "balanceSheetEur": %d, "linkedEnterprises": []}""".formatted(
                                staff, staff > 249 ? 900_000_000 : 1_000_000))
                .expect(200);
    }

    private Client colleague(String organisation) {
        Client colleague = signUp("Berta");
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'MEMBER', now())")
                .param("o", OrganisationId.valueOf(organisation).value())
                .param("p", colleague.person().value())
                .update();
        return colleague;
    }

    private static String create(Client client, String call, String organisation) {
        return client.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call, organisation))
                .expect(201)
                .path("id")
                .asString();
    }

    private static String answered(Client client, String call, String organisation) {
        String path = "/api/v1/proposals/" + create(client, call, organisation);
        client.patch(path, ANSWERS, "If-Match", "\"1\"").expect(200);
        return path;
    }

    /** A proposal of a large company: it is submitted, and a person has to look at it. */
    private String waiting(Client owner) {
        String organisation = organisationOf(owner);
        declareSize(owner, organisation, 5_000);
        String path = answered(owner, "PLAYGROUND", organisation);
        owner.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        return path;
    }

    @Test
    void whereEveryRuleHoldsTheAwardFollowsAtOnceWithProjectAndAllocation() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String path = answered(ana, "PLAYGROUND", organisation);
        JsonNode awarded =
                ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
        assertThat(awarded.path("code").asString()).matches("PG-20[0-9]{2}-[0-9]{4,}");
        assertThat(awarded.path("holder").asString()).isEqualTo("NOBODY");
        assertThat(awarded.path("decision").path("by").asString()).isEqualTo("RULES");
        assertThat(awarded.path("decision").path("reason").asString()).isEqualTo("Every rule holds.");
        assertThat(awarded.path("eligibility"))
                .hasSize(11)
                .allMatch(f -> f.path("answer").asString().equals("MET"));
        assertThat(awarded.path("timeline")
                        .valueStream()
                        .map(e -> e.path("event").asString()))
                .containsExactly("CREATED", "SUBMITTED", "AWARDED");
        assertThat(awarded.path("timeline").get(2).path("by").asString()).isEqualTo("RULES");
        JsonNode project = ana.get("/api/v1/projects/" + awarded.path("project").asString())
                .expect(200);
        assertThat(project.path("lead").asString()).isEqualTo(ana.person().toString());
        JsonNode allocation = project.path("allocations").get(0);
        assertThat(allocation.path("state").asString()).isEqualTo("ACTIVE");
        assertThat(allocation.path("gpuHours").decimalValue()).isEqualByComparingTo("50");
        assertThat(allocation.path("cpuHours").decimalValue()).isEqualByComparingTo("200");
        assertThat(allocation.path("proposalCode")).isEqualTo(awarded.path("code"));
    }

    @Test
    void whoHasNotProvenTheirAddressKeepsTheDraftAndIsToldWhatToDo() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String path = answered(ana, "PLAYGROUND", organisation);
        Proposals asking = new Proposals(
                proposalTable,
                calls,
                allCalls,
                organisations,
                people,
                person -> person.equals(ana.person()),
                projects,
                awards,
                holders,
                conditions,
                closings,
                audit,
                notifications,
                closedDays,
                facts,
                List.of(),
                events,
                clock);
        ProposalId id = ProposalId.valueOf(path.substring(path.lastIndexOf('/') + 1));
        var refused = new TransactionTemplate(transactions)
                .execute(status -> asking.submit(actors.find(ana.person()).orElseThrow(), id, 2));
        assertThat(refused).isEqualTo(Outcome.refused(Refusal.conflict("address-not-proven", ana.email())));
        assertThat(ana.get(path).expect(200).path("state").asString()).isEqualTo("DRAFT");
        ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
    }

    @Test
    void aDraftSaysWhatIsMissingAndWhatTheRulesSaySoFar() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String path = "/api/v1/proposals/" + create(ana, "PLAYGROUND", organisation);
        JsonNode draft = ana.get(path, "Accept-Language", "es").expect(200);
        assertThat(draft.path("missing")).hasSize(9);
        assertThat(draft.path("missing").get(0).path("sentence").asString()).isEqualTo("Póngale un título");
        assertThat(draft.path("holder").asString()).isEqualTo("APPLICANT");
        JsonNode refused =
                ana.put(path + "/submission", "", "If-Match", "\"1\"").expectProblem(422, "proposal-incomplete");
        assertThat(refused.path("errors")).hasSize(9);
        ana.patch(path, "{\"title\": \"Cracks\"}", "If-Match", "\"1\"").expect(200);
        JsonNode now = ana.get(path).expect(200);
        assertThat(now.path("missing")).hasSize(8);
        assertThat(now.path("title").asString()).isEqualTo("Cracks");
    }

    @Test
    void savingTheSameTwiceKeepsTheVersion() {
        Client ana = signUp("Ana");
        String path = answered(ana, "PLAYGROUND", organisationOf(ana));
        assertThat(ana.patch(path, ANSWERS, "If-Match", "\"2\"").header("ETag")).isEqualTo("\"2\"");
        ana.patch(path, "{\"title\": \"x\"}").expectProblem(428, "version-required");
        ana.patch(path, "{\"title\": \"Other\"}", "If-Match", "\"1\"").expectProblem(412, "stale");
        ana.patch(path, "{\"gpuHours\": -1}", "If-Match", "\"2\"").expectProblem(422, "invalid-fields");
        ana.patch(path, "{\"nonsense\": 1}", "If-Match", "\"2\"").expectProblem(400, "unreadable-body");
    }

    @Test
    void twoBrowsersSubmitOnceAndGetOneAward() throws Exception {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String path = answered(ana, "PLAYGROUND", organisation);
        Callable<Integer> submit =
                () -> ana.put(path + "/submission", "", "If-Match", "\"2\"").status();
        List<Integer> answers = new ArrayList<>();
        try (var browsers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> answer : browsers.invokeAll(List.of(submit, submit, submit))) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).containsExactlyInAnyOrder(200, 412, 412);
        ana.put(path + "/submission", "", "If-Match", "\"3\"").expectProblem(409, "proposal-not-draft");
        assertThat(ana.get("/api/v1/projects").expect(200).path("items")).hasSize(1);
    }

    @Test
    void twoProposalsSubmittedAtOnceCountEachOther() throws Exception {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            paths.add(answered(ana, "PLAYGROUND", organisation));
        }
        List<String> states = new ArrayList<>();
        try (var browsers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> all = paths.stream()
                    .<Callable<String>>map(path -> () -> ana.put(path + "/submission", "", "If-Match", "\"2\"")
                            .expect(200)
                            .path("state")
                            .asString())
                    .toList();
            for (Future<String> answer : browsers.invokeAll(all)) {
                states.add(answer.get());
            }
        }
        assertThat(states).containsExactlyInAnyOrder("AWARDED", "AWARDED", "SUBMITTED", "SUBMITTED");
    }

    @Test
    void whatARuleCannotDecideWaitsForAnOfficerUntilADate() {
        Client ana = signUp("Ana");
        String path = waiting(ana);
        JsonNode waits = ana.get(path).expect(200);
        assertThat(waits.path("state").asString()).isEqualTo("SUBMITTED");
        assertThat(waits.path("holder").asString()).isEqualTo("ACCESS_OFFICER");
        assertThat(Instant.parse(waits.path("dueAt").asString()))
                .isAfter(Instant.parse(waits.path("submittedAt").asString()));
        assertThat(waits.has("project")).isFalse();
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        JsonNode decided =
                officer.put(path + "/decision", """
                {"decision": "AWARD", "reason": "Takes part in a Horizon Europe project", "gpuHours": 20}""", "If-Match", "\"3\"").expect(200);
        assertThat(decided.path("state").asString()).isEqualTo("AWARDED");
        assertThat(decided.path("decision").path("by").asString()).isEqualTo("Staff");
        assertThat(decided.path("decision").path("gpuHours").decimalValue()).isEqualByComparingTo("20");
        assertThat(decided.path("gpuHours").decimalValue()).isEqualByComparingTo("50");
        JsonNode project = ana.get("/api/v1/projects/" + decided.path("project").asString())
                .expect(200);
        assertThat(project.path("allocations").get(0).path("gpuHours").decimalValue())
                .isEqualByComparingTo("20");
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = 'proposal.awarded' AND subject_id = :id"
                                + " AND person_id = :officer")
                        .param("id", decided.path("id").asString())
                        .param("officer", officer.person().value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void ofTwoDecisionsOneWinsAndTheOtherIsStale() throws Exception {
        Client ana = signUp("Ana");
        String path = waiting(ana);
        Client yes = staff(CentreRole.ACCESS_OFFICER);
        Client no = staff(CentreRole.ACCESS_OFFICER);
        Callable<Integer> award =
                () -> yes.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"a\"}", "If-Match", "\"3\"")
                        .status();
        Callable<Integer> decline =
                () -> no.put(path + "/decision", "{\"decision\": \"DECLINE\", \"reason\": \"b\"}", "If-Match", "\"3\"")
                        .status();
        List<Integer> answers = new ArrayList<>();
        try (var browsers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> answer : browsers.invokeAll(List.of(award, decline))) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).containsExactlyInAnyOrder(200, 412);
        no.put(path + "/decision", "{\"decision\": \"DECLINE\", \"reason\": \"b\"}")
                .expectProblem(409, "proposal-not-submitted");
        JsonNode decided = ana.get(path).expect(200);
        assertThat(decided.path("timeline")).hasSize(4);
        assertThat(ana.get("/api/v1/projects").expect(200).path("items"))
                .hasSize(decided.path("state").asString().equals("AWARDED") ? 1 : 0);
    }

    @Test
    void aDeclinedProposalSaysWhy() {
        Client ana = signUp("Ana");
        String path = waiting(ana);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        officer.put(path + "/decision", "{\"decision\": \"DECLINE\"}").expectProblem(422, "invalid-fields");
        officer.put(path + "/decision", "{\"decision\": \"MAYBE\", \"reason\": \"x\"}")
                .expectProblem(400, "unreadable-body");
        officer.put(path + "/decision", "{\"decision\": \"DECLINE\", \"reason\": \"No eligible project\"}")
                .expect(200);
        JsonNode declined = ana.get(path).expect(200);
        assertThat(declined.path("state").asString()).isEqualTo("DECLINED");
        assertThat(declined.path("decision").path("reason").asString()).isEqualTo("No eligible project");
    }

    @Test
    void anApplicantWithdrawsWhileNobodyHasDecided() {
        Client ana = signUp("Ana");
        String path = waiting(ana);
        assertThat(ana.delete(path + "/submission").expect(200).path("state").asString())
                .isEqualTo("WITHDRAWN");
        ana.delete(path + "/submission").expectProblem(409, "proposal-not-submitted");
        staff(CentreRole.ACCESS_OFFICER)
                .put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"x\"}")
                .expectProblem(409, "proposal-not-submitted");
    }

    @Test
    void whatTheRulesForbidIsRefusedAndStaysADraft() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String path = answered(ana, "PLAYGROUND", organisation);
        refused(ana, path, 2, "{\"civilianUse\": false}", "not-civilian");
        refused(ana, path, 3, "{\"civilianUse\": true, \"noProhibitedPractice\": false}", "prohibited-practice");
        refused(ana, path, 4, "{\"noProhibitedPractice\": true, \"gpuHours\": 5001}", "hours-out-of-bounds");
        refused(ana, path, 5, "{\"gpuHours\": 1, \"durationMonths\": 7}", "duration-not-offered");
        assertThat(ana.get(path).expect(200).path("state").asString()).isEqualTo("DRAFT");
        assertThat(ana.get("/api/v1/projects").expect(200).path("items")).isEmpty();
    }

    private static void refused(Client client, String path, int version, String change, String problem) {
        client.patch(path, change, "If-Match", "\"" + version + "\"").expect(200);
        client.put(path + "/submission", "", "If-Match", "\"" + (version + 1) + "\"")
                .expectProblem(422, problem);
    }

    @Test
    void aClosedCallTakesNothingAndReopens() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String call = ownCall();
        String path = answered(ana, call, organisation);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        ana.put("/api/v1/calls/" + call + "/closure", "", "If-Match", "\"1\"")
                .expectProblem(403, "access-officers-only");
        officer.put("/api/v1/calls/" + call + "/closure", "", "If-Match", "\"1\"")
                .expect(200);
        officer.put("/api/v1/calls/" + call + "/closure", "", "If-Match", "\"2\"")
                .expectProblem(409, "call-closed-already");
        ana.put(path + "/submission", "", "If-Match", "\"2\"").expectProblem(409, "call-closed");
        ana.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call, organisation)).expectProblem(409, "call-closed");
        officer.delete("/api/v1/calls/" + call + "/closure", "If-Match", "\"2\"")
                .expect(200);
        assertThat(ana.put(path + "/submission", "", "If-Match", "\"2\"")
                        .expect(200)
                        .path("state")
                        .asString())
                .isEqualTo("AWARDED");
    }

    @Test
    void theOfficerChoosesWhereTheTimeIsGranted() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5_000);
        String path = answered(ana, ownCall(), organisation);
        ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        thereIs("tramuntana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String decision = "{\"decision\": \"AWARD\", \"reason\": \"fits\", \"cluster\": \"%s\"}";
        officer.put(path + "/decision", decision.formatted("nowhere")).expectProblem(422, "invalid-fields");
        JsonNode awarded = officer.put(path + "/decision", decision.formatted("tramuntana"))
                .expect(200);
        JsonNode allocation = ana.get(
                        "/api/v1/projects/" + awarded.path("project").asString())
                .expect(200)
                .path("allocations")
                .get(0);
        assertThat(allocation.path("cluster").asString()).isEqualTo("tramuntana");
    }

    private void thereIs(String cluster) {
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'SLURM') ON CONFLICT DO NOTHING")
                .param("name", cluster)
                .update();
    }

    @Test
    void aProposalKeepsTheRulesItWasSubmittedUnder() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5_000);
        String call = ownCall();
        String path = answered(ana, call, organisation);
        ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        officer.patch("/api/v1/calls/" + call, "{\"maxGpuHours\": 10, \"minGpuHours\": 20}", "If-Match", "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch("/api/v1/calls/" + call, "{\"cluster\": \"nowhere\"}", "If-Match", "\"1\"")
                .expectProblem(422, "invalid-fields");
        thereIs("tramuntana");
        JsonNode changed = officer.patch(
                        "/api/v1/calls/" + call,
                        "{\"maxGpuHours\": 40, \"cluster\": \"tramuntana\"}",
                        "If-Match",
                        "\"1\"")
                .expect(200);
        assertThat(changed.path("rulesVersion").asInt()).isEqualTo(2);
        officer.patch("/api/v1/calls/" + call, "{\"maxGpuHours\": 30}", "If-Match", "\"1\"")
                .expectProblem(412, "stale");
        JsonNode awarded = officer.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"fits\"}")
                .expect(200);
        assertThat(awarded.path("rulesVersion").asInt()).isEqualTo(1);
        JsonNode allocation = ana.get(
                        "/api/v1/projects/" + awarded.path("project").asString())
                .expect(200)
                .path("allocations")
                .get(0);
        assertThat(allocation.path("cluster").asString()).isEqualTo("local");
        assertThat(allocation.path("gpuHours").decimalValue()).isEqualByComparingTo("50");
        // A new one meets the new rules.
        String second = answered(ana, call, organisation);
        ana.put(second + "/submission", "", "If-Match", "\"2\"").expectProblem(422, "hours-out-of-bounds");
    }

    @Test
    void membersWriteAndOwnersSubmit() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        Client berta = colleague(organisation);
        String path = answered(berta, "PLAYGROUND", organisation);
        berta.put(path + "/submission", "", "If-Match", "\"2\"").expectProblem(403, "owners-only");
        JsonNode awarded =
                ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        // Whoever wrote it leads the project.
        assertThat(ana.get("/api/v1/projects/" + awarded.path("project").asString())
                        .expect(200)
                        .path("lead")
                        .asString())
                .isEqualTo(berta.person().toString());
    }

    @Test
    void strangersFindNothingAndOfficersNoDrafts() {
        Client ana = signUp("Ana");
        String path = answered(ana, "PLAYGROUND", organisationOf(ana));
        Client eve = signUp("Eve");
        organisationOf(eve);
        stranger().get(path).expectProblem(401, "sign-in-required");
        for (Client other : List.of(eve, staff(CentreRole.ACCESS_OFFICER), staff(CentreRole.OPERATOR))) {
            other.get(path).expectProblem(404, "not-found");
            other.patch(path, "{\"title\": \"x\"}", "If-Match", "\"2\"").expectProblem(404, "not-found");
            other.put(path + "/submission", "", "If-Match", "\"2\"").expectProblem(404, "not-found");
            other.delete(path + "/submission").expectProblem(404, "not-found");
            other.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"x\"}")
                    .expectProblem(404, "not-found");
        }
        staff(CentreRole.AUDITOR).get(path).expect(200);
        assertThat(eve.get("/api/v1/proposals").expect(200).path("items")).isEmpty();
    }

    @Test
    void aProposalStandsForAnOrganisationOfOnesOwnUnderACallThatIs() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        signUp("Eve").post("/api/v1/proposals", """
                        {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation)).expectProblem(404, "not-found");
        JsonNode problem =
                ana.post("/api/v1/proposals", "{\"call\": \"NO-SUCH\"}").expectProblem(422, "invalid-fields");
        assertThat(problem.path("errors")).hasSize(2);
        ana.post("/api/v1/proposals", "{}").expectProblem(422, "invalid-fields");
    }

    @Test
    void aRepeatedCreationWithItsKeyMakesOneDraft() {
        Client ana = signUp("Ana");
        String body = """
                {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisationOf(ana));
        JsonNode first = ana.post("/api/v1/proposals", body, "Idempotency-Key", "draft-1")
                .expect(201);
        assertThat(ana.post("/api/v1/proposals", body, "Idempotency-Key", "draft-1")
                        .expect(201))
                .isEqualTo(first);
        assertThat(ana.get("/api/v1/proposals?state=DRAFT").expect(200).path("items"))
                .hasSize(1);
    }

    @Test
    void aListIsAPageAndFiltersByState() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        for (int i = 0; i < 3; i++) {
            create(ana, "PLAYGROUND", organisation);
        }
        JsonNode first = ana.get("/api/v1/proposals?limit=2").expect(200);
        assertThat(first.path("items")).hasSize(2);
        JsonNode second = ana.get(
                        "/api/v1/proposals?limit=2&cursor=" + first.path("next").asString())
                .expect(200);
        assertThat(second.path("items")).hasSize(1);
        assertThat(ana.get("/api/v1/proposals?state=AWARDED").expect(200).path("items"))
                .isEmpty();
        ana.get("/api/v1/proposals?state=NONSENSE").expectProblem(400, "bad-parameter");
    }

    @Test
    void callsAreOpenToStrangers() {
        JsonNode call = stranger().get("/api/v1/calls/playground").expect(200);
        assertThat(call.path("state").asString()).isEqualTo("OPEN");
        assertThat(call.path("durationsMonths")).hasSize(3);
        assertThat(call.path("rules").get(0).path("sentence").asString()).isEqualTo("The call is open");
        assertThat(stranger()
                        .get("/api/v1/calls/" + call.path("id").asString(), "Accept-Language", "ca")
                        .expect(200)
                        .path("rules")
                        .get(0)
                        .path("sentence")
                        .asString())
                .isEqualTo("La convocatòria és oberta");
        assertThat(stranger().get("/api/v1/calls?limit=1").expect(200).path("items"))
                .hasSize(1);
        stranger().get("/api/v1/calls/no-such").expectProblem(404, "not-found");
        stranger().patch("/api/v1/calls/playground", "{}", "If-Match", "\"1\"").expectProblem(401, "sign-in-required");
    }
}
