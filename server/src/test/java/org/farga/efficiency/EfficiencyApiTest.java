package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.farga.Browser;
import org.farga.shared.CentreRole;
import org.farga.shared.JobId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class EfficiencyApiTest extends EfficiencyHttp {
    private static final Instant FROM = Instant.parse("2025-03-03T10:00:00Z");

    @Autowired
    private GpuUseTable gpus;

    private Client ana;
    private World world;

    @BeforeEach
    void people() {
        ana = signUp("Ana");
        world = worldOf(ana);
    }

    @Test
    void aJobsSharesAndAdviceAreToldInTheReadersLanguage() {
        JobId job = job(world, ana, FROM, 3600, 0, 11_160_000L, 16384L);
        JsonNode said = ana.get("/api/v1/jobs/" + job + "/efficiency").expect(200);
        assertThat(said.path("cpu").path("percent").decimalValue()).isEqualByComparingTo("4.8");
        assertThat(said.path("cpu").path("coresUsed").decimalValue()).isEqualByComparingTo("3.1");
        assertThat(said.path("memory").path("percent").decimalValue()).isEqualByComparingTo("25");
        assertThat(said.path("time").path("percent").decimalValue()).isEqualByComparingTo("10");
        assertThat(said.has("gpus")).isFalse();
        assertThat(said.path("advice").path(0).path("sentence").asString())
                .isEqualTo("Asked for 64 cores, used 3.1: ask for 4.");
        assertThat(ana.get("/api/v1/jobs/" + job + "/efficiency", "Accept-Language", "es")
                        .expect(200)
                        .path("advice")
                        .path(0)
                        .path("sentence")
                        .asString())
                .isEqualTo("Pidió 64 núcleos, usó 3,1: pida 4.");
    }

    @Test
    void whatWasNotMeasuredIsAbsent() {
        JobId job = job(world, ana, FROM, 3600, 2, null, null);
        JsonNode said = ana.get("/api/v1/jobs/" + job + "/efficiency").expect(200);
        assertThat(said.has("cpu")).isFalse();
        assertThat(said.has("memory")).isFalse();
        assertThat(said.path("gpus").path("count").asInt()).isEqualTo(2);
        assertThat(said.path("gpus").has("percent")).isFalse();
        assertThat(said.path("energy").has("gramsCo2e")).isFalse();
    }

    @Test
    void whoMayNotSeeTheJobIsNotToldOfIt() {
        JobId job = job(world, ana, FROM, 3600, 0, 1L, 1L);
        signUp("Eve").get("/api/v1/jobs/" + job + "/efficiency").expectProblem(404, "not-found");
    }

    @Test
    void theJobsPageDrawsItsGpusWithTheirNumbers() {
        JobId job = job(world, ana, FROM, 3600, 1, 3_600_000L, 16384L);
        GpuUse use = new GpuUse(
                job,
                0,
                "GPU-aa",
                "NVIDIA H100",
                81_559L,
                FROM,
                FROM.plusSeconds(3600),
                3,
                3,
                180,
                40_960L,
                1L,
                1L,
                1_800_000_000L,
                3_600_000L,
                GpuSeries.NONE.with(5, 60, 40_960L).with(45, 70, 40_960L).with(3595, 50, 40_960L));
        assertThat(gpus.put(use, 0)).isTrue();
        assertThat(gpus.list(job)).containsExactly(use);
        String page = new Browser(address())
                .signIn(ana.email(), PASSWORD)
                .get("/jobs/" + job)
                .body();
        assertThat(page)
                .contains("id=\"job-efficiency\"", "Asked for 64 cores, used 1", "NVIDIA H100", "60.0 %")
                .contains("polyline class=\"run-line run-0 dash-0\"")
                .contains("partly measured", "GPUs · measured", "500 Wh");
        JsonNode each = ana.get("/api/v1/jobs/" + job + "/efficiency")
                .expect(200)
                .path("gpus")
                .path("each")
                .path(0);
        assertThat(each.path("joules").decimalValue()).isEqualByComparingTo("1800000");
        assertThat(each.path("points").size()).isEqualTo(3);
    }

    @Test
    void whatAnotherProcessWroteMeanwhileStays() {
        JobId job = job(world, ana, FROM, 3600, 1, null, null);
        GpuReading reading = new GpuReading(
                0,
                "GPU-aa",
                "H100",
                java.util.OptionalLong.of(1000),
                java.util.OptionalInt.of(10),
                java.util.OptionalLong.of(10),
                java.util.OptionalLong.of(10),
                java.util.OptionalLong.empty());
        GpuUse first = GpuUse.first(job, FROM, reading, FROM.plusSeconds(1));
        GpuUse second = first.with(FROM, reading, FROM.plusSeconds(2));
        assertThat(gpus.put(first, 0)).isTrue();
        assertThat(gpus.put(first, 0)).isFalse();
        assertThat(gpus.put(second, 1)).isTrue();
        assertThat(gpus.put(second, 1)).isFalse();
        assertThat(gpus.forgetSeriesBefore(FROM.plusSeconds(3))).isPositive();
        assertThat(gpus.list(job).getFirst().series().spans()).isEmpty();
        assertThat(gpus.list(job).getFirst().samples()).isEqualTo(2);
    }

    @Test
    void figuresOfEnergyAreEnteredWithdrawnAndAudited() {
        Client operator = staff(CentreRole.OPERATOR);
        JobId job = job(world, ana, FROM, 3600, 0, 3_600_000L, 1024L);
        String body = """
                {"cluster": "local", "validFrom": "2025-03-01", "cpuCoreWatts": 10, "memoryWattsPerGibibyte": 0.5,
                 "gpus": [{"model": "NVIDIA H100", "watts": 700}], "pue": 1.25, "gridGramsPerKilowattHour": 120.5,
                 "source": "data sheets"}""";
        JsonNode entered = operator.post("/api/v1/energy-settings", body).expect(201);
        String at = "/api/v1/energy-settings/" + entered.path("id").asString();
        try {
            assertThat(entered.path("cpuCoreWatts").decimalValue()).isEqualByComparingTo("10");
            operator.post("/api/v1/energy-settings", body).expectProblem(409, "energy-setting-exists");
            JsonNode energy =
                    ana.get("/api/v1/jobs/" + job + "/efficiency").expect(200).path("energy");
            // 1 core-hour × 10 W + 64 GiB-hours × 0.5 W = 42 Wh; × 1.25 × 120.5 g/kWh.
            assertThat(energy.path("joules").decimalValue()).isEqualByComparingTo("151200");
            assertThat(energy.path("kind").asString()).isEqualTo("ESTIMATED");
            assertThat(energy.path("gramsCo2e").decimalValue()).isEqualByComparingTo("6.326");
            assertThat(new Browser(address())
                            .signIn(operator.email(), PASSWORD)
                            .get("/operations/energy")
                            .body())
                    .contains("NVIDIA H100: 700 W", "1.250", "120.5", "data sheets");
        } finally {
            operator.delete(at).expect(204);
        }
        operator.delete(at).expectProblem(404, "not-found");
        assertThat(jdbc.sql("SELECT action FROM audit_entry WHERE subject_id = :id ORDER BY number")
                        .param("id", entered.path("id").asString())
                        .query(String.class)
                        .list())
                .containsExactly("energy-setting.entered", "energy-setting.withdrawn");
    }

    @Test
    void onlyOperatorsEnterFiguresAndOnlyStaffReadThem() {
        ana.get("/api/v1/energy-settings").expectProblem(404, "not-found");
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.get("/api/v1/energy-settings").expect(200);
        auditor.post("/api/v1/energy-settings", "{}").expectProblem(403, "operators-only");
        JsonNode wrong = staff(CentreRole.OPERATOR)
                .post("/api/v1/energy-settings", "{\"cluster\": \"moon\", \"pue\": 0.5}")
                .expectProblem(422, "invalid-fields");
        assertThat(wrong.toString()).contains("validFrom", "source", "cluster", "pue");
    }

    @Test
    void aFormSaysWhatCannotBeReadAtItsField() {
        Client operator = staff(CentreRole.OPERATOR);
        Browser browser = new Browser(address()).signIn(operator.email(), PASSWORD);
        var answer = browser.submit(
                "/operations/energy",
                "/operations/energy",
                "cluster",
                "local",
                "validFrom",
                "soon",
                "cpuCoreWatts",
                "ten",
                "gpus",
                "NVIDIA H100",
                "source",
                "x");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body())
                .contains("This is not a date", "A number, such as 12.5", "has no watts", "NVIDIA H100");
        var done = browser.submit(
                "/operations/energy",
                "/operations/energy",
                "cluster",
                "local",
                "validFrom",
                "2001-01-01",
                "cpuCoreWatts",
                "3,5",
                "gpus",
                "NVIDIA H100 = 700\r\n* = 300",
                "source",
                "x");
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        String page = browser.get("/operations/energy").body();
        assertThat(page).contains("3.5 W", "NVIDIA H100: 700 W", "others: 300 W");
        java.util.regex.Matcher form = java.util.regex.Pattern.compile(
                        "action=\"(/operations/energy/[0-9a-f-]+/withdrawal)\"")
                .matcher(page);
        assertThat(form.find()).isTrue();
        String id = jdbc.sql("SELECT id::text FROM energy_setting WHERE valid_from = '2001-01-01'")
                .query(String.class)
                .single();
        assertThat(browser.submit("/operations/energy", "/operations/energy/" + id + "/withdrawal")
                        .statusCode())
                .isEqualTo(302);
    }
}
