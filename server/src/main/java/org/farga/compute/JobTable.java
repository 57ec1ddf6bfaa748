package org.farga.compute;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.allocation.VisibleProjects;
import org.farga.compute.Job.Cancellation;
import org.farga.compute.Job.Stage;
import org.farga.platform.Timestamps;
import org.farga.shared.AgreementId;
import org.farga.shared.AllocationId;
import org.farga.shared.DatasetVersionId;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class JobTable {
    private static final String SELECT = """
            SELECT j.number, j.name, j.project_id, j.allocation_id, j.cluster, j.submitted_by, j.submitted_at,
                   j.script_sha256, j.cpus, j.memory_mebibytes, j.gpus, j.time_limit_seconds, j.disk_mebibytes,
                   j.environment, j.model_name, j.stage, j.state, j.reason, j.detail, j.engine_job_id, j.started_at,
                   j.ended_at, j.exit_code, j.held_nodes, j.held_cpus, j.held_memory_mebibytes, j.held_gpus,
                   j.held_gpu_indexes, j.held_partition, j.cpu_milliseconds, j.peak_memory_mebibytes, j.energy_joules, j.gpu_peak_percent,
                   j.gpu_peak_memory_mebibytes, j.cancel_requested_at, j.cancel_why, j.cancelled_by,
                   j.gpu_type, j.exclusive, j.partition, j.qos, j.array_number, j.array_index,
                   j.array_at_once, j.unix_user,
                   ARRAY(SELECT d.kind || ' ' || d.parent FROM job_dependency d
                         WHERE d.job = j.number ORDER BY d.parent, d.kind) AS after,
                   ARRAY(SELECT i.dataset_version_id || ' ' || i.agreement_id FROM job_input i
                         WHERE i.job = j.number ORDER BY i.position) AS inputs
            FROM job j
            """;
    private static final TypeReference<Map<String, String>> ENVIRONMENT = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;

    JobTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** A number that no job had or will have. */
    JobId nextNumber() {
        return new JobId(
                jdbc.sql("SELECT nextval('job_number')").query(Long.class).single());
    }

    /** The same for several, lowest first. */
    List<JobId> nextNumbers(int many) {
        return jdbc.sql("SELECT nextval('job_number') AS number FROM generate_series(1, :many) ORDER BY number")
                .param("many", many)
                .query((row, n) -> new JobId(row.getLong("number")))
                .list();
    }

    /** The highest number that was given out; 0 for none. */
    long reachedNumber() {
        return jdbc.sql("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM job_number")
                .query(Long.class)
                .single();
    }

    /** Gives out only numbers beyond this one from now on; nothing where they are there already. Joins a transaction. */
    void passOverNumbers(long upTo) {
        // Of two processes that start, the second must not set back what the first has given out since.
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('farga.job-number', 0))")
                .query()
                .listOfRows();
        jdbc.sql("""
                        SELECT setval('job_number', :upTo) FROM job_number
                        WHERE :upTo > CASE WHEN is_called THEN last_value ELSE 0 END""").param("upTo", upTo).query(Long.class).list();
    }

    /**
     * Inserts a job that is just accepted, or one that was given to the engine without Farga and is just seen to wait there.
     *
     * @param script null for a task of an array other than the first, and where nobody knows it
     */
    void insert(Job job, @Nullable String script) {
        JobOrder.Task task = job.options().task();
        jdbc.sql("""
                INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,
                                 script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes,
                                 environment, model_name, gpu_type, exclusive, partition, qos, array_number, array_index,
                                 array_at_once, unix_user, engine_job_id, stage, state)
                VALUES (:number, :name, :project, :allocation, :cluster, :submittedBy, :submittedAt, :script, :sha256,
                        :cpus, :memory, :gpus, :timeLimit, :disk, :environment::jsonb, :model, :gpuType, :exclusive,
                        :partition, :qos, :array, :arrayIndex, :atOnce, :unixUser, :engineJobId, :stage, 'PENDING')""")
                .param("number", job.id().value())
                .param("name", job.name())
                .param("project", job.project().value())
                .param("allocation", job.allocation().value())
                .param("cluster", job.cluster())
                .param("submittedBy", job.submittedBy().value())
                .param("submittedAt", utc(job.submittedAt()))
                .param("script", script)
                .param(
                        "sha256",
                        job.scriptSha256() == null ? null : HexFormat.of().parseHex(job.scriptSha256()))
                .param("cpus", job.resources().cpus())
                .param("memory", job.resources().memoryMebibytes())
                .param("gpus", job.resources().gpus())
                .param("timeLimit", job.resources().timeLimit().toSeconds())
                .param("disk", job.resources().diskMebibytes())
                .param("environment", json.writeValueAsString(job.environment()))
                .param("model", job.model())
                .param("gpuType", job.resources().gpuType())
                .param("exclusive", job.resources().exclusive())
                .param("partition", job.options().partition())
                .param("qos", job.options().qos())
                .param("array", task == null ? null : task.array().value())
                .param("arrayIndex", task == null ? null : task.index())
                .param("atOnce", task == null ? null : task.atOnce())
                .param("unixUser", job.options().unixUser())
                .param("engineJobId", job.engineJobId())
                .param("stage", word(job.stage()))
                .update();
        if (!job.options().after().isEmpty()) {
            jdbc.sql("""
                    INSERT INTO job_dependency (job, parent, kind)
                    SELECT :job, d.parent, d.kind
                    FROM unnest(CAST(:parents AS bigint[]), CAST(:kinds AS text[])) AS d (parent, kind)
                    ON CONFLICT DO NOTHING""")
                    .param("job", job.id().value())
                    .param(
                            "parents",
                            job.options().after().stream()
                                    .map(after -> after.parent().value())
                                    .toArray(Long[]::new))
                    .param(
                            "kinds",
                            job.options().after().stream()
                                    .map(after -> after.kind().name())
                                    .toArray(String[]::new))
                    .update();
        }
        if (!job.inputs().isEmpty()) {
            jdbc.sql("""
                    INSERT INTO job_input (job, position, dataset_version_id, agreement_id)
                    SELECT :job, i.position - 1, i.version, i.agreement
                    FROM unnest(CAST(:versions AS uuid[]), CAST(:agreements AS uuid[]))
                         WITH ORDINALITY AS i (version, agreement, position)""")
                    .param("job", job.id().value())
                    .param(
                            "versions",
                            job.inputs().stream()
                                    .map(input -> input.version().value())
                                    .toArray(UUID[]::new))
                    .param(
                            "agreements",
                            job.inputs().stream()
                                    .map(input -> input.agreement().value())
                                    .toArray(UUID[]::new))
                    .update();
        }
    }

    Optional<Job> find(JobId id) {
        return jdbc.sql(SELECT + "WHERE j.number = :number")
                .param("number", id.value())
                .query(this::job)
                .optional();
    }

    /** The job that a token was made for, whatever became of it. */
    Optional<Job> findByToken(byte[] sha256) {
        return jdbc.sql(SELECT + "WHERE j.number = (SELECT job_id FROM job_token WHERE sha256 = :sha256)")
                .param("sha256", sha256)
                .query(this::job)
                .optional();
    }

    void insertToken(JobId job, byte[] sha256, Instant issuedAt) {
        jdbc.sql("INSERT INTO job_token (sha256, job_id, issued_at) VALUES (:sha256, :job, :issuedAt)")
                .param("sha256", sha256)
                .param("job", job.value())
                .param("issuedAt", utc(issuedAt))
                .update();
    }

    /** The same, with its row locked until the end of the transaction. */
    Optional<Job> lock(JobId id) {
        return jdbc.sql(SELECT + "WHERE j.number = :number FOR UPDATE OF j")
                .param("number", id.value())
                .query(this::job)
                .optional();
    }

    List<Job> list(Collection<JobId> ids) {
        return jdbc.sql(SELECT + "WHERE j.number = ANY(:numbers) ORDER BY j.number")
                .param("numbers", ids.stream().map(JobId::value).toArray(Long[]::new))
                .query(this::job)
                .list();
    }

    /**
     * What a list of jobs is narrowed to; null for any.
     *
     * @param submittedBy only this person's
     * @param array only this array's tasks
     */
    record Filter(
            @Nullable ProjectId project,
            @Nullable JobState state,
            @Nullable PersonId submittedBy,
            @Nullable JobId array) {
        Filter(@Nullable ProjectId project, @Nullable JobState state, @Nullable PersonId submittedBy) {
            this(project, state, submittedBy, null);
        }
    }

    /**
     * The newest first, from before the given number. A statement is made of the conditions that there are, so that each
     * has the plan that suits it; where only some projects are visible, the newest of each are taken and put together.
     */
    List<Job> list(VisibleProjects visible, Filter filter, @Nullable Long before, int most) {
        StringBuilder narrowed = new StringBuilder();
        if (filter.state() != null) {
            narrowed.append(" AND o.state = :state");
        }
        if (filter.submittedBy() != null) {
            narrowed.append(" AND o.submitted_by = :person");
        }
        if (filter.array() != null) {
            narrowed.append(" AND o.array_number = :array");
        }
        if (before != null) {
            narrowed.append(" AND o.number < :before");
        }
        boolean each =
                !visible.all() && filter.project() == null && filter.submittedBy() == null && filter.array() == null;
        String numbers;
        if (filter.project() != null) {
            numbers = "SELECT o.number FROM job o WHERE o.project_id = :project" + narrowed;
        } else if (each) {
            numbers = "SELECT n.number FROM unnest(CAST(:visible AS uuid[])) AS v (id) CROSS JOIN LATERAL ("
                    + "SELECT o.number FROM job o WHERE o.project_id = v.id" + narrowed
                    + " ORDER BY o.number DESC LIMIT :most) n";
        } else {
            numbers = "SELECT o.number FROM job o WHERE " + (visible.all() ? "true" : "o.project_id = ANY(:visible)")
                    + narrowed;
        }
        String sql = SELECT + " JOIN (" + numbers
                + " ORDER BY number DESC LIMIT :most) chosen ON chosen.number = j.number" + " ORDER BY j.number DESC";
        var statement = jdbc.sql(sql).param("most", most);
        if (filter.project() != null) {
            if (!visible.include(filter.project())) {
                return List.of();
            }
            statement = statement.param("project", filter.project().value());
        } else if (!visible.all()) {
            statement = statement.param("visible", visible.ids());
        }
        if (filter.state() != null) {
            statement = statement.param("state", filter.state().name());
        }
        if (filter.submittedBy() != null) {
            statement = statement.param("person", filter.submittedBy().value());
        }
        if (filter.array() != null) {
            statement = statement.param("array", filter.array().value());
        }
        if (before != null) {
            statement = statement.param("before", before);
        }
        return statement.query(this::job).list();
    }

    /** Those that a cluster's engine has, or may have, oldest first; not those that only wait here. */
    List<Job> withEngine(String cluster) {
        return jdbc.sql(SELECT + """
                        WHERE j.cluster = :cluster AND j.stage IN ('SUBMITTING', 'PENDING', 'RUNNING')
                        ORDER BY j.number""").param("cluster", cluster).query(this::job).list();
    }

    /**
     * How the jobs that have not ended are getting on.
     *
     * @param live how many are at each stage
     * @param notHandedOver accepted before then, and the engine does not have them yet
     * @param pastLimit running although their time was up before then
     */
    record Progress(
            Map<String, Long> live,
            long notHandedOver,
            @Nullable Instant oldestNotHandedOver,
            long pastLimit) {}

    Progress progress(Instant handedOverBefore, Instant upBefore) {
        Map<String, Long> live = new LinkedHashMap<>();
        for (String stage : List.of("ACCEPTED", "SUBMITTING", "PENDING", "RUNNING")) {
            live.put(stage, 0L);
        }
        jdbc.sql("SELECT stage, count(*) AS jobs FROM job WHERE stage <> 'ENDED' GROUP BY stage")
                .query(row -> {
                    live.put(row.getString("stage"), row.getLong("jobs"));
                });
        return jdbc.sql("""
                        SELECT count(*) FILTER (WHERE stage IN ('ACCEPTED', 'SUBMITTING') AND submitted_at < :before) AS waiting,
                               min(submitted_at) FILTER (WHERE stage IN ('ACCEPTED', 'SUBMITTING')) AS oldest,
                               count(*) FILTER (WHERE stage = 'RUNNING'
                                 AND started_at + make_interval(secs => time_limit_seconds) < :up) AS past
                        FROM job WHERE stage <> 'ENDED'""")
                .param("before", Timestamps.utc(handedOverBefore))
                .param("up", Timestamps.utc(upBefore))
                .query((row, n) -> {
                    OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
                    return new Progress(
                            live,
                            row.getLong("waiting"),
                            oldest == null ? null : oldest.toInstant(),
                            row.getLong("past"));
                })
                .single();
    }

    /**
     * The first of the jobs that wait for their engine to take them, without those that are left alone; as many as the
     * engine may have beyond those that wait there. One that was being handed over comes again. Not those that wait for
     * others: until these have come so far, or their engine has them and sees to it itself. Of an array that the engine takes
     * whole the first stands for all; of one that it does not, as many as may be there at once.
     *
     * @param queuesItself whether the engine takes arrays whole, and waits for jobs that it has
     */
    List<JobId> queue(String cluster, Collection<JobId> without, int most, int mostWithEngine, boolean queuesItself) {
        return jdbc.sql("""
                        SELECT j.number FROM job j
                        WHERE j.cluster = :cluster AND j.stage IN ('ACCEPTED', 'SUBMITTING') AND j.number <> ALL(:without)
                          AND NOT EXISTS (
                            SELECT 1 FROM job_dependency d
                            JOIN job p ON p.number = d.parent OR p.array_number = d.parent
                            WHERE d.job = j.number AND j.stage = 'ACCEPTED' AND p.stage <> 'ENDED'
                              AND NOT (d.kind = 'AFTER' AND p.started_at IS NOT NULL)
                              AND NOT (:itself AND p.cluster = j.cluster AND p.engine_job_id IS NOT NULL))
                          AND (j.array_number IS NULL
                               OR :itself AND NOT EXISTS (
                                    SELECT 1 FROM job a WHERE a.array_number = j.array_number AND a.number < j.number
                                      AND a.stage IN ('ACCEPTED', 'SUBMITTING'))
                               OR NOT :itself AND (j.array_at_once IS NULL OR j.array_at_once > (
                                    SELECT count(*) FROM job a WHERE a.array_number = j.array_number
                                      AND (a.stage IN ('SUBMITTING', 'PENDING', 'RUNNING') AND a.number <> j.number
                                           OR a.stage = 'ACCEPTED' AND a.number < j.number))))
                        ORDER BY j.number
                        LIMIT least(:most, greatest(0, :mostWithEngine - (
                            SELECT count(*) FROM job WHERE cluster = :cluster AND stage = 'PENDING'
                              AND stage IN ('SUBMITTING', 'PENDING', 'RUNNING'))))""")
                .param("cluster", cluster)
                .param("without", without.stream().map(JobId::value).toArray(Long[]::new))
                .param("most", most)
                .param("mostWithEngine", mostWithEngine)
                .param("itself", queuesItself)
                .query((row, n) -> new JobId(row.getLong("number")))
                .list();
    }

    /** Those that run on a cluster and hold GPUs there. */
    List<Job> runningWithGpus(String cluster) {
        return jdbc.sql(SELECT + """
                        WHERE j.cluster = :cluster AND j.stage = 'RUNNING' AND j.stage <> 'ENDED' AND j.held_gpus > 0
                        ORDER BY j.number""").param("cluster", cluster).query(this::job).list();
    }

    /** The first of those that ran and ended, by number, beyond this one. */
    List<Job> endedBeyond(long number, int most) {
        return jdbc.sql(SELECT + """
                        WHERE j.number > :number AND j.stage = 'ENDED' AND j.started_at IS NOT NULL
                        ORDER BY j.number LIMIT :most""")
                .param("number", number)
                .param("most", most)
                .query(this::job)
                .list();
    }

    /** The jobs that a cluster's engine knows by these names; by name, of which there may be several over the years. */
    Map<String, List<Job>> ofEngine(String cluster, Collection<String> engineJobs) {
        return jdbc
                .sql(SELECT + "WHERE j.cluster = :cluster AND j.engine_job_id = ANY(:jobs) ORDER BY j.number")
                .param("cluster", cluster)
                .param("jobs", engineJobs.toArray(String[]::new))
                .query(this::job)
                .list()
                .stream()
                .collect(Collectors.groupingBy(job -> String.valueOf(job.engineJobId())));
    }

    /** Up to when a cluster's accounting was asked for jobs that Farga did not give to it; empty where it never was. */
    Optional<Instant> accountingAskedTo(String cluster) {
        return jdbc.sql("SELECT asked_to FROM cluster_accounting WHERE cluster = :cluster")
                .param("cluster", cluster)
                .query((row, n) ->
                        row.getObject("asked_to", OffsetDateTime.class).toInstant())
                .optional();
    }

    void setAccountingAskedTo(String cluster, Instant to) {
        jdbc.sql("""
                INSERT INTO cluster_accounting (cluster, asked_to) VALUES (:cluster, :to)
                ON CONFLICT (cluster) DO UPDATE SET asked_to = greatest(cluster_accounting.asked_to, :to)""").param("cluster", cluster).param("to", utc(to)).update();
    }

    /** The jobs of these numbers, and the tasks of the arrays of these numbers. */
    List<Job> jobsOrTasks(Collection<JobId> numbers) {
        return jdbc.sql(SELECT + "WHERE j.number = ANY(:numbers) OR j.array_number = ANY(:numbers) ORDER BY j.number")
                .param("numbers", numbers.stream().map(JobId::value).toArray(Long[]::new))
                .query(this::job)
                .list();
    }

    /** All tasks of an array, with their rows locked until the end of the transaction; none for any other number. */
    List<Job> lockArray(JobId array) {
        return jdbc.sql(SELECT + "WHERE j.array_number = :array ORDER BY j.number FOR UPDATE OF j")
                .param("array", array.value())
                .query(this::job)
                .list();
    }

    List<JobId> running(Collection<String> clusters) {
        return jdbc.sql("SELECT number FROM job WHERE stage = 'RUNNING' AND cluster = ANY(:clusters) ORDER BY number")
                .param("clusters", clusters.toArray(String[]::new))
                .query((row, n) -> new JobId(row.getLong("number")))
                .list();
    }

    /** How long the jobs that started since the first day waited, by partition and day. */
    List<WaitTimes.Day> waits(String cluster, LocalDate first, ZoneId zone) {
        return jdbc.sql("""
                        SELECT partition, day, count(*) AS jobs,
                               percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS median_seconds,
                               percentile_disc(0.9) WITHIN GROUP (ORDER BY seconds) AS p90_seconds
                        FROM (SELECT coalesce(held_partition, '') AS partition,
                                     (started_at AT TIME ZONE :zone)::date AS day,
                                     greatest(0, extract(epoch FROM started_at - submitted_at))::bigint AS seconds
                              FROM job WHERE cluster = :cluster AND started_at >= :first) AS started
                        GROUP BY partition, day ORDER BY partition, day""")
                .param("zone", zone.getId())
                .param("cluster", cluster)
                .param("first", utc(first.atStartOfDay(zone).toInstant()))
                .query((row, n) -> new WaitTimes.Day(
                        row.getString("partition"),
                        row.getObject("day", LocalDate.class),
                        row.getInt("jobs"),
                        Duration.ofSeconds(row.getLong("median_seconds")),
                        Duration.ofSeconds(row.getLong("p90_seconds"))))
                .list();
    }

    /** Failed jobs of a person that they have not looked at, newest first. */
    List<Job> unseenFailures(PersonId person, Instant since, int most) {
        return jdbc.sql(SELECT + """
                        WHERE j.submitted_by = :person AND j.stage = 'ENDED' AND j.state <> 'COMPLETED'
                          AND j.ended_at > :since AND j.failure_seen_at IS NULL
                          AND j.cancel_why IS DISTINCT FROM 'PERSON' AND j.unix_user IS NULL
                        ORDER BY j.number DESC LIMIT :most""")
                .param("person", person.value())
                .param("since", utc(since))
                .param("most", most)
                .query(this::job)
                .list();
    }

    void markFailureSeen(JobId id, PersonId person, Instant now) {
        jdbc.sql("""
                UPDATE job SET failure_seen_at = :now
                WHERE number = :number AND submitted_by = :person AND stage = 'ENDED' AND failure_seen_at IS NULL""")
                .param("now", utc(now))
                .param("number", id.value())
                .param("person", person.value())
                .update();
    }

    /** A job's script as it was submitted; throws {@link NotFoundException}. */
    String script(JobId id) {
        return findScript(id).orElseThrow(() -> new NotFoundException("script"));
    }

    /** The same; empty for a job that was given to the engine without Farga. */
    Optional<String> findScript(JobId id) {
        return jdbc.sql("""
                        SELECT coalesce(j.script, (SELECT a.script FROM job a
                                                   WHERE a.array_number = j.array_number AND a.script IS NOT NULL))
                        FROM job j WHERE j.number = :number""")
                .param("number", id.value())
                .query((row, n) -> Optional.ofNullable(row.getString(1)))
                .optional()
                .orElseThrow(() -> new NotFoundException("job"));
    }

    /**
     * Moves a job on from the stage it was read in; false where it has moved meanwhile, or another process was first.
     */
    boolean move(Job from, Stage to) {
        Job job = from.at(to);
        Stage.Ended ended = to instanceof Stage.Ended e ? e : null;
        Allocation held = job.held();
        return jdbc.sql("""
                        UPDATE job
                        SET stage = :to, state = :state, reason = :reason, detail = :detail, started_at = :startedAt,
                            ended_at = :endedAt, exit_code = :exitCode, held_nodes = :nodes, held_cpus = :cpus,
                            held_memory_mebibytes = :memory, held_gpus = :gpus, held_gpu_indexes = :gpuIndexes,
                            held_partition = :partition, cpu_milliseconds = :cpuMilliseconds, peak_memory_mebibytes = :peakMemory,
                            energy_joules = :energy, gpu_peak_percent = :gpuPeak,
                            gpu_peak_memory_mebibytes = :gpuPeakMemory
                        WHERE number = :number AND stage = :from""")
                        .param("to", word(to))
                        .param("state", job.state().name())
                        .param(
                                "reason",
                                to instanceof Stage.Pending(String reason)
                                        ? reason
                                        : ended == null ? null : ended.reason())
                        .param("detail", ended == null ? null : shortened(ended.detail()))
                        .param("startedAt", utc(job.startedAt()))
                        .param("endedAt", utc(job.endedAt()))
                        .param("exitCode", ended == null ? null : ended.exitCode())
                        .param("nodes", held == null ? null : held.nodes())
                        .param("cpus", held == null ? null : held.cpus())
                        .param("memory", held == null ? null : held.memoryMebibytes())
                        .param("gpus", held == null ? null : held.gpus())
                        .param(
                                "gpuIndexes",
                                held == null ? null : held.gpuIndexes().toArray(Integer[]::new))
                        .param("partition", held == null ? null : held.partition())
                        .param(
                                "cpuMilliseconds",
                                ended == null ? null : ended.measured().cpuMilliseconds())
                        .param(
                                "peakMemory",
                                ended == null ? null : ended.measured().peakMemoryMebibytes())
                        .param("energy", ended == null ? null : ended.measured().energyJoules())
                        .param(
                                "gpuPeak",
                                ended == null ? null : ended.measured().gpuPeakPercent())
                        .param(
                                "gpuPeakMemory",
                                ended == null ? null : ended.measured().gpuPeakMemoryMebibytes())
                        .param("number", from.id().value())
                        .param("from", word(from.stage()))
                        .update()
                == 1;
    }

    /** The engine has it under this identifier; a job that was seen running meanwhile stays where it is. */
    void setEngineJobId(JobId id, String engineJobId) {
        jdbc.sql("""
                UPDATE job SET engine_job_id = :engineJobId,
                               stage = CASE stage WHEN 'SUBMITTING' THEN 'PENDING' ELSE stage END
                WHERE number = :number AND engine_job_id IS NULL AND stage <> 'ACCEPTED'""")
                .param("engineJobId", engineJobId)
                .param("number", id.value())
                .update();
    }

    /** Whether this call was the first to ask for the end of a job that has not ended. */
    boolean requestCancellation(JobId id, Cancellation cancellation) {
        return jdbc.sql("""
                        UPDATE job SET cancel_requested_at = :at, cancel_why = :why, cancelled_by = :by
                        WHERE number = :number AND cancel_requested_at IS NULL AND stage <> 'ENDED'""")
                        .param("at", utc(cancellation.requestedAt()))
                        .param("why", cancellation.why().name())
                        .param(
                                "by",
                                cancellation.by() == null
                                        ? null
                                        : cancellation.by().value())
                        .param("number", id.value())
                        .update()
                == 1;
    }

    private static String word(Stage stage) {
        return switch (stage) {
            case Stage.Accepted() -> "ACCEPTED";
            case Stage.Submitting() -> "SUBMITTING";
            case Stage.Pending(String reason) -> "PENDING";
            case Stage.Running running -> "RUNNING";
            case Stage.Ended ended -> "ENDED";
        };
    }

    private static @Nullable String shortened(@Nullable String text) {
        return text == null || text.length() <= 2000 ? text : text.substring(0, 2000);
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private Job job(ResultSet row, int number) throws SQLException {
        return new Job(
                new JobId(row.getLong("number")),
                row.getString("name"),
                new ProjectId(row.getObject("project_id", UUID.class)),
                new AllocationId(row.getObject("allocation_id", UUID.class)),
                row.getString("cluster"),
                new PersonId(row.getObject("submitted_by", UUID.class)),
                row.getObject("submitted_at", OffsetDateTime.class).toInstant(),
                hex(row.getBytes("script_sha256")),
                new Resources(
                        row.getInt("cpus"),
                        row.getLong("memory_mebibytes"),
                        row.getInt("gpus"),
                        row.getString("gpu_type"),
                        row.getBoolean("exclusive"),
                        Duration.ofSeconds(row.getLong("time_limit_seconds")),
                        row.getLong("disk_mebibytes")),
                json.readValue(row.getString("environment"), ENVIRONMENT),
                inputs(row.getArray("inputs")),
                row.getString("model_name"),
                stage(row),
                row.getString("engine_job_id"),
                cancellation(row),
                options(row));
    }

    private static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    private static JobOptions options(ResultSet row) throws SQLException {
        String[] after = (String[]) row.getArray("after").getArray();
        String partition = row.getString("partition");
        String qos = row.getString("qos");
        String unixUser = row.getString("unix_user");
        long array = row.getLong("array_number");
        boolean isTask = !row.wasNull();
        if (after.length == 0 && !isTask && partition == null && qos == null && unixUser == null) {
            return JobOptions.NONE;
        }
        return new JobOptions(
                partition,
                qos,
                Arrays.stream(after)
                        .map(words -> words.split(" ", 2))
                        .map(words -> new Dependency(Dependency.Kind.valueOf(words[0]), JobId.valueOf(words[1])))
                        .toList(),
                isTask
                        ? new JobOrder.Task(
                                new JobId(array),
                                row.getInt("array_index"),
                                row.getObject("array_at_once", Integer.class))
                        : null,
                unixUser);
    }

    private static List<Jobs.Input> inputs(Array array) throws SQLException {
        List<Jobs.Input> inputs = new ArrayList<>();
        for (String input : (String[]) array.getArray()) {
            int space = input.indexOf(' ');
            inputs.add(new Jobs.Input(
                    DatasetVersionId.valueOf(input.substring(0, space)),
                    AgreementId.valueOf(input.substring(space + 1))));
        }
        return inputs;
    }

    private static Stage stage(ResultSet row) throws SQLException {
        Instant startedAt = instant(row, "started_at");
        return switch (row.getString("stage")) {
            case "ACCEPTED" -> new Stage.Accepted();
            case "SUBMITTING" -> new Stage.Submitting();
            case "PENDING" -> new Stage.Pending(row.getString("reason"));
            case "RUNNING" -> {
                Allocation held = held(row);
                if (startedAt == null || held == null) {
                    throw new IllegalStateException("a running job without a start");
                }
                yield new Stage.Running(startedAt, held);
            }
            default ->
                new Stage.Ended(
                        JobState.valueOf(row.getString("state")),
                        row.getString("reason"),
                        row.getString("detail"),
                        startedAt,
                        row.getObject("ended_at", OffsetDateTime.class).toInstant(),
                        row.getObject("exit_code", Integer.class),
                        held(row),
                        new Measured(
                                row.getObject("cpu_milliseconds", Long.class),
                                row.getObject("peak_memory_mebibytes", Long.class),
                                row.getObject("energy_joules", Long.class),
                                row.getObject("gpu_peak_percent", Integer.class),
                                row.getObject("gpu_peak_memory_mebibytes", Long.class)));
        };
    }

    private static @Nullable Allocation held(ResultSet row) throws SQLException {
        String nodes = row.getString("held_nodes");
        return nodes == null
                ? null
                : new Allocation(
                        nodes,
                        row.getInt("held_cpus"),
                        row.getLong("held_memory_mebibytes"),
                        row.getInt("held_gpus"),
                        Arrays.asList(
                                (Integer[]) row.getArray("held_gpu_indexes").getArray()),
                        row.getString("held_partition"));
    }

    private static @Nullable Cancellation cancellation(ResultSet row) throws SQLException {
        Instant requestedAt = instant(row, "cancel_requested_at");
        UUID by = row.getObject("cancelled_by", UUID.class);
        return requestedAt == null
                ? null
                : new Cancellation(
                        requestedAt,
                        Job.Why.valueOf(row.getString("cancel_why")),
                        by == null ? null : new PersonId(by));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
