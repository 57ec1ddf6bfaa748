package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.farga.HttpTest;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Reports by period, and what rates make of them. */
class UsageReportsApiTest extends HttpTest {
    private static final AtomicLong JOBS = new AtomicLong(90_000_000_000L + System.nanoTime() % 1_000_000_000L);

    @Autowired
    private Usage usage;

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private PlatformTransactionManager transactions;

    private final String cluster = "r" + UUID.randomUUID().toString().substring(0, 8);
    private final String call = "Call " + cluster;
    private Client ana;
    private Client operator;
    private String organisation;
    private ProjectId project;
    private AllocationId allocation;

    @BeforeEach
    void anAllocation() {
        ana = signUp("Ana");
        operator = staff(CentreRole.OPERATOR);
        organisation = organisationOf(ana);
        project = new TransactionTemplate(transactions)
                .execute(status -> projects.open(new Projects.Award(
                        "Crack detection",
                        OrganisationId.valueOf(organisation),
                        ana.person(),
                        ProposalId.create(),
                        "PG-2026-0001",
                        call,
                        cluster,
                        GpuHours.ofHours(1_000),
                        CpuHours.ofHours(1_000),
                        new Period(
                                Instant.now().minus(Duration.ofDays(10)),
                                Instant.now().plus(Duration.ofDays(20))))));
        allocation = allocations.ofProject(project).getFirst().id();
    }

    /** Two GPUs and sixteen CPUs with 128 GiB. */
    private void ran(String from, String to, String partition) {
        JobId job = new JobId(JOBS.incrementAndGet());
        new TransactionTemplate(transactions)
                .executeWithoutResult(s -> usage.settle(new JobUsage(
                        job,
                        "train",
                        allocation,
                        cluster,
                        ana.person(),
                        Instant.parse(from),
                        Instant.parse(to),
                        2,
                        16,
                        131_072,
                        new EngineRun(job.toString(), null, null, null, partition, null, null, null, null))));
    }

    private JsonNode report(Client who, String query) {
        return who.get("/api/v1/usage-reports?" + query).expect(200);
    }

    private String ofAllocation(String by) {
        return "scope=ALLOCATION&id=" + allocation + "&by=" + by;
    }

    @Test
    void aRunOverABoundaryBelongsToEachSideByItsSeconds() {
        // Madrid's midnight of New Year is 23:00 UTC; the run has one hour before it and three after.
        ran("2025-12-31T22:00:00Z", "2026-01-01T02:00:00Z", "gpu");
        for (String by : new String[] {"day", "month", "quarter", "year"}) {
            JsonNode periods = report(ana, ofAllocation(by)).path("periods");
            assertThat(periods).as(by).hasSize(2);
            assertThat(periods.get(0).path("gpuMilliseconds").longValue()).isEqualTo(2 * 3_600_000L);
            assertThat(periods.get(1).path("gpuMilliseconds").longValue()).isEqualTo(2 * 10_800_000L);
            assertThat(periods.get(0).path("runs").intValue()).isEqualTo(1);
            assertThat(periods.get(1).path("runs").intValue()).isZero();
        }
        assertThat(report(ana, ofAllocation("quarter"))
                        .path("periods")
                        .get(1)
                        .path("period")
                        .asString())
                .isEqualTo("2026-Q1");
    }

    @Test
    void theDayThatSummerTimeEndsHasTwentyFiveHoursAndNothingIsLost() {
        ran("2025-10-24T22:00:00Z", "2025-10-27T23:00:00.123Z", "gpu");
        JsonNode report = report(ana, ofAllocation("day"));
        assertThat(report.path("periods").get(1).path("gpuHours").decimalValue())
                .isEqualByComparingTo("50");
        long sum = 0;
        for (JsonNode day : report.path("periods")) {
            sum += day.path("cpuMilliseconds").longValue();
        }
        long whole = 16
                * Duration.between(Instant.parse("2025-10-24T22:00:00Z"), Instant.parse("2025-10-27T23:00:00.123Z"))
                        .toMillis();
        assertThat(sum)
                .isEqualTo(whole)
                .isEqualTo(report.path("cpuMilliseconds").longValue());
    }

    @Test
    void aTimeThatIsAskedForLeavesOutTheRest() {
        ran("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "gpu");
        ran("2026-05-01T10:00:00Z", "2026-05-01T11:00:00Z", "gpu");
        JsonNode report = report(ana, ofAllocation("month") + "&from=2026-04-01&to=2026-06-30");
        assertThat(report.path("periods")).hasSize(3);
        assertThat(report.path("gpuHours").decimalValue()).isEqualByComparingTo("2");
    }

    @Test
    void ratesMakeChargesByTheRunsStartAndPartition() {
        ran("2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z", "gpu");
        ran("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "gpu");
        ran("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", "cpu");
        String rate = "{\"cluster\":\"" + cluster + "\",\"since\":\"%s\",\"unit\":\"units\",%s}";
        operator.post(
                        "/api/v1/usage-rates",
                        rate.formatted("2026-02-15T00:00:00Z", "\"formula\":\"SUM\",\"cpuHour\":0.0625,\"gpuHour\":1"))
                .expect(201);
        String lumi =
                "\"partition\":\"gpu\",\"formula\":\"SLICES\",\"gpuHour\":0.5,\"sliceCpus\":8,\"sliceMemoryGibibytes\":64";
        JsonNode set = operator.post("/api/v1/usage-rates", rate.formatted("2026-02-20T00:00:00Z", lumi))
                .expect(201);
        operator.post("/api/v1/usage-rates", rate.formatted("2026-02-20T00:00:00Z", lumi))
                .expectProblem(409, "rate-exists");
        operator.post(
                        "/api/v1/usage-rates",
                        rate.formatted("2026-02-21T00:00:00Z", "\"formula\":\"SUM\",\"cpuHour\":-1"))
                .expectProblem(422, "invalid-fields");
        JsonNode report = report(ana, ofAllocation("month"));
        // February's was before any rate; max(16/8, 128/64, 2) slices at a half, and 16 × 0.0625 + 2 without a slice.
        assertThat(report.path("charges").path("units").decimalValue()).isEqualByComparingTo("4");
        assertThat(report.path("periods").get(0).path("charges")).isEmpty();
        JsonNode lines = ana.get("/api/v1/allocations/" + allocation + "/statement")
                .expect(200)
                .path("lines");
        assertThat(lines.get(0).path("charges").path("units").decimalValue()).isEqualByComparingTo("3");
        assertThat(lines.get(1).path("charges").path("units").decimalValue()).isEqualByComparingTo("1");
        assertThat(lines.get(2).path("charges")).isEmpty();
        assertThat(ana.get("/allocations/" + allocation + "/statement").body()).contains("units");
        String csv = operator.get("/api/v1/usage-reports.csv?" + ofAllocation("month"))
                .body();
        assertThat(csv).contains("charge units", "2026-03,2026-03-01,2,");
        operator.delete("/api/v1/usage-rates/" + set.path("id").asString()).expect(204);
        assertThat(report(ana, ofAllocation("month"))
                        .path("charges")
                        .path("units")
                        .decimalValue())
                .isEqualByComparingTo("6");
        ana.get("/api/v1/usage-rates").expectProblem(404, "not-found");
        staff(CentreRole.AUDITOR)
                .delete("/api/v1/usage-rates/" + UUID.randomUUID())
                .expectProblem(403, "operators-only");
    }

    @Test
    void eachSeesTheReportsOfTheirOwn() {
        ran("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "gpu");
        Client eve = signUp("Eve");
        String encoded = call.replace(" ", "%20");
        for (String query : new String[] {
            ofAllocation("month"), "scope=PROJECT&id=" + project, "scope=ORGANISATION&id=" + organisation
        }) {
            assertThat(report(ana, query).path("gpuHours").decimalValue())
                    .as(query)
                    .isEqualByComparingTo("2");
            assertThat(report(operator, query).path("gpuHours").decimalValue()).isEqualByComparingTo("2");
            eve.get("/api/v1/usage-reports?" + query).expectProblem(404, "not-found");
            assertThat(ana.get("/usage-report?" + query).body()).contains("2026-03");
            assertThat(eve.get("/usage-report?" + query).status()).isEqualTo(404);
        }
        ana.get("/api/v1/usage-reports?scope=CALL&id=" + encoded).expectProblem(404, "not-found");
        ana.get("/api/v1/usage-reports?scope=CENTRE").expectProblem(404, "not-found");
        JsonNode ofCall = report(operator, "scope=CALL&id=" + encoded);
        assertThat(ofCall.path("gpuHours").decimalValue()).isEqualByComparingTo("2");
        assertThat(ofCall.path("live").path("gpuSettled").decimalValue()).isEqualByComparingTo("2");
        assertThat(ofCall.path("live").path("gpuAwarded").decimalValue()).isEqualByComparingTo("1000");
        assertThat(operator.get("/usage-report?scope=CALL&id=" + encoded).body())
                .contains(call);
        ana.get("/api/v1/usage-reports?" + ofAllocation("week")).expectProblem(422, "invalid-fields");
        ana.get("/api/v1/usage-reports?" + ofAllocation("day") + "&from=1990-01-01&to=2026-01-01")
                .expectProblem(422, "report-too-long");
    }

    @Test
    void theOperatorsPageShowsWhatWaitsAndIsHiddenFromOthers() {
        assertThat(ana.get("/operations/usage").status()).isEqualTo(404);
        assertThat(operator.get("/operations/usage").body()).contains("farga usage import");
        assertThat(staff(CentreRole.AUDITOR).get("/operations/usage").body()).doesNotContain("usage-import\"");
    }
}
