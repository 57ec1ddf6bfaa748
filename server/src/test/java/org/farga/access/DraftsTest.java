package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.farga.Browser;
import org.farga.HttpTest;
import org.farga.people.Actors;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Forms of proposals: written together, with documents, and kept as they were submitted. */
class DraftsTest extends HttpTest {
    private static final String PDF = "%PDF-1.7\n1 0 obj\n%%EOF\n";
    private static final String SCRIPT = "<script>alert('x')</script>";

    @Autowired
    private CallTable calls;

    @Autowired
    private Drafts drafts;

    @Autowired
    private Actors actors;

    @Autowired
    private PlatformTransactionManager transactions;

    /** A call of this test's own that asks for jobs and a plan, on one cluster. */
    private Call call() {
        CallRules large = Samples.LARGE;
        CallRules rules = new CallRules(
                List.of(large.partitions().getFirst()),
                List.of(3, 6),
                Intake.ROLLING,
                java.util.Set.of(FormSection.values()),
                List.of(new Step(Step.Kind.DECISION, 2)),
                null,
                false,
                5,
                large.audience(),
                large.countries(),
                large.rules().stream().filter(r -> r.rule() != Rule.SME).toList());
        Call call = Samples.ownCall("DR", Call.Mode.LARGE_SCALE, rules);
        new TransactionTemplate(transactions).executeWithoutResult(status -> calls.insert(call, call.opensAt(), null));
        return call;
    }

    private static String draft(Client owner, String call, String organisation) {
        return "/api/v1/proposals/"
                + owner.post("/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call, organisation))
                        .expect(201)
                        .path("id")
                        .asString();
    }

    private Client colleague(String organisation) {
        Client colleague = signUp("Berta");
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:o, :p, 'MEMBER', now())")
                .param("o", OrganisationId.valueOf(organisation).value())
                .param("p", colleague.person().value())
                .update();
        return colleague;
    }

    private static final String EVERY_SECTION = Samples.JOBS_AND_PLAN.strip().replaceFirst("}$", "") + """
            , "TEAM": {"people": [{"name": "Ana", "role": "LEAD", "expertise": "Speech"}], "trackRecord": "Two models."},
             "STORAGE": {"projectTb": 1, "projectFiles": 1000, "scratchTb": 2.5, "scratchFiles": 10, "archiveTb": 0,
                         "archiveFiles": 0, "inTb": 0, "outTb": 0},
             "ETHICS": {"agency": false, "privacy": false, "fairness": true, "fairnessExplanation": "Tested by group.",
                        "wellbeing": false, "transparency": false, "accountability": false},
             "DATA_PROTECTION": {"aiProhibited": false, "aiHighRisk": false, "aiGeneral": false, "aiTransparency": true}}""";

    private static final String ANSWERS = """
            {"title": "Speech for all", "abstract": "A model of many languages.", "gpuHours": 500, "cpuHours": 2000,
             "durationMonths": 3, "civilianUse": true, "noProhibitedPractice": true, "personalData": false, "sections": %s}""".formatted(EVERY_SECTION);

    private static ProposalId id(String path) {
        return ProposalId.valueOf(path.substring(path.lastIndexOf('/') + 1));
    }

    private Actor actor(Client client) {
        return actors.find(client.person()).orElseThrow();
    }

    private Drafts.Saved save(Client client, String path, String field, String was, String now) {
        return drafts.save(actor(client), id(path), Map.of(field, new Drafts.Typed(was, now)))
                .orThrow();
    }

    @Test
    void whatIsMissingNamesItsSectionAndAPlanThatDoesNotAddUpIsRefused() {
        Client ana = signUp("Ana");
        String path = draft(ana, call().code(), organisationOf(ana));
        JsonNode empty = ana.get(path).expect(200);
        assertThat(empty.path("missing")
                        .valueStream()
                        .map(m -> m.path("sentence").asString()))
                .contains(
                        "Fill in: Jobs: at least one typical job",
                        "Fill in: Team and track record: at least one person");
        ana.patch(path, ANSWERS.replace("\"gpuHours\": 500,", "\"gpuHours\": 501,"), "If-Match", "\"1\"")
                .expect(200);
        Answered refused = ana.put(path + "/submission", "", "If-Match", "\"2\"");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("sections.PLAN.months", "plan-gpu-sum", "501");
        ana.patch(path, "{\"gpuHours\": 500}", "If-Match", "\"2\"").expect(200);
        JsonNode submitted =
                ana.put(path + "/submission", "", "If-Match", "\"3\"").expect(200);
        assertThat(submitted.path("state").asString()).isEqualTo("SUBMITTED");
        assertThat(submitted.path("aiClass").asString()).isEqualTo("LIMITED");
        assertThat(submitted
                        .path("sections")
                        .path("JOBS")
                        .path("jobs")
                        .get(0)
                        .path("gpus")
                        .asInt())
                .isEqualTo(8);
    }

    @Test
    void twoWhoWriteDifferentFieldsAtOnceBothKeepTheirs() throws Exception {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        Client berta = colleague(organisation);
        String path = draft(ana, call().code(), organisation);
        try (var pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Drafts.Saved>> saves = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String row = "sections.JOBS.jobs.r" + i + ".name";
                Client who = i % 2 == 0 ? ana : berta;
                saves.add(() -> save(who, path, row, "", "Job " + row));
            }
            for (Future<Drafts.Saved> done : pool.invokeAll(saves)) {
                assertThat(done.get().conflicts()).isEmpty();
            }
        }
        assertThat(ana.get(path).expect(200).path("sections").path("JOBS").path("jobs"))
                .hasSize(20);
    }

    @Test
    void whoeverComesSecondToAFieldIsShownBothAnswersAndNeitherIsLost() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        Client berta = colleague(organisation);
        String path = draft(ana, call().code(), organisation);
        save(ana, path, "title", "", "Speech");
        Drafts.Saved second = drafts.save(
                        actor(berta),
                        id(path),
                        Map.of(
                                "title", new Drafts.Typed("", "Voices"),
                                "abstract", new Drafts.Typed("", "Of many languages."),
                                "gpuHours", new Drafts.Typed("", "many")))
                .orThrow();
        assertThat(second.conflicts()).hasSize(1).first().satisfies(c -> {
            assertThat(c.mine()).isEqualTo("Voices");
            assertThat(c.theirs()).isEqualTo("Speech");
            assertThat(c.by()).isEqualTo(ana.person());
        });
        assertThat(second.problems()).extracting("field").containsExactly("gpuHours");
        // The rest was kept all the same.
        assertThat(second.proposal().answers().abstractText()).isEqualTo("Of many languages.");
        assertThat(second.proposal().answers().title()).isEqualTo("Speech");
        // Both writing the same is no conflict, and who read the other's answer may replace it.
        assertThat(save(berta, path, "title", "", "Speech").conflicts()).isEmpty();
        assertThat(save(berta, path, "title", "Speech", "Voices")
                        .proposal()
                        .answers()
                        .title())
                .isEqualTo("Voices");
    }

    @Test
    void theFormShowsConflictsFieldByFieldWithoutAnyScript() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String path = draft(ana, call().code(), organisation);
        String page = path.replace("/api/v1", "");
        save(ana, path, "title", "", "Speech");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        String shown = browser.submit(
                        page,
                        page,
                        "step",
                        "PROJECT",
                        "title",
                        SCRIPT,
                        "was.title",
                        "",
                        "abstract",
                        "A text.",
                        "was.abstract",
                        "")
                .body();
        assertThat(shown)
                .contains(
                        "Keep mine",
                        "Take theirs",
                        "name=\"theirs.title\" value=\"Speech\"",
                        "&lt;script>alert",
                        "A text.")
                .doesNotContain("<script>alert");
        assertThat(browser.submit(page, page, "title", SCRIPT, "was.title", "", "take", "title")
                        .statusCode())
                .isEqualTo(302);
        assertThat(ana.get(path).expect(200).path("title").asString()).isEqualTo("Speech");
        assertThat(browser.submit(
                                page,
                                page,
                                "title",
                                SCRIPT,
                                "was.title",
                                "",
                                "theirs.title",
                                "Speech",
                                "keep",
                                "title",
                                "next",
                                "JOBS")
                        .headers()
                        .firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith(page + "?step=JOBS"));
        assertThat(ana.get(path).expect(200).path("title").asString()).isEqualTo(SCRIPT);
        assertThat(browser.get(page).body()).doesNotContain("<script>alert");
    }

    @Test
    void everyStepHasItsPageInEveryLanguage() {
        Client ana = signUp("Ana");
        String path = draft(ana, call().code(), organisationOf(ana));
        ana.patch(path, ANSWERS, "If-Match", "\"1\"").expect(200);
        String page = path.replace("/api/v1", "");
        for (String language : List.of("en", "es", "ca")) {
            for (FormSection section : FormSection.values()) {
                Answered step = ana.get(page + "?step=" + section, "Accept", "text/html", "Accept-Language", language);
                assertThat(step.status()).isEqualTo(200);
                assertThat(step.body())
                        .contains("aria-current=\"step\"")
                        .doesNotContainPattern("[>\"](access|problem)\\.[a-zA-Z._-]+[<\"]");
            }
            assertThat(ana.get(page + "?step=DOCUMENTS", "Accept", "text/html", "Accept-Language", language)
                            .body())
                    .contains("attach-file");
            assertThat(ana.get(
                                    page
                                            + "/sizing?way=estimate&billionParameters=1&billionTokens=20&gpu=H100&leastPercent=30&mostPercent=45&runs=1",
                                    "Accept",
                                    "text/html",
                                    "Accept-Language",
                                    language)
                            .body())
                    .contains("113", "75", "1.20e+20")
                    .doesNotContainPattern("[>\"](access|problem)\\.[a-zA-Z._-]+[<\"]");
        }
        assertThat(ana.get(page + "/sizing?way=measured&perSecond=x", "Accept", "text/html")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void aDraftIsFilledInFromAnEarlierProposalWithoutReplacingAnything() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String code = call().code();
        String earlier = draft(ana, code, organisation);
        ana.patch(earlier, ANSWERS, "If-Match", "\"1\"").expect(200);
        String later = draft(ana, code, organisation);
        ana.patch(
                        later,
                        "{\"title\": \"Mine\", \"sections\": {\"JOBS\": {\"jobs\": [{\"name\": \"Only\"}]}}}",
                        "If-Match",
                        "\"1\"")
                .expect(200);
        JsonNode filled = ana.put(later + "/prefill", "{\"from\": \"%s\"}".formatted(id(earlier)))
                .expect(200);
        assertThat(filled.path("title").asString()).isEqualTo("Mine");
        assertThat(filled.path("abstract").asString()).isEqualTo("A model of many languages.");
        assertThat(filled.path("gpuHours").decimalValue()).isEqualByComparingTo("500");
        assertThat(filled.path("sections").path("JOBS").path("jobs")).hasSize(1);
        assertThat(filled.path("sections").path("JOBS").path("checkpoint").asBoolean())
                .isTrue();
        // Under another mode, time and place are asked anew.
        String playground = draft(ana, "PLAYGROUND", organisation);
        JsonNode small = ana.put(playground + "/prefill", "{\"from\": \"%s\"}".formatted(id(earlier)))
                .expect(200);
        assertThat(small.has("gpuHours")).isFalse();
        assertThat(small.path("abstract").asString()).isEqualTo("A model of many languages.");
        ana.put(later + "/prefill", "{}").expectProblem(422, "invalid-fields");
        Client eve = signUp("Eve");
        String hers = draft(eve, code, organisationOf(eve));
        eve.put(hers + "/prefill", "{\"from\": \"%s\"}".formatted(id(earlier))).expectProblem(404, "not-found");
    }

    private HttpResponse<byte[]> send(Client client, String method, String path, byte[] body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(address() + path))
                            .header("Authorization", "Bearer " + client.token())
                            .header("Content-Type", "application/octet-stream")
                            .header("Accept", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private JsonNode attach(Client client, String path, String name, String content) {
        HttpResponse<byte[]> answer = send(client, "PUT", path + "/attachments/" + name, bytes(content));
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(201);
        return JSON.readTree(answer.body());
    }

    private String problem(HttpResponse<byte[]> answer) {
        return JSON.readTree(answer.body()).path("type").asString();
    }

    @Test
    void documentsAreToldByTheirContentBoundedAndFrozenAtSubmission() {
        Client ana = signUp("Ana");
        Call call = call();
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        officer.put("/api/v1/calls/" + call.code() + "/attachment-limit", "{\"mostFiles\": 2, \"mostMebibytes\": 3}")
                .expect(200);
        officer.put("/api/v1/calls/" + call.code() + "/attachment-limit", "{\"mostFiles\": 2, \"mostMebibytes\": 500}")
                .expectProblem(422, "invalid-fields");
        ana.put("/api/v1/calls/" + call.code() + "/attachment-limit", "{\"mostFiles\": 50, \"mostMebibytes\": 50}")
                .expectProblem(403, "access-officers-only");
        String path = draft(ana, call.code(), organisationOf(ana));
        ana.patch(path, ANSWERS, "If-Match", "\"1\"").expect(200);
        JsonNode plan = attach(ana, path, "plan.pdf", PDF);
        assertThat(plan.path("type").asString()).isEqualTo("PDF");
        assertThat(plan.path("sizeBytes").asLong()).isEqualTo(PDF.length());
        // The same once more is the same; another under its name would lose the first.
        assertThat(attach(ana, path, "plan.pdf", PDF).path("id")).isEqualTo(plan.path("id"));
        assertThat(problem(send(ana, "PUT", path + "/attachments/plan.pdf", bytes(PDF + "%%EOF"))))
                .endsWith("attachment-name-taken");
        assertThat(problem(send(ana, "PUT", path + "/attachments/run.pdf", new byte[] {'M', 'Z', 0, 0})))
                .endsWith("attachment-type");
        assertThat(problem(send(ana, "PUT", path + "/attachments/empty.txt", new byte[0])))
                .endsWith("attachment-empty");
        HttpResponse<byte[]> large =
                send(ana, "PUT", path + "/attachments/large.txt", bytes("x".repeat(3 * 1024 * 1024 + 1)));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(problem(large)).endsWith("attachment-too-large");
        // More than other bodies may have, but within this call's limit.
        attach(ana, path, "page.html", "<script>alert(1)</script>" + "x".repeat(2 * 1024 * 1024 + 10));
        assertThat(problem(send(ana, "PUT", path + "/attachments/third.txt", bytes("one too many"))))
                .endsWith("too-many-attachments");
        assertThat(ana.get(path + "/attachments")
                        .expect(200)
                        .valueStream()
                        .map(a -> a.path("name").asString()))
                .containsExactly("plan.pdf", "page.html.txt");

        String document = path + "/attachments/" + plan.path("id").asString();
        HttpResponse<byte[]> download = send(ana, "GET", document, new byte[0]);
        assertThat(download.body()).isEqualTo(bytes(PDF));
        assertThat(download.headers().firstValue("Content-Disposition"))
                .hasValueSatisfying(d -> assertThat(d).startsWith("attachment;"));
        assertThat(download.headers().allValues("X-Content-Type-Options")).contains("nosniff");
        Client eve = signUp("Eve");
        assertThat(send(eve, "GET", document, new byte[0]).statusCode()).isEqualTo(404);
        assertThat(send(eve, "PUT", path + "/attachments/eve.pdf", bytes(PDF)).statusCode())
                .isEqualTo(404);
        assertThat(send(eve, "DELETE", document, new byte[0]).statusCode()).isEqualTo(404);

        // An answer may name it, and does not outlive it.
        ana.patch(
                        path,
                        "{\"sections\": {\"ETHICS\": {\"fairnessDocument\": \"%s\"}}}"
                                .formatted(plan.path("id").asString()),
                        "If-Match",
                        "\"2\"")
                .expect(200);
        ana.patch(
                        path,
                        "{\"sections\": {\"ETHICS\": {\"fairnessDocument\": \"%s\"}}}".formatted(UUID.randomUUID()),
                        "If-Match",
                        "\"3\"")
                .expectProblem(422, "invalid-fields");
        assertThat(send(ana, "DELETE", document, new byte[0]).statusCode()).isEqualTo(204);
        assertThat(ana.get(path).expect(200).path("sections").path("ETHICS").has("fairnessDocument"))
                .isFalse();

        ana.put(path + "/submission", "", "If-Match", "\"4\"").expect(200);
        assertThat(problem(send(ana, "PUT", path + "/attachments/late.pdf", bytes(PDF))))
                .endsWith("proposal-not-draft");
        JsonNode left = ana.get(path + "/attachments").expect(200).get(0);
        assertThat(problem(send(
                        ana, "DELETE", path + "/attachments/" + left.path("id").asString(), new byte[0])))
                .endsWith("proposal-not-draft");
        officer.get(path + "/attachments").expect(200);
    }

    @Test
    void whatWasSubmittedIsAPaperWithTheSameBytesEachTime() throws IOException {
        Client ana = signUp("Ana");
        String path = draft(ana, call().code(), organisationOf(ana));
        ana.patch(path, ANSWERS, "If-Match", "\"1\"").expect(200);
        JsonNode plan = attach(ana, path, "plan.pdf", PDF);
        assertThat(send(ana, "GET", path + "/paper", new byte[0]).statusCode()).isEqualTo(404);
        ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        HttpResponse<byte[]> first = send(ana, "GET", path + "/paper", new byte[0]);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(send(ana, "GET", path + "/paper", new byte[0]).body()).isEqualTo(first.body());
        assertThat(send(signUp("Eve"), "GET", path + "/paper", new byte[0]).statusCode())
                .isEqualTo(404);
        String hash = jdbc.sql("SELECT encode(content_sha256, 'hex') FROM proposal_paper WHERE proposal_id = :id")
                .param("id", id(path).value())
                .query(String.class)
                .single();
        try (PDDocument read = Loader.loadPDF(first.body())) {
            String text = new PDFTextStripper().getText(read);
            assertThat(text)
                    .contains(
                            "Speech for all",
                            "Version of the rules",
                            "Tested by group.",
                            "Measured on 64 GPUs.",
                            "Month 3")
                    .contains(hash, "plan.pdf", plan.path("sha256").asString().substring(0, 20));
        }
        assertThat(ana.get(path.replace("/api/v1", ""), "Accept", "text/html").body())
                .contains(hash, "/paper", "Tested by group.");
    }

    @Test
    void anOlderFormsTextIsStillRead() {
        Client ana = signUp("Ana");
        String path = draft(ana, call().code(), organisationOf(ana));
        jdbc.sql(
                        "INSERT INTO proposal_section (proposal_id, section, answer) VALUES (:id, 'JOBS', 'Ten at once, as ever.')")
                .param("id", id(path).value())
                .update();
        assertThat(ana.get(path)
                        .expect(200)
                        .path("sections")
                        .path("JOBS")
                        .path("text")
                        .asString())
                .isEqualTo("Ten at once, as ever.");
        assertThat(ana.get(path.replace("/api/v1", "") + "?step=JOBS", "Accept", "text/html")
                        .body())
                .contains("Ten at once, as ever.");
    }

    @Test
    void helpWithSizesAnswersWithARange() {
        Client ana = signUp("Ana");
        JsonNode estimate = ana.get("/api/v1/sizing/estimate?billionParameters=1&billionTokens=20&gpu=H100")
                .expect(200);
        assertThat(estimate.path("mostGpuHours").decimalValue()).isEqualByComparingTo("113");
        ana.get("/api/v1/sizing/estimate?billionParameters=1").expectProblem(422, "invalid-fields");
        assertThat(ana.get("/api/v1/sizing/measured?perSecond=50000&gpus=4&millions=20000&leastPercent=100")
                        .expect(200)
                        .path("leastGpuHours")
                        .decimalValue())
                .isEqualByComparingTo("445");
        String path = draft(ana, "PLAYGROUND", organisationOf(ana));
        String page = path.replace("/api/v1", "");
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        browser.submit(
                page
                        + "/sizing?way=estimate&billionParameters=1&billionTokens=20&gpu=H100&leastPercent=30&mostPercent=45&runs=1",
                page + "/sizing",
                "gpuHours",
                "113");
        assertThat(ana.get(path).expect(200).path("gpuHours").decimalValue()).isEqualByComparingTo("113");
    }

    @Test
    void aPlanIsSpreadEvenlyAndOthersAreNotLetIn() {
        Client ana = signUp("Ana");
        String path = draft(ana, call().code(), organisationOf(ana));
        ana.patch(path, ANSWERS, "If-Match", "\"1\"").expect(200);
        assertThat(drafts.planEvenly(actor(ana), id(path)).orThrow().answers().field("PLAN.months.1.gpuHours"))
                .isEqualTo("167");
        ana.patch(path, "{\"sections\": {\"PLAN\": null}}", "If-Match", "\"3\"").expect(200);
        assertThat(ana.get(path).expect(200).path("sections").has("PLAN")).isFalse();
        assertThat(drafts.save(actor(staff(CentreRole.AUDITOR)), id(path), Map.of()))
                .isInstanceOf(Outcome.Refused.class);
    }
}
