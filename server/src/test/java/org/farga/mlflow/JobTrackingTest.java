package org.farga.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.farga.HttpTest;
import org.farga.allocation.Projects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** A job that runs on the machine itself, and what its token opens: its own tracking, for as long as it runs. */
class JobTrackingTest extends HttpTest {
    private static final Pattern PRINTED = Pattern.compile("uri=(\\S+) token=(farga_job_\\S+)");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Autowired
    private TrackedProject projects;

    private Client ana;
    private Projects.Summary project;
    private String base;
    private long job;
    private String token;

    @BeforeEach
    void open() throws InterruptedException {
        ana = signUp("Ana");
        project = projects.of(organisationOf(ana), ana.person());
        base = "/mlflow/" + project.slug() + "/api/2.0/mlflow";
        job = ana.post("/api/v1/jobs", """
                        {"name": "train", "allocation": "%s", "cpus": 1, "timeLimitSeconds": 120,
                         "script": "#!/bin/sh\\necho uri=$MLFLOW_TRACKING_URI token=$MLFLOW_TRACKING_TOKEN\\nsleep 100\\n"}""".formatted(projects.allocation(project.id())))
                .expect(201)
                .path("id")
                .asLong();
        Instant deadline = Instant.now().plus(LIMIT);
        Matcher printed = PRINTED.matcher("");
        while (!printed.find()) {
            assertThat(Instant.now()).as("the job says its token in time").isBefore(deadline);
            Thread.sleep(100);
            printed = PRINTED.matcher(ana.get("/api/v1/jobs/" + job + "/log").body());
        }
        assertThat(printed.group(1)).endsWith("/mlflow/" + project.slug());
        token = printed.group(2);
    }

    private Answered post(String path, String body) {
        return stranger().post(base + path, body, "Authorization", "Bearer " + token);
    }

    private Answered get(String path) {
        return stranger().get(path, "Authorization", "Bearer " + token);
    }

    private void cancel() throws InterruptedException {
        ana.put("/api/v1/jobs/" + job + "/cancellation", "").expect(202);
        Instant deadline = Instant.now().plus(LIMIT);
        while (!ana.get("/api/v1/jobs/" + job).json().path("state").asString().equals("CANCELLED")) {
            assertThat(Instant.now()).as("the job ends in time").isBefore(deadline);
            Thread.sleep(100);
        }
    }

    private static String id(Answered run) {
        return run.expect(200).path("run").path("info").path("run_id").asString();
    }

    @Test
    void itsFirstRunIsItsOwnAndTheTokenDiesWithIt() throws InterruptedException {
        String experiment = post("/experiments/create", "{\"name\": \"cracks\"}")
                .expect(200)
                .path("experiment_id")
                .asString();
        String first = id(post("/runs/create", """
                {"experiment_id": "%s", "run_name": "mine"}""".formatted(experiment)));
        String second = id(post("/runs/create", """
                {"experiment_id": "%s", "tags": [{"key": "mlflow.parentRunId", "value": "%s"}]}""".formatted(experiment, first)));
        assertThat(second).isNotEqualTo(first);
        JsonNode own = ana.get("/api/v1/runs/" + first).expect(200);
        assertThat(own.path("job").asLong()).isEqualTo(job);
        assertThat(own.path("name").asString()).isEqualTo("mine");
        assertThat(ana.get("/api/v1/runs?job=" + job).expect(200).path("items")).hasSize(2);
        post("/runs/log-batch", """
                {"run_id": "%s", "metrics": [{"key": "loss", "value": 0.5, "timestamp": 1, "step": 1}]}""".formatted(first)).expect(200);

        // What it may not: other people's runs, other projects, and the rest of Farga.
        String laptop = id(ana.post(base + "/runs/create", "{}"));
        get(base + "/runs/get?run_id=" + laptop).expect(200);
        assertThat(post("/runs/set-tag", "{\"run_id\": \"%s\", \"key\": \"a\", \"value\": \"b\"}".formatted(laptop))
                        .status())
                .isEqualTo(403);
        assertThat(stranger()
                        .put(
                                base + "-artifacts/artifacts/0/" + laptop + "/artifacts/x",
                                "x",
                                "Authorization",
                                "Bearer " + token)
                        .status())
                .isEqualTo(403);
        get("/api/v1/jobs").expectProblem(403, "token-elsewhere");
        get("/api/v1/tokens").expectProblem(403, "token-elsewhere");
        Projects.Summary other = projects.of(organisationOf(ana), ana.person());
        assertThat(get("/mlflow/" + other.slug() + "/api/2.0/mlflow/experiments/get?experiment_id=0")
                        .status())
                .isEqualTo(404);

        // Where it may not stand: in the record, and in what others can read of the job.
        assertThat(ana.get("/api/v1/jobs/" + job).body()).doesNotContain("farga_job_");
        assertThat(ana.get("/api/v1/jobs/" + job + "/script").body()).doesNotContain(token);
        assertThat(jdbc.sql("SELECT environment::text FROM job WHERE number = :job")
                        .param("job", job)
                        .query(String.class)
                        .single())
                .doesNotContain("farga_job_");

        // With the job it ends, and what it left open ends as the job did.
        post("/runs/update", "{\"run_id\": \"%s\", \"status\": \"FINISHED\", \"end_time\": 1}".formatted(first))
                .expect(200);
        assertThat(get(base + "/runs/get?run_id=" + first)
                        .json()
                        .at("/run/info/status")
                        .asString())
                .isEqualTo("FINISHED");
        cancel();
        assertThat(get(base + "/runs/get?run_id=" + first).status()).isEqualTo(401);
        assertThat(post("/runs/create", "{}").status()).isEqualTo(401);
        Instant deadline = Instant.now().plus(LIMIT);
        while (!ana.get("/api/v1/runs/" + first).json().path("state").asString().equals("KILLED")) {
            assertThat(Instant.now()).as("the run ends in time").isBefore(deadline);
            Thread.sleep(100);
        }
        assertThat(ana.get("/api/v1/runs/" + second).json().path("state").asString())
                .isEqualTo("KILLED");
        assertThat(ana.post(
                                base + "/runs/log-parameter",
                                "{\"run_id\": \"%s\", \"key\": \"a\", \"value\": \"b\"}".formatted(first))
                        .status())
                .as("a job's own run stays as it is once it is over")
                .isEqualTo(400);
    }

    @Test
    void whatAJobLogsOutsideRunsIsItsAloneToChangeAndLeadsBackToIt() throws InterruptedException {
        String its = post("/logged-models", "{\"experiment_id\": \"0\", \"name\": \"net\"}")
                .expect(200)
                .at("/model/info/model_id")
                .asString();
        String laptops = ana.post(base + "/logged-models", "{\"experiment_id\": \"0\", \"name\": \"other\"}")
                .expect(200)
                .at("/model/info/model_id")
                .asString();
        String[] spoken = {"Authorization", "Bearer " + token, "Content-Type", "text/plain"};
        String file = base + "-artifacts/artifacts/0/models/%s/artifacts/w.txt";
        stranger().put(file.formatted(its), "1", spoken).expect(200);
        assertThat(stranger().put(file.formatted(laptops), "1", spoken).status())
                .isEqualTo(403);
        assertThat(stranger()
                        .send(
                                "PATCH",
                                base + "/logged-models/" + laptops,
                                "{\"status\": \"LOGGED_MODEL_READY\"}",
                                "Authorization",
                                "Bearer " + token)
                        .status())
                .isEqualTo(403);
        post("/registered-models/create", "{\"name\": \"of a job\"}").expect(200);
        post("/model-versions/create", """
                        {"name": "of a job", "source": "models:/%s", "model_id": "%s"}""".formatted(its, its)).expect(200);
        String model = ana.get("/api/v1/models").expect(200).at("/items/0/id").asString();
        assertThat(ana.get("/api/v1/models/" + model + "/versions/1/lineage")
                        .expect(200)
                        .path("job")
                        .path("id")
                        .asLong())
                .isEqualTo(job);
        assertThat(ana.get("/api/v1/lineage/job/" + job).expect(200).toString()).contains(model + "@1");
        assertThat(ana.get("/api/v1/lineage/model/" + model + "@1").expect(200).toString())
                .contains("\"kind\":\"allocation\"");
        cancel();
    }

    @Test
    void whoLeavesTheProjectTakesTheTokensOfTheirJobsAlong() throws InterruptedException {
        get(base + "/experiments/get?experiment_id=0").expect(200);
        jdbc.sql("DELETE FROM membership WHERE person_id = :ana")
                .param("ana", ana.person().value())
                .update();
        assertThat(get(base + "/experiments/get?experiment_id=0").status()).isEqualTo(401);
        jdbc.sql("INSERT INTO membership (organisation_id, person_id, role, since) VALUES (:of, :ana, 'OWNER', now())")
                .param("of", project.organisation().value())
                .param("ana", ana.person().value())
                .update();
        get(base + "/experiments/get?experiment_id=0").expect(200);
        cancel();
    }
}
