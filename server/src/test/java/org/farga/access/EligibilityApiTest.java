package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.GpuHours;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What rules say over the API and on the pages, and what persons say beside them. */
class EligibilityApiTest extends HttpTest {
    private static final String EACH_PRACTICE = Arrays.stream(Practice.values())
            .map(p -> "\"%s\": \"NO\"".formatted(p))
            .collect(Collectors.joining(", ", "{", "}"));

    @Autowired
    private CallTable calls;

    @Autowired
    private PlatformTransactionManager transactions;

    /** A call of this test's own, with a step of decision and these rules besides those of the sample. */
    private String call(boolean atOnce, RuleParameters parameters, CallRules.AppliedRule... more) {
        CallRules r = Samples.RULES;
        List<CallRules.AppliedRule> asked = new ArrayList<>(r.rules());
        asked.addAll(List.of(more));
        Call sample = Samples.call(Instant.parse("2026-01-01T00:00:00Z"), null);
        Call call = new Call(
                CallId.create(),
                "E-" + UUID.randomUUID().toString().substring(0, 13).toUpperCase(java.util.Locale.ROOT),
                "EL",
                "Eligible",
                sample.mode(),
                Map.of("en", "A try", "es", "Una prueba", "ca", "Una prova"),
                sample.opensAt(),
                null,
                sample.opensAt(),
                1,
                new CallRules(
                        r.partitions(),
                        r.durationsMonths(),
                        r.intake(),
                        r.form(),
                        r.steps(),
                        null,
                        atOnce,
                        r.liveAwardsPerOrganisation(),
                        r.audience(),
                        r.countries(),
                        asked,
                        parameters),
                1);
        new TransactionTemplate(transactions)
                .executeWithoutResult(status -> calls.insert(call, sample.opensAt(), null));
        return call.code();
    }

    private static CallRules.AppliedRule asked(Rule rule, Rule.Kind kind) {
        return new CallRules.AppliedRule(rule, kind);
    }

    private void declareSize(Client owner, String organisation, int year, int staff) {
        owner.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": %d, "staff": %d, "turnoverEur": %d, "balanceSheetEur": %d, "linkedEnterprises": []}""".formatted(
                                year, staff, staff > 249 ? 90_000_000 : 100, staff > 249 ? 90_000_000 : 100))
                .expect(200);
    }

    private static String draft(Client client, String call, String organisation, int gpuHours) {
        String path = "/api/v1/proposals/"
                + client.post("/api/v1/proposals", """
                                {"call": "%s", "organisation": "%s"}""".formatted(call, organisation))
                        .expect(201)
                        .path("id")
                        .asString();
        client.patch(path, """
                {"title": "Crack detection", "abstract": "A small network.", "gpuHours": %d, "cpuHours": 1,
                 "durationMonths": 1, "civilianUse": true, "personalData": false}""".formatted(gpuHours), "If-Match", "\"1\"").expect(200);
        return path;
    }

    private static String ready(Client client, String call, String organisation, int gpuHours) {
        String path = draft(client, call, organisation, gpuHours);
        client.put(path + "/prohibited-practices", EACH_PRACTICE, "If-Match", "\"2\"")
                .expect(200);
        return path;
    }

    private static JsonNode finding(JsonNode eligibility, Rule rule) {
        return eligibility
                .path("findings")
                .valueStream()
                .filter(f -> f.path("rule").asString().equals(rule.name()))
                .findFirst()
                .orElseThrow();
    }

    private static String submit(Client client, String path) {
        return client.put(path + "/submission", "", "If-Match", client.get(path).header("ETag"))
                .expect(200)
                .path("state")
                .asString();
    }

    @Test
    void eachPracticeIsDeclaredByItselfAndTheFindingShowsWhatWasSaidOfIt() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 5);
        String path = draft(ana, call(true, RuleParameters.NONE), organisation, 5);
        ana.put(path + "/prohibited-practices", "{\"SOCIAL_SCORING\": \"NO\"}").expectProblem(428, "version-required");
        ana.put(path + "/prohibited-practices", "{\"SOCIAL_SCORING\": \"NO\"}", "If-Match", "\"2\"")
                .expect(200);
        // One of eight is not all.
        assertThat(ana.get(path).expect(200).path("missing").findValuesAsString("field"))
                .containsExactly("noProhibitedPractice");
        assertThat(ana.get(path + "/eligibility").expect(200).path("untold").findValuesAsString("rule"))
                .containsExactly("NO_PROHIBITED_PRACTICE");
        ana.put(
                        path + "/prohibited-practices",
                        EACH_PRACTICE.replace("\"FACE_SCRAPING\": \"NO\"", "\"FACE_SCRAPING\": \"YES\""),
                        "If-Match",
                        "\"2\"")
                .expect(200);
        JsonNode admitted = finding(
                ana.get(path + "/eligibility", "Accept-Language", "es").expect(200), Rule.NO_PROHIBITED_PRACTICE);
        assertThat(admitted.path("answer").asString()).isEqualTo("NOT_MET");
        assertThat(admitted.path("reason").asString()).contains("(e)");
        assertThat(admitted.path("evidence")).hasSize(8);
        assertThat(admitted.path("evidence").get(4).asString()).contains("5.1.e)", "reconocimiento facial", "Sí");
        ana.put(path + "/submission", "", "If-Match", "\"3\"").expectProblem(422, "prohibited-practice");
        ana.put(path + "/prohibited-practices", EACH_PRACTICE, "If-Match", "\"3\"")
                .expect(200);
        assertThat(submit(ana, path)).isEqualTo("AWARDED");
    }

    @Test
    void saidInOneWordNothingStaysOfWhatWasSaidOfSinglePractices() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String path = draft(ana, call(true, RuleParameters.NONE), organisation, 5);
        ana.put(path + "/prohibited-practices", "{\"SOCIAL_SCORING\": \"YES\"}", "If-Match", "\"2\"")
                .expect(200);
        ana.patch(path, "{\"noProhibitedPractice\": true}", "If-Match", "\"2\"").expect(200);
        JsonNode finding = finding(ana.get(path + "/eligibility").expect(200), Rule.NO_PROHIBITED_PRACTICE);
        assertThat(finding.path("answer").asString()).isEqualTo("MET");
        assertThat(finding.path("evidence")).hasSize(1);
    }

    @Test
    void whoIsNotSureIsLookedAtByAnOfficerWhoseRulingTheFindingThenReads() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 5);
        String path = draft(ana, call(true, RuleParameters.NONE), organisation, 5);
        ana.put(
                        path + "/prohibited-practices",
                        EACH_PRACTICE.replace("\"EMOTION_RECOGNITION\": \"NO\"", "\"EMOTION_RECOGNITION\": \"UNSURE\""),
                        "If-Match",
                        "\"2\"")
                .expect(200);
        assertThat(submit(ana, path)).isEqualTo("SUBMITTED");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String ruling = path + "/findings/NO_PROHIBITED_PRACTICE";
        ana.put(ruling, "{\"answer\": \"MET\", \"reason\": \"x\"}").expectProblem(403, "access-officers-only");
        signUp("Eve").put(ruling, "{\"answer\": \"MET\", \"reason\": \"x\"}").expectProblem(404, "not-found");
        officer.put(ruling, "{\"answer\": \"MET\"}").expectProblem(422, "invalid-fields");
        officer.put(ruling, "{\"answer\": \"NEEDS_PERSON\", \"reason\": \"x\"}").expectProblem(422, "invalid-fields");
        officer.put(path + "/findings/HOURS", "{\"answer\": \"MET\", \"reason\": \"x\"}")
                .expectProblem(409, "nothing-to-rule");
        JsonNode ruled = finding(officer.put(ruling, """
                                {"answer": "NOT_MET", "reason": "It infers moods of staff.", "evidence": "Description, page 3"}""").expect(200), Rule.NO_PROHIBITED_PRACTICE);
        assertThat(ruled.path("answer").asString()).isEqualTo("NOT_MET");
        assertThat(ruled.path("found").asString()).isEqualTo("NEEDS_PERSON");
        // Nobody awards past it, until somebody rules anew.
        officer.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"x\"}")
                .expectProblem(409, "found-not-eligible");
        officer.put(ruling, "{\"answer\": \"MET\", \"reason\": \"For safety at work (Article 5(1)(f)).\"}")
                .expect(200);
        officer.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"x\"}")
                .expect(200);
        JsonNode read = finding(ana.get(path + "/eligibility").expect(200), Rule.NO_PROHIBITED_PRACTICE);
        assertThat(read.path("answer").asString()).isEqualTo("MET");
        assertThat(read.path("ruling").path("by").asString()).isEqualTo("Staff");
        assertThat(read.path("ruling").path("reason").asString()).startsWith("For safety");
        assertThat(jdbc.sql("SELECT count(*) FROM finding_ruling WHERE proposal_id = :id")
                        .param("id", UUID.fromString(path.substring(path.lastIndexOf('/') + 1)))
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
        officer.put(ruling, "{\"answer\": \"NOT_MET\", \"reason\": \"x\"}")
                .expectProblem(409, "proposal-not-submitted");
    }

    @Test
    void anExceptionIsAskedForWithItsReasonAndGrantedOrRefusedByAPerson() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 25);
        String call = call(
                true,
                new RuleParameters(new RuleParameters.Startup(10, 20), java.util.Set.of(), List.of()),
                asked(Rule.STARTUP, Rule.Kind.EXCEPTION));
        String path = ready(ana, call, organisation, 5);
        JsonNode before = finding(ana.get(path + "/eligibility").expect(200), Rule.STARTUP);
        assertThat(before.path("answer").asString()).isEqualTo("NOT_MET");
        assertThat(before.path("toSend").asString()).contains("exception");
        ana.put(path + "/exceptions/HOURS", "{\"justification\": \"x\"}").expectProblem(409, "no-exception-there");
        ana.put(path + "/exceptions/STARTUP", "{\"justification\": \"%s\"}".formatted("x".repeat(2001)))
                .expectProblem(422, "invalid-fields");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        officer.put(path + "/exceptions/STARTUP", "{\"justification\": \"x\"}").expectProblem(404, "not-found");
        ana.put(path + "/exceptions/STARTUP", "{\"justification\": \"We left our old business in 2025.\"}")
                .expect(200);
        assertThat(submit(ana, path)).isEqualTo("SUBMITTED");
        assertThat(finding(officer.get(path + "/eligibility").expect(200), Rule.STARTUP)
                        .path("justification")
                        .asString())
                .isEqualTo("We left our old business in 2025.");
        officer.put(path + "/findings/STARTUP", "{\"answer\": \"MET\", \"reason\": \"A new line of work.\"}")
                .expect(200);
        ana.put(path + "/exceptions/STARTUP", "{\"justification\": \"More\"}").expectProblem(409, "finding-ruled");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        String page = "/proposals/" + path.substring(path.lastIndexOf('/') + 1) + "/eligibility";
        assertThat(browser.get(page).body()).contains("Exception granted", "A new line of work.", "old business");
    }

    @Test
    void anAwardSettlesWhatNobodyRuledOn() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 5);
        String path = ready(
                ana, call(true, RuleParameters.NONE, asked(Rule.REGISTERED, Rule.Kind.EXCEPTION)), organisation, 5);
        // In no register: it may apply all the same, and is told what to send.
        JsonNode unregistered = finding(ana.get(path + "/eligibility").expect(200), Rule.REGISTERED);
        assertThat(unregistered.path("answer").asString()).isEqualTo("NEEDS_PERSON");
        assertThat(unregistered.path("toSend").asString()).contains("deed of foundation");
        assertThat(submit(ana, path)).isEqualTo("SUBMITTED");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        assertThat(officer.get("/proposals/" + path.substring(path.lastIndexOf('/') + 1), "Accept", "text/html")
                        .body())
                .contains("Nobody has ruled yet on: A legal entity in a register");
        officer.put(path + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"A foundation by law\"}")
                .expect(200);
        JsonNode settled = finding(ana.get(path + "/eligibility").expect(200), Rule.REGISTERED);
        assertThat(settled.path("answer").asString()).isEqualTo("MET");
        assertThat(settled.path("ruling").path("reason").asString()).isEqualTo("A foundation by law");
        assertThat(settled.has("toSend")).isFalse();
    }

    @Test
    void aRegisterEntryIsDeclaredByOwnersAndMeetsTheRule() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 5);
        String entity = "/api/v1/organisations/" + organisation + "/legal-entity";
        ana.get(entity).expectProblem(404, "not-found");
        signUp("Eve").put(entity, "{\"explanation\": \"x\"}").expectProblem(404, "not-found");
        staff(CentreRole.ACCESS_OFFICER).put(entity, "{\"explanation\": \"x\"}").expectProblem(403, "owners-only");
        ana.put(entity, "{}").expectProblem(422, "invalid-fields");
        ana.put(entity, "{\"register\": \"Registro Mercantil\"}").expectProblem(422, "invalid-fields");
        ana.put(entity, "{\"explanation\": \"In formation\"}").expect(200);
        ana.put(entity, "{\"register\": \"Registro Mercantil de Barcelona\", \"entry\": \"B-1\"}")
                .expect(200);
        assertThat(ana.get(entity).expect(200).path("entry").asString()).isEqualTo("B-1");
        String path =
                ready(ana, call(true, RuleParameters.NONE, asked(Rule.REGISTERED, Rule.Kind.MUST)), organisation, 5);
        assertThat(submit(ana, path)).isEqualTo("AWARDED");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        String page = "/organisations/" + organisation + "/legal-entity";
        assertThat(browser.submit(page, page, "register", "", "entry", "7", "explanation", "")
                        .statusCode())
                .isEqualTo(422);
        assertThat(Browser.location(
                        browser.submit(page, page, "register", "", "entry", "", "explanation", "<b>Law</b>")))
                .isEqualTo(page);
        assertThat(browser.get(page).body()).contains("&lt;b&gt;Law").doesNotContain("<b>Law");
    }

    @Test
    void aLargeYearAloneIsForAPersonAndTwoYearsAreRefused() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 5_000);
        String path = ready(ana, call(true, RuleParameters.NONE), organisation, 5);
        JsonNode one = finding(ana.get(path + "/eligibility").expect(200), Rule.SME);
        assertThat(one.path("answer").asString()).isEqualTo("NEEDS_PERSON");
        assertThat(one.path("source").asString()).contains("2003/361/EC", "pp. 39");
        assertThat(one.path("evidence").get(0).asString()).contains("5,000 staff", "2025");
        declareSize(ana, organisation, 2024, 4_000);
        assertThat(finding(ana.get(path + "/eligibility").expect(200), Rule.SME).path("evidence"))
                .hasSize(2);
        ana.put(path + "/submission", "", "If-Match", "\"3\"").expectProblem(422, "not-an-sme");
    }

    @Test
    void whoOwesAFinalReportCannotSubmitUntilItIsThere() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        declareSize(ana, organisation, 2025, 5);
        String call = call(true, RuleParameters.NONE, asked(Rule.FINAL_REPORTS, Rule.Kind.MUST));
        String first = ready(ana, call, organisation, 5);
        assertThat(submit(ana, first)).isEqualTo("AWARDED");
        UUID awarded = UUID.fromString(first.substring(first.lastIndexOf('/') + 1));
        jdbc.sql("""
                INSERT INTO final_report (proposal_id, ends_at, due_at) VALUES (:id, now() - interval '100 days', now() - interval '1 day')
                ON CONFLICT (proposal_id) DO UPDATE SET ends_at = EXCLUDED.ends_at, due_at = EXCLUDED.due_at""").param("id", awarded).update();
        String next = ready(ana, call, organisation, 5);
        JsonNode owing = finding(ana.get(next + "/eligibility").expect(200), Rule.FINAL_REPORTS);
        assertThat(owing.path("answer").asString()).isEqualTo("NOT_MET");
        String code = ana.get(first).expect(200).path("code").asString();
        assertThat(owing.path("evidence").get(0).asString()).contains(code);
        ana.put(next + "/submission", "", "If-Match", "\"3\"").expectProblem(409, "final-report-missing");
        jdbc.sql("""
                UPDATE final_report SET state = 'SUBMITTED', results = 'Good', publish = false, submitted_by = :ana,
                    submitted_at = now(), hours = '[]' WHERE proposal_id = :id""").param("id", awarded).param("ana", ana.person().value()).update();
        assertThat(submit(ana, next)).isEqualTo("AWARDED");
    }

    /** Of many at once no more is awarded than there is to give. */
    @Test
    void theHoursLeftOfACallAreGivenOnce() throws Exception {
        String call = call(
                true,
                new RuleParameters(
                        null, java.util.Set.of(), List.of(new RuleParameters.Fund(null, GpuHours.ofHours(100), null))),
                asked(Rule.FUNDS_LEFT, Rule.Kind.MUST));
        List<Callable<Integer>> all = new ArrayList<>();
        List<Client> owners = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Client owner = signUp("Ana");
            String organisation = organisationOf(owner);
            declareSize(owner, organisation, 2025, 5);
            String path = ready(owner, call, organisation, 50);
            owners.add(owner);
            paths.add(path);
            all.add(() ->
                    owner.put(path + "/submission", "", "If-Match", "\"3\"").status());
        }
        List<Integer> statuses = new ArrayList<>();
        try (var browsers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : browsers.invokeAll(all)) {
                statuses.add(answer.get());
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 200, 409, 409);
        int refused = statuses.indexOf(409);
        JsonNode spent = finding(
                owners.get(refused).get(paths.get(refused) + "/eligibility").expect(200), Rule.FUNDS_LEFT);
        assertThat(spent.path("answer").asString()).isEqualTo("NOT_MET");
        assertThat(spent.path("evidence").get(0).asString()).contains("100 GPU-hours to give, 100 awarded");
        // An officer raises what there is to give, and it goes on.
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        JsonNode raised = officer.patch(
                        "/api/v1/calls/" + call,
                        "{\"parameters\": {\"funds\": [{\"gpuHours\": 120}]}}",
                        "If-Match",
                        "\"1\"")
                .expect(200);
        assertThat(raised.path("parameters")
                        .path("funds")
                        .get(0)
                        .path("gpuHours")
                        .decimalValue())
                .isEqualByComparingTo("120");
        assertThat(submit(owners.get(refused), paths.get(refused))).isEqualTo("SUBMITTED");
        officer.put(paths.get(refused) + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"x\"}")
                .expectProblem(409, "no-funds-left");
        officer.put(paths.get(refused) + "/decision", "{\"decision\": \"AWARD\", \"reason\": \"x\", \"gpuHours\": 20}")
                .expect(200);
    }

    @Test
    void theParametersOfRulesAreDataOfTheirVersion() {
        String code = call(true, RuleParameters.NONE);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String path = "/api/v1/calls/" + code;
        officer.patch(path, "{\"rules\": [{\"rule\": \"STARTUP\", \"kind\": \"EXCEPTION\"}]}", "If-Match", "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch(
                        path,
                        "{\"parameters\": {\"startup\": {\"mostYears\": 1000, \"fewerEmployees\": 1}}}",
                        "If-Match",
                        "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch(path, "{\"parameters\": {\"funds\": [{\"gpuHours\": 1e30}]}}", "If-Match", "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch(
                        path,
                        "{\"parameters\": {\"funds\": [{\"partition\": \"nowhere\", \"gpuHours\": 1}]}}",
                        "If-Match",
                        "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch(path, "{\"parameters\": {\"sectors\": [\"astrology\"]}}", "If-Match", "\"1\"")
                .expectProblem(422, "invalid-fields");
        officer.patch(path, """
                {"parameters": {"startup": {"mostYears": 10, "fewerEmployees": 20}, "sectors": ["health"],
                                "funds": [{"partition": "local", "gpuHours": 500, "cpuHours": 1000}]}}""", "If-Match", "\"1\"").expect(200);
        JsonNode versions = officer.get(path + "/versions").expect(200);
        assertThat(versions.get(0).path("changes").findValuesAsString("after"))
                .contains("At most 10 years old, fewer than 20 staff", "Health");
        CallId id = calls.find(code).orElseThrow().id();
        assertThat(calls.rules(id, 1).parameters()).isEqualTo(RuleParameters.NONE);
        assertThat(calls.rules(id, 2).parameters().startup()).isEqualTo(new RuleParameters.Startup(10, 20));
        // The form of the page says and keeps the same.
        Browser browser = new Browser(address()).signIn(officer.email(), PASSWORD);
        String page = "/calls/" + code + "/rules";
        assertThat(browser.get(page).body())
                .contains("name=\"startup.mostYears\"", "name=\"partitions.0.fund.gpuHours\"", "value=\"500\"");
    }

    @Test
    void thePagesAreInEveryLanguageAndStrangersFindNothing() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String path = ready(
                ana,
                call(
                        true,
                        Samples.PARAMETERS,
                        asked(Rule.STARTUP, Rule.Kind.EXCEPTION),
                        asked(Rule.SECTOR, Rule.Kind.SHOULD),
                        asked(Rule.REGISTERED, Rule.Kind.EXCEPTION),
                        asked(Rule.FINAL_REPORTS, Rule.Kind.MUST),
                        asked(Rule.FUNDS_LEFT, Rule.Kind.MUST)),
                organisation,
                5);
        declareSize(ana, organisation, 2025, 25);
        String page = "/proposals/" + path.substring(path.lastIndexOf('/') + 1);
        for (String language : List.of("en", "es", "ca")) {
            for (String shown :
                    List.of(page, page + "/eligibility", "/organisations/" + organisation + "/legal-entity")) {
                Answered answered = ana.get(shown, "Accept", "text/html", "Accept-Language", language);
                assertThat(answered.status()).as(shown).isEqualTo(200);
                assertThat(answered.body()).as(shown).doesNotContainPattern("[>\"](access|problem)\\.[a-zA-Z.-]+[<\"]");
            }
        }
        assertThat(ana.get(page + "/eligibility", "Accept", "text/html").body())
                .contains("Article 5(1)(a)", "exceptions/STARTUP", "Declare the legal entity")
                .doesNotContain("findings/STARTUP");
        assertThat(signUp("Eve")
                        .get(page + "/eligibility", "Accept", "text/html")
                        .status())
                .isEqualTo(404);
        assertThat(signUp("Eve")
                        .get("/organisations/" + organisation + "/legal-entity", "Accept", "text/html")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void theFormAsksForEachPracticeAndKeepsWhatWasSaid() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String path = draft(ana, call(true, RuleParameters.NONE), organisation, 5);
        String page = "/proposals/" + path.substring(path.lastIndexOf('/') + 1);
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get(page).body())
                .contains("name=\"practice.MANIPULATION\"", "name=\"practice.REMOTE_IDENTIFICATION\"");
        List<String> fields = new ArrayList<>(
                List.of("version", "2", "title", "Cracks", "gpuHours", "5", "cpuHours", "1", "durationMonths", "1"));
        for (Practice practice : Practice.values()) {
            fields.addAll(List.of("practice." + practice, practice == Practice.FACE_SCRAPING ? "UNSURE" : "NO"));
        }
        browser.submit(page, page, fields.toArray(String[]::new));
        assertThat(ana.get(path + "/eligibility")
                        .expect(200)
                        .path("practices")
                        .path("FACE_SCRAPING")
                        .asString())
                .isEqualTo("UNSURE");
        assertThat(ana.get(path).expect(200).path("noProhibitedPractice").asBoolean())
                .isFalse();
    }

    /** The guide's four questions, without signing in and without a script. */
    @Test
    void theGuideSaysWhatWouldChangeItsAdviceAndLeadsToTheFormWithTheHours() {
        String asked = "/calls/guide?who=STARTUP_OR_SME&purpose=TRY&gpuHours=%s&soon=2";
        for (String language : List.of("en", "es", "ca")) {
            Answered shown =
                    stranger().get(asked.formatted("9000"), "Accept", "text/html", "Accept-Language", language);
            assertThat(shown.status()).isEqualTo(200);
            assertThat(shown.body()).doesNotContainPattern("[>\"](access|problem)\\.[a-zA-Z.-]+[<\"]");
        }
        Answered tooLarge = stranger().get(asked.formatted("9000"), "Accept", "text/html");
        assertThat(tooLarge.body()).contains("With 5,000 GPU-hours it would fit.", "gpuHours=5000&amp;soon=2");
        Answered fits = stranger().get(asked.formatted("50"), "Accept", "text/html");
        assertThat(fits.body()).contains("/calls/PLAYGROUND?gpuHours=50");
        assertThat(stranger()
                        .get("/calls/PLAYGROUND?gpuHours=50", "Accept", "text/html")
                        .body())
                .contains("/sign-up?next=/calls/PLAYGROUND%3FgpuHours=50");
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/calls/PLAYGROUND?gpuHours=50").body()).contains("name=\"gpuHours\" value=\"50\"");
        assertThat(browser.get("/calls/PLAYGROUND?gpuHours=%22%3E%3Cscript%3E").body())
                .doesNotContain("\"><script>");
        String made = Browser.location(browser.submit(
                "/calls/PLAYGROUND?gpuHours=50",
                "/proposals",
                "call",
                "PLAYGROUND",
                "organisation",
                organisation,
                "gpuHours",
                "50"));
        assertThat(ana.get("/api/v1" + made).expect(200).path("gpuHours").decimalValue())
                .isEqualByComparingTo("50");
        JsonNode advice = stranger()
                .get("/api/v1/call-advice?who=STARTUP_OR_SME&purpose=TRY&gpuHours=9000&withinWorkingDays=2")
                .expect(200);
        JsonNode playground = advice.valueStream()
                .filter(a -> a.path("call").asString().equals("PLAYGROUND"))
                .findFirst()
                .orElseThrow();
        assertThat(playground.path("instead").path("gpuHours").decimalValue()).isEqualByComparingTo("5000");
    }
}
