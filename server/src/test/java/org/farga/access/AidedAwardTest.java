package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What is awarded under a call that State resources pay is aid, and kept as such with the award. */
class AidedAwardTest extends HttpTest {
    @Autowired
    private CallTable calls;

    @Autowired
    private PlatformTransactionManager transactions;

    private String ownCall() {
        return ownCall(Samples.RULES);
    }

    private String ownCall(CallRules rules) {
        Call call = Samples.ownCall("AA", Call.Mode.PLAYGROUND, rules);
        new TransactionTemplate(transactions).executeWithoutResult(status -> calls.insert(call, call.opensAt(), null));
        return call.code();
    }

    /** A call that Spain pays three quarters of, at two euros a GPU-hour. */
    private String paidCall(Client officer) {
        return paidCall(officer, ownCall());
    }

    private static String paidCall(Client officer, String call) {
        String code = "S-" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT);
        String source = officer.post("/api/v1/aid/sources", """
                        {"code": "%s", "name": "Spain", "kind": "STATE", "memberState": "ES", "authority": "Ministry",
                         "regime": "DE_MINIMIS"}""".formatted(code))
                .expect(201)
                .path("id")
                .asString();
        officer.post("/api/v1/aid/sources/" + source + "/market-values", """
                        {"since": "2020-01-01", "gpuHourCents": 200, "cpuHourCents": 1.5, "evidence": "three offers"}""").expect(201);
        officer.post("/api/v1/aid/funding-plans", """
                        {"subject": "call:%s", "since": "2020-01-01", "shares": [
                          {"source": "%s", "percent": 75},
                          {"source": "01930000-0000-7000-8000-000000000e00", "percent": 25}]}""".formatted(call, source)).expect(201);
        return call;
    }

    private static String propose(Client owner, String call, String organisation) {
        String id = owner.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call, organisation))
                .expect(201)
                .path("id")
                .asString();
        owner.patch("/api/v1/proposals/" + id, """
                        {"title": "Crack detection", "abstract": "Pictures of forged parts.", "gpuHours": 50,
                         "cpuHours": 200, "durationMonths": 1, "civilianUse": true, "noProhibitedPractice": true,
                         "personalData": false}""", "If-Match", "\"1\"").expect(200);
        return "/api/v1/proposals/" + id;
    }

    private static void declare(Client owner, String organisation, String euros) {
        owner.post("/api/v1/organisations/" + organisation + "/aid-declarations", """
                        {"taxId": "B%s", "sector": "62.10", "confirmed": true, "others": [
                          {"memberState": "ES", "grantedOn": "2026-01-15", "amountEuros": %s, "authority": "ACCIÓ"}]}""".formatted(
                                UUID.randomUUID().toString().substring(0, 8), euros))
                .expect(201);
    }

    private static void declareSize(Client owner, String organisation, int staff) {
        owner.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": 2025, "staff": %d, "turnoverEur": %d, "balanceSheetEur": %d,
                         "linkedEnterprises": []}""".formatted(
                                staff, staff * 100_000, staff * 100_000))
                .expect(200);
    }

    @Test
    void anAwardByRuleIsGrantedAsAidOrRefusedWithTheDraftLeftAsItIs() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String path = propose(ana, paidCall(officer), organisation);
        String submission = path + "/submission";
        ana.put(submission, "", "If-Match", "\"2\"").expectProblem(409, "aid-declaration-needed");
        // 50 GPU-hours at 2 euros and 200 CPU-hours at 1.5 cents, three quarters of it: 77.25 euros.
        declare(ana, organisation, "299922.76");
        ana.put(submission, "", "If-Match", "\"2\"").expectProblem(409, "aid-ceiling");
        JsonNode draft = ana.get(path).expect(200);
        assertThat(draft.path("state").asString()).isEqualTo("DRAFT");
        assertThat(draft.path("timeline")).hasSize(1);
        assertThat(ana.get("/api/v1/projects").expect(200).path("items"))
                .as("the project was opened before the refusal, and is gone with it")
                .isEmpty();
        declare(ana, organisation, "299922.75");
        JsonNode awarded = ana.put(submission, "", "If-Match", "\"2\"").expect(200);
        assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
        JsonNode entry = officer.get(
                        "/api/v1/aid/register?text=" + awarded.path("code").asString())
                .expect(200)
                .path("items")
                .get(0);
        assertThat(entry.path("amountEuros").decimalValue()).isEqualByComparingTo("77.25");
        assertThat(entry.path("instrument").asString()).isEqualTo("ACCESS_TIME");
        String allocation = entry.path("allocation").asString();
        assertThat(ana.get("/api/v1/allocations/" + allocation + "/funding")
                        .expect(200)
                        .path("shares"))
                .hasSize(2);
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/aid/letters/" + entry.path("id").asString()).body())
                .as("whoever reads it can work the sum out")
                .contains("50 GPU-hours at €2.00 and 200 CPU-hours at €0.015, of which this source pays 75%");
        assertThat(browser.get(path.replace("/api/v1", "")).body())
                .contains("/aid/letters/" + entry.path("id").asString(), "€77.25");
    }

    @Test
    void theProposalsPageSaysBeforehandWhatAidItWouldBeAndWhatHindersIt() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String page = propose(ana, paidCall(officer), organisation).replace("/api/v1", "");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get(page).body())
                .contains(
                        "€77.25",
                        "from Spain, which pays 75%",
                        "must declare its other de minimis aid first",
                        "/organisations/" + organisation + "/aid/declaration");
        declare(ana, organisation, "239922.74");
        assertThat(browser.get(page).body())
                .contains("€60,077.26 of €300,000 may still be granted in Spain")
                .doesNotContain("comes near the ceiling", "must declare");
        declare(ana, organisation, "239922.75");
        assertThat(browser.get(page).body()).contains("comes near the ceiling");
        declare(ana, organisation, "299922.76");
        assertThat(browser.get(page).body()).contains("€77.25 is needed, and €77.24 are left of the €300,000");
        var refused = browser.submit(
                page, page + "/submission", "version", "2", "gpuHours", "50", "cpuHours", "200", "durationMonths", "1");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .as("the answers stay on the page, with what is wrong")
                .contains("role=\"alert\"", "€77.24 are left", "id=\"proposal-form\"");
    }

    @Test
    void nothingIsOfferedNorAcceptedThatWouldGoOverTheCeiling() {
        CallRules r = Samples.RULES;
        CallRules offering = new CallRules(
                r.partitions(),
                r.durationsMonths(),
                r.intake(),
                r.form(),
                List.of(new Step(Step.Kind.DECISION, 2), new Step(Step.Kind.ACCEPTANCE, 5)),
                null,
                false,
                r.liveAwardsPerOrganisation(),
                r.audience(),
                r.countries(),
                r.rules());
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5);
        String path = propose(ana, paidCall(officer, ownCall(offering)), organisation);
        assertThat(ana.put(path + "/submission", "", "If-Match", "\"2\"")
                        .expect(200)
                        .path("state")
                        .asString())
                .isEqualTo("SUBMITTED");
        String award = """
                {"decision": "AWARD", "reason": "Good work"}""";
        officer.put(path + "/decision", award).expectProblem(409, "aid-declaration-needed");
        declare(ana, organisation, "299922.75");
        assertThat(officer.put(path + "/decision", award)
                        .expect(200)
                        .path("state")
                        .asString())
                .isEqualTo("OFFERED");
        declare(ana, organisation, "299922.76");
        String page = path.replace("/api/v1", "");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        var refused = browser.submit(
                page,
                page + "/acceptance",
                "accept",
                "true",
                "version",
                browser.get(page).body().replaceAll("(?s).*name=\"version\" value=\"(\\d+)\".*", "$1"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("€77.25 is needed, and €77.24 are left");
        assertThat(ana.get(path).expect(200).path("state").asString()).isEqualTo("OFFERED");
        declare(ana, organisation, "1000");
        ana.put(path + "/acceptance", "{\"accept\": true}").expect(200);
        assertThat(officer.get("/api/v1/aid/register?text="
                                + ana.get(path).expect(200).path("code").asString())
                        .expect(200)
                        .path("items"))
                .hasSize(1);
    }

    @Test
    void whatACallWithoutStateResourcesGivesIsNotSpokenOfAsAid() {
        Client ana = signUp("Ana");
        String page = propose(ana, ownCall(), organisationOf(ana)).replace("/api/v1", "");
        assertThat(new Browser(address())
                        .signIn(ana.email(), PASSWORD)
                        .get(page)
                        .body())
                .contains("id=\"proposal-form\"")
                .doesNotContain("aid-forecast");
    }

    @Test
    void anOfficersAwardIsRefusedAtTheCeilingAndMayStillBeDeclined() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 5_000);
        declare(ana, organisation, "300000");
        String path = propose(ana, paidCall(officer), organisation);
        JsonNode submitted =
                ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        assertThat(submitted.path("state").asString()).isEqualTo("SUBMITTED");
        officer.put(path + "/decision", """
                        {"decision": "AWARD", "reason": "Good work"}""").expectProblem(409, "aid-ceiling");
        assertThat(ana.get(path).expect(200).path("state").asString()).isEqualTo("SUBMITTED");
        officer.put(path + "/decision", """
                        {"decision": "DECLINE", "reason": "No room under the ceiling"}""").expect(200);
    }
}
