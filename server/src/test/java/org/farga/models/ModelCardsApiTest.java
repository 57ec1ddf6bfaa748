package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.farga.compute.Jobs;
import org.farga.shared.CentreRole;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ModelCardsApiTest extends TrainedRuns {
    private static final String WRITTEN =
            "{\"text\": \"---\\nlicense: mit\\n---\\n# Cracks\\n\\nFinds cracks <script>alert(1)</script>.\"}";

    /** The path of the card of a startup's only model. */
    private String card(Startup startup, List<Jobs.Input> inputs) throws IOException {
        trained(
                job(startup, "cracks", inputs),
                "{\"param\":\"rate\",\"value\":\"0.1\"}\n{\"name\":\"accuracy\",\"step\":7,\"value\":0.97}\n",
                Map.of("model.json", new byte[] {'{', '}'}));
        return "/api/v1/models/"
                + startup.ana()
                        .get("/api/v1/models?project=" + startup.project())
                        .expect(200)
                        .path("items")
                        .get(0)
                        .path("id")
                        .asString()
                + "/versions/1/card";
    }

    @Test
    void theDraftSaysWhatIsKnown() throws IOException, InterruptedException {
        Startup startup = startup();
        String slug = anySlug();
        String path = card(startup, List.of(dataset(startup, slug)));
        var answer = startup.ana().get(path);
        JsonNode drafted = answer.expect(200);
        assertThat(answer.header("ETag")).isEqualTo("\"0\"");
        String text = drafted.path("text").asString();
        Map<String, Object> values =
                ModelCard.parse(ModelCard.split(text).orElseThrow().frontMatter());
        assertThat(values.get("datasets")).isEqualTo(List.of(slug));
        assertThat(values.get("metrics")).isEqualTo(List.of("accuracy"));
        assertThat(values.get("farga").toString())
                .contains("gpu_hours=2.0", "license=cc-by-4.0", "script_sha256=b5bea41b");
        assertThat(text).contains("2 GPU-hours", "| rate | 0.1 |", "| Digits (`" + slug + "`) | 1 | CC-BY-4.0 |");
        assertThat(org.farga.shared.Outcome.Done.class)
                .isAssignableFrom(ModelCard.check(text).getClass());
        var readme = startup.ana().get(path + "/README.md");
        assertThat(readme.body()).isEqualTo(text);
        assertThat(readme.header("Content-Type")).startsWith("text/markdown");
    }

    @Test
    void aChangeNeedsTheEditionThatWasRead() throws IOException {
        Startup startup = startup();
        String path = card(startup, List.of());
        startup.ana().put(path, WRITTEN).expectProblem(428, "version-required");
        var first = startup.ana().put(path, WRITTEN, "If-Match", "\"0\"");
        assertThat(first.expect(200).path("edition").intValue()).isEqualTo(1);
        assertThat(first.header("ETag")).isEqualTo("\"1\"");
        startup.ana().put(path, WRITTEN, "If-Match", "\"0\"").expectProblem(412, "stale");
        // The same once more changes nothing.
        assertThat(startup.ana()
                        .put(path, WRITTEN, "If-Match", "\"1\"")
                        .expect(200)
                        .path("edition")
                        .intValue())
                .isEqualTo(1);
        startup.ana()
                .put(path, WRITTEN.replace("mit", "apache-2.0"), "If-Match", "\"1\"")
                .expect(200);
        assertThat(startup.ana().get(path + "/editions").expect(200).path("items"))
                .hasSize(2);
        assertThat(startup.ana()
                        .get(path + "/editions/1")
                        .expect(200)
                        .path("text")
                        .asString())
                .contains("license: mit");
        startup.ana().get(path + "/editions/3").expectProblem(404, "not-found");
        JsonNode problem = startup.ana()
                .put(path, "{\"text\": \"no card\"}", "If-Match", "\"2\"")
                .expectProblem(422, "invalid-fields");
        assertThat(problem.toString()).contains("three dashes");
        String page = startup.ana()
                .get(path.replace("/api/v1", "").replace("/versions/1/card", ""))
                .body();
        assertThat(page).contains("Finds cracks", "&lt;script&gt;").doesNotContain("<script>alert");
    }

    @Test
    void onlyMembersWriteAndOthersFindNothing() throws IOException {
        Startup startup = startup();
        String path = card(startup, List.of());
        String page = path.replace("/api/v1", "");
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.get(path).expect(200);
        auditor.put(path, WRITTEN, "If-Match", "\"0\"").expectProblem(403, "project-members-only");
        assertThat(auditor.get(page).status()).isEqualTo(200);
        Client eve = startup().ana();
        for (String one : List.of(path, path + "/README.md", path + "/editions", path + "/editions/0")) {
            eve.get(one).expectProblem(404, "not-found");
        }
        eve.put(path, WRITTEN, "If-Match", "\"0\"").expectProblem(404, "not-found");
        for (String one : List.of(page, page + "/edit", page + "/README.md")) {
            assertThat(startup.ana().get(one).status()).as(one).isEqualTo(200);
            assertThat(eve.get(one).status()).as(one).isEqualTo(404);
        }
        startup.ana().get(path.replace("/versions/1", "/versions/2")).expectProblem(404, "not-found");
    }

    @Test
    void ofTwoWhoWriteAtOnceOneIsTold() throws Exception {
        Startup startup = startup();
        String path = card(startup, List.of());
        try (var threads = java.util.concurrent.Executors.newFixedThreadPool(6)) {
            var all = java.util.stream.IntStream.range(0, 6)
                    .mapToObj(i -> threads.submit(() -> startup.ana()
                            .put(path, WRITTEN.replace("Cracks", "Cracks " + i), "If-Match", "\"0\"")
                            .status()))
                    .toList();
            List<Integer> statuses = new java.util.ArrayList<>();
            for (var one : all) {
                statuses.add(one.get());
            }
            assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
        }
    }
}
