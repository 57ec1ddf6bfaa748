package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.farga.HttpTest;
import org.farga.shared.CallId;
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
        Instant opened = Instant.parse("2026-01-01T00:00:00Z");
        Call sample = Samples.call(opened, null);
        Call call = new Call(
                CallId.create(),
                "A-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(Locale.ROOT),
                "AA",
                sample.title(),
                sample.mode(),
                Map.of("en", "A try", "es", "Una prueba", "ca", "Una prova"),
                opened,
                null,
                1,
                Samples.RULES,
                1);
        new TransactionTemplate(transactions).executeWithoutResult(status -> calls.insert(call, opened));
        return call.code();
    }

    /** A call that Spain pays three quarters of, at two euros a GPU-hour. */
    private String paidCall(Client officer) {
        String call = ownCall();
        String code = "S-" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT);
        String source = officer.post("/api/v1/aid/sources", """
                        {"code": "%s", "name": "Spain", "kind": "STATE", "memberState": "ES", "authority": "Ministry",
                         "regime": "DE_MINIMIS"}""".formatted(code))
                .expect(201)
                .path("id")
                .asString();
        officer.post("/api/v1/aid/sources/" + source + "/market-values", """
                        {"since": "2020-01-01", "gpuHourCents": 200, "cpuHourCents": 1, "evidence": "three offers"}""").expect(201);
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
        // 50 GPU-hours at 2 euros and 200 CPU-hours at a cent, three quarters of it: 76.50 euros.
        declare(ana, organisation, "299923.51");
        ana.put(submission, "", "If-Match", "\"2\"").expectProblem(409, "aid-ceiling");
        JsonNode draft = ana.get(path).expect(200);
        assertThat(draft.path("state").asString()).isEqualTo("DRAFT");
        assertThat(draft.path("timeline")).hasSize(1);
        declare(ana, organisation, "299923.50");
        JsonNode awarded = ana.put(submission, "", "If-Match", "\"2\"").expect(200);
        assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
        JsonNode entry = officer.get(
                        "/api/v1/aid/register?text=" + awarded.path("code").asString())
                .expect(200)
                .path("items")
                .get(0);
        assertThat(entry.path("amountEuros").decimalValue()).isEqualByComparingTo("76.50");
        assertThat(entry.path("instrument").asString()).isEqualTo("ACCESS_TIME");
        String allocation = entry.path("allocation").asString();
        assertThat(ana.get("/api/v1/allocations/" + allocation + "/funding")
                        .expect(200)
                        .path("shares"))
                .hasSize(2);
        ana.get("/api/v1/aid/letters/" + entry.path("id").asString()).expect(200);
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
