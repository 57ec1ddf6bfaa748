package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.people.Actors;
import org.farga.shared.CentreRole;
import org.farga.shared.Outcome;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Reviewers from their invitation to what they are given: runs, changes by hand, conflicts of interest, leaving. */
class AssignmentApiTest extends HttpTest {
    private static final String SPARE = "zw" + UUID.randomUUID().toString().replace("-", "");

    @Autowired
    private Reviewers reviewers;

    @Autowired
    private Actors actors;

    @Autowired
    private PlatformTransactionManager transactions;

    /** A word that only one test uses: the pool is shared by all tests, and only its own reviewers know it. */
    private static String word() {
        return "zq" + UUID.randomUUID().toString().replace("-", "");
    }

    /** A call whose proposals each need so many reviewers. */
    private String call(int reviewers) {
        String code = "RV-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(Locale.ROOT);
        jdbc.sql("""
                        WITH made AS (
                            INSERT INTO call (id, code, code_prefix, title, mode, summary, opens_at, published_at, rules_version)
                            SELECT gen_random_uuid(), :code, 'RV', 'Large', mode, summary, opens_at, opens_at, 1
                            FROM call WHERE code = 'LARGE-SCALE' RETURNING id)
                        INSERT INTO call_rules (call_id, version, since, parameters)
                        SELECT made.id, 1, r.since, jsonb_set(r.parameters, '{review,reviewersNeeded}', to_jsonb(:reviewers))
                        FROM made, call_rules r JOIN call c ON c.id = r.call_id WHERE c.code = 'LARGE-SCALE' AND r.version = 1""").param("code", code).param("reviewers", reviewers).update();
        return code;
    }

    /** A proposal in expert review, of an organisation of its own; its identifier. */
    private String proposal(String call, Client author, String title) {
        String id = UUID.randomUUID().toString();
        String organisation = organisationOf(author);
        jdbc.sql("""
                        INSERT INTO proposal (id, code, call_id, organisation_id, created_by, created_at, edited_at, state, step, title,
                            abstract, gpu_milliseconds, cpu_milliseconds, duration_months, civilian_use, no_prohibited_practice,
                            personal_data, submitted_at, submitted_by, rules_version, findings, due_at)
                        SELECT :id::uuid, 'RV-2026-' || (1000 + floor(random() * 1e9)::bigint), id, :organisation::uuid, :person, now(), now(), 'SUBMITTED',
                            'EXPERT_REVIEW', :title, 'Plain.', 1000, 1000, 3, true, true, false, now(), :person, 1, '[]', now() + interval '9 days'
                        FROM call WHERE code = :call""")
                .param("id", id)
                .param("organisation", organisation)
                .param("person", author.person().value())
                .param("title", title)
                .param("call", call)
                .update();
        return id;
    }

    /** Somebody in the pool who knows these words. */
    private Client reviewer(Client by, int limit, String... words) {
        Client reviewer = signUp("Rita");
        by.post("/api/v1/reviewers", "{\"email\": \"%s\", \"loadLimit\": %d}".formatted(reviewer.email(), limit))
                .expect(201);
        reviewer.post("/api/v1/reviewer/acceptance", "{}").expect(200);
        String version = reviewer.get("/api/v1/reviewer").header("ETag");
        reviewer.patch(
                        "/api/v1/reviewer",
                        "{\"keywords\": [\"%s\"]}".formatted(String.join("\", \"", words)),
                        "If-Match",
                        version)
                .expect(200);
        return reviewer;
    }

    private static JsonNode pairs(Client officer, String proposal) {
        return officer.get("/api/v1/review-assignments/" + proposal).expect(200).path("reviewers");
    }

    private static List<String> people(JsonNode pairs) {
        return pairs.valueStream().map(p -> p.path("reviewer").asString()).toList();
    }

    private static JsonNode of(JsonNode pairs, Client reviewer) {
        return pairs.valueStream()
                .filter(p ->
                        p.path("reviewer").asString().equals(reviewer.person().toString()))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode run(Client officer, String call) {
        return officer.post("/api/v1/calls/" + call + "/assignment/runs", "{\"seed\": 7}")
                .expect(201);
    }

    @Test
    void whoLeavesInTheMomentOfAConfirmationIsGivenNothing() throws Exception {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String call = call(1);
        String word = word();
        proposal(call, signUp("Ana"), word);
        Client rita = reviewer(officer, 1, word);
        run(officer, call);

        CompletableFuture<Answered> confirmation = new TransactionTemplate(transactions).execute(leaving -> {
            jdbc.sql("SELECT FROM reviewer WHERE person_id = :person FOR UPDATE")
                    .param("person", rita.person().value())
                    .query((row, n) -> true)
                    .list();
            CompletableFuture<Answered> asked = CompletableFuture.supplyAsync(
                    () -> officer.post("/api/v1/calls/" + call + "/assignment/confirmation", "{}"));
            await().until(() -> jdbc.sql("""
                            SELECT EXISTS (SELECT FROM pg_stat_activity
                                           WHERE wait_event_type = 'Lock' AND query LIKE '%FROM reviewer%FOR SHARE%')""").query(Boolean.class).single());
            assertThat(reviewers.leave(actors.find(rita.person()).orElseThrow(), "Too much to do"))
                    .isInstanceOf(Outcome.Done.class);
            return asked;
        });

        confirmation.get().expectProblem(409, "nothing-proposed");
    }

    @Test
    void aReviewerIsInvitedAcceptsAndSaysWhatTheyKnow() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        Client rita = signUp("Rita");
        rita.get("/api/v1/reviewer").expectProblem(404, "not-found");
        officer.post("/api/v1/reviewers", "{\"email\": \"%s\", \"loadLimit\": 101}".formatted(rita.email()))
                .expectProblem(422, "invalid-fields");
        officer.post("/api/v1/reviewers", "{\"email\": \"%s\", \"loadLimit\": 3}".formatted(officer.email()))
                .expectProblem(403, "reviewer-oneself");
        officer.post("/api/v1/reviewers", "{\"email\": \"%s\", \"loadLimit\": 3}".formatted(rita.email()))
                .expect(201);
        assertThat(rita.get("/api/v1/reviewer")
                        .expect(200)
                        .at("/reviewer/state")
                        .asString())
                .isEqualTo("INVITED");
        rita.post("/api/v1/reviewer/acceptance", "{}").expect(200);
        officer.post("/api/v1/reviewers", "{\"email\": \"%s\", \"loadLimit\": 3}".formatted(rita.email()))
                .expectProblem(409, "reviewer-already");
        String version = rita.get("/api/v1/reviewer").header("ETag");
        rita.patch("/api/v1/reviewer", "{\"sectors\": [\"astrology\"]}", "If-Match", version)
                .expectProblem(422, "invalid-fields");
        JsonNode told = rita.patch(
                        "/api/v1/reviewer",
                        "{\"keywords\": [\"Detección  de grietas\", \"HEALTH\"], \"sectors\": [\"health\"]}",
                        "If-Match",
                        version)
                .expect(200)
                .path("reviewer");
        assertThat(told.path("keywords").valueStream().map(JsonNode::asString))
                .containsExactly("deteccion de grietas", "health");
        rita.patch("/api/v1/reviewer", "{}", "If-Match", version).expectProblem(412, "stale");
        // Others learn nothing of the pool.
        signUp("Nosy").get("/api/v1/reviewers/" + rita.person()).expectProblem(404, "not-found");
        rita.get("/api/v1/reviewers").expectProblem(404, "not-found");
    }

    @Test
    void aRunProposesTheBestAndOnlyAConfirmationTellsThem() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(2);
        String proposal = proposal(call, signUp("Ana"), "On " + word);
        officer.post("/api/v1/calls/" + call + "/assignment/confirmation", "{}")
                .expectProblem(409, "no-assignment-yet");
        Client best = reviewer(officer, 5, word);
        Client good = reviewer(officer, 5, word);
        JsonNode round = run(officer, call);
        assertThat(round.path("proposed").asInt()).isEqualTo(2);
        assertThat(round.path("lacking").asInt()).isZero();
        JsonNode pairs = pairs(officer, proposal);
        assertThat(people(pairs))
                .containsExactlyInAnyOrder(
                        best.person().toString(), good.person().toString());
        assertThat(of(pairs, best).path("affinity").asInt()).isEqualTo(300_000);
        assertThat(of(pairs, best).path("keywordsInTitle").get(0).asString()).isEqualTo(word);
        assertThat(of(pairs, best).path("rank").asInt()).isEqualTo(1);
        assertThat(best.get("/api/v1/reviewer").expect(200).path("assignments")).isEmpty();
        officer.post("/api/v1/calls/" + call + "/assignment/confirmation", "{}", "If-Match", "\"99\"")
                .expectProblem(412, "stale");
        officer.post("/api/v1/calls/" + call + "/assignment/confirmation", "{}").expect(200);
        assertThat(best.get("/api/v1/reviewer")
                        .expect(200)
                        .at("/assignments/0/state")
                        .asString())
                .isEqualTo("ACTIVE");
        assertThat(best.get("/api/v1/notifications").body()).contains("Large");
        officer.post("/api/v1/calls/" + call + "/assignment/confirmation", "{}").expectProblem(409, "nothing-proposed");
        // What is active stays, whatever is run later.
        assertThat(run(officer, call).path("active").asInt()).isEqualTo(2);
    }

    @Test
    void conflictsAreFoundKeepTheTwoApartAndAreDecidedOnRecord() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        Client ana = signUp("Ana");
        String proposal = proposal(call, ana, "On " + word);
        Client colleague = reviewer(officer, 5, word, word());
        String organisation = jdbc.sql("SELECT organisation_id FROM proposal WHERE id = :id::uuid")
                .param("id", proposal)
                .query(String.class)
                .single();
        jdbc.sql(
                        "INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o::uuid, :p, 'MEMBER', now())")
                .param("o", organisation)
                .param("p", colleague.person().value())
                .update();
        Client stranger = reviewer(officer, 5, word);
        run(officer, call);
        JsonNode pairs = pairs(officer, proposal);
        assertThat(people(pairs)).containsExactly(stranger.person().toString());
        JsonNode conflict = officer.get("/api/v1/review-conflicts?reviewer=" + colleague.person())
                .expect(200)
                .at("/items/0");
        assertThat(conflict.path("kind").asString()).isEqualTo("SAME_ORGANISATION");
        String path = "/api/v1/review-conflicts/" + conflict.path("id").asString() + "/decision";
        officer.post("/api/v1/review-assignments/" + proposal, "{\"reviewer\": \"%s\"}".formatted(colleague.person()))
                .expectProblem(409, "reviewer-has-conflict");
        officer.put(path, "{\"decision\": \"WAIVED\"}").expectProblem(422, "invalid-fields");
        colleague
                .put(path, "{\"decision\": \"WAIVED\", \"reason\": \"I am fair.\"}")
                .expectProblem(404, "not-found");
        officer.put(path, "{\"decision\": \"WAIVED\", \"reason\": \"Another department.\"}")
                .expect(200);
        officer.post("/api/v1/review-assignments/" + proposal, "{\"reviewer\": \"%s\"}".formatted(colleague.person()))
                .expect(201);
        officer.put(path, "{\"decision\": \"RECUSED\", \"reason\": \"The same after all.\"}")
                .expect(200);
        assertThat(people(pairs(officer, proposal)))
                .containsExactly(stranger.person().toString());
        // Whoever left is not free of it the next day.
        jdbc.sql("DELETE FROM membership WHERE person_id = :p")
                .param("p", colleague.person().value())
                .update();
        run(officer, call);
        assertThat(officer.get("/api/v1/review-conflicts?state=OPEN&reviewer=" + colleague.person())
                        .expect(200)
                        .at("/items/0/kind")
                        .asString())
                .isEqualTo("PAST_ORGANISATION");
    }

    @Test
    void nobodyReviewsWhatTheyWroteAndNobodyWaivesIt() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        Client author = reviewer(officer, 5, word);
        String proposal = proposal(call, author, "On " + word);
        run(officer, call);
        assertThat(people(pairs(officer, proposal)))
                .doesNotContain(author.person().toString());
        JsonNode conflict = officer.get("/api/v1/review-conflicts?reviewer=" + author.person())
                .expect(200)
                .path("items")
                .valueStream()
                .filter(c -> c.path("kind").asString().equals("ON_TEAM"))
                .findFirst()
                .orElseThrow();
        officer.put(
                        "/api/v1/review-conflicts/" + conflict.path("id").asString() + "/decision",
                        "{\"decision\": \"WAIVED\", \"reason\": \"Nobody else.\"}")
                .expectProblem(409, "conflict-on-team");
    }

    @Test
    void whatAReviewerDeclaresKeepsThemFromThatOrganisation() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        String proposal = proposal(call, signUp("Ana"), "On " + word);
        Client tied = reviewer(officer, 5, word);
        tied.post("/api/v1/reviewer/interests", "{\"organisation\": \"x\", \"reason\": \"r\"}")
                .expectProblem(422, "invalid-fields");
        String interest = tied.post(
                        "/api/v1/reviewer/interests",
                        "{\"organisation\": \"FORJA visión, SL.\", \"reason\": \"I advise them.\"}")
                .expect(201)
                .path("id")
                .asString();
        run(officer, call);
        assertThat(people(pairs(officer, proposal)))
                .doesNotContain(tied.person().toString());
        signUp("Eve").delete("/api/v1/reviewer/interests/" + interest).expectProblem(404, "not-found");
        tied.delete("/api/v1/reviewer/interests/" + interest).expect(204);
        run(officer, call);
        assertThat(people(pairs(officer, proposal)))
                .containsExactly(tied.person().toString());
    }

    @Test
    void changesByHandArePinnedAndStayThroughRuns() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        String proposal = proposal(call, signUp("Ana"), "On " + word);
        Client best = reviewer(officer, 1, word);
        Client other = reviewer(officer, 1, SPARE);
        run(officer, call);
        String path = "/api/v1/review-assignments/" + proposal + "/";
        officer.post(path + best.person() + "/replacement", "{\"by\": \"%s\"}".formatted(other.person()))
                .expectProblem(422, "invalid-fields");
        officer.post(
                        path + best.person() + "/replacement",
                        "{\"by\": \"%s\", \"reason\": \"Asked for it.\"}".formatted(other.person()))
                .expect(200);
        run(officer, call);
        JsonNode kept = pairs(officer, proposal);
        assertThat(people(kept)).containsExactly(other.person().toString());
        assertThat(kept.at("/0/pinned").asBoolean()).isTrue();
        assertThat(kept.at("/0/byHand").asBoolean()).isTrue();
        // It was better, and says why it was not taken.
        assertThat(kept.at("/0/passedOver/0/reviewer").asString())
                .isEqualTo(best.person().toString());
        officer.put(path + other.person() + "/pin", "{\"pinned\": false}").expect(200);
        run(officer, call);
        // What was taken off somebody by hand does not come back by a run.
        assertThat(people(pairs(officer, proposal)))
                .doesNotContain(best.person().toString());
        officer.post("/api/v1/review-assignments/" + proposal, "{\"reviewer\": \"%s\"}".formatted(best.person()))
                .expect(201);
        officer.post("/api/v1/review-assignments/" + proposal, "{\"reviewer\": \"%s\"}".formatted(best.person()))
                .expectProblem(409, "assigned-already");
        String second = proposal(call, signUp("Ana"), "More on " + word);
        officer.post("/api/v1/review-assignments/" + second, "{\"reviewer\": \"%s\"}".formatted(best.person()))
                .expectProblem(409, "reviewer-full");
    }

    @Test
    void whoLeavesGivesTheirProposalsBackAndOfficersAreTold() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        String proposal = proposal(call, signUp("Ana"), "On " + word);
        Client rita = reviewer(officer, 5, word);
        run(officer, call);
        officer.post("/api/v1/calls/" + call + "/assignment/confirmation", "{}").expect(200);
        JsonNode left = rita.post("/api/v1/reviewer/departure", "{}").expect(200);
        assertThat(left.at("/reviewer/state").asString()).isEqualTo("LEFT");
        assertThat(left.at("/assignments/0/state").asString()).isEqualTo("RELEASED");
        assertThat(pairs(officer, proposal)).isEmpty();
        assertThat(officer.get("/api/v1/notifications").body()).contains("left the pool");
        run(officer, call);
        assertThat(people(pairs(officer, proposal)))
                .doesNotContain(rita.person().toString());
    }

    @Test
    void whoIsAwayIsGivenNothing() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        String proposal = proposal(call, signUp("Ana"), "On " + word);
        Client away = reviewer(officer, 5, word);
        away.patch(
                        "/api/v1/reviewer",
                        "{\"unavailableUntil\": \"%s\"}"
                                .formatted(java.time.LocalDate.now().plusDays(30)),
                        "If-Match",
                        away.get("/api/v1/reviewer").header("ETag"))
                .expect(200);
        run(officer, call);
        assertThat(people(pairs(officer, proposal)))
                .doesNotContain(away.person().toString());
        officer.post("/api/v1/review-assignments/" + proposal, "{\"reviewer\": \"%s\"}".formatted(away.person()))
                .expectProblem(409, "reviewer-away");
    }

    @Test
    void anOfficerDoesNotSeeWhoReviewsTheirOwnOrganisation() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String call = call(1);
        String own = proposal(call, officer, "Ours");
        officer.get("/api/v1/review-assignments/" + own).expectProblem(404, "not-found");
        assertThat(officer.get("/api/v1/calls/" + call + "/assignment")
                        .expect(200)
                        .path("proposals")
                        .asInt())
                .isZero();
        officer.get("/api/v1/calls/" + call + "/assignment/proposals").expect(200);
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.get("/api/v1/review-assignments/" + own).expect(200);
        auditor.post("/api/v1/calls/" + call + "/assignment/runs", "{}").expectProblem(403, "access-officers-only");
        signUp("Nosy").get("/api/v1/calls/" + call + "/assignment").expectProblem(404, "not-found");
    }

    @Test
    void everythingIsOnPagesToo() {
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String word = word();
        String call = call(1);
        String proposal = proposal(call, signUp("Ana"), "On " + word);
        Client rita = signUp("Rita");
        Browser desk = new Browser(address()).signIn(officer.email(), PASSWORD);
        desk.submit("/reviewers", "/reviewers", "email", rita.email(), "loadLimit", "4");
        Browser hers = new Browser(address()).signIn(rita.email(), PASSWORD);
        hers.submit("/reviewer", "/reviewer/acceptance");
        hers.submit("/reviewer", "/reviewer", "keywords", word + ", something else", "sectors", "health");
        assertThat(hers.get("/reviewer").body()).contains(word);
        String round = "/calls/" + call + "/assignment";
        desk.submit(round, round + "/runs", "seed", "3", "conflictYears", "3");
        assertThat(desk.get(round).body()).contains("Rita", word);
        String one = round + "/" + proposal;
        desk.submit(one, one + "/pairs/" + rita.person() + "/pin", "pinned", "true");
        assertThat(desk.get(one).body()).contains("Unpin");
        assertThat(desk.get("/reviewers/" + rita.person()).body()).contains("something else");
        assertThat(desk.get("/review-conflicts").statusCode()).isEqualTo(200);
    }
}
