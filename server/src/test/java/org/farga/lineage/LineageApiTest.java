package org.farga.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.farga.compute.Jobs;
import org.farga.models.TrainedRuns;
import org.farga.shared.CentreRole;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.RunId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LineageApiTest extends TrainedRuns {
    /** A startup whose project came of a proposal under the standing call. */
    private Startup awarded() {
        Client ana = signUp("Ana");
        String organisation = organisationOf(ana);
        ana.put(
                        "/api/v1/organisations/" + organisation + "/size-declaration",
                        "{\"year\": 2025, \"staff\": 5, \"turnoverEur\": 100, \"balanceSheetEur\": 100, \"linkedEnterprises\": []}")
                .expect(200);
        String proposal = ana.post("/api/v1/proposals", """
                        {"call": "PLAYGROUND", "organisation": "%s"}""".formatted(organisation))
                .expect(201)
                .path("id")
                .asString();
        String path = "/api/v1/proposals/" + proposal;
        ana.patch(path, """
                        {"title": "Crack detection", "abstract": "A small network.", "gpuHours": 50, "cpuHours": 200,
                         "durationMonths": 1, "civilianUse": true, "noProhibitedPractice": true, "personalData": false}""", "If-Match", "\"1\"").expect(200);
        ana.put(path + "/submission", "", "If-Match", "\"2\"").expect(200);
        ProjectId project = ProjectId.valueOf(ana.get("/api/v1/projects")
                .expect(200)
                .path("items")
                .get(0)
                .path("id")
                .asString());
        return startup(ana, OrganisationId.valueOf(organisation), project, ProposalId.valueOf(proposal));
    }

    private RunId trainedOn(Startup startup, Jobs.Input input) throws Exception {
        return trained(
                job(startup, "digits", List.of(input)),
                "{\"name\":\"loss\",\"step\":1,\"value\":0.1}\n",
                Map.of("model.json", new byte[] {'{', '}'}));
    }

    private static List<String> kinds(JsonNode graph) {
        List<String> kinds = new ArrayList<>();
        graph.path("nodes").forEach(n -> kinds.add(n.path("kind").asString()));
        return kinds;
    }

    private static String id(JsonNode graph, String kind) {
        for (JsonNode node : graph.path("nodes")) {
            if (node.path("kind").asString().equals(kind)) {
                return node.path("id").asString();
            }
        }
        throw new AssertionError("no " + kind + " in " + graph);
    }

    private static String model(Startup startup) {
        return startup.ana()
                .get("/api/v1/models?project=" + startup.project())
                .expect(200)
                .path("items")
                .get(0)
                .path("id")
                .asString();
    }

    @Test
    void aModelLeadsBackToAllItCameFromAndEachOfTheseForwardToIt() throws Exception {
        Startup startup = awarded();
        String slug = anySlug();
        trainedOn(startup, dataset(startup, slug));
        String model = model(startup) + "@1";
        JsonNode graph = startup.ana().get("/api/v1/lineage/model/" + model).expect(200);
        assertThat(kinds(graph))
                .containsExactlyInAnyOrder(
                        "call",
                        "organisation",
                        "proposal",
                        "project",
                        "dataset",
                        "allocation",
                        "dataset-version",
                        "agreement",
                        "script",
                        "job",
                        "run",
                        "model");
        assertThat(graph.path("edges")).hasSize(13);
        for (String kind : List.of(
                "proposal",
                "organisation",
                "project",
                "dataset",
                "allocation",
                "dataset-version",
                "agreement",
                "job",
                "run")) {
            JsonNode forward = startup.ana()
                    .get("/api/v1/lineage/" + kind + "/" + id(graph, kind))
                    .expect(200);
            assertThat(id(forward, "model")).as(kind).isEqualTo(model);
            assertThat(forward.path("centre").path("kind").asString()).isEqualTo(kind);
            assertThat(startup.ana()
                            .get("/lineage/" + kind + "/" + id(graph, kind))
                            .body())
                    .as(kind)
                    .contains("class=\"node centre\"", "href=\"/lineage/model/" + model, "class=\"branches\"");
        }
        // Every startup's training script in these tests is the same, and so is the call: each sees their own alone.
        for (String kind : List.of("script", "call")) {
            JsonNode forward = startup.ana()
                    .get("/api/v1/lineage/" + kind + "/" + id(graph, kind))
                    .expect(200);
            assertThat(kinds(forward)).as(kind).containsOnlyOnce("job").contains("model");
            assertThat(forward.path("more")).isEmpty();
        }
    }

    @Test
    void ofADatasetEverybodySeesOnlyTheirOwnUse() throws Exception {
        Startup mine = startup();
        Startup theirs = startup();
        String slug = anySlug();
        trainedOn(mine, dataset(mine, slug));
        trainedOn(theirs, dataset(theirs, slug));
        for (String address : List.of("dataset/" + slug, "dataset-version/" + slug + "@1")) {
            JsonNode graph = mine.ana().get("/api/v1/lineage/" + address).expect(200);
            assertThat(kinds(graph)).containsOnlyOnce("job").containsOnlyOnce("model");
            assertThat(graph.toString()).doesNotContain(theirs.project().toString(), model(theirs));
            assertThat(graph.path("more")).isEmpty();
            Client passer = signUp("Pau");
            JsonNode nothing = passer.get("/api/v1/lineage/" + address).expect(200);
            assertThat(kinds(nothing)).containsOnly("dataset", "dataset-version");
            // Data stewards look after data, not after what others do with it.
            assertThat(kinds(staff(CentreRole.DATA_STEWARD)
                            .get("/api/v1/lineage/" + address)
                            .expect(200)))
                    .containsOnly("dataset", "dataset-version");
            assertThat(kinds(staff(CentreRole.AUDITOR)
                            .get("/api/v1/lineage/" + address)
                            .expect(200)))
                    .contains("job", "run", "model");
            stranger().get("/api/v1/lineage/" + address).expectProblem(401, "sign-in-required");
        }
    }

    @Test
    void whatOneMayNotSeeIsNotThere() throws Exception {
        Startup startup = awarded();
        trainedOn(startup, dataset(startup, anySlug()));
        JsonNode graph = startup.ana()
                .get("/api/v1/lineage/model/" + model(startup) + "@1")
                .expect(200);
        Client eve = startup().ana();
        for (String kind : List.of(
                "organisation", "proposal", "project", "allocation", "agreement", "script", "job", "run", "model")) {
            String address = "/lineage/" + kind + "/" + id(graph, kind);
            eve.get("/api/v1" + address).expectProblem(404, "not-found");
            assertThat(eve.get(address).status()).as(address).isEqualTo(404);
        }
        // Operators see jobs of all, but not whose terms were accepted how.
        JsonNode operators = staff(CentreRole.OPERATOR)
                .get("/api/v1/lineage/job/" + id(graph, "job"))
                .expect(200);
        assertThat(kinds(operators)).contains("dataset-version", "model").doesNotContain("agreement", "proposal");
    }

    @Test
    void whatIsNoNodeIsNotFound() {
        Client ana = signUp("Ana");
        for (String address : List.of(
                "job/x",
                "job/999999999999",
                "model/x@1",
                "model/" + ProjectId.create() + "@1",
                "model/" + ProjectId.create(),
                "dataset-version/digits",
                "dataset-version/@",
                "dataset/none",
                "script/abc",
                "script/" + "0".repeat(64),
                "call/none",
                "weather/1")) {
            ana.get("/api/v1/lineage/" + address).expectProblem(404, "not-found");
        }
    }

    @Test
    void manyJobsAreShownPageByPage() throws Exception {
        Startup startup = startup();
        for (int i = 0; i < 11; i++) {
            job(startup);
        }
        String address = "/api/v1/lineage/allocation/" + startup.allocation();
        JsonNode first = startup.ana().get(address).expect(200);
        assertThat(kinds(first)).filteredOn("job"::equals).hasSize(8);
        JsonNode more = first.path("more").get(0);
        assertThat(more.path("count").intValue()).isEqualTo(3);
        assertThat(more.path("exact").asBoolean()).isTrue();
        JsonNode second = startup.ana()
                .get(address + "?before=" + more.path("before").asString())
                .expect(200);
        assertThat(kinds(second)).filteredOn("job"::equals).hasSize(3);
        assertThat(second.path("more").get(0).path("count").intValue()).isEqualTo(8);
        assertThat(startup.ana()
                        .get("/lineage/allocation/" + startup.allocation())
                        .body())
                .contains("and 3 more jobs");
        startup.ana().get(address + "?before=job:x").expectProblem(404, "not-found");
    }
}
