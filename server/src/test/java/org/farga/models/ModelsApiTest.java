package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.farga.HttpTest;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.compute.Jobs;
import org.farga.dataspace.Datasets;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class ModelsApiTest extends HttpTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    // Far above what a centre counts up to in other tests.
    private static final AtomicLong JOBS = new AtomicLong(90_000_000_000L + System.nanoTime() % 1_000_000_000L);

    @Autowired
    private Runs runs;

    @Autowired
    private RunCollection collection;

    @Autowired
    private Datasets datasets;

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private PlatformTransactionManager transactions;

    @TempDir
    private Path working;

    private record Startup(Client ana, ProjectId project, AllocationId allocation) {}

    private Startup startup() {
        Client ana = signUp("Ana");
        OrganisationId organisation = OrganisationId.valueOf(organisationOf(ana));
        ProjectId project = java.util.Objects.requireNonNull(new TransactionTemplate(transactions)
                .execute(status -> projects.open(new Projects.Award(
                        "Crack detection",
                        organisation,
                        ana.person(),
                        ProposalId.create(),
                        "PG-2026-0042",
                        "Playground",
                        "local",
                        GpuHours.ofHours(5),
                        CpuHours.ofHours(5),
                        new Period(NOW.minusSeconds(60), NOW.plus(Duration.ofDays(30)))))));
        return new Startup(
                ana, project, allocations.ofProject(project).getFirst().id());
    }

    private Jobs.Summary job(Startup startup, @Nullable String model) throws IOException {
        JobId id = new JobId(JOBS.incrementAndGet());
        Path folder = Files.createDirectories(working.resolve(id.toString()));
        return new Jobs.Summary(
                id,
                "train",
                startup.project(),
                startup.allocation(),
                startup.ana().person(),
                "RUNNING",
                false,
                NOW.minusSeconds(20),
                NOW.minusSeconds(10),
                null,
                "ab".repeat(32),
                List.of(),
                model,
                Files.createDirectories(folder.resolve("output")),
                folder.resolve("metrics.jsonl"));
    }

    private static Jobs.Summary ended(Jobs.Summary j, String state) {
        return new Jobs.Summary(
                j.id(),
                j.name(),
                j.project(),
                j.allocation(),
                j.submittedBy(),
                state,
                true,
                j.submittedAt(),
                j.startedAt(),
                NOW,
                j.scriptSha256(),
                j.inputs(),
                j.model(),
                j.outputFolder(),
                j.metricsFile());
    }

    private static void report(Jobs.Summary job, String lines) throws IOException {
        Files.writeString(job.metricsFile(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The run of a job that trained well and left a model. */
    private RunId trained(Jobs.Summary job) throws IOException {
        report(job, """
                {"param":"seed","value":"42"}
                {"name":"loss","step":1,"value":0.9}
                {"name":"loss","step":2,"value":0.1}
                {"name":"accuracy","step":2,"value":0.97}
                """);
        Files.writeString(job.outputFolder().resolve("model.json"), "{\"weights\": [1, 2]}");
        RunId run = runs.begin(job).orElseThrow().id();
        runs.end(run, NOW);
        collection.collect(ended(job, "COMPLETED"));
        return run;
    }

    @Test
    void whatAJobReportsIsTakenLineByLineAndOnce() throws IOException {
        Startup startup = startup();
        Jobs.Summary job = job(startup, null);
        RunId run = runs.begin(job).orElseThrow().id();
        assertThat(runs.begin(job).orElseThrow().id()).isEqualTo(run);
        assertThat(runs.follow(run, job.metricsFile())).isFalse();
        report(job, "{\"name\":\"loss\",\"step\":1,\"value\":0.9}\n{\"name\":\"lo");
        runs.follow(run, job.metricsFile());
        runs.follow(run, job.metricsFile());
        report(job, "ss\",\"step\":2,\"value\":0.5}\ngarbage\n");
        runs.follow(run, job.metricsFile());
        String path = "/api/v1/runs/" + run;
        assertThat(startup.ana()
                        .get(path + "/metrics?name=loss")
                        .expect(200)
                        .path("points")
                        .toString())
                .matches("\\[\\[1,0\\.9,\\d+],\\[2,0\\.5,\\d+]]");
        JsonNode shown = startup.ana().get(path).expect(200);
        assertThat(shown.path("garbageLines").intValue()).isEqualTo(1);
        assertThat(shown.path("remarks").get(0).path("reason").asString()).isEqualTo("line-not-json");
        assertThat(shown.path("state").asString()).isEqualTo("RUNNING");
        startup.ana().get(path + "/metrics?name=none").expectProblem(404, "not-found");
    }

    @Test
    void severalProcessesReadingAtOnceTakeEachLineOnce() throws Exception {
        Startup startup = startup();
        Jobs.Summary job = job(startup, null);
        RunId run = runs.begin(job).orElseThrow().id();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 60_000; i++) {
            lines.append("{\"name\":\"loss\",\"step\":").append(i).append(",\"value\":1}\n");
        }
        report(job, lines.toString());
        try (var threads = Executors.newFixedThreadPool(6)) {
            List<Future<Boolean>> all = java.util.stream.IntStream.range(0, 24)
                    .mapToObj(i -> threads.submit(() -> runs.follow(run, job.metricsFile())))
                    .toList();
            for (Future<Boolean> one : all) {
                one.get();
            }
        }
        while (runs.follow(run, job.metricsFile())) {
            // To the end.
        }
        assertThat(startup.ana()
                        .get("/api/v1/runs/" + run)
                        .expect(200)
                        .path("points")
                        .intValue())
                .isEqualTo(60_000);
        JsonNode thinned = startup.ana()
                .get("/api/v1/runs/" + run + "/metrics?name=loss&most=100")
                .expect(200);
        assertThat(thinned.path("total").intValue()).isEqualTo(60_000);
        assertThat(thinned.path("points").size()).isLessThanOrEqualTo(100);
    }

    @Test
    void aMetricsFileThatIsALinkOrAPipeIsNotRead() throws Exception {
        Startup startup = startup();
        Jobs.Summary job = job(startup, null);
        RunId run = runs.begin(job).orElseThrow().id();
        Path other = working.resolve("other.jsonl");
        Files.writeString(other, "{\"name\":\"loss\",\"step\":1,\"value\":0.9}\n");
        Files.createSymbolicLink(job.metricsFile(), other);
        runs.follow(run, job.metricsFile());
        Files.delete(job.metricsFile());
        assertThat(new ProcessBuilder("mkfifo", job.metricsFile().toString())
                        .start()
                        .waitFor())
                .isZero();
        runs.follow(run, job.metricsFile());
        assertThat(startup.ana()
                        .get("/api/v1/runs/" + run)
                        .expect(200)
                        .path("points")
                        .intValue())
                .isZero();
    }

    @Test
    void anEndedJobsFilesAreKeptByTheirContent() throws IOException {
        Startup startup = startup();
        Jobs.Summary job = job(startup, null);
        Files.createDirectories(job.outputFolder().resolve("a b"));
        Files.writeString(job.outputFolder().resolve("a b/ñ%2f?;.txt"), "hola");
        Files.createSymbolicLink(job.outputFolder().resolve("password"), Path.of("/etc/passwd"));
        RunId run = trained(job);
        Files.delete(job.outputFolder().resolve("model.json"));
        JsonNode shown = startup.ana().get("/api/v1/runs/" + run).expect(200);
        assertThat(shown.path("state").asString()).isEqualTo("FINISHED");
        assertThat(shown.path("files")).hasSize(2);
        assertThat(shown.path("remarks").get(0).path("where").asString()).isEqualTo("password");
        var file = startup.ana().get("/api/v1/runs/" + run + "/files/model.json");
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.body()).isEqualTo("{\"weights\": [1, 2]}");
        assertThat(file.header("Content-Disposition")).startsWith("attachment");
        assertThat(file.header("Content-Type")).isEqualTo("application/octet-stream");
        String sha256 = shown.path("files").get(1).path("sha256").asString();
        assertThat(file.header("ETag")).isEqualTo("\"" + sha256 + "\"");
        var part = startup.ana().get("/api/v1/runs/" + run + "/files/model.json", "Range", "bytes=2-8");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("weights");
        // Names that cannot stand in a path are asked for by the page's own address.
        String odd = java.net.URLEncoder.encode("a b/ñ%2f?;.txt", java.nio.charset.StandardCharsets.UTF_8);
        assertThat(startup.ana().get("/runs/" + run + "/content?path=" + odd).body())
                .isEqualTo("hola");
        for (String trick : List.of("password", "a%20b", "x", "%2e%2e", "..%2fmodel.json")) {
            assertThat(startup.ana()
                            .get("/api/v1/runs/" + run + "/files/" + trick)
                            .status())
                    .as(trick)
                    .isIn(400, 404);
        }
    }

    @Test
    void aJobThatAsksForAModelGetsOneVersionHoweverOftenItsEndIsTold() throws IOException {
        Startup startup = startup();
        Jobs.Summary job = job(startup, "digits");
        RunId run = trained(job);
        collection.collect(ended(job, "COMPLETED"));
        new TransactionTemplate(transactions).executeWithoutResult(status -> collection.ended(ended(job, "COMPLETED")));
        collection.collect(ended(job, "COMPLETED"));
        JsonNode listed =
                startup.ana().get("/api/v1/models?project=" + startup.project()).expect(200);
        assertThat(listed.path("items")).hasSize(1);
        String id = listed.path("items").get(0).path("id").asString();
        JsonNode model = startup.ana().get("/api/v1/models/" + id).expect(200);
        assertThat(model.path("versions")).hasSize(1);
        assertThat(model.path("versions")
                        .get(0)
                        .path("files")
                        .get(0)
                        .path("path")
                        .asString())
                .isEqualTo("model.json");
        assertThat(model.path("versions").get(0).path("metrics").toString())
                .contains("{\"name\":\"loss\",\"step\":2,\"value\":0.1}");
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = 'model.registered' AND subject_id = :id")
                        .param("id", id)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        assertThat(startup.ana()
                        .get("/api/v1/runs/" + run)
                        .expect(200)
                        .path("models")
                        .get(0)
                        .path("number")
                        .intValue())
                .isEqualTo(1);

        trained(job(startup, "Digits"));
        assertThat(startup.ana().get("/api/v1/models/" + id).expect(200).path("versions"))
                .hasSize(2);
    }

    @Test
    void theLineageSaysWhereAModelCameFrom() throws IOException {
        Startup startup = startup();
        Jobs.Summary job = job(startup, "digits");
        RunId run = trained(job);
        String id = startup.ana()
                .get("/api/v1/models?project=" + startup.project())
                .expect(200)
                .path("items")
                .get(0)
                .path("id")
                .asString();
        JsonNode lineage = startup.ana()
                .get("/api/v1/models/" + id + "/versions/1/lineage")
                .expect(200);
        assertThat(lineage.path("model").path("name").asString()).isEqualTo("digits");
        assertThat(lineage.path("run").path("id").asString()).isEqualTo(run.toString());
        assertThat(lineage.path("job").path("id").longValue())
                .isEqualTo(job.id().value());
        assertThat(lineage.path("script").path("sha256").asString()).isEqualTo("ab".repeat(32));
        assertThat(lineage.path("allocation").path("id").asString())
                .isEqualTo(startup.allocation().toString());
        assertThat(lineage.path("proposalCode").asString()).isEqualTo("PG-2026-0042");
        assertThat(lineage.path("callTitle").asString()).isEqualTo("Playground");
        assertThat(lineage.path("project").path("name").asString()).isEqualTo("Crack detection");
        assertThat(lineage.path("organisation").path("name").asString()).isEqualTo("Forja Vision SL");
        startup.ana().get("/api/v1/models/" + id + "/versions/2/lineage").expectProblem(404, "not-found");
    }

    @Test
    void aJobThatFailedOrLeftNothingRegistersNoModelAndSaysWhy() throws IOException {
        Startup startup = startup();
        Jobs.Summary empty = job(startup, "digits");
        RunId run = runs.begin(empty).orElseThrow().id();
        runs.end(run, NOW);
        collection.collect(ended(empty, "COMPLETED"));
        assertThat(startup.ana()
                        .get("/api/v1/runs/" + run)
                        .expect(200)
                        .path("remarks")
                        .toString())
                .contains("model-run-without-files");

        Jobs.Summary failed = job(startup, "digits");
        Files.writeString(failed.outputFolder().resolve("half.json"), "{");
        RunId failedRun = runs.begin(failed).orElseThrow().id();
        runs.end(failedRun, NOW);
        collection.collect(ended(failed, "TIMEOUT"));
        JsonNode shown = startup.ana().get("/api/v1/runs/" + failedRun).expect(200);
        assertThat(shown.path("state").asString()).isEqualTo("FAILED");
        assertThat(shown.path("files")).hasSize(1);
        assertThat(startup.ana()
                        .get("/api/v1/models?project=" + startup.project())
                        .expect(200)
                        .path("items"))
                .isEmpty();
    }

    @Test
    void aJobThatNeverStartedHasNoRun() throws IOException {
        Jobs.Summary j = job(startup(), null);
        Jobs.Summary waiting = new Jobs.Summary(
                j.id(),
                j.name(),
                j.project(),
                j.allocation(),
                j.submittedBy(),
                "CANCELLED",
                true,
                j.submittedAt(),
                null,
                NOW,
                j.scriptSha256(),
                j.inputs(),
                j.model(),
                j.outputFolder(),
                j.metricsFile());
        new TransactionTemplate(transactions).executeWithoutResult(status -> collection.ended(waiting));
        assertThat(runs.find(j.id())).isEmpty();
    }

    @Test
    void othersFindNothingAndTheCentreSeesAll() throws IOException {
        Startup startup = startup();
        RunId run = trained(job(startup, "digits"));
        String model = startup.ana()
                .get("/api/v1/models?project=" + startup.project())
                .expect(200)
                .path("items")
                .get(0)
                .path("id")
                .asString();
        Client eve = startup().ana();
        for (String path : List.of(
                "/api/v1/runs/" + run,
                "/api/v1/runs/" + run + "/metrics?name=loss",
                "/api/v1/runs/" + run + "/files/model.json",
                "/api/v1/runs?project=" + startup.project(),
                "/api/v1/models?project=" + startup.project(),
                "/api/v1/models/" + model,
                "/api/v1/models/" + model + "/versions/1",
                "/api/v1/models/" + model + "/versions/1/lineage")) {
            stranger().get(path).expectProblem(401, "sign-in-required");
            eve.get(path).expectProblem(404, "not-found");
        }
        assertThat(eve.get("/api/v1/models").expect(200).path("items")).isEmpty();
        assertThat(eve.get("/api/v1/runs").expect(200).path("items")).isEmpty();
        Client auditor = staff(CentreRole.AUDITOR);
        for (String page : List.of(
                "/runs/" + run,
                "/runs/" + run + "/file?path=model.json",
                "/runs?project=" + startup.project(),
                "/models?project=" + startup.project(),
                "/models/" + model,
                "/models/" + model + "?version=1")) {
            assertThat(startup.ana().get(page).status()).as(page).isEqualTo(200);
            assertThat(auditor.get(page).status()).as(page).isEqualTo(200);
            assertThat(eve.get(page).status()).as(page).isEqualTo(404);
        }
        assertThat(startup.ana().get("/models/" + model).body()).contains("Playground", "PG-2026-0042", "model.json");
        assertThat(startup.ana().get("/models/" + model + "?version=2").status())
                .isEqualTo(404);
        RunId another = trained(job(startup, null));
        String compared = "/runs/compare?run=" + run + "&run=" + another;
        assertThat(startup.ana().get(compared).status()).isEqualTo(200);
        assertThat(eve.get(compared).status()).isEqualTo(404);
        assertThat(startup.ana().get("/runs/compare?run=" + run).status()).isEqualTo(422);
        assertThat(startup.ana().get("/projects/" + startup.project()).body()).contains("/models/" + model);
        auditor.get("/api/v1/models/" + model).expect(200);
        String registration = "{\"name\": \"mine\", \"run\": \"%s\"}".formatted(run);
        auditor.post("/api/v1/models", registration).expectProblem(403, "project-members-only");
        eve.post("/api/v1/models", registration).expectProblem(404, "not-found");
        startup.ana().post("/api/v1/models", "{\"name\": \"mine\"}").expectProblem(422, "invalid-fields");
    }

    @Test
    void theDatabaseKeepsVersionsAsTheyWereRegistered() throws IOException {
        Startup startup = startup();
        RunId run = trained(job(startup, "digits"));
        assertThatThrownBy(() -> jdbc.sql("UPDATE model_version SET call_title = 'Other' WHERE run_id = :run")
                        .param("run", run.value())
                        .update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("never changed");
        assertThatThrownBy(() -> jdbc.sql("DELETE FROM model_version WHERE run_id = :run")
                        .param("run", run.value())
                        .update())
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> jdbc.sql("""
                        INSERT INTO run_point (run_id, line_offset, metric_number, step, value, at)
                        SELECT run_id, -1 - line_offset, metric_number, step, value, at FROM run_point WHERE run_id = :run""").param("run", run.value()).update())
                .isInstanceOf(DataAccessException.class);
    }

    /** A published dataset whose terms the startup has accepted: how a job of theirs reads it. */
    private Jobs.Input dataset(Startup startup, String slug) throws IOException, InterruptedException {
        Client steward = staff(CentreRole.DATA_STEWARD);
        steward.post("/api/v1/datasets", """
                        {"slug": "%s", "title": "Digits", "summary": "Handwritten", "licence": "CC-BY-4.0",
                         "terms": "Name the authors.", "card": "# Digits"}""".formatted(slug)).expect(201);
        String path = "/api/v1/datasets/" + slug;
        steward.post(path + "/versions", null).expect(201);
        // The client of the tests speaks JSON; a file is bytes.
        assertThat(java.net.http.HttpClient.newHttpClient()
                        .send(
                                java.net.http.HttpRequest.newBuilder(
                                                java.net.URI.create(address() + path + "/versions/1/files/digits.csv"))
                                        .header("Authorization", "Bearer " + steward.token())
                                        .PUT(java.net.http.HttpRequest.BodyPublishers.ofString("a,b\n1,2\n"))
                                        .build(),
                                java.net.http.HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(201);
        steward.put(path + "/versions/1/publication", null).expect(200);
        OrganisationId organisation = projects.summary(startup.project()).organisation();
        String terms =
                startup.ana().get(path).expect(200).path("terms").path("sha256").asString();
        startup.ana()
                .post(path + "/agreements", """
                {"organisation": "%s", "termsSha256": "%s"}""".formatted(organisation, terms))
                .expect(201);
        Datasets.Mountable mountable = datasets.mount(organisation, slug).orThrow();
        return new Jobs.Input(mountable.version(), mountable.agreement());
    }

    @Test
    void aModelLeadsToItsDataAndTheDataToItsModels() throws IOException, InterruptedException {
        Startup startup = startup();
        String slug = "digits-" + java.util.UUID.randomUUID().toString().substring(0, 8);
        Jobs.Input input = dataset(startup, slug);
        Jobs.Summary j = job(startup, "digits");
        trained(new Jobs.Summary(
                j.id(),
                j.name(),
                j.project(),
                j.allocation(),
                j.submittedBy(),
                j.state(),
                false,
                j.submittedAt(),
                j.startedAt(),
                null,
                j.scriptSha256(),
                List.of(input),
                j.model(),
                j.outputFolder(),
                j.metricsFile()));
        String forward = "/api/v1/models?datasetVersion=" + input.version();
        JsonNode models = startup.ana().get(forward).expect(200).path("items");
        assertThat(models).hasSize(1);
        JsonNode used = startup.ana()
                .get("/api/v1/models/" + models.get(0).path("id").asString() + "/versions/1/lineage")
                .expect(200)
                .path("datasets");
        assertThat(used).hasSize(1);
        assertThat(used.get(0).path("slug").asString()).isEqualTo(slug);
        assertThat(used.get(0).path("number").intValue()).isEqualTo(1);
        assertThat(used.get(0).path("licence").asString()).isEqualTo("CC-BY-4.0");
        assertThat(used.get(0).path("agreement").asString())
                .isEqualTo(input.agreement().toString());
        assertThat(used.get(0).path("termsVersion").intValue()).isEqualTo(1);
        assertThat(Instant.parse(used.get(0).path("acceptedAt").asString()))
                .isBetween(NOW.minusSeconds(60), Instant.now());
        assertThat(startup().ana().get(forward).expect(200).path("items")).isEmpty();
        assertThat(startup.ana()
                        .get("/api/v1/models?datasetVersion=" + org.farga.shared.DatasetVersionId.create())
                        .expect(200)
                        .path("items"))
                .isEmpty();
    }

    @Test
    void aRealJobsMetricsAreFollowedAndItsModelIsRegistered() throws InterruptedException {
        Startup startup = startup();
        tools.jackson.databind.node.ObjectNode body = JSON.createObjectNode();
        body.put("allocation", startup.allocation().toString());
        body.put("name", "train");
        body.put("script", """
                #!/bin/sh
                echo '{"param":"seed","value":"42"}' >> "$FARGA_METRICS"
                echo '{"name":"loss","step":1,"value":0.5}' >> "$FARGA_METRICS"
                sleep 2
                printf '{"name":"loss","step":2,"value":0.25}' >> "$FARGA_METRICS"
                echo '{}' > "$FARGA_OUTPUT/model.json"
                ln -s /etc/passwd "$FARGA_OUTPUT/password"
                """);
        body.put("cpus", 1);
        body.put("memoryMebibytes", 128);
        body.put("gpus", 0);
        body.put("timeLimitSeconds", 60);
        body.put("diskMebibytes", 64);
        body.put("model", "digits");
        long job = startup.ana()
                .post("/api/v1/jobs", body.toString())
                .expect(201)
                .path("id")
                .longValue();
        String ofJob = "/api/v1/runs?job=" + job;
        JsonNode run = await(startup, ofJob, list -> list.path("items").size() == 1)
                .path("items")
                .get(0);
        String path = "/api/v1/runs/" + run.path("id").asString();
        JsonNode ended = await(startup, path, r -> r.path("models").size() == 1);
        assertThat(ended.path("state").asString()).isEqualTo("FINISHED");
        assertThat(ended.path("parameters").path("seed").asString()).isEqualTo("42");
        assertThat(ended.path("lastMetrics").get(0).path("lastValue").doubleValue())
                .isEqualTo(0.25);
        assertThat(ended.path("files")).hasSize(1);
        assertThat(ended.path("remarks").toString()).contains("file-link");
        JsonNode registered = startup.ana()
                .post("/api/v1/models", """
                {"project": "%s", "name": "digits", "run": "%s"}""".formatted(
                                startup.project(), run.path("id").asString()))
                .expect(201);
        assertThat(registered.path("versions")).hasSize(1);
        JsonNode second = startup.ana()
                .post("/api/v1/models", """
                {"name": "another name", "run": "%s"}""".formatted(run.path("id").asString()))
                .expect(201);
        assertThat(second.path("versions").get(0).path("number").intValue()).isEqualTo(1);
        startup.ana()
                .post("/api/v1/models", """
                {"project": "%s", "name": "digits", "run": "%s"}""".formatted(
                                ProjectId.create(), run.path("id").asString()))
                .expectProblem(422, "run-of-other-project");
        startup.ana()
                .post("/api/v1/models", """
                {"name": " ", "run": "%s"}""".formatted(run.path("id").asString()))
                .expectProblem(422, "invalid-fields");
    }

    private JsonNode await(Startup startup, String path, java.util.function.Predicate<JsonNode> wanted)
            throws InterruptedException {
        Instant until = Instant.now().plusSeconds(60);
        while (Instant.now().isBefore(until)) {
            JsonNode answer = startup.ana().get(path).expect(200);
            if (wanted.test(answer)) {
                return answer;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not in time: " + startup.ana().get(path).body());
    }
}
