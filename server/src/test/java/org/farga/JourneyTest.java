package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The main journey over the API, from sign-up to the lineage of a model: what the modules are to each other. */
class JourneyTest extends HttpTest {
    private static final Path EXAMPLE = Path.of("../examples/digits");

    @Test
    void aStartupGoesFromSignUpToATrainedModel() throws Exception {
        String slug = "digits-" + UUID.randomUUID().toString().substring(0, 8);
        publish(slug);

        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        String declared = ana.put("/api/v1/organisations/" + organisation + "/size-declaration", """
                        {"year": 2025, "staff": 9, "turnoverEur": 800000, "balanceSheetEur": 400000, "linkedEnterprises": []}""")
                .expect(200)
                .path("category")
                .asString();
        assertThat(declared).isEqualTo("MICRO");

        // Other tests have calls of their own beside the standing one.
        JsonNode call = ana.get("/api/v1/calls")
                .expect(200)
                .path("items")
                .valueStream()
                .filter(c -> c.path("code").asString().equals("PLAYGROUND"))
                .findFirst()
                .orElseThrow();
        JsonNode draft = ana.post(
                        "/api/v1/proposals", """
                        {"call": "%s", "organisation": "%s"}""".formatted(call.path("id").asString(), organisation))
                .expect(201);
        String proposal = "/api/v1/proposals/" + draft.path("id").asString();
        assertThat(draft.path("missing")).isNotEmpty();
        Answered saved = ana.patch(proposal, """
                        {"title": "Reading digits", "abstract": "A small network that reads handwritten digits.",
                         "gpuHours": 0, "cpuHours": 10, "durationMonths": 1, "civilianUse": true,
                         "noProhibitedPractice": true, "personalData": false}""", "If-Match", ana.get(proposal).header("ETag"));
        assertThat(saved.expect(200).path("missing")).isEmpty();
        JsonNode awarded = ana.put(proposal + "/submission", null, "If-Match", saved.header("ETag"))
                .expect(200);
        assertThat(awarded.path("state").asString()).as(awarded.toString()).isEqualTo("AWARDED");

        JsonNode project = ana.get("/api/v1/projects/" + awarded.path("project").asString())
                .expect(200);
        String allocation = project.path("allocations").get(0).path("id").asString();

        ObjectNode job = JSON.createObjectNode();
        job.put("allocation", allocation);
        job.put("name", "train " + slug);
        job.put("script", Files.readString(EXAMPLE.resolve("train")).replace("FARGA_DATASET_DIGITS", variable(slug)));
        job.put("cpus", 1).put("memoryMebibytes", 1024).put("gpus", 0).put("timeLimitSeconds", 120);
        job.putArray("datasets").add(slug);
        job.putObject("environment").put("EPOCHS", "20");
        job.put("model", "digits");
        ana.post("/api/v1/jobs", job.toString()).expectProblem(409, "terms-not-accepted");

        JsonNode dataset = ana.get("/api/v1/datasets/" + slug).expect(200);
        ana.post("/api/v1/datasets/" + slug + "/agreements", """
                        {"organisation": "%s", "termsSha256": "%s"}""".formatted(
                        organisation, dataset.path("terms").path("sha256").asString()))
                .expect(201);
        String number = ana.post("/api/v1/jobs", job.toString(), "Idempotency-Key", slug)
                .expect(201)
                .path("id")
                .asString();
        JsonNode ended = waitFor(ana, number);
        assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("COMPLETED");

        JsonNode line = statementLine(ana, allocation);
        long milliseconds = Duration.between(
                        Instant.parse(ended.path("startedAt").asString()),
                        Instant.parse(ended.path("endedAt").asString()))
                .toMillis();
        assertThat(jdbc.sql("SELECT cpu_milliseconds FROM usage_record WHERE job_id = :job")
                        .param("job", Long.parseLong(number))
                        .query(Long.class)
                        .single())
                .isEqualTo(milliseconds);
        assertThat(line.path("job").asString()).isEqualTo(number);

        JsonNode model = waitForModel(ana, project.path("id").asString());
        JsonNode lineage = ana.get("/api/v1/models/" + model.path("id").asString() + "/versions/1/lineage")
                .expect(200);
        assertThat(lineage.toString())
                .contains(
                        slug,
                        "\"number\":1",
                        awarded.path("code").asString(),
                        call.path("title").asString(),
                        organisation);

        job.put("name", "too long").put("timeLimitSeconds", 40_000);
        ana.post("/api/v1/jobs", job.toString()).expectProblem(409, "over-budget");

        Client eve = signUp("Eve");
        for (String path : new String[] {
            proposal,
            "/api/v1/projects/" + project.path("id").asString(),
            "/api/v1/allocations/" + allocation + "/statement",
            "/api/v1/jobs/" + number,
            "/api/v1/jobs/" + number + "/log",
            "/api/v1/models/" + model.path("id").asString()
        }) {
            eve.get(path).expectProblem(404, "not-found");
        }
    }

    private static String variable(String slug) {
        return "FARGA_DATASET_" + slug.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
    }

    private void publish(String slug) throws IOException, InterruptedException {
        Client steward = staff(CentreRole.DATA_STEWARD);
        steward.post("/api/v1/datasets", """
                        {"slug": "%s", "title": "Handwritten digits", "summary": "1,797 digits of 8 by 8 pixels",
                         "licence": "CC-BY-4.0", "terms": "Name the source.", "card": "# Digits"}""".formatted(slug)).expect(201);
        String version = "/api/v1/datasets/" + slug + "/versions";
        steward.post(version, "{}").expect(201);
        HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address() + version + "/1/files/digits.csv"))
                                .header("Authorization", "Bearer " + steward.token())
                                .header("Content-Type", "application/octet-stream")
                                .PUT(BodyPublishers.ofFile(EXAMPLE.resolve("digits.csv")))
                                .build(),
                        BodyHandlers.ofString());
        steward.put(version + "/1/publication", null).expect(200);
    }

    private static JsonNode waitFor(Client ana, String job) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(3));
        while (true) {
            JsonNode now = ana.get("/api/v1/jobs/" + job).expect(200);
            if (now.has("endedAt") || Instant.now().isAfter(deadline)) {
                return now;
            }
            Thread.sleep(200);
        }
    }

    private static JsonNode statementLine(Client ana, String allocation) {
        JsonNode lines = ana.get("/api/v1/allocations/" + allocation + "/statement")
                .expect(200)
                .path("lines");
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    private static JsonNode waitForModel(Client ana, String project) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(1));
        while (true) {
            JsonNode models = ana.get("/api/v1/models?project=" + project).expect(200);
            JsonNode items = models.has("items") ? models.path("items") : models;
            if (!items.isEmpty()) {
                return items.get(0);
            }
            assertThat(Instant.now()).as("no model was registered").isBefore(deadline);
            Thread.sleep(200);
        }
    }
}
