package org.farga.review;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.farga.HttpTest;
import org.farga.shared.CentreRole;
import org.farga.shared.ProposalId;

/** Calls with reviews, proposals in them, and who reviews what: each test's own. */
abstract class ReviewWorld extends HttpTest {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** A published call with rolling intake, whose proposals begin with expert review. */
    String call(Client officer, int reviewers, String terms, String... laterSteps) {
        String code = "R-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(java.util.Locale.ROOT);
        officer.post(
                        "/api/v1/calls",
                        "{\"copyOf\": \"REGULAR\", \"code\": \"%s\", \"title\": \"Reviewed %d\"}"
                                .formatted(code, NUMBERS.incrementAndGet()))
                .expect(201);
        StringBuilder steps = new StringBuilder("{\"kind\": \"EXPERT_REVIEW\", \"workingDays\": 4}");
        for (String step : laterSteps) {
            steps.append(", {\"kind\": \"").append(step).append("\", \"workingDays\": 2}");
        }
        officer.patch("/api/v1/calls/" + code, """
                        {"partitions": [{"cluster": "local", "minGpuHours": 0, "maxGpuHours": 100000, "minCpuHours": 0,
                                         "maxCpuHours": 100000, "available": []}],
                         "durationsMonths": [3], "intake": {"rolling": true, "cutOffs": []},
                         "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "TEAM", "JOBS"],
                         "steps": [%s, {"kind": "DECISION", "workingDays": 2}],
                         "review": {"reviewersNeeded": %d, "lowest": 0, "highest": 5,
                                    "thresholds": [{"criterion": "EXCELLENCE", "atLeast": 3}] %s}}""".formatted(steps, reviewers, terms), "If-Match", "\"1\"")
                .expect(200);
        officer.put("/api/v1/calls/" + code + "/publication", "", "If-Match", "\"2\"")
                .expect(200);
        return code;
    }

    /** A proposal in expert review; its address in the API. */
    String proposal(Client owner, String call, long gpuHours) {
        String path = "/api/v1/proposals/"
                + owner.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call, organisationOf(owner)))
                        .expect(201)
                        .path("id")
                        .asString();
        owner.patch(path, """
                        {"title": "=Speech for all", "abstract": "A model of many languages.", "gpuHours": %d, "cpuHours": 2000,
                         "durationMonths": 3, "civilianUse": true, "noProhibitedPractice": true, "personalData": false,
                         "sections": {"TEAM": {"people": [{"name": "Ana", "role": "LEAD", "expertise": "Speech"}], "trackRecord": "Ana and Bea of Forja."},
                                      "JOBS": {"jobs": [{"name": "Train", "count": 10, "gpus": 8, "cpus": 64, "hours": 6, "memoryGib": 512}],
                                               "checkpoint": true, "checkpointMinutes": 30, "checkpointSeconds": 20,
                                               "checkpointRestart": true, "text": "Ten at once."}}}""".formatted(gpuHours), "If-Match", "\"1\"").expect(200);
        owner.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        return path;
    }

    static ProposalId id(String path) {
        return ProposalId.valueOf(path.substring(path.lastIndexOf('/') + 1));
    }

    /** That this person is to review the proposal, as an officer's confirmation of a round leaves it. */
    void assign(String path, Client reviewer) {
        jdbc.sql("""
                        INSERT INTO reviewer (person_id, state, load_limit, invited_by, invited_at, since)
                        VALUES (:person, 'ACTIVE', 10, :person, now(), now()) ON CONFLICT DO NOTHING""").param("person", reviewer.person().value()).update();
        jdbc.sql("""
                        INSERT INTO review_round (id, call_id, cut_off_at, seed, conflict_years, run_at, run_by, took_ms, objective)
                        SELECT gen_random_uuid(), call_id, cut_off_at, 1, 3, now(), :person, 0, 0 FROM proposal WHERE id = :proposal
                        ON CONFLICT DO NOTHING""")
                .param("person", reviewer.person().value())
                .param("proposal", id(path).value())
                .update();
        jdbc.sql("""
                        INSERT INTO review_assignment (proposal_id, person_id, round_id, state, since, affinity, explanation)
                        SELECT p.id, :person, r.id, 'ACTIVE', now(), 0,
                               '{"affinity": {"sector": false, "inTitle": [], "inSummary": []}, "rank": 1, "candidates": 1, "before": [], "moreBefore": 0}'
                        FROM proposal p
                             JOIN review_round r ON r.call_id = p.call_id AND r.cut_off_at IS NOT DISTINCT FROM p.cut_off_at
                        WHERE p.id = :proposal""")
                .param("person", reviewer.person().value())
                .param("proposal", id(path).value())
                .update();
    }

    static String review(String excellence, String impact, String implementation) {
        return """
                {"scores": {"EXCELLENCE": %s, "IMPACT": %s, "IMPLEMENTATION": %s}, "comments": "Sound and well planned.",
                 "confidential": "I know this field.", "recommendation": "AWARD", "confidence": "HIGH"}""".formatted(excellence, impact, implementation);
    }

    /** Writes and submits a whole review. */
    void submit(Client reviewer, String path, String excellence, String impact, String implementation) {
        String own = "/api/v1/reviews/" + id(path);
        reviewer.put(own, review(excellence, impact, implementation), "If-Match", "\"0\"")
                .expect(200);
        reviewer.put(own + "/submission", "", "If-Match", "\"1\"").expect(200);
    }

    /** Somebody on the panel of a call. */
    Client panelMember(Client officer, String call) {
        Client member = signUp("Pau");
        officer.post("/api/v1/centre/scoped-roles", """
                        {"email": "%s", "kind": "PANEL_MEMBER", "scope": "%s", "lastDay": "%s"}""".formatted(
                                member.email(),
                                officer.get("/api/v1/calls/" + call)
                                        .expect(200)
                                        .path("id")
                                        .asString(),
                                java.time.LocalDate.now().plusDays(300)))
                .expect(201);
        return member;
    }

    Client officer() {
        return staff(CentreRole.ACCESS_OFFICER);
    }
}
