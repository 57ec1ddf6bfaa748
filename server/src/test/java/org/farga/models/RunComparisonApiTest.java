package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.farga.shared.RunId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class RunComparisonApiTest extends TrainedRuns {
    @Autowired
    private RunSeriesTable table;

    @Test
    void runsStandSideBySideWithWhatDiffersAndWhichIsBest() throws IOException {
        Startup startup = startup();
        RunId one = trained(startup, "0.1", 0.5);
        RunId two = trained(startup, "0.001", 0.25);
        String query = "run=" + one + "&run=" + two;
        JsonNode compared =
                startup.ana().get("/api/v1/runs/comparison?" + query).expect(200);
        assertThat(compared.path("runs")).hasSize(2);
        assertThat(compared.path("parameters").get(0).path("name").asString()).isEqualTo("rate");
        assertThat(compared.path("parameters").get(0).path("differs").asBoolean())
                .isTrue();
        assertThat(compared.path("parameters").get(1).path("differs").asBoolean())
                .isFalse();
        JsonNode loss = compared.path("metrics").get(0);
        assertThat(loss.path("best").toString()).isEqualTo("[\"%s\"]".formatted(two));
        assertThat(loss.path("values").path(one.toString()).path("lastValue").doubleValue())
                .isEqualTo(0.5);
        assertThat(compared.path("metrics").get(1).path("best")).isEmpty();

        String page =
                startup.ana().get("/runs/comparison?" + query + "&metric=loss").body();
        assertThat(page).contains("class=\"parallel\"", "data-axis=\"1\"", "heat-0", "heat-4", "state good");
        String csv = startup.ana().get("/runs/comparison.csv?" + query).body();
        assertThat(csv.lines().findFirst().orElseThrow())
                .isEqualTo("run,name,state,rate,seed,loss,loss (least),loss (most),odd,odd (least),odd (most)");
        assertThat(csv).contains(two + ",train,FINISHED,0.001,42,0.25,0.25,0.9,");
    }

    @Test
    void oneRunOrTooManyAreNoComparison() throws IOException {
        Startup startup = startup();
        RunId one = trained(startup, "0.1", 0.5);
        startup.ana().get("/api/v1/runs/comparison?run=" + one).expectProblem(422, "runs-to-compare");
        startup.ana().get("/api/v1/runs/comparison").expectProblem(422, "runs-to-compare");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 21; i++) {
            many.append("&run=").append(RunId.create());
        }
        startup.ana().get("/api/v1/runs/comparison?" + many).expectProblem(422, "runs-to-compare");
        assertThat(startup.ana().get("/runs/comparison?run=" + one).status()).isEqualTo(422);
    }

    @Test
    void aForeignRunIsNotThereEvenBesideOnesOwn() throws IOException {
        Startup mine = startup();
        Startup theirs = startup();
        RunId own = trained(mine, "0.1", 0.5);
        RunId foreign = trained(theirs, "0.1", 0.5);
        String query = "run=" + own + "&run=" + foreign;
        for (String path : List.of(
                "/api/v1/runs/comparison?" + query,
                "/api/v1/runs/series?name=loss&" + query,
                "/api/v1/runs/series?name=loss&run=" + foreign)) {
            mine.ana().get(path).expectProblem(404, "not-found");
            stranger().get(path).expectProblem(401, "sign-in-required");
        }
        for (String page : List.of(
                "/runs/comparison?" + query,
                "/runs/comparison.csv?" + query,
                "/runs/series.csv?name=loss&run=" + foreign)) {
            assertThat(mine.ana().get(page).status()).as(page).isEqualTo(404);
        }
        mine.ana().get("/api/v1/runs/series?name=none&run=" + own).expectProblem(404, "not-found");
    }

    @Test
    void aFormulaInAParameterIsTextInTheSpreadsheet() throws IOException {
        Startup startup = startup();
        RunId one = trained(startup, "=cmd()", 0.5);
        RunId two = trained(startup, "-1e-3", 0.5);
        assertThat(startup.ana()
                        .get("/runs/comparison.csv?run=" + one + "&run=" + two)
                        .body())
                .contains(",'=cmd(),")
                .contains(",-1e-3,");
    }

    @Test
    void aLongSeriesIsThinnedAndKeepsItsExtremes() throws IOException {
        Startup startup = startup();
        RunId run = trained(startup, "0.1", 0.5);
        jdbc.sql("""
                INSERT INTO run_point (run_id, line_offset, metric_number, step, value, at)
                SELECT :run, 1000000 + n, 1, n + 2, CASE n WHEN 61234 THEN 77 WHEN 61240 THEN -77 ELSE sin(n / 1000.0) END, now()
                FROM generate_series(1, 100000) n""").param("run", run.value()).update();
        String path = "/api/v1/runs/series?name=loss&run=" + run;
        JsonNode series = startup.ana()
                .get(path + "&points=400")
                .expect(200)
                .path("series")
                .get(0);
        assertThat(series.path("total").longValue()).isEqualTo(100_002);
        assertThat(series.path("steps").size()).isBetween(200, 400);
        List<Double> values = new ArrayList<>();
        series.path("values").forEach(v -> values.add(v.doubleValue()));
        assertThat(values).contains(77.0, -77.0);
        List<Long> steps = new ArrayList<>();
        series.path("steps").forEach(s -> steps.add(s.longValue()));
        assertThat(steps).isSorted().doesNotHaveDuplicates().startsWith(1L).endsWith(100_002L);

        JsonNode closer = startup.ana()
                .get(path + "&points=400&from=61230&to=61250")
                .expect(200)
                .path("series")
                .get(0);
        assertThat(closer.path("total").longValue()).isEqualTo(21);
        assertThat(closer.path("steps")).hasSize(21);
        assertThat(startup.ana().get("/runs/series.csv?name=loss&run=" + run).body())
                .startsWith("run,metric,step,value")
                .contains(run + ",loss,61236,77.0");
    }

    @Test
    void ofAStepThatWasReportedTwiceTheLaterValueCounts() throws IOException {
        RunId run = trained(job(startup()), """
                {"name":"loss","step":1,"value":0.9}
                {"name":"loss","step":2,"value":0.8}
                {"name":"loss","step":1,"value":0.1}
                """, Map.of());
        assertThat(table.read(run, 1, new RunSeries.Window(0, 10, 100)).points())
                .containsExactly(new RunSeries.Point(1, 0.1), new RunSeries.Point(2, 0.8));
    }

    @Test
    void manyPicturesInARowLeaveTheDatabaseItsConnections() throws IOException {
        Startup startup = startup();
        RunId run = trained(startup, "0.1", 0.5);
        for (int i = 0; i < 40; i++) {
            startup.ana().get("/api/v1/runs/series?name=loss&run=" + run).expect(200);
        }
    }
}
