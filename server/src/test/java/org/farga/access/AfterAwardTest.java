package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.usage.Usage;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What is asked for an award after it was made, what it is bound to, and what becomes of proposals that have no room. */
class AfterAwardTest extends HttpTest {
    private static final String DAY = "2099-01-31";

    @Autowired
    private CallTable calls;

    @Autowired
    private Usage usage;

    @Autowired
    private FinalReports reports;

    @Autowired
    private PlatformTransactionManager transactions;

    private String call(boolean atOnce) {
        CallRules r = Samples.RULES;
        CallRules rules = new CallRules(
                List.of(
                        Samples.partition("local", null, 0, 5_000, 1, 20_000, List.of(), null),
                        Samples.partition("far", null, 0, 5_000, 1, 20_000, List.of(), null)),
                r.durationsMonths(),
                r.intake(),
                r.form(),
                r.steps(),
                null,
                atOnce,
                5,
                r.audience(),
                r.countries(),
                r.rules());
        Call call = Samples.ownCall("FF", Call.Mode.PLAYGROUND, rules);
        new TransactionTemplate(transactions).executeWithoutResult(status -> calls.insert(call, call.opensAt(), null));
        return call.code();
    }

    private static void declareSize(Client owner, String organisation) {
        owner.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": 2025, "staff": 5, "turnoverEur": 500000, "balanceSheetEur": 500000,
                         "linkedEnterprises": []}""")
                .expect(200);
    }

    /** A proposal of a new organisation of this owner, handed in; its path. */
    private String propose(Client owner, String call) {
        String organisation = organisationOf(owner);
        declareSize(owner, organisation);
        return propose(owner, call, organisation);
    }

    private static String propose(Client owner, String call, String organisation) {
        String path = "/api/v1/proposals/"
                + owner.post("/api/v1/proposals", """
                                {"call": "%s", "organisation": "%s"}""".formatted(call, organisation))
                        .expect(201)
                        .path("id")
                        .asString();
        owner.patch(path, """
                        {"title": "Crack detection", "abstract": "Pictures of forged parts.", "gpuHours": 50,
                         "cpuHours": 200, "durationMonths": 1, "civilianUse": true, "noProhibitedPractice": true,
                         "personalData": false, "partition": "local"}""", "If-Match", "\"1\"").expect(200);
        owner.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        return path;
    }

    private static String allocationOf(Client reader, String proposal) {
        String project = reader.get(proposal).expect(200).path("project").asString();
        return reader.get("/api/v1/projects/" + project)
                .expect(200)
                .path("allocations")
                .get(0)
                .path("id")
                .asString();
    }

    private static JsonNode ask(Client lead, String allocation, String wish) {
        return lead.post("/api/v1/allocations/" + allocation + "/requests", wish)
                .expect(201);
    }

    private static JsonNode grant(Client officer, JsonNode request) {
        return officer.put(
                        "/api/v1/allocation-requests/" + request.path("id").asString() + "/decision",
                        "{\"grant\": true, \"note\": \"It makes sense\"}")
                .expect(200);
    }

    @Test
    void anAwardWithConditionsBeginsOnlyOnceTheyAreAcceptedWithIt() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = propose(ana, call(false));
        officer.put(path + "/decision", """
                        {"decision": "AWARD", "reason": "Good", "conditions": [{"text": "Share the data set", "dueOn": "2020-01-01"}]}""").expectProblem(422, "invalid-fields");
        JsonNode offered = officer.put(path + "/decision", """
                        {"decision": "AWARD", "reason": "Good", "conditions": [
                          {"text": "Share the data set", "dueOn": "%s"}]}""".formatted(DAY)).expect(200);
        assertThat(offered.path("state").asString())
                .as("an offer, although the call has no step of acceptance")
                .isEqualTo("OFFERED");
        ana.put(path + "/acceptance", "{\"accept\": true}").expectProblem(409, "conditions-not-accepted");
        officer.put(path + "/conditions/1/fulfilment", "{\"note\": \"seen\"}")
                .expectProblem(409, "condition-not-accepted");
        JsonNode awarded = ana.put(path + "/acceptance", "{\"accept\": true, \"conditionsAccepted\": true}")
                .expect(200);
        assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
        assertThat(ana.get(path + "/conditions").expect(200).get(0).has("acceptedAt"))
                .isTrue();
        ana.put(path + "/conditions/1/fulfilment", "{\"note\": \"done\"}").expectProblem(403, "access-officers-only");
        officer.put(path + "/conditions/1/fulfilment", "{\"note\": \"It is public\"}")
                .expect(200);
        officer.put(path + "/conditions/1/fulfilment", "{\"note\": \"again\"}")
                .expectProblem(409, "condition-fulfilled");
        officer.put(path + "/conditions/2/fulfilment", "{\"note\": \"none\"}").expect(404);
        assertThat(new Browser(address())
                        .signIn(ana.email(), PASSWORD)
                        .get(path.replace("/api/v1", ""))
                        .body())
                .contains("Share the data set", "Fulfilled", "It is public", "Condition 1 was fulfilled");
    }

    @Test
    void aLeadAsksAnOfficerGrantsAndAllocationAwardAndReportFollow() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = propose(ana, call(true));
        String allocation = allocationOf(ana, path);
        Instant end = Instant.parse(ana.get("/api/v1/allocations/" + allocation)
                .expect(200)
                .path("to")
                .asString());
        String due = ana.get(path + "/report").expect(200).path("dueOn").asString();
        ana.post(
                        "/api/v1/allocations/" + allocation + "/requests",
                        "{\"kind\": \"EXTEND\", \"months\": 7, \"reason\": \"x\"}")
                .expectProblem(422, "invalid-fields");
        JsonNode asked = ask(ana, allocation, """
                {"kind": "EXTEND", "months": 2, "reason": "The cluster was away"}""");
        assertThat(asked.path("state").asString()).isEqualTo("ASKED");
        ana.post("/api/v1/allocations/" + allocation + "/requests", """
                        {"kind": "EXTEND", "months": 2, "reason": "The cluster was away"}""").expectProblem(409, "already-asked");
        assertThat(officer.get("/api/v1/allocation-requests").expect(200).toString())
                .contains(asked.path("id").asString());
        String decision = "/api/v1/allocation-requests/" + asked.path("id").asString() + "/decision";
        ana.put(decision, "{\"grant\": true, \"note\": \"yes\"}").expectProblem(403, "access-officers-only");
        signUp("Eva").put(decision, "{\"grant\": true, \"note\": \"yes\"}").expect(404);
        officer.put(decision, "{\"grant\": true}").expectProblem(422, "invalid-fields");
        assertThat(officer.put(decision, "{\"grant\": true, \"note\": \"A month is enough\", \"months\": 1}")
                        .expect(200)
                        .path("months")
                        .asInt())
                .isEqualTo(1);
        officer.put(decision, "{\"grant\": false, \"note\": \"no\"}").expectProblem(409, "request-decided");
        Instant later = Instant.parse(ana.get("/api/v1/allocations/" + allocation)
                .expect(200)
                .path("to")
                .asString());
        assertThat(Duration.between(end, later).toDays()).isBetween(27L, 31L);
        assertThat(ana.get(path + "/report").expect(200).path("dueOn").asString())
                .as("the report is due three months after the new end")
                .isGreaterThan(due);
        grant(officer, ask(ana, allocation, """
                {"kind": "SUPPLEMENT", "gpuHours": 25, "reason": "A longer run"}"""));
        ana.post("/api/v1/allocations/" + allocation + "/requests", """
                        {"kind": "SUPPLEMENT", "gpuHours": 0.01, "reason": "More"}""").expectProblem(409, "more-than-supplement");
        JsonNode now = ana.get("/api/v1/allocations/" + allocation).expect(200);
        assertThat(now.path("gpuHours").decimalValue()).isEqualByComparingTo("75");
        grant(officer, ask(ana, allocation, "{\"kind\": \"SUSPEND\", \"reason\": \"Holidays\"}"));
        assertThat(ana.get("/api/v1/allocations/" + allocation)
                        .expect(200)
                        .path("state")
                        .asString())
                .isEqualTo("SUSPENDED");
        grant(officer, ask(ana, allocation, "{\"kind\": \"RESUME\", \"reason\": \"Back again\"}"));
        JsonNode withdrawn = ask(ana, allocation, "{\"kind\": \"EXTEND\", \"months\": 1, \"reason\": \"Perhaps\"}");
        ana.delete("/api/v1/allocation-requests/" + withdrawn.path("id").asString())
                .expect(200);
        ana.delete("/api/v1/allocation-requests/" + withdrawn.path("id").asString())
                .expectProblem(409, "request-decided");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/allocations/" + allocation).body())
                .contains(
                        "Extended by one month",
                        "Given 25 GPU-hours",
                        "Suspended as asked",
                        "The request was withdrawn");
        assertThat(browser.get(path.replace("/api/v1", "")).body())
                .contains(
                        "Extended by one month",
                        "/report",
                        "award " + ana.get(path).expect(200).path("code").asString());
    }

    @Test
    void unusedHoursAreGivenBackAtOnceButNotWhatJobsHold() {
        Client ana = signUp("Ana");
        String path = propose(ana, call(true));
        String allocation = allocationOf(ana, path);
        new TransactionTemplate(transactions)
                .executeWithoutResult(status -> usage.commit(
                                AllocationId.valueOf(allocation),
                                new JobId(900_000_000L
                                        + java.util.concurrent.ThreadLocalRandom.current()
                                                .nextLong(1_000_000)),
                                1,
                                10,
                                Duration.ofHours(10))
                        .orThrow());
        String requests = "/api/v1/allocations/" + allocation + "/requests";
        ana.post(requests, "{\"kind\": \"GIVE_BACK\", \"gpuHours\": 40.01, \"reason\": \"Done\"}")
                .expectProblem(409, "more-than-unused");
        ana.post(requests, "{\"kind\": \"GIVE_BACK\", \"ends\": true, \"reason\": \"Done\"}")
                .expectProblem(409, "jobs-hold-hours");
        ana.post(requests, "{\"kind\": \"GIVE_BACK\", \"gpuHours\": 0, \"reason\": \"Done\"}")
                .expectProblem(422, "invalid-fields");
        ana.post(requests, "{\"kind\": \"GIVE_BACK\", \"gpuHours\": -1, \"reason\": \"Done\"}")
                .expectProblem(422, "invalid-fields");
        JsonNode given = ask(ana, allocation, "{\"kind\": \"GIVE_BACK\", \"gpuHours\": 40, \"reason\": \"Done\"}");
        assertThat(given.path("state").asString()).isEqualTo("GRANTED");
        assertThat(given.has("decidedBy")).as("nobody decided it").isFalse();
        JsonNode left = ana.get(requests).expect(200);
        assertThat(left.path("gpuHoursUnused").decimalValue()).isEqualByComparingTo("0");
        assertThat(left.path("cpuHoursUnused").decimalValue()).isEqualByComparingTo("100");
        assertThat(left.path("changes").get(0).path("gpuHours").decimalValue()).isEqualByComparingTo("-40");
        Client ben = staff(CentreRole.OPERATOR);
        ben.post(requests, "{\"kind\": \"GIVE_BACK\", \"cpuHours\": 1, \"reason\": \"Done\"}")
                .expectProblem(403, "project-lead-only");
        signUp("Eva")
                .post(requests, "{\"kind\": \"GIVE_BACK\", \"cpuHours\": 1, \"reason\": \"Done\"}")
                .expect(404);
    }

    @Test
    void hoursAreMovedAtTheRateOfTheCallOntoAnAllocationThere() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String call = call(true);
        String path = propose(ana, call);
        String allocation = allocationOf(ana, path);
        String move = """
                {"kind": "TRANSFER", "gpuHours": 20, "cpuHours": 10, "cluster": "far", "reason": "It fits there"}""";
        ana.post("/api/v1/allocations/" + allocation + "/requests", move).expectProblem(409, "no-transfer-rate");
        String terms = "/api/v1/calls/" + call + "/award-terms";
        String rates = """
                {"giveBackAtOnce": false, "mostExtensionMonths": 6, "mostSupplementPercent": 50, "mostRenewals": 1,
                 "rates": [{"from": "local", "to": "%s", "gpuRate": 0.5, "cpuRate": 2}]}""";
        ana.put(terms, rates.formatted("far"), "If-Match", "\"0\"").expectProblem(403, "access-officers-only");
        officer.put(terms, rates.formatted("nowhere"), "If-Match", "\"0\"").expectProblem(422, "invalid-fields");
        officer.put(terms, rates.formatted("far"), "If-Match", "\"0\"").expect(200);
        officer.put(terms, rates.formatted("far"), "If-Match", "\"0\"").expectProblem(412, "stale");
        grant(officer, ask(ana, allocation, move));
        grant(officer, ask(ana, allocation, move));
        JsonNode all = ana.get("/api/v1/projects/"
                        + ana.get(path).expect(200).path("project").asString())
                .expect(200)
                .path("allocations");
        assertThat(all).as("a second time goes onto the same allocation").hasSize(2);
        Map<String, List<String>> hours = new java.util.HashMap<>();
        all.forEach(a -> hours.put(
                a.path("cluster").asString(),
                List.of(
                        a.path("gpuHours").decimalValue().stripTrailingZeros().toPlainString(),
                        a.path("cpuHours").decimalValue().stripTrailingZeros().toPlainString())));
        assertThat(hours).isEqualTo(Map.of("local", List.of("10", "180"), "far", List.of("20", "40")));
        JsonNode waits = ask(ana, allocation, "{\"kind\": \"GIVE_BACK\", \"gpuHours\": 1, \"reason\": \"Done\"}");
        assertThat(waits.path("state").asString())
                .as("where the terms want it, an officer decides that too")
                .isEqualTo("ASKED");
    }

    @Test
    void furtherHoursAreFurtherAidAndHoursGivenBackAreTakenOff() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String call = call(true);
        String source = officer.post("/api/v1/aid/sources", """
                        {"code": "S-%s", "name": "Spain", "kind": "STATE", "memberState": "ES", "authority": "Ministry",
                         "regime": "DE_MINIMIS"}""".formatted(
                                UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT)))
                .expect(201)
                .path("id")
                .asString();
        officer.post("/api/v1/aid/sources/" + source + "/market-values", """
                        {"since": "2020-01-01", "gpuHourCents": 200, "cpuHourCents": 0, "evidence": "three offers"}""").expect(201);
        officer.post("/api/v1/aid/funding-plans", """
                        {"subject": "call:%s", "since": "2020-01-01", "shares": [{"source": "%s", "percent": 100}]}""".formatted(call, source)).expect(201);
        String organisation = organisationOf(ana);
        declareSize(ana, organisation);
        // Of 300,000 euros 120 are left: 100 for the award, 20 for ten hours more.
        ana.post("/api/v1/organisations/" + organisation + "/aid-declarations", """
                        {"taxId": "B%s", "sector": "62.10", "confirmed": true, "others": [
                          {"memberState": "ES", "grantedOn": "2026-01-15", "amountEuros": 299880, "authority": "ACCIÓ"}]}""".formatted(
                                UUID.randomUUID().toString().substring(0, 8)))
                .expect(201);
        String path = propose(ana, call, organisation);
        String allocation = allocationOf(ana, path);
        JsonNode tooMuch = ask(ana, allocation, "{\"kind\": \"SUPPLEMENT\", \"gpuHours\": 10.5, \"reason\": \"More\"}");
        String decision = "/api/v1/allocation-requests/" + tooMuch.path("id").asString() + "/decision";
        officer.put(decision, "{\"grant\": true, \"note\": \"yes\"}").expectProblem(409, "aid-ceiling");
        assertThat(ana.get("/api/v1/allocations/" + allocation)
                        .expect(200)
                        .path("gpuHours")
                        .decimalValue())
                .as("nothing of it happened")
                .isEqualByComparingTo("50");
        officer.put(decision, "{\"grant\": true, \"note\": \"yes\", \"gpuHours\": 10}")
                .expect(200);
        assertThat(aid(officer, path)).isEqualByComparingTo("120");
        ask(ana, allocation, "{\"kind\": \"GIVE_BACK\", \"gpuHours\": 15, \"reason\": \"Done early\"}");
        assertThat(aid(officer, path))
                .as("ten hours of the latest grant, which is withdrawn, and five of the first")
                .isEqualByComparingTo("90");
    }

    private static java.math.BigDecimal aid(Client officer, String proposal) {
        String code = officer.get(proposal).expect(200).path("code").asString();
        java.math.BigDecimal sum = java.math.BigDecimal.ZERO;
        for (JsonNode line :
                officer.get("/api/v1/aid/register?text=" + code).expect(200).path("items")) {
            sum = sum.add(line.path("amountEuros").decimalValue());
        }
        return sum;
    }

    @Test
    void ofTwoOfficersAtOnceOneDecides() throws Exception {
        Client ana = signUp("Ana");
        List<Client> officers = List.of(staff(CentreRole.ACCESS_OFFICER), staff(CentreRole.ACCESS_OFFICER));
        String allocation = allocationOf(ana, propose(ana, call(true)));
        String decision = "/api/v1/allocation-requests/"
                + ask(ana, allocation, "{\"kind\": \"SUPPLEMENT\", \"gpuHours\": 5, \"reason\": \"More\"}")
                        .path("id")
                        .asString()
                + "/decision";
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService both = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (Client officer : officers) {
                answers.add(both.submit(() -> officer.put(decision, "{\"grant\": true, \"note\": \"yes\"}")
                        .status()));
            }
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 409);
        assertThat(ana.get("/api/v1/allocations/" + allocation)
                        .expect(200)
                        .path("gpuHours")
                        .decimalValue())
                .isEqualByComparingTo("55");
    }

    @Test
    void aReportIsHandedInAfterTheEndReturnedAndAcceptedAndItsLackIsKnown() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String organisation = organisationOf(ana);
        declareSize(ana, organisation);
        String path = propose(ana, call(true), organisation);
        String report = path + "/report";
        String text = """
                {"results": "It finds cracks.", "publish": true, "summary": "Cracks are found."}""";
        ana.put(report, text, "If-Match", "\"1\"").expect(200);
        ana.put(report, text, "If-Match", "\"1\"").expectProblem(412, "stale");
        ana.put(report + "/submission", "", "If-Match", "\"2\"").expectProblem(409, "award-not-over");
        String allocation = allocationOf(ana, path);
        ask(ana, allocation, "{\"kind\": \"GIVE_BACK\", \"ends\": true, \"reason\": \"Done\"}");
        JsonNode over = ana.get("/api/v1/allocations/" + allocation).expect(200);
        assertThat(over.path("state").asString()).isEqualTo("EXPIRED");
        assertThat(over.path("gpuHours").decimalValue()).isEqualByComparingTo("0");
        ana.post(
                        "/api/v1/allocations/" + allocation + "/requests",
                        "{\"kind\": \"EXTEND\", \"months\": 1, \"reason\": \"x\"}")
                .expectProblem(409, "allocation-over");
        assertThat(reports.overdue(OrganisationId.valueOf(organisation))).isEmpty();
        jdbc.sql(
                        "UPDATE final_report SET ends_at = ends_at - interval '1 year', due_at = due_at - interval '1 year' WHERE proposal_id = :id::uuid")
                .param("id", path.substring(path.lastIndexOf('/') + 1))
                .update();
        assertThat(reports.overdue(OrganisationId.valueOf(organisation)))
                .hasSize(1)
                .first()
                .satisfies(o -> assertThat(o.title()).isEqualTo("Crack detection"));
        reports.remind();
        reports.remind();
        assertThat(ana.get("/api/v1/notifications").expect(200).toString().split("was due on", -1))
                .as("told once")
                .hasSize(2);
        String version = ana.get(report).header("ETag");
        signUp("Eva").get(report).expect(404);
        JsonNode handedIn =
                ana.put(report + "/submission", "", "If-Match", version).expect(200);
        assertThat(handedIn.path("state").asString()).isEqualTo("SUBMITTED");
        assertThat(handedIn.path("hours").get(0).path("grantedGpu").decimalValue())
                .as("what was granted, although it was given back")
                .isEqualByComparingTo("50");
        assertThat(reports.overdue(OrganisationId.valueOf(organisation))).isEmpty();
        ana.put(report, text, "If-Match", ana.get(report).header("ETag")).expectProblem(409, "report-handed-in");
        ana.put(report + "/decision", "{\"accept\": true}").expectProblem(403, "access-officers-only");
        officer.put(report + "/decision", "{\"accept\": false}").expectProblem(422, "invalid-fields");
        JsonNode returned = officer.put(report + "/decision", "{\"accept\": false, \"note\": \"And the hours?\"}")
                .expect(200);
        assertThat(returned.path("state").asString()).isEqualTo("RETURNED");
        assertThat(reports.overdue(OrganisationId.valueOf(organisation)))
                .as("whoever is asked to write again has time to")
                .isEmpty();
        ana.put(report + "/submission", "", "If-Match", ana.get(report).header("ETag"))
                .expect(200);
        assertThat(officer.put(report + "/decision", "{\"accept\": true}")
                        .expect(200)
                        .path("state")
                        .asString())
                .isEqualTo("ACCEPTED");
        assertThat(officer.get(path + "/report.pdf").header("Content-Type")).startsWith("application/pdf");
        assertThat(ana.get(path + "/acknowledgement").expect(200)).hasSize(3);
        assertThat(new Browser(address())
                        .signIn(ana.email(), PASSWORD)
                        .get(report.replace("/api/v1", ""))
                        .body())
                .contains("Accepted", "It finds cracks.", "And the hours?", "Final report returned");
    }

    @Test
    void whereThereAreNotTheHoursTheApplicantWaitsShrinksOrGoesElsewhere() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String call = call(false);
        String referral = officer.post("/api/v1/referrals", """
                        {"name": "LUMI %s", "text": "Takes such work", "contact": "https://lumi.example"}""".formatted(UUID.randomUUID()))
                .expect(201)
                .path("id")
                .asString();
        List<Client> owners = List.of(signUp("Ana"), signUp("Ben"), signUp("Cid"), signUp("Dora"));
        List<String> paths = owners.stream().map(o -> propose(o, call)).toList();
        String shortage = """
                {"reason": "The machine is full", "gpuHours": 10, "cpuHours": 20, "referral": "%s"}""".formatted(referral);
        officer.put(paths.getFirst() + "/no-room", "{\"reason\": \"Full\", \"gpuHours\": 50, \"cpuHours\": 200}")
                .expectProblem(422, "invalid-fields");
        owners.getFirst().put(paths.getFirst() + "/no-room", shortage).expectProblem(403, "access-officers-only");
        for (String path : paths) {
            JsonNode refused = officer.put(path + "/no-room", shortage).expect(200);
            assertThat(refused.path("state").asString()).isEqualTo("NO_ROOM");
            assertThat(refused.has("dueAt")).isTrue();
        }
        officer.put(paths.getFirst() + "/no-room", shortage).expectProblem(409, "proposal-not-submitted");
        // Chosen in another order than decided: places follow the decisions.
        choose(owners.get(1), paths.get(1), "{\"choice\": \"WAIT\"}");
        choose(owners.get(0), paths.get(0), "{\"choice\": \"WAIT\"}");
        owners.get(0)
                .put(paths.get(0) + "/no-room/choice", "{\"choice\": \"WAIT\"}")
                .expectProblem(409, "proposal-has-no-choice");
        assertThat(owners.get(1)
                        .get(paths.get(1) + "/no-room")
                        .expect(200)
                        .path("place")
                        .asInt())
                .isEqualTo(2);
        assertThat(officer.get("/api/v1/calls/" + call + "/queue").expect(200)).hasSize(2);
        owners.get(0).get("/api/v1/calls/" + call + "/queue").expect(404);
        owners.get(2)
                .put(paths.get(2) + "/no-room/choice", "{\"choice\": \"SHRINK\", \"gpuHours\": 10.5}")
                .expectProblem(422, "invalid-fields");
        choose(owners.get(2), paths.get(2), "{\"choice\": \"SHRINK\", \"gpuHours\": 8, \"cpuHours\": 20}");
        JsonNode smaller = owners.get(2).get(paths.get(2)).expect(200);
        assertThat(smaller.path("state").asString()).isEqualTo("SUBMITTED");
        assertThat(smaller.path("step").asString()).isEqualTo("DECISION");
        assertThat(smaller.path("gpuHours").decimalValue()).isEqualByComparingTo("8");
        officer.put(paths.get(2) + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"Fits now\"}")
                .expect(200);
        choose(owners.get(3), paths.get(3), "{\"choice\": \"REFER\"}");
        assertThat(owners.get(3).get(paths.get(3)).expect(200).path("state").asString())
                .isEqualTo("DECLINED");
        // Hours come free: the officer is told who is first, and cannot serve another unknowingly.
        ask(
                owners.get(2),
                allocationOf(owners.get(2), paths.get(2)),
                "{\"kind\": \"GIVE_BACK\", \"gpuHours\": 5, \"reason\": \"Done\"}");
        String first = owners.get(0).get(paths.get(0)).expect(200).path("code").asString();
        assertThat(officer.get("/api/v1/notifications").expect(200).toString())
                .contains("First in the queue: " + first);
        String award = "{\"decision\": \"AWARD\", \"reason\": \"Only this one fits\"%s}";
        officer.put(paths.get(1) + "/no-room/decision", award.formatted("")).expectProblem(409, "not-first-in-queue");
        officer.put(paths.get(1) + "/no-room/decision", award.formatted(", \"passOver\": true"))
                .expect(200);
        JsonNode passed = owners.get(0).get(paths.get(0)).expect(200);
        assertThat(passed.path("timeline").toString()).contains("PASSED_OVER", "Only this one fits");
        assertThat(new Browser(address())
                        .signIn(owners.get(0).email(), PASSWORD)
                        .get(paths.get(0).replace("/api/v1", ""))
                        .body())
                .contains("Place 1 of 1 in the queue", "The queue for hours");
        officer.put(paths.get(0) + "/no-room/decision", award.formatted("")).expect(200);
        assertThat(owners.get(0).get(paths.get(0)).expect(200).path("state").asString())
                .isEqualTo("AWARDED");
    }

    private static void choose(Client owner, String path, String choice) {
        owner.put(path + "/no-room/choice", choice).expect(200);
    }
}
