package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.farga.FargaTest;
import org.farga.shared.AllocationId;
import org.farga.usage.UsageFetches;
import org.farga.usage.UsageImports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a real Slurm's accounting says of jobs that others gave to it with {@code sbatch}, as it comes into the ledger by itself. Skipped
 * where there is none; {@code -Dfarga.slurm.lab=FOLDER} names another than the checkout's, such as the newer one.
 */
@FargaTest
class AccountingLabTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** Of the issue: usage is visible so soon after a job's end. */
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(60);

    @Autowired
    private UsageFetches fetches;

    @Autowired
    private UsageImports imports;

    @Autowired
    private DataSource source;

    @Autowired
    private Clock clock;

    @Autowired
    private JdbcClient jdbc;

    /** Farga's name for it, another for each test, so that each begins with nothing fetched. */
    private final String cluster = "lab-" + UUID.randomUUID();

    private Lab lab;
    private AccountingFetch fetch;
    private AllocationId allocation;
    private Path script;

    @BeforeEach
    void fetchFromTheLab() throws IOException {
        lab = Lab.up();
        SlurmData data = new SlurmData(jdbc);
        allocation = data.allocation(data.project(data.person()), cluster);
        jdbc.sql("""
                INSERT INTO slurm_account (cluster, name, allocation_id, adopted, made_at)
                VALUES (:cluster, 'lab', :allocation, true, now())""")
                .param("cluster", cluster)
                .param("allocation", allocation.value())
                .update();
        script = Files.createTempFile(Path.of("/tmp"), "farga-accounting-", ".sh");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        fetch = new AccountingFetch(
                new SlurmClusterSettings(Map.of(cluster, reach()), Duration.ofSeconds(30)),
                fetches,
                imports,
                source,
                clock);
        fetch.start();
    }

    private SlurmClusterSettings.Reach reach() {
        return new SlurmClusterSettings.Reach(
                null,
                null,
                null,
                null,
                "slurm",
                null,
                null,
                false,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                lab.commands().conf(),
                lab.commands().via(),
                Duration.ofHours(72),
                20_480);
    }

    @AfterEach
    void stop() throws IOException {
        if (fetch != null) {
            fetch.stop();
            Files.delete(script);
        }
    }

    @Test
    void jobsOfEveryKindAreOnTheStatementWithinAMinuteOfTheirEndOnceForEachRun() throws IOException {
        String requeued = sbatch("-n1", "--requeue", "--wrap=sleep 8");
        // Slurm keeps one record for each second of submission: a job requeued within it has lost its first run.
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .until(() ->
                        lab.run("squeue", "-h", "-j", requeued, "-o", "%T %M").matches("RUNNING 0:0[3-7]\\s*"));
        lab.run("scontrol", "requeue", requeued);
        String plain = sbatch("-n1", "--wrap=srun true; srun true");
        String array = sbatch("-n1", "--array=0-2", "--wrap=true");
        Files.writeString(script, "#!/bin/sh\n#SBATCH -n1\n#SBATCH hetjob\n#SBATCH -n2\nsleep 1\n");
        String heterogeneous = sbatch(script.toString());
        String cancelledBeforeItRan = sbatch("-n1", "--begin=now+1hour", "--wrap=true");
        lab.run("scancel", cancelledBeforeItRan);
        // Slurm lets a requeued job wait for two minutes.
        awaitState(requeued, "PENDING");
        lab.run("scontrol", "update", "JobId=" + requeued, "StartTime=now");
        List<String> jobs = List.of(requeued, plain, array, heterogeneous);
        await().atMost(LIMIT)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(
                                lab.run("squeue", "-h", "-j", String.join(",", jobs), "-t", "all", "-o", "%T")
                                        .lines()
                                        .filter(state -> !state.equals("COMPLETED")))
                        .isEmpty());

        await().atMost(VISIBLE_WITHIN).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            List<Run> said = said(jobs);
            assertThat(said)
                    .as("a run before the requeue and one after, one job, three tasks, two parts")
                    .hasSize(2 + 1 + 3 + 2);
            assertThat(entered(said)).containsExactlyInAnyOrderElementsOf(said);
        });
        assertThat(entered(List.of(new Run(Long.parseLong(cancelledBeforeItRan), 0, 0, 0))))
                .as("never started")
                .isEmpty();
        for (Run run : said(jobs)) {
            Duration lag = Duration.between(Instant.ofEpochSecond(run.end()), enteredAt(run));
            assertThat(lag).as("%s was visible after its end", run).isLessThanOrEqualTo(VISIBLE_WITHIN);
        }
        assertThat(jdbc.sql(
                                "SELECT gpu_settled_milliseconds + cpu_settled_milliseconds FROM usage_account WHERE allocation_id = :a")
                        .param("a", allocation.value())
                        .query(Long.class)
                        .single())
                .as("the balance is the sum of the lines")
                .isEqualTo(jdbc.sql(
                                "SELECT sum(gpu_milliseconds + cpu_milliseconds)::bigint FROM usage_record WHERE allocation_id = :a")
                        .param("a", allocation.value())
                        .query(Long.class)
                        .single());
    }

    /** One run: the raw number of its job, its start and end in seconds since 1970, and the CPU-seconds that are charged. */
    private record Run(long job, long start, long end, long cpuSeconds) {}

    /** As Slurm has it, the steps left out. */
    private List<Run> said(List<String> jobs) {
        return lab.run(
                        "sacct",
                        "-D",
                        "-X",
                        "-P",
                        "-n",
                        "-j",
                        String.join(",", jobs),
                        "-o",
                        "JobIDRaw,Start,End,ElapsedRaw,AllocCPUS,State")
                .lines()
                .map(line -> line.split("\\|"))
                .filter(fields -> fields[1].matches("[0-9]+") && fields[2].matches("[0-9]+"))
                .map(fields -> new Run(
                        Long.parseLong(fields[0]),
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[2]),
                        Long.parseLong(fields[3]) * Long.parseLong(fields[4])))
                .toList();
    }

    private List<Run> entered(List<Run> of) {
        return jdbc.sql("""
                        SELECT engine_job_id, extract(epoch FROM started_at)::bigint AS started,
                            extract(epoch FROM ended_at)::bigint AS ended, cpu_milliseconds / 1000 AS cpu
                        FROM usage_record WHERE cluster = :cluster AND engine_job_id IN (:jobs)""")
                .param("cluster", cluster)
                .param("jobs", of.stream().map(run -> Long.toString(run.job())).collect(Collectors.toSet()))
                .query((row, n) -> new Run(
                        Long.parseLong(row.getString("engine_job_id")),
                        row.getLong("started"),
                        row.getLong("ended"),
                        row.getLong("cpu")))
                .list();
    }

    private Instant enteredAt(Run run) {
        return jdbc.sql("""
                        SELECT entered_at FROM usage_record
                        WHERE cluster = :cluster AND engine_job_id = :job AND started_at = to_timestamp(:start)""")
                .param("cluster", cluster)
                .param("job", Long.toString(run.job()))
                .param("start", run.start())
                .query(java.time.OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /** Submits it by hand, and answers its number; the first part's of a heterogeneous one. */
    private String sbatch(String... what) {
        List<String> command = new ArrayList<>(List.of("sbatch", "--parsable", "--uid=lab-ana", "--account=lab"));
        command.addAll(List.of("--partition=cpu", "--chdir=/tmp", "--output=/dev/null"));
        command.addAll(List.of(what));
        return Stream.of(lab.run(command.toArray(String[]::new)).strip().split("[;\\s]"))
                .findFirst()
                .orElseThrow();
    }

    private void awaitState(String job, String state) {
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(lab.run("squeue", "-h", "-j", job, "-t", "all", "-o", "%T"))
                        .contains(state));
    }
}
