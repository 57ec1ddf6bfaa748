package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.HttpTest;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What tests of jobs over HTTP share: an allocation, a dataset, a submission, and patience. */
abstract class ComputeTest extends HttpTest {
    static final Path EXAMPLE = Path.of("../examples/digits");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    protected ComputeWorld world;

    /** An allocation of a new project that this person leads, of a new organisation of theirs. */
    protected AllocationId allocationOf(Client client, long cpuHours) {
        return allocationOf(client, organisationOf(client), cpuHours);
    }

    protected AllocationId allocationOf(Client client, String organisation, long cpuHours) {
        return world.allocation(OrganisationId.valueOf(organisation), client.person(), "local", cpuHours)
                .id();
    }

    /** The digits as a published dataset of its own; its slug. */
    protected String publishedDigits() {
        Client steward = staff(CentreRole.DATA_STEWARD);
        String slug = "digits-" + UUID.randomUUID().toString().substring(0, 8);
        ObjectNode dataset = JSON.createObjectNode()
                .put("slug", slug)
                .put("title", "Handwritten digits")
                .put("summary", "Images of handwritten digits")
                .put("licence", "CC-BY-4.0")
                .put("terms", "Name the authors.")
                .put("card", "# Digits");
        steward.post("/api/v1/datasets", dataset.toString()).expect(201);
        String at = "/api/v1/datasets/" + slug;
        steward.post(at + "/versions", null).expect(201);
        // Not through the client, which holds answers to the description: this one is described as of another status.
        HttpRequest file = HttpRequest.newBuilder(URI.create(address() + at + "/versions/1/files/digits.csv"))
                .header("Authorization", "Bearer " + steward.token())
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofString(read(EXAMPLE.resolve("digits.csv"))))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThat(http.send(file, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        steward.put(at + "/versions/1/publication", null).expect(200);
        return slug;
    }

    /** The agreement of an organisation on a dataset's terms, accepted by its owner. */
    protected String accept(Client owner, String organisation, String slug) {
        String at = "/api/v1/datasets/" + slug;
        String sha256 = owner.get(at).expect(200).path("terms").path("sha256").asString();
        return owner.post(
                        at + "/agreements",
                        JSON.createObjectNode()
                                .put("organisation", organisation)
                                .put("termsSha256", sha256)
                                .toString())
                .expect(201)
                .path("agreement")
                .asString();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode job(AllocationId allocation, String script) {
        return JSON.createObjectNode()
                .put("allocation", allocation.toString())
                .put("name", "digits")
                .put("script", script)
                .put("cpus", 1)
                .put("memoryMebibytes", 256)
                .put("gpus", 0)
                .put("timeLimitSeconds", 60)
                .put("diskMebibytes", 64);
    }

    static String path(JsonNode submitted) {
        return "/api/v1/jobs/" + submitted.path("id").asLong();
    }

    protected JsonNode submit(Client client, ObjectNode body) {
        return client.post("/api/v1/jobs", body.toString()).expect(201);
    }

    /** The job once it is in one of these states. */
    protected JsonNode await(Client client, String path, String... states) throws InterruptedException {
        Instant until = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(until)) {
            JsonNode job = client.get(path).expect(200);
            if (List.of(states).contains(job.path("state").asString())) {
                return job;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("still " + client.get(path).body());
    }
}
