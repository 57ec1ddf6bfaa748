package org.farga.usage;

import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class UsageTable {
    /** After everything that PostgreSQL can date. */
    private static final Instant END_OF_TIME = Instant.parse("+200000-01-01T00:00:00Z");

    private final JdbcClient jdbc;

    UsageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What an allocation's jobs used and set aside, without what was awarded. */
    record Books(
            GpuHours gpuSettled, CpuHours cpuSettled, GpuHours gpuMost, CpuHours cpuMost, List<Commitment> running) {}

    /** Whether this job is on the account already, as a commitment or as a line. */
    boolean knows(JobId job) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT 1 FROM usage_commitment WHERE job_id = :job)
                            OR EXISTS (SELECT 1 FROM usage_record WHERE job_id = :job)""").param("job", job.value()).query(Boolean.class).single();
    }

    /** False where the job has one already. */
    boolean insert(AllocationId allocation, Commitment commitment) {
        return jdbc.sql("""
                INSERT INTO usage_commitment (job_id, allocation_id, gpus, cpus, time_limit_milliseconds, started_at)
                VALUES (:job, :allocation, :gpus, :cpus, :timeLimit, :startedAt)
                ON CONFLICT (job_id) DO NOTHING""")
                        .param("job", commitment.job().value())
                        .param("allocation", allocation.value())
                        .param("gpus", commitment.gpus())
                        .param("cpus", commitment.cpus())
                        .param("timeLimit", commitment.timeLimit().toMillis())
                        .param("startedAt", commitment.startedAt() == null ? null : utc(commitment.startedAt()))
                        .update()
                == 1;
    }

    /** Notes the start once: a repeated report does not move it. */
    void start(JobId job, Instant startedAt) {
        jdbc.sql("UPDATE usage_commitment SET started_at = :at WHERE job_id = :job AND started_at IS NULL")
                .param("at", utc(startedAt))
                .param("job", job.value())
                .update();
    }

    void unstart(JobId job) {
        jdbc.sql("UPDATE usage_commitment SET started_at = NULL WHERE job_id = :job")
                .param("job", job.value())
                .update();
    }

    void deleteCommitment(JobId job) {
        jdbc.sql("DELETE FROM usage_commitment WHERE job_id = :job")
                .param("job", job.value())
                .update();
    }

    /**
     * Enters a run that Farga saw end, unless it is in the ledger: from an earlier report, which stays, or from the
     * engine's accounting, which wins.
     */
    void insert(UsageRecord record) {
        EngineRun engine = record.engine();
        jdbc.sql("""
                INSERT INTO usage_record (job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                    duration_milliseconds, gpus, cpus, memory_mebibytes, gpu_milliseconds, cpu_milliseconds,
                    engine_job_id, engine_task, account, unix_user, partition_name, qos, state, nodes, tres)
                SELECT :job, :jobName, :allocation, :cluster, :person, :startedAt, :endedAt,
                    :duration, :gpus, :cpus, :memory, :gpuMilliseconds, :cpuMilliseconds,
                    :engineJob, :engineTask, :account, :unixUser, :partition, :qos, :state, :nodes, :tres
                WHERE NOT EXISTS (SELECT 1 FROM usage_record k WHERE k.job_id = :job AND k.engine_job_id IS NULL)
                    AND NOT EXISTS (
                        SELECT 1 FROM usage_record k
                        WHERE k.cluster = :cluster AND k.engine_job_id = :engineJob AND k.source = 'SLURM'
                            AND k.started_at < :endedAt AND k.ended_at > :startedAt)
                    AND NOT EXISTS (
                        SELECT 1 FROM usage_record k
                        WHERE k.job_id = :job AND k.source = 'SLURM'
                            AND k.started_at < :endedAt AND k.ended_at > :startedAt)
                ON CONFLICT DO NOTHING""")
                .param("job", record.job() == null ? null : record.job().value(), Types.BIGINT)
                .param("jobName", record.jobName())
                .param("allocation", record.allocation().value())
                .param("cluster", record.cluster())
                .param(
                        "person",
                        record.person() == null ? null : record.person().value(),
                        Types.OTHER)
                .param("startedAt", utc(record.startedAt()))
                .param("endedAt", utc(record.endedAt()))
                .param("duration", record.charged().toMillis())
                .param("gpus", record.gpus())
                .param("cpus", record.cpus())
                .param("memory", record.memoryMebibytes())
                .param("gpuMilliseconds", record.gpuHours().milliseconds())
                .param("cpuMilliseconds", record.cpuHours().milliseconds())
                .param("engineJob", engine == null ? null : engine.job(), Types.VARCHAR)
                .param("engineTask", engine == null ? null : engine.task(), Types.VARCHAR)
                .param("account", engine == null ? null : engine.account(), Types.VARCHAR)
                .param("unixUser", engine == null ? null : engine.unixUser(), Types.VARCHAR)
                .param("partition", engine == null ? null : engine.partition(), Types.VARCHAR)
                .param("qos", engine == null ? null : engine.qos(), Types.VARCHAR)
                .param("state", engine == null ? null : engine.state(), Types.VARCHAR)
                .param("nodes", engine == null ? null : engine.nodes(), Types.INTEGER)
                .param("tres", engine == null ? null : engine.tres(), Types.VARCHAR)
                .update();
    }

    /**
     * The books of these allocations, each of one moment: a job that is being settled stands either among the
     * commitments or among the lines, never in both or neither, because one statement sees one snapshot.
     */
    Map<AllocationId, Books> books(Collection<AllocationId> allocations) {
        Map<AllocationId, Books> books = new HashMap<>();
        jdbc.sql("""
                SELECT a.id, coalesce(s.gpu_settled_milliseconds, 0) AS gpu_settled,
                       coalesce(s.cpu_settled_milliseconds, 0) AS cpu_settled,
                       coalesce(s.gpu_committed_milliseconds, 0) AS gpu_committed,
                       coalesce(s.cpu_committed_milliseconds, 0) AS cpu_committed,
                       c.job_id, c.gpus, c.cpus, c.time_limit_milliseconds, c.started_at
                FROM unnest(CAST(:allocations AS uuid[])) AS a (id)
                LEFT JOIN usage_account s ON s.allocation_id = a.id
                LEFT JOIN usage_commitment c ON c.allocation_id = a.id AND c.started_at IS NOT NULL""")
                .param(
                        "allocations",
                        allocations.stream().map(AllocationId::value).toArray(UUID[]::new))
                .query(row -> {
                    AllocationId allocation = new AllocationId(row.getObject("id", UUID.class));
                    Books one = books.get(allocation);
                    if (one == null) {
                        one = new Books(
                                new GpuHours(row.getLong("gpu_settled")),
                                new CpuHours(row.getLong("cpu_settled")),
                                new GpuHours(row.getLong("gpu_committed")),
                                new CpuHours(row.getLong("cpu_committed")),
                                new ArrayList<>());
                        books.put(allocation, one);
                    }
                    if (row.getObject("job_id") != null) {
                        one.running().add(commitment(row));
                    }
                });
        return books;
    }

    private static Commitment commitment(ResultSet row) throws SQLException {
        OffsetDateTime startedAt = row.getObject("started_at", OffsetDateTime.class);
        return new Commitment(
                new JobId(row.getLong("job_id")),
                row.getInt("gpus"),
                row.getInt("cpus"),
                Duration.ofMillis(row.getLong("time_limit_milliseconds")),
                startedAt == null ? null : startedAt.toInstant());
    }

    /** Where a statement stands: the last line's end, and its number. */
    record LineKey(Instant endedAt, long line) {
        static LineKey parse(String text) {
            int space = text.indexOf(' ');
            return new LineKey(Instant.parse(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
        }

        static String of(UsageRecord record) {
            return record.endedAt() + " " + record.line();
        }
    }

    /** The lines of a statement, the latest end first. */
    List<UsageRecord> lines(AllocationId allocation, @Nullable LineKey after, int most) {
        return jdbc.sql("""
                        SELECT line, sign, job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                            duration_milliseconds, gpus, cpus, memory_mebibytes, engine_job_id, engine_task, account, unix_user,
                            partition_name, qos, state, nodes, tres
                        FROM usage_record
                        WHERE allocation_id = :allocation AND (ended_at, line) < (:endedAt, :line)
                        ORDER BY ended_at DESC, line DESC LIMIT :most""")
                .param("allocation", allocation.value())
                .param("endedAt", utc(after == null ? END_OF_TIME : after.endedAt()))
                .param("line", after == null ? 0L : after.line())
                .param("most", most)
                .query(UsageTable::line)
                .list();
    }

    /** A line that stands, and whether the engine's own accounting has yet to say it. */
    record Standing(UsageRecord line, boolean provisional) {}

    /** The lines of a job that nothing takes back, in the order of their starts. */
    List<Standing> ofJob(JobId job) {
        return jdbc.sql("""
                        SELECT line, sign, job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at,
                            duration_milliseconds, gpus, cpus, memory_mebibytes, engine_job_id, engine_task, account, unix_user,
                            partition_name, qos, state, nodes, tres,
                            source = 'FARGA' AND engine_job_id IS NOT NULL AND EXISTS (
                                SELECT 1 FROM usage_fetch f WHERE f.cluster = u.cluster AND f.read_until < u.ended_at) AS provisional
                        FROM usage_record u
                        WHERE job_id = :job AND sign = 1 AND NOT EXISTS (
                            SELECT 1 FROM usage_record r
                            WHERE r.cluster = u.cluster AND r.engine_job_id = u.engine_job_id AND r.started_at = u.started_at
                                AND r.revision = u.revision AND r.sign = -1)
                        ORDER BY started_at, line""")
                .param("job", job.value())
                .query((row, n) -> new Standing(line(row, n), row.getBoolean("provisional")))
                .list();
    }

    private static UsageRecord line(ResultSet row, int number) throws SQLException {
        Long job = row.getObject("job_id", Long.class);
        UUID person = row.getObject("person_id", UUID.class);
        String engineJob = row.getString("engine_job_id");
        return new UsageRecord(
                row.getLong("line"),
                row.getInt("sign"),
                job == null ? null : new JobId(job),
                row.getString("job_name"),
                new AllocationId(row.getObject("allocation_id", UUID.class)),
                row.getString("cluster"),
                person == null ? null : new PersonId(person),
                instant(row, "started_at"),
                instant(row, "ended_at"),
                Duration.ofMillis(row.getLong("duration_milliseconds")),
                row.getInt("gpus"),
                row.getInt("cpus"),
                row.getLong("memory_mebibytes"),
                engineJob == null
                        ? null
                        : new EngineRun(
                                engineJob,
                                row.getString("engine_task"),
                                row.getString("account"),
                                row.getString("unix_user"),
                                row.getString("partition_name"),
                                row.getString("qos"),
                                row.getString("state"),
                                row.getObject("nodes", Integer.class),
                                row.getString("tres")));
    }

    /**
     * What ended jobs held, and what running ones have held until now, by the days of a calendar: together the settled
     * and the in flight. What lies within one day, which is most, is added up by the database.
     */
    List<UsageDay> days(AllocationId allocation, Instant from, Instant now, ZoneId zone) {
        // The midnights of the calendar, so that the database need not know it: a span lies within a day where both its
        // ends come after the same midnight.
        List<LocalDate> calendar = LocalDate.ofInstant(from, zone)
                .datesUntil(LocalDate.ofInstant(now.isAfter(from) ? now : from, zone)
                        .plusDays(2))
                .toList();
        List<UsageDay> whole = new ArrayList<>();
        List<UsageDay.Span> spans = new ArrayList<>();
        jdbc.sql("""
                WITH calendar AS MATERIALIZED (
                    -- Read once: as part of each row's expression it would be parsed for each row.
                    SELECT CAST(:midnights AS timestamptz[]) AS midnights),
                held AS MATERIALIZED (
                    SELECT width_bucket(r.started_at, c.midnights) AS day,
                        width_bucket(r.started_at + r.duration_milliseconds * interval '1 millisecond', c.midnights)
                            AS last_day,
                        r.started_at, r.started_at + r.duration_milliseconds * interval '1 millisecond' AS ended_at,
                        r.sign * r.gpus AS gpus, r.sign * r.cpus AS cpus, r.gpu_milliseconds, r.cpu_milliseconds
                    FROM usage_record r CROSS JOIN calendar c WHERE r.allocation_id = :allocation)
                SELECT day, sum(gpu_milliseconds)::bigint AS gpu, sum(cpu_milliseconds)::bigint AS cpu,
                    NULL::timestamptz AS started_at, NULL::timestamptz AS ended_at, NULL::int AS gpus, NULL::int AS cpus
                FROM held WHERE day = last_day AND day BETWEEN 1 AND :days - 1 GROUP BY day
                UNION ALL
                SELECT 0, NULL, NULL, started_at, ended_at, gpus, cpus
                FROM held WHERE day <> last_day OR day NOT BETWEEN 1 AND :days - 1
                UNION ALL
                SELECT 0, NULL, NULL, started_at,
                    least(:now, started_at + make_interval(secs => time_limit_milliseconds / 1000.0)), gpus, cpus
                FROM usage_commitment WHERE allocation_id = :allocation AND started_at < :now""")
                .param("allocation", allocation.value())
                .param(
                        "midnights",
                        calendar.stream()
                                .map(day -> day.atStartOfDay(zone).toInstant().toString())
                                .toArray(String[]::new))
                .param("days", calendar.size())
                .param("now", utc(now))
                .query(row -> {
                    int day = row.getInt("day");
                    if (day == 0) {
                        spans.add(new UsageDay.Span(
                                instant(row, "started_at"),
                                instant(row, "ended_at"),
                                row.getInt("gpus"),
                                row.getInt("cpus")));
                    } else {
                        whole.add(new UsageDay(
                                calendar.get(day - 1),
                                new GpuHours(row.getLong("gpu")),
                                new CpuHours(row.getLong("cpu"))));
                    }
                });
        return UsageDay.of(whole, spans, zone);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
