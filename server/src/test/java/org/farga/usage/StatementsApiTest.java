package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.farga.HttpTest;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class StatementsApiTest extends HttpTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    // Far above what a centre counts up to in other tests.
    private static final AtomicLong JOBS = new AtomicLong(60_000_000_000L + System.nanoTime() % 1_000_000_000L);

    @Autowired
    private Usage usage;

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private UsageTable usageTable;

    @Autowired
    private LedgerTable ledger;

    @Autowired
    private Rates rates;

    @Autowired
    private PlatformTransactionManager transactions;

    private <T> T inTransaction(java.util.function.Supplier<T> work) {
        return java.util.Objects.requireNonNull(new TransactionTemplate(transactions).execute(status -> work.get()));
    }

    private void doing(Runnable work) {
        inTransaction(() -> {
            work.run();
            return true;
        });
    }

    private static JobId job() {
        return new JobId(JOBS.incrementAndGet());
    }

    /** A person with a project of so many GPU-hours and CPU-hours. */
    private record Startup(Client ana, ProjectId project, AllocationId allocation) {
        String statement() {
            return "/api/v1/allocations/" + allocation + "/statement";
        }
    }

    private Startup startup(long gpuHours, long cpuHours) {
        Client ana = signUp("Ana");
        OrganisationId organisation = OrganisationId.valueOf(organisationOf(ana));
        ProjectId project = inTransaction(() -> projects.open(new Projects.Award(
                "Crack detection",
                organisation,
                ana.person(),
                ProposalId.create(),
                "PG-2026-0001",
                "Playground",
                "local",
                GpuHours.ofHours(gpuHours),
                CpuHours.ofHours(cpuHours),
                new Period(NOW.minus(Duration.ofDays(10)), NOW.plus(Duration.ofDays(20))))));
        return new Startup(
                ana, project, allocations.ofProject(project).getFirst().id());
    }

    private JobUsage used(Startup startup, JobId job, String name, Instant from, Instant to) {
        return new JobUsage(
                job, name, startup.allocation(), "local", startup.ana().person(), from, to, 2, 4, 8_192);
    }

    @Test
    void aJobIsCommittedThenInFlightThenSettled() {
        Startup startup = startup(100, 100);
        JobId job = job();
        Balance committed = inTransaction(() -> usage.commit(startup.allocation(), job, 2, 4, Duration.ofHours(2)))
                .orThrow();
        assertThat(committed.gpuLeft()).isEqualTo(GpuHours.ofHours(96));
        assertThat(committed.gpuCommitted()).isEqualTo(GpuHours.ofHours(4));

        doing(() -> usage.started(job, Instant.now().minus(Duration.ofHours(1))));
        Balance running = usage.balance(startup.allocation());
        assertThat(running.gpuInFlight()).isBetween(GpuHours.ofHours(2), GpuHours.of(2, Duration.ofMinutes(61)));
        assertThat(running.gpuInFlight().plus(running.gpuCommitted())).isEqualTo(GpuHours.ofHours(4));

        doing(() -> usage.settle(used(startup, job, "train", NOW.minusMillis(1_234), NOW)));
        Balance settled = usage.balance(startup.allocation());
        assertThat(settled.gpuSettled().milliseconds()).isEqualTo(2_468);
        assertThat(settled.cpuSettled().milliseconds()).isEqualTo(4_936);
        assertThat(settled.gpuCommitted()).isEqualTo(GpuHours.ZERO);
        assertThat(settled.gpuInFlight()).isEqualTo(GpuHours.ZERO);
    }

    @Test
    void everythingTwiceCountsOnce() {
        Startup startup = startup(100, 100);
        JobId job = job();
        for (int i = 0; i < 2; i++) {
            inTransaction(() -> usage.commit(startup.allocation(), job, 2, 4, Duration.ofHours(2)))
                    .orThrow();
        }
        assertThat(usage.balance(startup.allocation()).gpuCommitted()).isEqualTo(GpuHours.ofHours(4));
        Instant start = Instant.now().minus(Duration.ofHours(1));
        doing(() -> usage.started(job, start));
        doing(() -> usage.started(job, start.plusSeconds(600)));
        assertThat(usage.balance(startup.allocation()).gpuInFlight()).isGreaterThanOrEqualTo(GpuHours.ofHours(2));
        doing(() -> usage.settle(used(startup, job, "train", NOW.minusSeconds(10), NOW)));
        doing(() -> usage.settle(used(startup, job, "train", NOW.minusSeconds(99), NOW)));
        // A commitment that is repeated after the end must not come back.
        inTransaction(() -> usage.commit(startup.allocation(), job, 2, 4, Duration.ofHours(2)))
                .orThrow();
        Balance balance = usage.balance(startup.allocation());
        assertThat(balance.gpuSettled()).isEqualTo(GpuHours.of(2, Duration.ofSeconds(10)));
        assertThat(balance.gpuCommitted()).isEqualTo(GpuHours.ZERO);
    }

    @Test
    void whatAnEngineAllowsBeyondTheAwardMayBeAskedForAndNotOneMillisecondMore() {
        Startup startup = startup(10, 10);
        Overdraft twoHours = of ->
                of.stream().collect(Collectors.toMap(Allocation::id, a -> new Overdraft.Beyond(7_200_000, 7_200_000)));
        Usage beyond = new Usage(
                usageTable,
                ledger,
                rates,
                allocations,
                new StaticListableBeanFactory(Map.of("twoHours", twoHours)).getBeanProvider(Overdraft.class),
                Clock.systemUTC());
        assertThat(beyond.spendable(allocations.get(startup.allocation())).gpuLeft())
                .isEqualTo(GpuHours.ofHours(12));
        assertThat(inTransaction(() -> beyond.commit(
                        startup.allocation(), job(), 1, 1, Duration.ofHours(12).plusMillis(1))))
                .isInstanceOf(Outcome.Refused.class);
        inTransaction(() -> beyond.commit(startup.allocation(), job(), 1, 1, Duration.ofHours(12)))
                .orThrow();
        assertThat(beyond.balance(startup.allocation()).gpuLeft())
                .as("of the award")
                .isEqualTo(new GpuHours(-7_200_000));
        assertThat(inTransaction(() -> beyond.commit(startup.allocation(), job(), 1, 1, Duration.ofMillis(1))))
                .isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aJobThatNeverRanGivesBackWhatWasCommitted() {
        Startup startup = startup(4, 100);
        JobId job = job();
        inTransaction(() -> usage.commit(startup.allocation(), job, 2, 4, Duration.ofHours(2)))
                .orThrow();
        Outcome<Balance> refused =
                inTransaction(() -> usage.commit(startup.allocation(), job(), 1, 1, Duration.ofHours(1)));
        assertThat(refused)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        r -> assertThat(((Refusal) r.refusal()).name()).isEqualTo("over-budget"));
        doing(() -> usage.release(job));
        doing(() -> usage.release(job));
        assertThat(usage.balance(startup.allocation()).gpuLeft()).isEqualTo(GpuHours.ofHours(4));
    }

    @Test
    void whatChangesTheAccountNeedsTheCallersTransaction() {
        Startup startup = startup(4, 4);
        assertThatThrownBy(() -> usage.commit(startup.allocation(), job(), 1, 1, Duration.ofHours(1)))
                .isInstanceOf(IllegalTransactionStateException.class);
        assertThatThrownBy(() -> usage.settle(used(startup, job(), "train", NOW.minusSeconds(1), NOW)))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void twentyAtOnceOnABudgetForTenAreTenAccepted() throws Exception {
        Startup startup = startup(10, 1_000);
        CyclicBarrier together = new CyclicBarrier(20);
        List<Callable<Boolean>> all = IntStream.range(0, 20)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    together.await();
                    return inTransaction(() -> usage.commit(startup.allocation(), job(), 1, 1, Duration.ofHours(1)))
                            instanceof Outcome.Done<Balance>;
                })
                .toList();
        int accepted = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            for (Future<Boolean> one : threads.invokeAll(all)) {
                accepted += one.get() ? 1 : 0;
            }
        }
        assertThat(accepted).isEqualTo(10);
        assertThat(usage.balance(startup.allocation()).gpuLeft()).isEqualTo(GpuHours.ZERO);
    }

    @Test
    void theStatementIsExactAndGoesOnAfterItsCursor() {
        Startup startup = startup(100, 100);
        for (int i = 1; i <= 3; i++) {
            Instant from = NOW.minusSeconds(100L * i);
            JobId job = job();
            doing(() -> usage.settle(used(startup, job, "=train", from.plusMillis(1), from.plusMillis(12_346))));
        }
        JsonNode first = startup.ana().get(startup.statement() + "?limit=2").expect(200);
        assertThat(first.path("lines")).hasSize(2);
        JsonNode line = first.path("lines").get(0);
        assertThat(line.path("seconds").decimalValue()).isEqualByComparingTo("12.345");
        assertThat(line.path("gpuMilliseconds").longValue()).isEqualTo(24_690);
        assertThat(line.path("personName").asString()).isEqualTo("Ana");
        assertThat(Instant.parse(line.path("endedAt").asString()))
                .isEqualTo(NOW.minusSeconds(100).plusMillis(12_346));
        JsonNode second = startup.ana()
                .get(startup.statement() + "?limit=2&cursor="
                        + first.path("next").asString())
                .expect(200);
        assertThat(second.path("lines")).hasSize(1);
        assertThat(second.has("next")).isFalse();
        assertThat(second.path("balance").path("gpuSettled").decimalValue()).isEqualByComparingTo("0.0206");

        String csv = startup.ana().get(startup.statement() + ".csv").body();
        assertThat(csv.split("\r\n"))
                .hasSize(4)
                .allSatisfy(row -> assertThat(row).doesNotContain(",=train"));
        assertThat(startup.ana().get(startup.statement(), "Accept", "text/csv").body())
                .isEqualTo(csv);
    }

    @Test
    void theDaysOfTheCalendarAddUpToTheBalance() {
        Startup startup = startup(400, 400);
        Instant from = NOW.minus(Duration.ofHours(50)).plusMillis(7);
        JobId ended = job();
        doing(() -> usage.settle(used(startup, ended, "train", from, NOW.minusSeconds(9))));
        JobId running = job();
        doing(() -> {
            usage.commit(startup.allocation(), running, 1, 1, Duration.ofMinutes(30))
                    .orThrow();
            usage.started(running, NOW.minus(Duration.ofHours(1)));
        });
        JsonNode days = startup.ana()
                .get("/api/v1/allocations/" + startup.allocation() + "/usage-by-day")
                .expect(200);
        long sum = 0;
        for (JsonNode day : days.path("days")) {
            sum += day.path("gpuMilliseconds").longValue();
        }
        assertThat(days.path("days").size()).isGreaterThanOrEqualTo(3);
        // The running one is over its limit: what is in flight stays at the limit.
        assertThat(sum)
                .isEqualTo(2 * Duration.between(from, NOW.minusSeconds(9)).toMillis() + 1_800_000L);
    }

    @Test
    void aProjectsUsageListsItsAllocations() {
        Startup startup = startup(100, 200);
        JsonNode usages =
                startup.ana().get("/api/v1/usage?project=" + startup.project()).expect(200);
        assertThat(usages.path("allocations")).hasSize(1);
        assertThat(usages.path("allocations")
                        .get(0)
                        .path("balance")
                        .path("cpuLeft")
                        .decimalValue())
                .isEqualByComparingTo("200");
    }

    @Test
    void othersFindNothingAndTheCentreSeesAll() {
        Startup startup = startup(100, 100);
        Client eve = startup(1, 1).ana();
        for (String path : List.of(
                startup.statement(),
                startup.statement() + ".csv",
                "/api/v1/allocations/" + startup.allocation() + "/usage-by-day",
                "/api/v1/usage?project=" + startup.project())) {
            stranger().get(path).expectProblem(401, "sign-in-required");
            eve.get(path).expectProblem(404, "not-found");
        }
        staff(CentreRole.AUDITOR).get(startup.statement()).expect(200);
        String page = "/allocations/" + startup.allocation() + "/statement";
        assertThat(eve.get(page).status()).isEqualTo(404);
        assertThat(startup.ana().get(page).body()).contains("PG-2026-0001", "100 GPU-h");
        assertThat(startup.ana().get("/projects/" + startup.project()).body()).contains(page);
        assertThat(startup.ana().get("/").body()).contains(page);
        startup.ana()
                .get("/api/v1/allocations/" + AllocationId.create() + "/statement")
                .expectProblem(404, "not-found");
        startup.ana().get(startup.statement() + "?cursor=nonsense").expectProblem(422, "bad-cursor");
    }

    @Test
    void theDatabaseDoesTheSumsAgainAndForgetsNothing() {
        Startup startup = startup(100, 100);
        JobId job = job();
        doing(() -> usage.settle(used(startup, job, "train", NOW.minusSeconds(10), NOW)));
        String copy = """
                INSERT INTO usage_record (job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                    duration_milliseconds, gpus, cpus, memory_mebibytes, gpu_milliseconds, cpu_milliseconds)
                SELECT :job, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                    duration_milliseconds, gpus, cpus, memory_mebibytes, gpu_milliseconds + :more, cpu_milliseconds
                FROM usage_record WHERE job_id = :from""";
        assertThatThrownBy(() -> jdbc.sql(copy)
                        .param("job", job().value())
                        .param("more", 1)
                        .param("from", job.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThat(jdbc.sql(copy)
                        .param("job", job().value())
                        .param("more", 0)
                        .param("from", job.value())
                        .update())
                .isEqualTo(1);
        assertThatThrownBy(() -> jdbc.sql("UPDATE usage_record SET ended_at = ended_at WHERE job_id = :job")
                        .param("job", job.value())
                        .update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("never changed");
    }
}
