package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The panel, its ranking against the hours that there are, what is tried of it, and what is proposed to decide. */
class RankingApiTest extends ReviewWorld {
    private static List<String> order(JsonNode ranking) {
        return ranking.path("proposals")
                .valueStream()
                .map(p -> p.path("gpuHours").decimalValue().intValue() + " "
                        + p.path("place").asString())
                .toList();
    }

    /** Three proposals in the panel of a call: of 600 hours with mean 4, of 500 with 3.5, of 300 with 3. */
    private List<String> three(Client officer, String call, Client rita, Client rolf) {
        List<String> paths = List.of(
                proposal(signUp("Ana"), call, 600),
                proposal(signUp("Bea"), call, 500),
                proposal(signUp("Cai"), call, 300));
        for (String path : paths) {
            assign(path, rita);
            assign(path, rolf);
        }
        submit(rita, paths.get(0), "5", "5", "5");
        submit(rolf, paths.get(0), "3", "3", "3");
        submit(rita, paths.get(1), "4.5", "4.5", "4.5");
        submit(rolf, paths.get(1), "2.5", "2.5", "2.5");
        submit(rita, paths.get(2), "4", "4", "4");
        submit(rolf, paths.get(2), "2", "2", "2");
        return paths;
    }

    @Test
    void theLineRunsWhereTheHoursEndAndNothingThatIsTriedIsKept() {
        Client officer = officer();
        String call = call(officer, 2, "", "PANEL");
        Client rita = signUp("Rita");
        Client rolf = signUp("Rolf");
        List<String> paths = three(officer, call, rita, rolf);
        String ranking = "/api/v1/calls/" + call + "/ranking";

        JsonNode first = officer.get(ranking).expect(200);
        assertThat(order(first)).containsExactly("600 NO_LINE", "500 NO_LINE", "300 NO_LINE");
        assertThat(first.path("proposals").get(0).path("raw").decimalValue()).isEqualByComparingTo("4");
        assertThat(first.path("proposals").get(0).path("spread").decimalValue()).isEqualByComparingTo("2");
        // The same two wrote all three: six scores of two marks apart, of which each believes 3 / 4 of one.
        JsonNode offsets = first.path("offsets");
        assertThat(offsets.get(0).path("name").asString()).isEqualTo("Rolf");
        assertThat(offsets.get(0).path("offset").decimalValue()).isEqualByComparingTo("-0.75");
        assertThat(offsets.get(1).path("offset").decimalValue()).isEqualByComparingTo("0.75");

        assertThat(order(officer.get(ranking + "?hours=local:1000").expect(200)))
                .containsExactly("600 ABOVE", "500 BELOW", "300 WOULD_FIT");
        String second = code(officer, paths.get(1));
        assertThat(order(officer.get(ranking + "?hours=local:1000&percents=" + second + ":80&by=CALIBRATED")
                        .expect(200)))
                .containsExactly("600 ABOVE", "400 ABOVE", "300 BELOW");
        assertThat(order(officer.get(ranking).expect(200))).contains("600 NO_LINE");

        for (String wrong :
                List.of("hours=local:-1", "weights=IMPACT:x", "weights=TASTE:1", "percents=A:101", "by=LUCK")) {
            officer.get(ranking + "?" + wrong).expectProblem(422, "invalid-fields");
        }
        officer.put(ranking + "/hours", "{\"gpuHours\": {\"elsewhere\": 5}}").expectProblem(422, "invalid-fields");
        officer.put(ranking + "/hours", "{}").expectProblem(422, "invalid-fields");
        officer.put(ranking + "/hours", "{\"gpuHours\": {\"local\": 1100}}").expect(200);
        assertThat(order(officer.get(ranking).expect(200))).containsExactly("600 ABOVE", "500 ABOVE", "300 BELOW");
    }

    private static String code(Client officer, String path) {
        return officer.get(path).expect(200).path("code").asString();
    }

    @Test
    void whatIsProposedIsShownWhereItIsDecided() {
        Client officer = officer();
        String call = call(officer, 2, "", "PANEL");
        List<String> paths = three(officer, call, signUp("Rita"), signUp("Rolf"));
        String proposals = "/api/v1/calls/" + call + "/ranking/decision-proposals";
        officer.put(proposals, "{}").expectProblem(409, "nothing-ranked");
        assertThat(officer.put(
                                proposals,
                                "{\"hours\": [\"local:1000\"], \"percents\": [\"%s:50\"]}"
                                        .formatted(code(officer, paths.get(0))))
                        .expect(200)
                        .path("proposals")
                        .asInt())
                .isEqualTo(3);
        assertThat(officer.get("/proposals/" + id(paths.get(0)), "Accept", "text/html")
                        .body())
                .contains("The ranking proposes to award 300 GPU-h (rank 1; Raw score).");
        assertThat(officer.get("/proposals/" + id(paths.get(2)), "Accept", "text/html")
                        .body())
                .contains("The ranking proposes to decline (rank 3; Raw score).");
        // Nothing is decided by it, and the applicant does not read it.
        JsonNode after = officer.get(paths.get(2)).expect(200);
        assertThat(after.path("step").asString()).isEqualTo("PANEL");
        JsonNode kept = officer.get("/api/v1/calls/" + call + "/ranking").expect(200);
        assertThat(kept.path("proposals")
                        .get(0)
                        .path("decisionProposal")
                        .path("gpuHours")
                        .decimalValue())
                .isEqualByComparingTo("300");
    }

    @Test
    void aPanelWritesWhatItFindsAndAnOfficerConfirmsIt() {
        Client officer = officer();
        String call = call(officer, 2, "", "PANEL");
        List<String> paths = three(officer, call, signUp("Rita"), signUp("Rolf"));
        Client pau = panelMember(officer, call);
        String finding = paths.get(2) + "/panel-finding";

        assertThat(pau.get("/api/v1/calls/" + call + "/ranking").expect(200).path("proposals"))
                .hasSize(3);
        assertThat(pau.get(paths.get(2) + "/reviews").expect(200).path("reviews"))
                .hasSize(2);
        // A panel member sees reviews and ranking, and nothing else of a proposal.
        pau.get(paths.get(2)).expectProblem(404, "not-found");
        pau.put("/api/v1/calls/" + call + "/ranking/hours", "{\"gpuHours\": {\"local\": 1}}")
                .expectProblem(403, "access-officers-only");
        pau.put(finding, "{\"score\": 6}", "If-Match", "\"0\"").expectProblem(422, "invalid-fields");
        pau.put(finding, "{\"score\": 4.5, \"placing\": 1}", "If-Match", "\"0\"")
                .expect(200);
        pau.put(finding, "{}", "If-Match", "\"0\"").expectProblem(412, "stale");
        pau.put(paths.get(2) + "/panel-confirmation", "").expectProblem(403, "access-officers-only");
        officer.put(paths.get(2) + "/panel-confirmation", "").expectProblem(409, "panel-not-done");
        pau.put(
                        finding,
                        "{\"award\": true, \"score\": 4.5, \"placing\": 1, \"note\": \"The most daring.\"}",
                        "If-Match",
                        "\"1\"")
                .expect(200);
        assertThat(order(officer.get("/api/v1/calls/" + call + "/ranking?by=PANEL&hours=local:700")
                        .expect(200)))
                .containsExactly("300 ABOVE", "600 BELOW", "500 BELOW");
        staff(CentreRole.AUDITOR).put(finding, "{}", "If-Match", "\"2\"").expectProblem(403, "panel-only");
        officer.put(paths.get(2) + "/panel-confirmation", "").expect(200);
        JsonNode after = officer.get(paths.get(2)).expect(200);
        assertThat(after.path("step").asString()).isEqualTo("DECISION");
        assertThat(after.path("timeline").toString()).contains("#1 (4.5) The most daring.");
        officer.put(paths.get(2) + "/panel-confirmation", "").expectProblem(409, "proposal-in-another-step");
        pau.put(finding, "{}", "If-Match", "\"2\"").expectProblem(409, "not-in-panel");
    }

    @Test
    void nobodySeesTheirOwnOrganisationsProposalInARanking() {
        Client officer = officer();
        String call = call(officer, 1, "", "PANEL");
        Client ana = signUp("Ana");
        String own = proposal(ana, call, 700);
        String other = proposal(signUp("Bea"), call, 500);
        Client rita = signUp("Rita");
        for (String path : List.of(own, other)) {
            assign(path, rita);
            submit(rita, path, "4", "4", "4");
        }
        officer.post("/api/v1/centre/scoped-roles", """
                        {"email": "%s", "kind": "PANEL_MEMBER", "scope": "%s", "lastDay": "%s"}""".formatted(
                                ana.email(),
                                officer.get("/api/v1/calls/" + call)
                                        .expect(200)
                                        .path("id")
                                        .asString(),
                                java.time.LocalDate.now().plusDays(300)))
                .expect(201);
        String ranking = "/api/v1/calls/" + call + "/ranking";
        JsonNode seen = ana.get(ranking + "?hours=local:600").expect(200);
        assertThat(order(seen)).containsExactly("500 ABOVE");
        assertThat(seen.path("hiddenProposals").asInt()).isEqualTo(1);
        ana.get(own + "/panel-finding").expectProblem(404, "not-found");
        ana.put(own + "/panel-finding", "{}", "If-Match", "\"0\"").expectProblem(404, "not-found");
        assertThat(ana.get(own + "/reviews").expect(200).path("reviews")).isEmpty();
        signUp("Eve").get(ranking).expectProblem(404, "not-found");
        stranger().get(ranking).expectProblem(401, "sign-in-required");
        // Also an officer of theirs cannot propose what depends on a line that they do not see.
        jdbc.sql("INSERT INTO centre_role (person_id, role, granted_at) VALUES (:person, 'ACCESS_OFFICER', now())")
                .param("person", ana.person().value())
                .update();
        ana.put(ranking + "/decision-proposals", "{\"hours\": [\"local:600\"]}")
                .expectProblem(409, "own-proposal-ranked");
    }

    @Test
    void theTableIsSafeForSpreadsheets() {
        Client officer = officer();
        String call = call(officer, 2, "", "PANEL");
        three(officer, call, signUp("Rita"), signUp("Rolf"));
        String csv = officer.get("/api/v1/calls/" + call + "/ranking.csv?hours=local:1000")
                .body();
        assertThat(csv.lines()).hasSize(4);
        assertThat(csv)
                .startsWith("rank,proposal,title,")
                .contains("'=Speech for all")
                .contains(",ABOVE,RAW,4.00,");
    }

    @Test
    void thePagesShowTheSame() {
        Client officer = officer();
        String call = call(officer, 2, "", "PANEL");
        List<String> paths = three(officer, call, signUp("Rita"), signUp("Rolf"));
        String page = officer.get(
                        "/calls/" + call + "/ranking?hours.local=1000&weight.IMPACT=2&by=CALIBRATED",
                        "Accept",
                        "text/html")
                .body();
        assertThat(page).contains("Below, would fit", "How harsh or mild reviewers are", "<svg class=\"plot\"");
        assertThat(officer.get("/calls/" + call + "/ranking?hours.local=much", "Accept", "text/html")
                        .status())
                .isEqualTo(422);
        assertThat(officer.get("/proposals/" + id(paths.get(0)) + "/reviews", "Accept", "text/html")
                        .body())
                .contains("Rita", "Rolf", "The panel is");
    }
}
