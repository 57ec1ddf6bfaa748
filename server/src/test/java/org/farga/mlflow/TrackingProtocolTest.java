package org.farga.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.farga.HttpTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The protocol at its edges: errors in MLflow's form, bounds, races, strangers and hostile input. */
class TrackingProtocolTest extends HttpTest {
    @Autowired
    private TrackedProject projects;

    private Client ana;
    private String base;

    @BeforeEach
    void open() {
        ana = signUp("Ana");
        base = "/mlflow/" + projects.of(organisationOf(ana), ana.person()).slug();
    }

    private String api(String path) {
        return base + "/api/2.0/mlflow" + path;
    }

    private String files(String path) {
        return base + "/api/2.0/mlflow-artifacts" + path;
    }

    private Answered post(String path, String body) {
        return ana.post(api(path), body);
    }

    private String run() {
        return post("/runs/create", "{}")
                .expect(200)
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
    }

    private static void error(Answered answered, int status, String code) {
        assertThat(answered.status()).as(answered.body()).isEqualTo(status);
        assertThat(answered.header("Content-Type")).startsWith("application/json");
        assertThat(answered.json().path("error_code").asString())
                .as(answered.body())
                .isEqualTo(code);
        assertThat(answered.json().path("message").asString()).isNotBlank();
    }

    @Test
    void errorsHaveMlflowsForm() {
        error(stranger().get(api("/experiments/get?experiment_id=0")), 401, "UNAUTHENTICATED");
        error(
                stranger().get(api("/experiments/get?experiment_id=0"), "Authorization", "Bearer farga_token_nothing"),
                401,
                "UNAUTHENTICATED");
        error(
                stranger().get(api("/experiments/get?experiment_id=0"), "Authorization", "Bearer farga_job_nothing"),
                401,
                "UNAUTHENTICATED");
        error(ana.get(api("/experiments/get?experiment_id=77")), 404, "RESOURCE_DOES_NOT_EXIST");
        error(ana.get(api("/experiments/get?experiment_id=x'y")), 404, "RESOURCE_DOES_NOT_EXIST");
        error(ana.get(api("/experiments/get")), 400, "INVALID_PARAMETER_VALUE");
        error(ana.get(api("/runs/get?run_id=nothing")), 404, "RESOURCE_DOES_NOT_EXIST");
        error(ana.get(api("/nothing/like/that")), 404, "ENDPOINT_NOT_FOUND");
        error(ana.get(api("/runs/create")), 404, "ENDPOINT_NOT_FOUND");
        error(ana.get(base + "/api/3.0/mlflow/traces/search"), 404, "ENDPOINT_NOT_FOUND");
        error(post("/runs/create", "{"), 400, "INVALID_PARAMETER_VALUE");
        error(post("/runs/create", "[]"), 400, "INVALID_PARAMETER_VALUE");
        error(post("/runs/create", "{\"run_name\": \"" + "x".repeat(3 << 20) + "\"}"), 413, "INVALID_PARAMETER_VALUE");
    }

    @Test
    void anotherProjectIsNotThere() {
        Client laia = signUp("Laia");
        String run = run();
        error(laia.get(api("/runs/get?run_id=" + run)), 404, "RESOURCE_DOES_NOT_EXIST");
        error(laia.post(api("/runs/create"), "{}"), 404, "RESOURCE_DOES_NOT_EXIST");
        String hers =
                "/mlflow/" + projects.of(organisationOf(laia), laia.person()).slug();
        error(laia.get(hers + "/api/2.0/mlflow/runs/get?run_id=" + run), 404, "RESOURCE_DOES_NOT_EXIST");
        error(laia.post(hers + "/api/2.0/mlflow/runs/set-tag", """
                        {"run_id": "%s", "key": "a", "value": "b"}""".formatted(run)), 404, "RESOURCE_DOES_NOT_EXIST");
        error(
                laia.put(hers + "/api/2.0/mlflow-artifacts/artifacts/0/" + run + "/artifacts/a.txt", "x"),
                404,
                "RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void whoSeesAProjectWithoutWorkingInItReadsOnly() {
        String run = run();
        Client auditor = staff(org.farga.shared.CentreRole.AUDITOR);
        auditor.get(api("/runs/get?run_id=" + run)).expect(200);
        error(auditor.post(api("/runs/create"), "{}"), 403, "PERMISSION_DENIED");
        error(auditor.post(api("/runs/set-tag"), """
                        {"run_id": "%s", "key": "a", "value": "b"}""".formatted(run)), 403, "PERMISSION_DENIED");
        error(auditor.post(api("/registered-models/create"), "{\"name\": \"x\"}"), 403, "PERMISSION_DENIED");
    }

    @Test
    void aTokenNeedsTheScopeOfComputingToWrite() {
        JsonNode issued = ana.post("/api/v1/tokens", "{\"name\": \"reader\", \"scopes\": [\"READ\"]}")
                .expect(201);
        String[] reader = {"Authorization", "Bearer " + issued.path("secret").asString()};
        String run = run();
        stranger().get(api("/runs/get?run_id=" + run), reader).expect(200);
        stranger()
                .post(api("/runs/search"), "{\"experiment_ids\": [\"0\"]}", reader)
                .expect(200);
        error(stranger().post(api("/runs/create"), "{}", reader), 403, "PERMISSION_DENIED");
        error(stranger().put(files("/artifacts/0/" + run + "/artifacts/a.txt"), "x", reader), 403, "PERMISSION_DENIED");
    }

    @Test
    void withoutAProjectInTheAddressTheOnlyOneCounts() {
        ana.get("/api/2.0/mlflow/experiments/get?experiment_id=0").expect(200);
        String slug = base.substring("/mlflow/".length());
        ana.get("/api/2.0/mlflow/experiments/get?experiment_id=0", "X-MLFLOW-WORKSPACE", slug)
                .expect(200);
        error(
                ana.get("/api/2.0/mlflow/experiments/get?experiment_id=0", "X-MLFLOW-WORKSPACE", "other"),
                404,
                "RESOURCE_DOES_NOT_EXIST");
        error(signUp("Laia").get("/api/2.0/mlflow/experiments/get?experiment_id=0"), 400, "INVALID_PARAMETER_VALUE");
    }

    @Test
    void whatABatchHoldsIsTakenWholeOrNotAtAll() {
        String run = run();
        post("/runs/log-parameter", "{\"run_id\": \"%s\", \"key\": \"seed\", \"value\": \"1\"}".formatted(run))
                .expect(200);
        error(post("/runs/log-batch", """
                        {"run_id": "%s", "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}],
                         "params": [{"key": "lr", "value": "0.1"}, {"key": "seed", "value": "2"}],
                         "tags": [{"key": "t", "value": "x"}]}""".formatted(run)), 400, "INVALID_PARAMETER_VALUE");
        JsonNode data =
                ana.get(api("/runs/get?run_id=" + run)).expect(200).path("run").path("data");
        assertThat(data.path("metrics")).isEmpty();
        assertThat(data.path("params")).hasSize(1);
        assertThat(data.path("tags").toString()).doesNotContain("\"t\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"metrics\": [{\"key\": \"\", \"value\": 1}]}",
                "{\"metrics\": [{\"key\": \"../up\", \"value\": 1}]}",
                "{\"metrics\": [{\"key\": \"a//b\", \"value\": 1}]}",
                "{\"metrics\": [{\"key\": \"emoji😀\", \"value\": 1}]}",
                "{\"metrics\": [{\"key\": \"m\"}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": \"much\"}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": [1]}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": 1, \"step\": 1.5}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": 1, \"step\": 99999999999999999999}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": 1, \"step\": -9223372036854775808}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": 1, \"timestamp\": -1}]}",
                "{\"metrics\": [{\"key\": \"m\", \"value\": 1, \"timestamp\": 9223372036854775807}]}",
                "{\"metrics\": {\"key\": \"m\"}}",
                "{\"metrics\": [3]}",
                "{\"params\": [{\"key\": \"a\", \"value\": \"1\"}, {\"key\": \"a\", \"value\": \"2\"}]}",
                "{\"params\": [{\"key\": \"a\\u0000\", \"value\": \"1\"}]}",
                "{\"params\": [{\"key\": \"a\", \"value\": \"\\u0000\"}]}",
                "{\"params\": [{\"key\": \"a\", \"value\": \"\\ud800\"}]}",
                "{\"tags\": [{\"key\": \"a\", \"value\": {\"b\": 1}}]}",
            })
    void whatCannotBeLoggedIsRefused(String batch) {
        String body = "{\"run_id\": \"%s\", ".formatted(run()) + batch.substring(1);
        error(post("/runs/log-batch", body), 400, "INVALID_PARAMETER_VALUE");
    }

    @Test
    void aBatchHasMlflowsBounds() {
        String run = run();
        String metrics = String.join(
                ",",
                IntStream.range(0, 1_001)
                        .mapToObj(i -> "{\"key\": \"m\", \"value\": 1, \"timestamp\": 1, \"step\": " + i + "}")
                        .toList());
        error(
                post("/runs/log-batch", "{\"run_id\": \"%s\", \"metrics\": [%s]}".formatted(run, metrics)),
                400,
                "INVALID_PARAMETER_VALUE");
        String tags = String.join(
                ",",
                IntStream.range(0, 101)
                        .mapToObj(i -> "{\"key\": \"t" + i + "\", \"value\": \"\"}")
                        .toList());
        error(
                post("/runs/log-batch", "{\"run_id\": \"%s\", \"tags\": [%s]}".formatted(run, tags)),
                400,
                "INVALID_PARAMETER_VALUE");
    }

    private List<Answered> atOnce(int many, Callable<Answered> call) throws Exception {
        List<Answered> all = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answered>> running = threads.invokeAll(IntStream.range(0, many)
                    .<Callable<Answered>>mapToObj(i -> call)
                    .toList());
            for (Future<Answered> one : running) {
                all.add(one.get());
            }
        }
        return all;
    }

    @Test
    void ofManyWhoCreateOneExperimentOneDoes() throws Exception {
        List<Answered> all = atOnce(8, () -> post("/experiments/create", "{\"name\": \"race\"}"));
        assertThat(all).filteredOn(a -> a.status() == 200).hasSize(1);
        all.stream().filter(a -> a.status() != 200).forEach(a -> error(a, 400, "RESOURCE_ALREADY_EXISTS"));
    }

    @Test
    void ofManyWhoRegisterOneModelOneDoes() throws Exception {
        List<Answered> all = atOnce(8, () -> post("/registered-models/create", "{\"name\": \"race\"}"));
        assertThat(all).filteredOn(a -> a.status() == 200).hasSize(1);
    }

    @Test
    void aValueThatIsSentAgainIsThereOnce() throws Exception {
        String run = run();
        String batch = """
                {"run_id": "%s", "metrics": [{"key": "m", "value": 0.5, "timestamp": 7, "step": 3},
                 {"key": "m", "value": "NaN", "timestamp": 8, "step": 4}]}""".formatted(run);
        atOnce(6, () -> post("/runs/log-batch", batch)).forEach(a -> a.expect(200));
        JsonNode history = ana.get(api("/metrics/get-history?run_id=" + run + "&metric_key=m"))
                .expect(200)
                .path("metrics");
        assertThat(history).hasSize(2);
        assertThat(history.path(1).path("value").asString()).isEqualTo("NaN");
        // Farga's own face shows it too, without a number where there is none.
        JsonNode own = ana.get("/api/v1/runs/" + run).expect(200);
        assertThat(own.path("points").asInt()).isEqualTo(2);
        assertThat(own.has("job")).isFalse();
        ana.get("/api/v1/runs/" + run + "/metrics?name=m").expect(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0/%s/artifacts/../x",
                "0/%s/artifacts/a/../../x",
                "0/%s/artifacts/%%2e%%2e/x",
                "0/%s/artifacts/a%%5cb",
                "0/%s/artifacts/a%%00b",
                "0/%s/artifacts/",
                "0/%s/artifacts",
                "0/%s/elsewhere/x",
                "../../etc/passwd",
                "x",
            })
    void filesLieWhereFilesMayLie(String path) {
        Answered answered = ana.put(files("/artifacts/" + path.formatted(run())), "x", "Content-Type", "text/plain");
        assertThat(answered.status()).as(answered.body()).isIn(400, 404);
    }

    @Test
    void aFileComesBackAsItWasSent() {
        String run = run();
        String place = "/artifacts/0/" + run + "/artifacts/";
        ana.put(files(place + "sub%20folder/a.txt"), "one", "Content-Type", "text/plain")
                .expect(200);
        ana.put(files(place + "sub%20folder/a.txt"), "three", "Content-Type", "text/plain")
                .expect(200);
        Answered read = ana.get(files(place + "sub%20folder/a.txt"));
        assertThat(read.body()).isEqualTo("three");
        assertThat(read.header("Content-Disposition")).startsWith("attachment");
        assertThat(ana.get(files(place + "sub%20folder/a.txt"), "Range", "bytes=1-2")
                        .body())
                .isEqualTo("hr");
        assertThat(ana.get(files("/artifacts?path=0/" + run + "/artifacts"))
                        .expect(200)
                        .path("files")
                        .path(0)
                        .path("is_dir")
                        .asBoolean())
                .isTrue();
        assertThat(ana.get("/api/v1/runs/" + run).expect(200).path("files")).hasSize(1);
        ana.delete(files(place + "sub%20folder")).expect(200);
        error(ana.get(files(place + "sub%20folder/a.txt")), 404, "RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void aFileInPiecesIsWholeOrNotThere() {
        String run = run();
        JsonNode begun =
                ana.post(files("/mpu/create/0/" + run + "/artifacts/w"), """
                        {"path": "big.bin", "num_parts": 2}""").expect(200);
        String upload = begun.path("upload_id").asString();
        String first = begun.path("credentials")
                .path(0)
                .path("url")
                .asString()
                .substring(address().length());
        String second = begun.path("credentials")
                .path(1)
                .path("url")
                .asString()
                .substring(address().length());
        String etag1 = ana.put(first, "abc", "Content-Type", "text/plain").header("ETag");
        String complete = "{\"path\": \"big.bin\", \"upload_id\": \"%s\", \"parts\": [%s]}";
        String one = "{\"part_number\": 1, \"etag\": \"" + etag1.replace("\"", "\\\"") + "\"}";
        error(
                ana.post(files("/mpu/complete/0/" + run + "/artifacts/w"), complete.formatted(upload, one)),
                400,
                "INVALID_PARAMETER_VALUE");
        String etag2 = ana.put(second, "def", "Content-Type", "text/plain").header("ETag");
        String wrong = "{\"part_number\": 2, \"etag\": \"x\"}";
        error(
                ana.post(
                        files("/mpu/complete/0/" + run + "/artifacts/w"),
                        complete.formatted(upload, one + "," + wrong)),
                400,
                "INVALID_PARAMETER_VALUE");
        error(ana.put(first.replaceFirst("/1$", "/3"), "x"), 404, "RESOURCE_DOES_NOT_EXIST");
        error(signUp("Laia").put(first, "x"), 404, "RESOURCE_DOES_NOT_EXIST");
        String two = "{\"part_number\": 2, \"etag\": \"" + etag2.replace("\"", "\\\"") + "\"}";
        ana.post(files("/mpu/complete/0/" + run + "/artifacts/w"), complete.formatted(upload, one + "," + two))
                .expect(200);
        assertThat(ana.get(files("/artifacts/0/" + run + "/artifacts/w/big.bin"))
                        .body())
                .isEqualTo("abcdef");
        error(ana.put(first, "late"), 404, "RESOURCE_DOES_NOT_EXIST");
    }

    @Test
    void aRegisteredVersionKeepsItsFilesWhateverBecomesOfTheRuns() {
        String run = run();
        String file = "/artifacts/0/" + run + "/artifacts/model/weights.bin";
        ana.put(files(file), "first", "Content-Type", "application/octet-stream")
                .expect(200);
        post("/registered-models/create", "{\"name\": \"detector\"}").expect(200);
        post("/model-versions/create", "{\"name\": \"detector\", \"source\": \"runs:/%s/model\"}".formatted(run))
                .expect(200);
        ana.put(files(file), "second", "Content-Type", "application/octet-stream")
                .expect(200);
        String uri = ana.get(api("/model-versions/get-download-uri?name=detector&version=1"))
                .expect(200)
                .path("artifact_uri")
                .asString();
        String place = "/artifacts/" + uri.substring("mlflow-artifacts:/".length()) + "/weights.bin";
        assertThat(ana.get(files(place)).body()).isEqualTo("first");
        error(ana.put(files(place), "x", "Content-Type", "text/plain"), 403, "PERMISSION_DENIED");
        error(ana.delete(files(place)), 403, "PERMISSION_DENIED");
        // Farga's own pages show the model with what is known of where it came from.
        JsonNode model = ana.get("/api/v1/models").expect(200).path("items").path(0);
        JsonNode lineage = ana.get("/api/v1/models/" + model.path("id").asString() + "/versions/1/lineage")
                .expect(200);
        assertThat(lineage.has("job")).isFalse();
        assertThat(lineage.path("run").path("id").asString()).isEqualTo(run);
        // Deleted, it is no longer offered; the record keeps it.
        ana.send("DELETE", api("/model-versions/delete"), "{\"name\": \"detector\", \"version\": \"1\"}")
                .expect(200);
        error(ana.get(api("/model-versions/get?name=detector&version=1")), 404, "RESOURCE_DOES_NOT_EXIST");
        assertThat(jdbc.sql("SELECT count(*) FROM model_version WHERE run_id = CAST(:run AS uuid)")
                        .param("run", run)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void versionsComeFromRunsOfTheProject() {
        post("/registered-models/create", "{\"name\": \"outside\"}").expect(200);
        for (String source : List.of("s3://bucket/x", "file:///etc/passwd", "models:/other", "mlflow-artifacts:/x")) {
            error(
                    post("/model-versions/create", "{\"name\": \"outside\", \"source\": \"%s\"}".formatted(source)),
                    400,
                    "INVALID_PARAMETER_VALUE");
        }
        for (String source : List.of(
                "runs:/" + java.util.UUID.randomUUID() + "/m",
                "models:/other/1",
                "models:/outside@champion",
                "models:/outside/Production",
                "models:/m-" + "0".repeat(32))) {
            error(
                    post("/model-versions/create", "{\"name\": \"outside\", \"source\": \"%s\"}".formatted(source)),
                    404,
                    "RESOURCE_DOES_NOT_EXIST");
        }
    }

    /** A logged model that no run made, with one file. */
    private String loggedOutsideRuns() {
        String model = post("/logged-models", """
                        {"experiment_id": "0", "name": "net", "params": [{"key": "depth", "value": "3"}]}""")
                .expect(200)
                .at("/model/info/model_id")
                .asString();
        ana.put(
                        files("/artifacts/0/models/" + model + "/artifacts/data/weights.txt"),
                        "1 2 3",
                        "Content-Type",
                        "text/plain")
                .expect(200);
        ana.send("PATCH", api("/logged-models/" + model), "{\"status\": \"LOGGED_MODEL_READY\"}")
                .expect(200);
        return model;
    }

    private JsonNode register(String name, String source, String more) {
        return post("/model-versions/create", """
                        {"name": "%s", "source": "%s"%s}""".formatted(name, source, more))
                .expect(200)
                .path("model_version");
    }

    @Test
    void aModelThatNoRunMadeIsRegisteredWithWhatIsKnownOfIt() {
        String logged = loggedOutsideRuns();
        post("/registered-models/create", "{\"name\": \"lone\"}").expect(200);
        JsonNode version = register("lone", "models:/" + logged, ", \"model_id\": \"" + logged + "\"");
        assertThat(version.path("run_id").asString()).isEmpty();
        assertThat(version.path("model_id").asString()).isEqualTo(logged);
        String model = ana.get("/api/v1/models").expect(200).at("/items/0/id").asString();
        JsonNode shown =
                ana.get("/api/v1/models/" + model).expect(200).path("versions").path(0);
        assertThat(shown.has("run")).isFalse();
        assertThat(shown.at("/files/0/path").asString()).isEqualTo("data/weights.txt");
        JsonNode lineage =
                ana.get("/api/v1/models/" + model + "/versions/1/lineage").expect(200);
        assertThat(lineage.has("run")).isFalse();
        assertThat(lineage.path("project").path("slug").asString()).isEqualTo(base.substring("/mlflow/".length()));
        // Its page shows it with its files, which it keeps whatever becomes of the logged model.
        ana.delete(files("/artifacts/0/models/" + logged + "/artifacts/data")).expect(200);
        String page = ana.get("/models/" + model).body();
        assertThat(page).contains("Outside of runs", "/models/" + model + "/versions/1/folder?path=data", "depth");
        assertThat(ana.get("/models/" + model + "/versions/1/folder?path=data").body())
                .contains("/versions/1/file?path=data%2Fweights.txt");
        assertThat(ana.get("/models/" + model + "/versions/1/file?path=data/weights.txt")
                        .body())
                .contains("1 2 3", "lone, version 1");
        assertThat(ana.get("/models/" + model + "/versions/1/content?path=data/weights.txt")
                        .body())
                .isEqualTo("1 2 3");
        Client laia = signUp("Laia");
        for (String what : List.of("folder", "file?path=data/weights.txt", "content?path=data/weights.txt")) {
            assertThat(laia.get("/models/" + model + "/versions/1/" + what).status())
                    .as(what)
                    .isEqualTo(404);
        }
        assertThat(ana.get("/models/" + model + "/versions/1/image?path=data/weights.txt")
                        .status())
                .isEqualTo(404);
        // And so does the project's lineage, both ways.
        JsonNode graph = ana.get("/api/v1/lineage/model/" + model + "@1").expect(200);
        String project = lineage.path("project").path("id").asString();
        assertThat(graph.path("edges").toString()).contains("\"from\":{\"kind\":\"project\",\"id\":\"" + project);
        assertThat(ana.get("/api/v1/lineage/project/" + project).expect(200).toString())
                .contains("\"id\":\"" + model + "@1\"");
    }

    @Test
    void aVersionIsCopiedToAnotherModelByWhateverNameItIsMeant() {
        String run = run();
        ana.put(files("/artifacts/0/" + run + "/artifacts/model/MLmodel"), "flavors:", "Content-Type", "text/plain")
                .expect(200);
        for (String name : List.of("first", "second")) {
            post("/registered-models/create", "{\"name\": \"%s\"}".formatted(name))
                    .expect(200);
        }
        register("first", "runs:/" + run + "/model", "");
        post("/registered-models/alias", "{\"name\": \"first\", \"alias\": \"champion\", \"version\": \"1\"}")
                .expect(200);
        post("/model-versions/transition-stage", """
                        {"name": "first", "version": "1", "stage": "Production"}""").expect(200);
        int number = 0;
        for (String source : List.of(
                "models:/first/1", "models:/first@champion", "models:/first/Production", "models:/first/latest")) {
            JsonNode copy = register("second", source, ", \"run_id\": \"" + run + "\"");
            assertThat(copy.path("version").asString()).isEqualTo(String.valueOf(++number));
            assertThat(copy.path("run_id").asString()).isEqualTo(run);
            String uri = ana.get(api("/model-versions/get-download-uri?name=second&version=" + number))
                    .expect(200)
                    .path("artifact_uri")
                    .asString();
            assertThat(ana.get(files("/artifacts/" + uri.substring("mlflow-artifacts:/".length()) + "/MLmodel"))
                            .body())
                    .as(source)
                    .isEqualTo("flavors:");
        }
    }

    @Test
    void aDeletedRunIsShownInLineageOnlyWhereAModelRestsOnIt() {
        String used = run();
        String unused = run();
        String project =
                ana.get("/api/v1/projects").expect(200).at("/items/0/id").asString();
        post("/registered-models/create", "{\"name\": \"rests\"}").expect(200);
        ana.put(files("/artifacts/0/" + used + "/artifacts/a.txt"), "x", "Content-Type", "text/plain")
                .expect(200);
        register("rests", "runs:/" + used, "");
        String address = "/api/v1/lineage/project/" + project;
        assertThat(ana.get(address).expect(200).toString()).contains(used, unused);
        for (String run : List.of(used, unused)) {
            post("/runs/delete", "{\"run_id\": \"%s\"}".formatted(run)).expect(200);
        }
        JsonNode graph = ana.get(address).expect(200);
        assertThat(graph.toString()).contains(used).doesNotContain(unused);
        for (JsonNode node : graph.path("nodes")) {
            assertThat(node.path("deleted").asBoolean())
                    .as(node.toString())
                    .isEqualTo(node.path("kind").asString().equals("run"));
        }
        assertThat(ana.get("/lineage/run/" + used).body()).contains("node centre deleted", "deleted</span>");
        // It still has its page, which says so and offers nothing that rests on it anew.
        assertThat(ana.get("/runs/" + used).body())
                .contains("no longer offered")
                .doesNotContain("/runs/" + used + "/model\"");
        assertThat(ana.get("/runs").body()).doesNotContain(used);
        ana.post("/api/v1/models", "{\"name\": \"more\", \"run\": \"%s\"}".formatted(used))
                .expectProblem(409, "run-deleted");
        // A version that is no longer offered is marked, and the model that has no other is not listed.
        ana.send("DELETE", api("/model-versions/delete"), "{\"name\": \"rests\", \"version\": \"1\"}")
                .expect(200);
        assertThat(ana.get("/api/v1/models").expect(200).path("items")).isEmpty();
        JsonNode after = ana.get(address).expect(200);
        for (JsonNode node : after.path("nodes")) {
            if (node.path("kind").asString().equals("model")) {
                assertThat(node.path("deleted").asBoolean()).isTrue();
                String page = "/models/" + node.path("id").asString().replaceFirst("@.*", "");
                assertThat(ana.get(page).body()).contains("Deleted: no longer offered");
            }
        }
        assertThat(after.toString()).contains(used, "rests");
        post("/runs/restore", "{\"run_id\": \"%s\"}".formatted(unused)).expect(200);
        assertThat(ana.get(address).expect(200).toString()).contains(unused);
    }

    @Test
    void hostileSearchesAreAnsweredWithoutHarm() {
        run();
        for (String filter : List.of(
                "params.a LIKE 'x\\\\'",
                "tags.`'; DROP TABLE run; --` = 'x'",
                "tags.a = '%s%d:search0'",
                "metrics.a > 1e309",
                "start_time > 1e300",
                "attributes.run_id IN ('x')")) {
            post(
                            "/runs/search",
                            "{\"experiment_ids\": [\"0\"], \"filter\": \"%s\"}".formatted(filter.replace("\"", "\\\"")))
                    .expect(200);
        }
        error(
                post("/runs/search", "{\"experiment_ids\": [\"0\"], \"page_token\": \"x\"}"),
                400,
                "INVALID_PARAMETER_VALUE");
        error(
                post("/runs/search", "{\"experiment_ids\": [\"0\"], \"max_results\": 0}"),
                400,
                "INVALID_PARAMETER_VALUE");
        post("/runs/search", "{\"experiment_ids\": [\"zero\", \"4711\"]}").expect(200);
    }

    private JsonNode search(String more) {
        return post("/runs/search", "{\"experiment_ids\": [\"0\"], \"max_results\": 2" + more + "}")
                .expect(200);
    }

    private List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("runs").forEach(run -> ids.add(run.at("/info/run_id").asString()));
        return ids;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"order_by\": [\"metrics.loss ASC\"]",
                ", \"order_by\": [\"metrics.loss DESC\"]",
                ", \"order_by\": [\"params.kind DESC\", \"metrics.loss\"]",
                ", \"order_by\": [\"attributes.start_time ASC\", \"attributes.run_id DESC\"]",
            })
    void pagesNeitherSkipNorDoubleWhileRunsAreAdded(String order) {
        List<String> there = new ArrayList<>();
        for (String loss : List.of("0.5", "\"NaN\"", "0.1", "0.5", "\"Infinity\"", "-3", "")) {
            String run = run();
            there.add(run);
            if (!loss.isEmpty()) {
                post("/runs/log-metric", """
                                {"run_id": "%s", "key": "loss", "value": %s, "timestamp": 1}""".formatted(run, loss)).expect(200);
                post("/runs/log-parameter", """
                                {"run_id": "%s", "key": "kind", "value": "%s"}""".formatted(run, loss.length())).expect(200);
            }
        }
        List<String> whole = ids(post("/runs/search", "{\"experiment_ids\": [\"0\"], \"max_results\": 50" + order + "}")
                .expect(200));
        assertThat(whole).containsExactlyInAnyOrderElementsOf(there);
        List<String> read = new ArrayList<>();
        String token = "";
        do {
            JsonNode page = search(order + (token.isEmpty() ? "" : ", \"page_token\": \"" + token + "\""));
            read.addAll(ids(page));
            token = page.path("next_page_token").asString("");
            run();
        } while (!token.isEmpty() && read.size() < 50);
        assertThat(read).filteredOn(there::contains).containsExactlyElementsOf(whole);
        assertThat(read).doesNotHaveDuplicates();
    }

    @Test
    void aPageTokenOfAnotherSearchIsRefused() {
        for (int i = 0; i < 3; i++) {
            run();
        }
        String token = search("").path("next_page_token").asString();
        search(", \"page_token\": \"" + token + "\"");
        error(post("/runs/search", """
                        {"experiment_ids": ["0"], "order_by": ["metrics.m"], "page_token": "%s"}""".formatted(token)), 400, "INVALID_PARAMETER_VALUE");
        var encoder = java.util.Base64.getUrlEncoder();
        for (String made :
                List.of("x", "5", "[]", "{}", "[1, 2]", "[\"-\", \"-\"]", "[\"=x\", \"=y\"]", "[\"=9e99\", \"=1\"]")) {
            error(
                    post("/runs/search", """
                            {"experiment_ids": ["0"], "page_token": "%s"}""".formatted(
                                    encoder.encodeToString(made.getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
                    400,
                    "INVALID_PARAMETER_VALUE");
        }
        error(
                ana.get(api("/metrics/get-history?run_id=" + run() + "&metric_key=m&page_token=" + token)),
                400,
                "INVALID_PARAMETER_VALUE");
    }

    @Test
    void modelsVersionsAndSeriesAreReadPageByPageWhileMoreCome() {
        String run = run();
        ana.put(files("/artifacts/0/" + run + "/artifacts/a.txt"), "x", "Content-Type", "text/plain")
                .expect(200);
        for (String name : List.of("b", "d", "f")) {
            post("/registered-models/create", "{\"name\": \"%s\"}".formatted(name))
                    .expect(200);
            register(name, "runs:/" + run, "");
        }
        List<String> models = new ArrayList<>();
        List<String> versions = new ArrayList<>();
        String modelToken = "";
        String versionToken = "";
        for (String added : List.of("a", "0", "1")) {
            JsonNode page = ana.get(api("/registered-models/search?max_results=1&page_token=" + modelToken))
                    .expect(200);
            page.path("registered_models")
                    .forEach(m -> models.add(m.path("name").asString()));
            modelToken = page.path("next_page_token").asString("");
            page = ana.get(api("/model-versions/search?max_results=1&page_token=" + versionToken))
                    .expect(200);
            page.path("model_versions").forEach(v -> versions.add(v.path("name").asString()));
            versionToken = page.path("next_page_token").asString("");
            post("/registered-models/create", "{\"name\": \"%s\"}".formatted(added))
                    .expect(200);
            register(added, "runs:/" + run, "");
        }
        assertThat(models).containsExactly("b", "d", "f");
        assertThat(versions).containsExactly("f", "d", "b");
        for (int step = 0; step < 4; step++) {
            post("/runs/log-metric", """
                            {"run_id": "%s", "key": "m", "value": %d, "timestamp": 1, "step": %d}""".formatted(run, step, step)).expect(200);
        }
        String history = "/metrics/get-history?metric_key=m&max_results=2&run_id=" + run;
        JsonNode first = ana.get(api(history)).expect(200);
        post("/runs/log-metric", """
                        {"run_id": "%s", "key": "m", "value": 9, "timestamp": 1, "step": -1}""".formatted(run)).expect(200);
        JsonNode second = ana.get(api(
                        history + "&page_token=" + first.path("next_page_token").asString()))
                .expect(200);
        assertThat(second.at("/metrics/0/step").asString()).isEqualTo("2");
        assertThat(second.at("/metrics/1/step").asString()).isEqualTo("3");
        assertThat(second.has("next_page_token")).isFalse();
    }

    @Test
    void aProjectHoldsNoMoreThanItMay() {
        String run = run();
        String place = "/artifacts/0/" + run + "/artifacts/";
        ana.put(files(place + "a.txt"), "x".repeat(1_000), "Content-Type", "text/plain")
                .expect(200);
        assertThat(ana.get(project()).body()).contains("1,000 B of 100 GiB");
        // As if there were nearly as much as a project may hold, in another run.
        jdbc.sql("""
                INSERT INTO run_file (run_id, path, bytes, sha256) VALUES (CAST(:run AS uuid), 'b', :bytes, sha256('b'))""")
                .param("run", run())
                .param("bytes", 100L * (1 << 30) - 1_500)
                .update();
        error(
                ana.put(files(place + "c.txt"), "y".repeat(501), "Content-Type", "text/plain"),
                507,
                "RESOURCE_EXHAUSTED");
        assertThat(ana.get(files(place + "c.txt")).status()).isEqualTo(404);
        ana.put(files(place + "c.txt"), "y".repeat(500), "Content-Type", "text/plain")
                .expect(200);
        JsonNode begun =
                ana.post(files("/mpu/create/0/" + run + "/artifacts/w"), """
                        {"path": "big.bin", "num_parts": 1}""").expect(200);
        String piece =
                begun.at("/credentials/0/url").asString().substring(address().length());
        error(ana.put(piece, "z", "Content-Type", "text/plain"), 507, "RESOURCE_EXHAUSTED");
        // Another project has its own room, and what is removed makes room again.
        Client laia = signUp("Laia");
        String hers =
                "/mlflow/" + projects.of(organisationOf(laia), laia.person()).slug();
        String herRun = laia.post(hers + "/api/2.0/mlflow/runs/create", "{}")
                .expect(200)
                .at("/run/info/run_id")
                .asString();
        laia.put(
                        hers + "/api/2.0/mlflow-artifacts/artifacts/0/" + herRun + "/artifacts/c.txt",
                        "y".repeat(2_000),
                        "Content-Type",
                        "text/plain")
                .expect(200);
        ana.delete(files(place + "c.txt")).expect(200);
        ana.put(piece, "z", "Content-Type", "text/plain");
        String etag =
                ana.put(piece, "z".repeat(500), "Content-Type", "text/plain").header("ETag");
        ana.post(files("/mpu/complete/0/" + run + "/artifacts/w"), """
                        {"path": "big.bin", "upload_id": "%s", "parts": [{"part_number": 1, "etag": "%s"}]}""".formatted(
                                begun.path("upload_id").asString(), etag.replace("\"", "\\\"")))
                .expect(200);
    }

    private String project() {
        return "/projects/" + base.substring("/mlflow/".length());
    }

    @Test
    void theProjectsPageSaysHowToLogAndItsAddressLeadsToTheRuns() {
        String page = ana.get(project()).body();
        assertThat(page)
                .contains(
                        "Log with MLflow", "MLFLOW_TRACKING_URI=", base + "\n", "MLFLOW_TRACKING_TOKEN=farga_token_…");
        assertThat(ana.get(project(), "Accept-Language", "ca").body()).contains("id=\"mlflow\"");
        // Who only reads along is not told how to write.
        assertThat(staff(org.farga.shared.CentreRole.AUDITOR).get(project()).body())
                .doesNotContain("MLFLOW_TRACKING_TOKEN");
        String id = ana.get("/api/v1/projects").expect(200).at("/items/0/id").asString();
        for (String address : List.of(base, base + "/")) {
            Answered led = ana.get(address, "Accept", "text/html");
            assertThat(led.status()).isEqualTo(302);
            assertThat(led.header("Location")).endsWith("/runs?project=" + id);
            assertThat(signUp("Laia").get(address, "Accept", "text/html").status())
                    .isEqualTo(404);
        }
        assertThat(stranger().get(base, "Accept", "text/html").status()).isIn(302, 401);
    }

    @Test
    void whatTheFirewallRefusesIsToldInMlflowsFormToo() {
        String run = run();
        for (String address : List.of(
                files("/artifacts/0/" + run + "/artifacts/a%2Fb"),
                files("/artifacts/0/" + run + "/artifacts/a;b"),
                files("/artifacts/0/" + run + "/artifacts/a%3Bb"),
                files("/artifacts/0/" + run + "/artifacts/a//b"),
                files("/artifacts/0/" + run + "/artifacts/a%25b"),
                files("/artifacts/0/" + run + "/artifacts/a%00b"),
                api("/logged-models/m-" + "0".repeat(32) + "/tags/a%2Fb"),
                "/api/2.0/mlflow-artifacts/artifacts/0/" + run + "/artifacts/a%2Fb")) {
            Answered answered = ana.get(address);
            assertThat(answered.header("Content-Type")).as(address).startsWith("application/json");
            assertThat(answered.json().path("error_code").asString())
                    .as(address)
                    .isNotEmpty();
            assertThat(answered.status()).as(address).isIn(400, 404);
        }
    }
}
