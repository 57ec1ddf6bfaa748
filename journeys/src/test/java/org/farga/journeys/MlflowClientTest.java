package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * An outside judge: MLflow's own client for Python, as it comes from PyPI, on a laptop and in a job. Where there is no
 * Python with {@code venv} and none can be installed, or PyPI cannot be reached, it says so and is left out.
 */
class MlflowClientTest {
    private static final String CLIENT = "mlflow-skinny==3.17.2";

    /** The skinny client does not bring it, but needs it where a model is logged; it brings numpy. */
    private static final String NUMBERS = "pandas";
    /** Where jobs can read it too, which see neither our home nor our temporary files. */
    private static final Path ENVIRONMENT =
            Path.of("/opt/farga-mlflow-" + ProcessHandle.current().pid());

    @TempDir
    private static Path folder;

    private static String missing = "";

    @BeforeAll
    static void installTheClient() throws IOException, InterruptedException {
        if (!Files.isWritable(Path.of("/opt"))) {
            missing = "/opt cannot be written, where the client would lie for jobs to find";
            return;
        }
        if (!run("/usr/bin/python3", "-m", "venv", ENVIRONMENT.toString())) {
            run("apt-get", "update", "-qq");
            if (!run("apt-get", "install", "-y", "-qq", "python3-venv")
                    || !run("/usr/bin/python3", "-m", "venv", "--clear", ENVIRONMENT.toString())) {
                missing = "there is no /usr/bin/python3 with venv, and it could not be installed";
                return;
            }
        }
        if (!run(ENVIRONMENT.resolve("bin/pip").toString(), "install", "-q", CLIENT, NUMBERS)) {
            missing = CLIENT + " and " + NUMBERS + " could not be installed from PyPI";
        }
    }

    @AfterAll
    static void removeTheClient() throws IOException, InterruptedException {
        if (Files.isDirectory(ENVIRONMENT)) {
            run("rm", "-rf", ENVIRONMENT.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("install.log").toFile()))
                    .start();
            return process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String python() {
        return ENVIRONMENT.resolve("bin/python").toString();
    }

    private static String script(String name) throws IOException {
        try (var content = MlflowClientTest.class.getResourceAsStream("/mlflow/" + name)) {
            return new String(content.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    @Test
    void anUnmodifiedClientTracksOnALaptopAndInAJob() throws Exception {
        if (!missing.isEmpty()) {
            System.out.println("LEFT OUT: MLflow's Python client did not judge Farga, because " + missing);
        }
        assumeTrue(missing.isEmpty(), missing);
        try (FargaProcess farga = FargaProcess.start(folder.resolve("data"))) {
            Story story = Story.begin(farga);
            onALaptop(farga, story);
            inAJob(story);
        }
    }

    private static void onALaptop(FargaProcess farga, Story story) throws IOException, InterruptedException {
        String slug =
                story.ana.get("/projects/" + story.project).done().path("slug").asString();
        String token = story.ana
                .post("/tokens", Map.of("name", "laptop", "scopes", List.of("READ", "COMPUTE")))
                .done()
                .path("secret")
                .asString();
        Path log = folder.resolve("laptop.log");
        ProcessBuilder client = new ProcessBuilder(
                        python(),
                        Files.writeString(folder.resolve("laptop.py"), script("laptop.py"))
                                .toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        client.environment().put("MLFLOW_TRACKING_URI", farga.address() + "/mlflow/" + slug);
        client.environment().put("MLFLOW_TRACKING_TOKEN", token);
        Process process = client.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).contains("laptop: all is well, with mlflow 3.");
    }

    private static void inAJob(Story story) throws IOException {
        String job = story.submit("tracked", "#!" + python() + "\n" + script("job.py"));
        JsonNode ended = story.awaitEnd(job);
        String log = story.ana.text("/jobs/" + job + "/log");
        assertThat(ended.path("state").asString()).as(log).isEqualTo("COMPLETED");
        assertThat(log).contains("version 1").doesNotContain("farga_job_");
        // The first run is the job's own: what it wrote to its metrics file and what it tracked are together.
        JsonNode runs = story.ana
                .await("/runs?job=" + job, Story.SOON, r -> states(r).equals(List.of("FINISHED", "FINISHED")))
                .path("items");
        assertThat(names(runs)).containsExactlyInAnyOrder("trained in a job", "fold 1");
        for (JsonNode run : runs) {
            if (run.path("name").asString().equals("trained in a job")) {
                JsonNode whole =
                        story.ana.get("/runs/" + run.path("id").asString()).done();
                assertThat(values(whole.path("metrics"))).contains("loss", "from_file");
                assertThat(whole.path("parameters").path("lr").asString()).isEqualTo("0.1");
                assertThat(whole.path("files").toString()).contains("model/weights.txt");
            }
        }
        JsonNode model = story.ana.get("/models").done().path("items").path(0);
        assertThat(story.ana
                        .get("/models/" + model.path("id").asString() + "/versions/1/lineage")
                        .done()
                        .path("job")
                        .path("id")
                        .asString())
                .isEqualTo(job);
    }

    private static List<String> states(JsonNode runs) {
        return all(runs.path("items"), "state");
    }

    private static List<String> names(JsonNode runs) {
        return all(runs, "name");
    }

    private static List<String> all(JsonNode items, String field) {
        List<String> all = new ArrayList<>();
        items.forEach(item -> all.add(item.path(field).asString()));
        return all;
    }

    private static List<String> values(JsonNode texts) {
        return texts.valueStream().map(JsonNode::asString).collect(Collectors.toList());
    }
}
