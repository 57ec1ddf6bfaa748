package org.farga.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.farga.HttpTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.RunsPage;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;
import org.springframework.beans.factory.annotation.Autowired;

/** An outside judge: MLflow's own client for Java, as it comes, against the running program. */
class MlflowJavaClientTest extends HttpTest {
    @Autowired
    private TrackedProject projects;

    private Client ana;
    private MlflowClient mlflow;
    private String base;

    @BeforeEach
    void open() {
        ana = signUp("Ana");
        base = address() + "/mlflow/" + projects.of(organisationOf(ana), ana.person()).slug();
        mlflow = new MlflowClient(new BasicMlflowHostCreds(base, ana.token()));
    }

    @AfterEach
    void close() {
        mlflow.close();
    }

    @Test
    void itKeepsExperiments() {
        String id = mlflow.createExperiment("cracks");
        assertThat(mlflow.getExperiment(id).getName()).isEqualTo("cracks");
        assertThat(mlflow.getExperimentByName("cracks")).hasValueSatisfying(e -> assertThat(e.getExperimentId())
                .isEqualTo(id));
        assertThat(mlflow.getExperimentByName("none")).isEmpty();
        assertThatThrownBy(() -> mlflow.createExperiment("cracks"))
                .isInstanceOf(MlflowHttpException.class)
                .satisfies(e -> assertThat(((MlflowHttpException) e).getBodyMessage())
                        .contains("RESOURCE_ALREADY_EXISTS"));
        mlflow.setExperimentTag(id, "team", "vision");
        assertThat(mlflow.getExperiment(id).getTagsList()).extracting("key").containsExactly("team");
        mlflow.renameExperiment(id, "fissures");
        assertThat(mlflow.searchExperiments("name = 'fissures'").getItems())
                .extracting("experimentId")
                .containsExactly(id);
        mlflow.deleteExperiment(id);
        assertThat(mlflow.getExperiment(id).getLifecycleStage()).isEqualTo("deleted");
        mlflow.restoreExperiment(id);
        assertThat(mlflow.getExperiment(id).getLifecycleStage()).isEqualTo("active");
        assertThat(mlflow.getExperiment("0").getName()).isEqualTo("Default");
    }

    @Test
    void itTracksARunToItsEnd() {
        RunInfo created = mlflow.createRun();
        String id = created.getRunId();
        assertThat(created.getExperimentId()).isEqualTo("0");
        assertThat(created.getStatus()).isEqualTo(RunStatus.RUNNING);
        mlflow.logParam(id, "seed", "42");
        mlflow.logMetric(id, "loss", 0.5, 1_700_000_000_000L, 1);
        mlflow.logBatch(
                id,
                IntStream.range(0, 900)
                        .mapToObj(i -> Metric.newBuilder()
                                .setKey("acc")
                                .setValue(i / 900.0)
                                .setTimestamp(1_700_000_000_000L + i)
                                .setStep(i)
                                .build())
                        .toList(),
                List.of(Param.newBuilder().setKey("lr").setValue("0.1").build()),
                List.of(RunTag.newBuilder().setKey("kind").setValue("cnn").build()));
        mlflow.logMetric(id, "bad", Double.NaN, 1_700_000_000_000L, 0);
        mlflow.logMetric(id, "bad", Double.NEGATIVE_INFINITY, 1_700_000_000_000L, 1);
        mlflow.setTag(id, "gone", "soon");
        mlflow.deleteTag(id, "gone");
        mlflow.setTerminated(id, RunStatus.FINISHED, System.currentTimeMillis());

        Run run = mlflow.getRun(id);
        assertThat(run.getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
        assertThat(run.getInfo().getEndTime()).isGreaterThanOrEqualTo(run.getInfo().getStartTime());
        assertThat(run.getData().getParamsList()).extracting(Param::getKey).containsExactly("lr", "seed");
        assertThat(run.getData().getTagsList()).extracting(RunTag::getKey).contains("kind").doesNotContain("gone");
        assertThat(run.getData().getMetricsList()).anySatisfy(m -> {
            assertThat(m.getKey()).isEqualTo("acc");
            assertThat(m.getValue()).isEqualTo(899 / 900.0);
            assertThat(m.getStep()).isEqualTo(899);
        });
        assertThat(mlflow.getMetricHistory(id, "acc")).hasSize(900).extracting(Metric::getStep).isSorted();
        List<Metric> bad = mlflow.getMetricHistory(id, "bad");
        assertThat(bad.get(0).getValue()).isNaN();
        assertThat(bad.get(1).getValue()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThatThrownBy(() -> mlflow.logParam(id, "seed", "43"))
                .satisfies(e -> assertThat(((MlflowHttpException) e).getStatusCode()).isEqualTo(400));
    }

    @Test
    void itFindsRunsPageByPage() {
        String experiment = mlflow.createExperiment("search");
        List<String> ids = IntStream.range(0, 5)
                .mapToObj(i -> {
                    String id = mlflow.createRun(experiment).getRunId();
                    mlflow.logMetric(id, "loss", i, 1_700_000_000_000L, 0);
                    mlflow.logParam(id, "even", String.valueOf(i % 2 == 0));
                    return id;
                })
                .toList();
        assertThat(mlflow.searchRuns(List.of(experiment), "metrics.loss >= 2 AND params.even = 'true'"))
                .extracting(RunInfo::getRunId)
                .containsExactlyInAnyOrder(ids.get(2), ids.get(4));
        RunsPage page = mlflow.searchRuns(
                List.of(experiment), "", ViewType.ACTIVE_ONLY, 2, List.of("metrics.loss DESC"));
        List<String> all = new java.util.ArrayList<>();
        page.getItems().forEach(r -> all.add(r.getInfo().getRunId()));
        while (page.hasNextPage()) {
            page = (RunsPage) page.getNextPage();
            page.getItems().forEach(r -> all.add(r.getInfo().getRunId()));
        }
        assertThat(all).containsExactlyElementsOf(ids.reversed());
        mlflow.deleteRun(ids.get(0));
        assertThat(mlflow.searchRuns(List.of(experiment), "", ViewType.DELETED_ONLY, 10).getItems())
                .hasSize(1);
        mlflow.restoreRun(ids.get(0));
        assertThat(mlflow.listRunInfos(experiment)).hasSize(5);
    }

    @Test
    void itRegistersModelsAndListsFiles() {
        String id = mlflow.createRun().getRunId();
        ana.put(
                        base.substring(address().length()) + "/api/2.0/mlflow-artifacts/artifacts/0/" + id
                                + "/artifacts/model/weights.bin",
                        "123",
                        "Content-Type",
                        "application/octet-stream")
                .expect(200);
        // For files this client starts Python's; here it only asks for the list.
        assertThat(mlflow.sendGet("artifacts/list?path=model&run_id=" + id)).contains("model/weights.bin", "3");
        mlflow.sendPost("registered-models/create", "{\"name\": \"detector\"}");
        mlflow.sendPost("model-versions/create", """
                {"name": "detector", "source": "runs:/%s/model", "run_id": "%s"}""".formatted(id, id));
        assertThat(mlflow.getModelVersion("detector", "1").getRunId()).isEqualTo(id);
        assertThat(mlflow.getLatestVersions("detector")).extracting("version").containsExactly("1");
        assertThat(mlflow.getRegisteredModel("detector").getName()).isEqualTo("detector");
        assertThat(mlflow.searchModelVersions("name = 'detector'").getItems()).hasSize(1);
        assertThat(mlflow.getModelVersionDownloadUri("detector", "1")).startsWith("mlflow-artifacts:/versions/");
    }
}
