package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.farga.Browser;
import org.farga.compute.JobEnded;
import org.farga.shared.CentreRole;
import org.farga.shared.JobId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class WasteApiTest extends EfficiencyHttp {
    /** Long ago, so that no other test's jobs are in the sums of the centre. */
    private static final Instant FROM = Instant.parse("2024-05-06T10:00:00Z");

    private static final String MAY = "?from=2024-05&to=2024-05";

    @Autowired
    private WasteCount counts;

    @Autowired
    private WasteBacklog backlog;

    @Autowired
    private ApplicationEventPublisher events;

    @Autowired
    private TransactionTemplate transaction;

    private Client ana;
    private Client pau;
    private World world;

    @BeforeEach
    void people() {
        ana = signUp("Ana");
        pau = signUp("Pau");
        world = worldOf(ana);
        join(world.project(), pau, "MEMBER");
    }

    private void counted(JobId job) {
        counts.count(job);
    }

    @Test
    void eachJobCountsOnceHoweverOftenItIsCounted() {
        JobId job = job(world, ana, FROM, 3600, 0, 3_600_000L, 16384L);
        counted(job);
        counted(job);
        counted(job(world, pau, FROM, 3600, 0, 2 * 3_600_000L, 16384L));
        JsonNode waste =
                ana.get("/api/v1/projects/" + world.slug() + "/waste" + MAY).expect(200);
        assertThat(waste.path("total").path("jobs").asInt()).isEqualTo(2);
        assertThat(waste.path("total").path("cpuHours").decimalValue()).isEqualByComparingTo("128");
        assertThat(waste.path("total").path("cpuHoursUnused").decimalValue()).isEqualByComparingTo("125");
        assertThat(waste.path("total").path("memoryUnusedPercent").decimalValue())
                .isEqualByComparingTo("75");
        assertThat(waste.path("total").path("timeLimitHoursUnused").decimalValue())
                .isEqualByComparingTo("18");
        assertThat(waste.path("total").has("gpuUnusedPercent")).isFalse();
        assertThat(waste.path("items").size()).isEqualTo(2);
        assertThat(ana.get("/api/v1/projects/" + world.slug() + "/waste" + MAY + "&by=PARTITION")
                        .expect(200)
                        .path("items")
                        .path(0)
                        .path("name")
                        .asString())
                .isEqualTo("local/fat");
    }

    @Test
    void theMostComesFirstByWhatIsAskedFor() {
        counted(job(world, ana, FROM, 7200, 0, 7200 * 60_000L, 16384L));
        counted(job(world, pau, FROM, 3600, 0, 1L, 65536L));
        String at = "/api/v1/projects/" + world.slug() + "/waste" + MAY;
        assertThat(ana.get(at + "&sort=CPU_UNUSED")
                        .expect(200)
                        .path("items")
                        .path(0)
                        .path("name")
                        .asString())
                .isEqualTo("Pau");
        JsonNode first = ana.get(at + "&sort=MEMORY_UNUSED&limit=1").expect(200);
        assertThat(first.path("items").path(0).path("name").asString()).isEqualTo("Ana");
        JsonNode second = ana.get(at + "&sort=MEMORY_UNUSED&limit=1&cursor="
                        + first.path("next").asString())
                .expect(200);
        assertThat(second.path("items").path(0).path("name").asString()).isEqualTo("Pau");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void aProjectsWasteIsForItsLeadAndTheCentre() {
        counted(job(world, ana, FROM, 3600, 0, 1L, 1L));
        String at = "/api/v1/projects/" + world.slug() + "/waste" + MAY;
        pau.get(at).expectProblem(404, "not-found");
        signUp("Eve").get(at).expectProblem(404, "not-found");
        staff(CentreRole.OPERATOR).get(at).expect(200);
        ana.get("/api/v1/waste" + MAY).expectProblem(404, "not-found");
        assertThat(staff(CentreRole.AUDITOR)
                        .get("/api/v1/waste" + MAY + "&by=PROJECT&limit=200")
                        .expect(200)
                        .toString())
                .contains(world.slug());
    }

    @Test
    void thePageShowsItWithItsCsv() {
        counted(job(world, ana, FROM, 3600, 0, 3_600_000L, 16384L));
        Browser browser = new Browser(address()).signIn(ana.email(), PASSWORD);
        assertThat(browser.get("/projects/" + world.slug() + "/waste" + MAY).body())
                .contains("What was not used", "63.0", "98.4 %", "waste.csv");
        assertThat(browser.get("/projects/" + world.slug() + "/waste?from=yesterday")
                        .body())
                .contains("This is not a month");
        assertThat(browser.get("/projects/" + world.slug() + "/waste?by=MOON").statusCode())
                .isEqualTo(422);
        String csv = ana.get("/api/v1/projects/" + world.slug() + "/waste.csv" + MAY + "&by=CLUSTER")
                .body();
        assertThat(csv).startsWith("id,name,jobs,").contains("local,local,1,0,0,0,0,230400000,230400000,226800000,");
        Browser centre =
                new Browser(address()).signIn(staff(CentreRole.OPERATOR).email(), PASSWORD);
        assertThat(centre.get("/operations/waste" + MAY + "&by=PERSON").statusCode())
                .isEqualTo(200);
    }

    @Test
    void monthsThatAreNoneOrTooManyAreRefused() {
        Client auditor = staff(CentreRole.AUDITOR);
        auditor.get("/api/v1/waste?from=2024-06&to=2024-05").expectProblem(422, "invalid-fields");
        auditor.get("/api/v1/waste?from=2022-05&to=2024-05").expectProblem(422, "invalid-fields");
        auditor.get("/api/v1/waste?from=2022-06&to=2024-05").expect(200);
        auditor.get("/api/v1/waste?from=0000-13").expectProblem(422, "invalid-fields");
    }

    @Test
    void jobsThatEndedWhileNobodyCountedAreFoundByTheirNumbers() {
        JobId job = job(world, ana, FROM, 3600, 0, 1L, 1L);
        backlog.wake();
        await().atMost(Duration.ofSeconds(30)).until(() -> isCounted(job));
        assertThat(ana.get("/api/v1/projects/" + world.slug() + "/waste" + MAY)
                        .expect(200)
                        .path("total")
                        .path("jobs")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aJobsEndCountsItAndWithGpusOnceTheirLastLookIsWritten() {
        JobId cores = job(world, ana, FROM, 3600, 0, 1L, 1L);
        JobId gpus = job(world, ana, FROM, 3600, 1, 1L, 1L);
        transaction.executeWithoutResult(status -> {
            events.publishEvent(new JobEnded(cores, true));
            events.publishEvent(new JobEnded(gpus, true));
        });
        await().atMost(Duration.ofSeconds(30)).until(() -> isCounted(cores));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !jdbc.sql(
                                "SELECT 1 FROM scheduled_tasks WHERE task_name = 'count-waste' AND task_instance = :job")
                        .param("job", gpus.toString())
                        .query(Integer.class)
                        .list()
                        .isEmpty());
    }

    private boolean isCounted(JobId job) {
        return !jdbc.sql("SELECT job FROM job_waste WHERE job = :job")
                .param("job", job.value())
                .query(Long.class)
                .list()
                .isEmpty();
    }
}
