package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.farga.FargaTest;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.usage.LedgerTable.Merged;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** The ledger of runs: each once, corrected by lines and never by change. */
@FargaTest
@Transactional
class UsageLedgerTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final AtomicLong JOBS = new AtomicLong(70_000_000_000L + System.nanoTime() % 1_000_000_000L);

    @Autowired
    private Usage usage;

    @Autowired
    private UsageTable table;

    @Autowired
    private JdbcClient jdbc;

    private final String cluster = "c-" + UUID.randomUUID();
    private final PersonId person = PersonId.create();
    private final AllocationId allocation = AllocationId.create();

    @BeforeEach
    void anAllocation() {
        ProjectId project = ProjectId.create();
        UUID organisation = ProjectId.create().value();
        jdbc.sql("INSERT INTO person (id, email, name, language, created_at) VALUES (:id, :email, 'Ana', 'en', now())")
                .param("id", person.value())
                .param("email", person + "@example.org")
                .update();
        jdbc.sql("""
                INSERT INTO organisation (id, name, country, founded_on, created_by, created_at)
                VALUES (:id, :name, 'ES', '2020-01-01', :person, now())""")
                .param("id", organisation)
                .param("name", "O " + organisation)
                .param("person", person.value())
                .update();
        jdbc.sql("""
                INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                VALUES (:id, :slug, 'P', :organisation, :id, now())""")
                .param("id", project.value())
                .param("slug", "p-" + project)
                .param("organisation", organisation)
                .update();
        jdbc.sql("""
                INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at,
                    proposal_id, proposal_code, call_title)
                VALUES (:id, :project, :cluster, 360000000, 360000000, now() - interval '1 day',
                    now() + interval '1 day', :project, 'PG-2026-0001', 'Playground')""")
                .param("id", allocation.value())
                .param("project", project.value())
                .param("cluster", cluster)
                .update();
    }

    private JobUsage run(JobId job, String engineJob, Instant from, int seconds, int gpus) {
        return new JobUsage(
                job,
                "train",
                allocation,
                cluster,
                person,
                from,
                from.plusSeconds(seconds),
                gpus,
                4,
                1_024,
                EngineRun.of(engineJob));
    }

    private static JobId job() {
        return new JobId(JOBS.incrementAndGet());
    }

    private GpuHours settled() {
        return usage.balance(allocation).gpuSettled();
    }

    @Test
    void theRunsOfAJobAreThoseThatStandInTheirOrder() {
        JobId job = job();
        usage.settle(List.of(run(job, "39", START.plusSeconds(220), 50, 1), run(job, "39", START, 100, 2)));
        assertThat(usage.runs(job))
                .extracting(JobRun::startedAt, JobRun::duration, JobRun::gpus)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(START, Duration.ofSeconds(100), 2),
                        org.assertj.core.groups.Tuple.tuple(START.plusSeconds(220), Duration.ofSeconds(50), 1));
        assertThat(usage.runs(job())).isEmpty();
    }

    @Test
    void aLineIsOfAnAllocationAndAPersonThatAreThere() {
        JobUsage sound = run(job(), "40", START, 100, 1);
        assertThatThrownBy(() -> usage.settle(new JobUsage(
                        sound.job(),
                        "train",
                        allocation,
                        cluster,
                        PersonId.create(),
                        START,
                        START.plusSeconds(1),
                        1,
                        1,
                        1,
                        EngineRun.of("40"))))
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void whatAnEngineTookBeyondTheBudgetIsSetAsideAllTheSame() {
        JobId job = job();
        usage.setAside(allocation, job, 8, 8, Duration.ofHours(100));
        usage.setAside(allocation, job, 8, 8, Duration.ofHours(100));
        assertThat(usage.balance(allocation).gpuCommitted()).isEqualTo(GpuHours.ofHours(800));
        assertThat(usage.balance(allocation).gpuLeft()).isEqualTo(GpuHours.ofHours(-700));
    }

    @Test
    void everyRunOfARequeuedJobIsChargedOnce() {
        JobId job = job();
        usage.commit(allocation, job, 1, 4, Duration.ofHours(1)).orThrow();
        List<JobUsage> runs = List.of(run(job, "39_0", START, 100, 1), run(job, "39_0", START.plusSeconds(220), 50, 1));
        usage.settle(runs);
        usage.settle(runs);
        usage.settle(runs.getLast());
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(150)));
        assertThat(usage.balance(allocation).cpuSettled()).isEqualTo(CpuHours.of(4, Duration.ofSeconds(150)));
        assertThat(usage.balance(allocation).gpuCommitted()).isEqualTo(GpuHours.ZERO);
        assertThat(table.lines(allocation, null, 10))
                .extracting(r -> r.engine() == null ? "" : r.engine().job())
                .containsExactly("39_0", "39_0");
    }

    @Test
    void theSameNumberOfAnotherClusterOrOfALaterTimeIsAnotherRun() {
        usage.settle(run(job(), "7", START, 10, 1));
        // Slurm's numbers start anew after the greatest.
        usage.settle(run(job(), "7", START.plus(Duration.ofDays(400)), 10, 1));
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(20)));
    }

    @Test
    void whatTheEnginesAccountingSaidBeforeWins() {
        JobId job = job();
        enter("7", START.plusSeconds(1), 9, "SLURM", 1, 0);
        // Seen by us to have started a second earlier.
        usage.settle(run(job, "7", START, 10, 2));
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(9)));
        // Another run of the same job is not that one.
        usage.settle(run(job, "7", START.plusSeconds(10), 5, 1));
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(14)));
    }

    @Test
    void aTaskOfAnArrayIsOneRunByItsIndexAndByItsOwnNumber() {
        JobId seen = job();
        usage.settle(run(seen, "39_0", START, 100, 1));
        SacctRun told = task(40, "39_0", 100);
        assertThat(ledger.knowsTasks(cluster, List.of(told))).isTrue();
        assertThat(ledger.merge(cluster, List.of(told), owners(null), true)).isEqualTo(new Merged(0, 0, 0));
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(100)));
        // What the engine's accounting says otherwise takes its place.
        ledger.merge(cluster, List.of(task(40, "39_0", 90)), owners(null), true);
        ledger.merge(cluster, List.of(task(40, "39_0", 90)), owners(null), true);
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(90)));
        // Told by the accounting first, and seen by us then.
        JobId later = job();
        ledger.merge(cluster, List.of(task(41, "39_1", 30)), owners(later), true);
        usage.settle(run(later, "39_1", START, 31, 1));
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(120)));
    }

    @Autowired
    private LedgerTable ledger;

    private static SacctRun task(long number, String task, int seconds) {
        return new SacctRun(
                number,
                task,
                "train",
                "account",
                "ana",
                "gpu",
                "normal",
                "COMPLETED",
                START.getEpochSecond(),
                START.getEpochSecond() + seconds,
                seconds,
                new Tres(4, 1, 1_024, 1),
                "cpu=4,mem=1G,node=1,gres/gpu=1");
    }

    private LedgerTable.Owners owners(@Nullable JobId job) {
        return new LedgerTable.Owners() {
            @Override
            public AllocationId allocation(SacctRun run) {
                return allocation;
            }

            @Override
            public PersonId person(SacctRun run) {
                return person;
            }

            @Override
            public EngineJobs.@Nullable Own own(SacctRun run) {
                return job == null ? null : new EngineJobs.Own("39_1", job, allocation, person, START);
            }
        };
    }

    @Test
    void aReversedLineLeavesTheSumsAsIfItHadNeverBeen() {
        enter("8", START, 100, "SLURM", 1, 0);
        enter("9", START, 7, "SLURM", 1, 0);
        enter("8", START, 100, "SLURM", -1, 0);
        enter("8", START, 60, "SLURM", 1, 1);
        assertThat(settled()).isEqualTo(GpuHours.of(1, Duration.ofSeconds(67)));
        assertThat(usage.balance(allocation).cpuSettled()).isEqualTo(CpuHours.of(2, Duration.ofSeconds(67)));
        assertThat(table.days(allocation, START, START.plusSeconds(1), java.time.ZoneOffset.UTC))
                .singleElement()
                .satisfies(day -> assertThat(day.gpuHours()).isEqualTo(settled()));
        assertThat(table.lines(allocation, null, 10))
                .filteredOn(UsageRecord::reverses)
                .hasSize(1);
    }

    @Test
    void aRunIsReversedOnceAndEachRevisionStandsOnce() {
        enter("8", START, 100, "SLURM", 1, 0);
        enter("8", START, 100, "SLURM", -1, 0);
        assertThatThrownBy(() -> enter("8", START, 100, "SLURM", -1, 0))
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void aLineNeitherChangesNorGoes() {
        enter("8", START, 100, "SLURM", 1, 0);
        assertThatThrownBy(() -> jdbc.sql("DELETE FROM usage_record WHERE cluster = :cluster")
                        .param("cluster", cluster)
                        .update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("never changed");
    }

    @Test
    void noLineChargesMoreThanItsTimeOrAWrongProduct() {
        assertThatThrownBy(() -> jdbc.sql(LINE.replace(":seconds * 1000", ":seconds * 1000 + 1"))
                        .param("cluster", cluster)
                        .param("job", "8")
                        .param("allocation", allocation.value())
                        .param("start", java.sql.Timestamp.from(START))
                        .param("seconds", 1)
                        .param("source", "SLURM")
                        .param("sign", 1)
                        .param("revision", 0)
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    private static final String LINE = """
            INSERT INTO usage_record (cluster, engine_job_id, job_name, allocation_id, started_at, ended_at,
                duration_milliseconds, gpus, cpus, memory_mebibytes, gpu_milliseconds, cpu_milliseconds, source, sign, revision)
            VALUES (:cluster, :job, 'train', :allocation, :start, CAST(:start AS timestamptz) + :seconds * interval '1 second',
                :seconds * 1000, 1, 2, 1, :sign * :seconds * 1000, :sign * 2 * :seconds * 1000, :source, :sign, :revision)""";

    private void enter(String job, Instant start, int seconds, String source, int sign, int revision) {
        jdbc.sql(LINE)
                .param("cluster", cluster)
                .param("job", job)
                .param("allocation", allocation.value())
                .param("start", java.sql.Timestamp.from(start))
                .param("seconds", seconds)
                .param("source", source)
                .param("sign", sign)
                .param("revision", revision)
                .update();
    }
}
