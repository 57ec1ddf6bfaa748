package org.farga.usage;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The ledger as sacct's records come into it: in bulk, by PostgreSQL's COPY and statements over sets. */
@Component
class LedgerTable {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    LedgerTable(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    /** Whose a run is, as far as its account and user tell. */
    interface Owners {
        @Nullable
        AllocationId allocation(SacctRun run);

        @Nullable
        PersonId person(SacctRun run);

        /** Farga's own job that is under way, if it is one. */
        EngineJobs.@Nullable Own own(SacctRun run);
    }

    /** How many runs came into the ledger, took the place of others, or wait for an owner; the rest stood there already. */
    record Merged(long entered, long corrected, long unattributed) {
        Merged plus(Merged other) {
            return new Merged(entered + other.entered, corrected + other.corrected, unattributed + other.unattributed);
        }
    }

    /**
     * Enters runs of a cluster, in the transaction that is under way: what is there already stays, what stands otherwise is reversed and
     * replaced. Runs of jobs that are new take a shorter way, unless {@code careful}; where another program enters one of them at the same
     * time, that throws {@link org.springframework.dao.DuplicateKeyException}, and the careful way is to be taken.
     */
    Merged merge(String cluster, Collection<SacctRun> runs, Owners owners, boolean careful) {
        if (runs.isEmpty()) {
            return new Merged(0, 0, 0);
        }
        List<Owned> owned = runs.stream().map(run -> Owned.of(run, owners)).toList();
        Merged merged = jdbc.execute((ConnectionCallback<Merged>) connection -> {
            if (careful) {
                return mergeBesideKnown(connection, cluster, owned);
            }
            Map<Long, List<Line>> known = known(connection, cluster, runs);
            if (known.isEmpty()) {
                return enterNew(connection, cluster, owned);
            }
            List<Owned> fresh = new ArrayList<>();
            List<Owned> others = new ArrayList<>();
            for (Owned one : owned) {
                List<Line> lines = known.get(one.run().job());
                if (lines == null) {
                    fresh.add(one);
                } else if (!one.stands(lines)) {
                    others.add(one);
                }
            }
            Merged changed = others.isEmpty() ? new Merged(0, 0, 0) : mergeBesideKnown(connection, cluster, others);
            return changed.plus(enterNew(connection, cluster, fresh));
        });
        if (merged == null) {
            throw new IllegalStateException("the statement answers");
        }
        return merged;
    }

    /** A run with whose it is; of nobody where the allocation is null. */
    private record Owned(
            SacctRun run,
            @Nullable UUID allocation,
            @Nullable UUID person,
            @Nullable Long job) {
        static Owned of(SacctRun run, Owners owners) {
            EngineJobs.Own own = owners.own(run);
            if (own != null) {
                return new Owned(
                        run,
                        own.allocation().value(),
                        own.person().value(),
                        own.job().value());
            }
            AllocationId allocation = owners.allocation(run);
            PersonId person = owners.person(run);
            return new Owned(
                    run, allocation == null ? null : allocation.value(), person == null ? null : person.value(), null);
        }

        /** Whether it says what sacct said of it before, and nothing else was ever said of the job. */
        boolean stands(List<Line> lines) {
            return job == null
                    && lines.stream().allMatch(Line::isPlain)
                    && lines.stream().anyMatch(line -> line.says(run));
        }
    }

    /** What the ledger has of a run; {@code isPlain} where sacct said so and nobody took it back. Instants in seconds since 1970. */
    private record Line(
            boolean isPlain,
            long startedAt,
            long endedAt,
            long milliseconds,
            int gpus,
            int cpus,
            long memory,
            @Nullable String partition) {
        boolean says(SacctRun run) {
            return startedAt == run.startedAt()
                    && endedAt == run.endedAt()
                    && milliseconds == run.chargedSeconds() * 1_000
                    && gpus == run.held().gpus()
                    && cpus == run.held().cpus()
                    && memory == run.held().memoryMebibytes()
                    && run.partition().equals(partition);
        }
    }

    /** What the ledger has of those of the jobs of which it has anything, or that wait for an owner. */
    private static Map<Long, List<Line>> known(Connection connection, String cluster, Collection<SacctRun> runs)
            throws SQLException {
        long[] jobs = runs.stream().mapToLong(SacctRun::job).sorted().distinct().toArray();
        // Most are new, and stand beside each other: what lies between a first and a last one is asked before each
        // single one is.
        List<String> first = new ArrayList<>();
        List<String> last = new ArrayList<>();
        List<long[]> ranges = new ArrayList<>();
        int each = Math.max(1, jobs.length / RANGES);
        for (int from = 0; from < jobs.length; ) {
            int digits = Long.toString(jobs[from]).length();
            int to = from + 1;
            // As text, which they are there, only numbers of as many digits stand in their own order.
            while (to < jobs.length
                    && to - from < each
                    && Long.toString(jobs[to]).length() == digits) {
                to++;
            }
            first.add(Long.toString(jobs[from]));
            last.add(Long.toString(jobs[to - 1]));
            ranges.add(Arrays.copyOfRange(jobs, from, to));
            from = to;
        }
        List<String> doubtful = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(KNOWN_RANGES)) {
            statement.setArray(1, connection.createArrayOf("text", first.toArray()));
            statement.setArray(2, connection.createArrayOf("text", last.toArray()));
            statement.setString(3, cluster);
            statement.setString(4, cluster);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    for (long job : ranges.get(rows.getInt(1) - 1)) {
                        doubtful.add(Long.toString(job));
                    }
                }
            }
        }
        Map<Long, List<Line>> known = new HashMap<>();
        if (doubtful.isEmpty()) {
            return known;
        }
        try (PreparedStatement statement = connection.prepareStatement(KNOWN_JOBS)) {
            Array asked = connection.createArrayOf("text", doubtful.toArray());
            statement.setArray(1, asked);
            statement.setString(2, cluster);
            statement.setArray(3, asked);
            statement.setString(4, cluster);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    known.computeIfAbsent(Long.parseLong(rows.getString(1)), job -> new ArrayList<>())
                            .add(new Line(
                                    rows.getBoolean(2),
                                    rows.getLong(3),
                                    rows.getLong(4),
                                    rows.getLong(5),
                                    rows.getInt(6),
                                    rows.getInt(7),
                                    rows.getLong(8),
                                    rows.getString(9)));
                }
            }
        }
        return known;
    }

    private static final int RANGES = 200;

    // Looked up one by one through the index, whatever the planner thinks of a ledger that grows while it looks.

    private static final String KNOWN_RANGES = """
            SELECT r.n FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS r (first, last, n)
            WHERE EXISTS (
                    SELECT 1 FROM (
                        SELECT 1 FROM usage_record k WHERE k.cluster = ? AND k.engine_job_id BETWEEN r.first AND r.last
                        ORDER BY k.engine_job_id LIMIT 1) k)
                OR EXISTS (
                    SELECT 1 FROM (
                        SELECT 1 FROM usage_unattributed u WHERE u.cluster = ? AND u.engine_job_id BETWEEN r.first AND r.last
                        ORDER BY u.engine_job_id LIMIT 1) u)""";

    private static final String KNOWN_JOBS = """
            SELECT s.job, k.sign = 1 AND k.source = 'SLURM', date_part('epoch', k.started_at)::bigint,
                date_part('epoch', k.ended_at)::bigint, k.duration_milliseconds, k.gpus, k.cpus, k.memory_mebibytes, k.partition_name
            FROM unnest(?::text[]) AS s (job) CROSS JOIN LATERAL (
                SELECT * FROM usage_record k WHERE k.cluster = ? AND k.engine_job_id = s.job OFFSET 0) k
            UNION ALL
            SELECT s.job, false, 0, 0, 0, 0, 0, 0, NULL
            FROM unnest(?::text[]) AS s (job) CROSS JOIN LATERAL (
                SELECT 1 FROM usage_unattributed u WHERE u.cluster = ? AND u.engine_job_id = s.job LIMIT 1) u""";

    /** Straight into the ledger, which is twice as quick. */
    private static Merged enterNew(Connection connection, String cluster, List<Owned> runs) throws SQLException {
        // Beside each other in the ledger's indexes.
        List<Owned> attributed = runs.stream()
                .filter(o -> o.allocation() != null)
                .sorted(Comparator.comparing(Owned::allocation, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparingLong(o -> o.run().endedAt()))
                .toList();
        try (Statement statement = connection.createStatement()) {
            // For the lines that the sums are made of once all are there: as many do not fit where others' work does.
            statement.execute("SET LOCAL work_mem = '32MB'");
        }
        StringBuilder prefix = new StringBuilder();
        text(prefix, cluster);
        copy(connection, """
                COPY usage_record (cluster, source, engine_job_id, engine_task, started_at, ended_at, duration_milliseconds, job_name,
                    account, unix_user, partition_name, qos, state, gpus, cpus, memory_mebibytes, nodes, tres, allocation_id,
                    person_id, job_id, gpu_milliseconds, cpu_milliseconds) FROM STDIN""", attributed, prefix + "SLURM\t", true);
        long waiting = 0;
        if (attributed.size() < runs.size()) {
            List<Owned> others =
                    runs.stream().filter(o -> o.allocation() == null).toList();
            try (Statement statement = connection.createStatement()) {
                statement.execute(STAGE);
                copy(connection, "COPY usage_staged FROM STDIN", others, "", false);
                waiting = statement.executeUpdate(UNATTRIBUTED.replace("$cluster", quoted(cluster)));
                statement.execute("DROP TABLE usage_staged");
            }
        }
        return new Merged(attributed.size(), 0, waiting);
    }

    private static Merged mergeBesideKnown(Connection connection, String cluster, List<Owned> runs)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String of = quoted(cluster);
            statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('farga usage ' || " + of + ", 0))");
            statement.execute(STAGE);
            copy(connection, "COPY usage_staged FROM STDIN", runs, "", false);
            statement.execute("""
                    CREATE TEMP TABLE usage_known ON COMMIT DROP AS
                    SELECT k.* FROM (SELECT DISTINCT job, task FROM usage_staged) s CROSS JOIN LATERAL (
                        SELECT k.line, k.sign, k.revision, k.source, s.job, k.job_id, k.allocation_id,
                            k.person_id, k.started_at, k.ended_at, k.duration_milliseconds, k.gpus, k.cpus,
                            k.memory_mebibytes, k.partition_name
                        FROM usage_record k
                        WHERE k.cluster = %s AND k.engine_job_id IN (s.job, s.task) OFFSET 0) k""".formatted(of));
            statement.execute("ANALYZE usage_known");
            statement.execute("ANALYZE usage_staged");
            statement.execute(OWNED_BY_RUNS_BEFORE);
            Merged merged = enter(statement, BESIDE_KNOWN.replace("$cluster", of));
            statement.execute("""
                    DELETE FROM usage_unattributed u USING usage_staged s
                    WHERE u.cluster = %s AND u.engine_job_id = s.job AND u.started_at = s.started_at
                        AND s.allocation IS NOT NULL""".formatted(of));
            int waiting = statement.executeUpdate(UNATTRIBUTED.replace("$cluster", of));
            statement.execute("DROP TABLE usage_staged, usage_known");
            return new Merged(merged.entered(), merged.corrected(), waiting);
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static final String STAGE = """
            CREATE TEMP TABLE usage_staged (
                job text, task text, started_at timestamptz, ended_at timestamptz, duration bigint, name text, account text,
                unix_user text, partition_name text, qos text, state text, gpus int, cpus int, memory bigint, nodes int,
                tres text, allocation uuid, person uuid, own_job bigint
            ) ON COMMIT DROP""";

    private static final String COLUMNS = """
            (cluster, engine_job_id, engine_task, job_id, job_name, allocation_id, person_id, started_at, ended_at,
                duration_milliseconds, gpus, cpus, memory_mebibytes, sign, revision, source, account, unix_user, partition_name,
                qos, state, nodes, tres, gpu_milliseconds, cpu_milliseconds)
            """;

    private static final String STAGED = """
            $cluster, s.job, s.task, s.own_job, s.name, s.allocation, s.person, s.started_at, s.ended_at, s.duration, s.gpus, s.cpus,
                s.memory, 1, %s, 'SLURM', s.account, s.unix_user, s.partition_name, s.qos, s.state, s.nodes, s.tres,
                s.gpus * s.duration, s.cpus * s.duration
            """;

    private static final String COUNTED = """
            SELECT count(*) FILTER (WHERE sign = 1 AND revision = 0),
                count(*) FILTER (WHERE sign = 1 AND revision > 0) FROM entered""";

    /** A run of a job whose other runs are in the ledger is of the same owner, whatever its account says now. */
    private static final String OWNED_BY_RUNS_BEFORE = """
            UPDATE usage_staged s
            SET allocation = k.allocation_id, person = coalesce(k.person_id, s.person), own_job = k.job_id
            FROM (SELECT DISTINCT ON (s.job, s.started_at) s.job, s.started_at AS run, k.allocation_id, k.person_id, k.job_id
                  FROM usage_staged s JOIN usage_known k ON k.job = s.job
                  WHERE abs(extract(epoch FROM k.started_at - s.started_at)) < 60 * 86400 AND k.sign = 1
                  ORDER BY s.job, s.started_at, abs(extract(epoch FROM k.started_at - s.started_at)), k.revision DESC) k
            WHERE k.job = s.job AND k.run = s.started_at AND s.own_job IS NULL""";

    /**
     * What stands for each run is the line of the latest revision, unless that is reversed. What Farga saw of a run at the
     * same time under another start gives way. A partition that Farga did not know is no correction, unless it changes the price.
     */
    private static final String BESIDE_KNOWN = """
            WITH latest AS (
                SELECT DISTINCT ON (job, started_at) * FROM usage_known ORDER BY job, started_at, revision DESC, sign),
            judged AS (
                SELECT s.*, l.line, l.revision, l.sign AS stands
                FROM usage_staged s LEFT JOIN latest l ON l.job = s.job AND l.started_at = s.started_at
                WHERE s.allocation IS NOT NULL AND (l.line IS NULL OR l.sign = -1
                    OR (s.duration > 0 OR l.duration_milliseconds = 0)
                    AND (l.ended_at, l.duration_milliseconds, l.gpus, l.cpus, l.memory_mebibytes, l.allocation_id)
                        IS DISTINCT FROM (s.ended_at, s.duration, s.gpus, s.cpus, s.memory, s.allocation)
                    OR coalesce(l.partition_name, '') <> s.partition_name
                    AND (l.partition_name IS NOT NULL OR EXISTS (
                        SELECT 1 FROM usage_rate r WHERE r.cluster = $cluster AND r.partition_name IS NOT NULL)))),
            given_way AS (
                SELECT DISTINCT l.line FROM latest l JOIN usage_staged s ON s.job = l.job
                WHERE l.sign = 1 AND l.source = 'FARGA' AND s.allocation IS NOT NULL AND s.duration > 0
                    AND l.started_at <> s.started_at AND l.started_at < s.ended_at AND l.ended_at > s.started_at),
            entered AS (
                INSERT INTO usage_record """ + COLUMNS + "SELECT "
            + STAGED.formatted("CASE WHEN s.line IS NULL THEN 0 ELSE s.revision + 1 END") + """
                FROM judged s
                UNION ALL
                SELECT k.cluster, k.engine_job_id, k.engine_task, k.job_id, k.job_name, k.allocation_id, k.person_id, k.started_at,
                    k.ended_at, k.duration_milliseconds, k.gpus, k.cpus, k.memory_mebibytes, -1, k.revision, k.source, k.account,
                    k.unix_user, k.partition_name, k.qos, k.state, k.nodes, k.tres, -k.gpu_milliseconds, -k.cpu_milliseconds
                FROM usage_record k
                WHERE k.line IN (SELECT line FROM judged WHERE stands = 1 UNION SELECT line FROM given_way)
                ON CONFLICT DO NOTHING RETURNING sign, revision)
            """ + COUNTED;

    private static final String UNATTRIBUTED = """
            INSERT INTO usage_unattributed AS u (cluster, engine_job_id, engine_task, started_at, ended_at,
                duration_milliseconds, job_name, account, unix_user, partition_name, qos, state, gpus, cpus, memory_mebibytes,
                nodes, tres)
            SELECT $cluster, job, task, started_at, ended_at, duration, name, account, unix_user, partition_name, qos, state, gpus,
                cpus, memory, nodes, tres
            FROM usage_staged WHERE allocation IS NULL
            ON CONFLICT (cluster, engine_job_id, started_at) DO UPDATE
            SET ended_at = excluded.ended_at, duration_milliseconds = excluded.duration_milliseconds,
                account = excluded.account, unix_user = excluded.unix_user, partition_name = excluded.partition_name,
                qos = excluded.qos, state = excluded.state, gpus = excluded.gpus, cpus = excluded.cpus,
                memory_mebibytes = excluded.memory_mebibytes, nodes = excluded.nodes, tres = excluded.tres
            WHERE (u.ended_at, u.duration_milliseconds, u.account, u.gpus, u.cpus, u.memory_mebibytes, u.partition_name)
                IS DISTINCT FROM (excluded.ended_at, excluded.duration_milliseconds, excluded.account, excluded.gpus,
                    excluded.cpus, excluded.memory_mebibytes, excluded.partition_name)""";

    private static Merged enter(Statement statement, String sql) throws SQLException {
        try (ResultSet counts = statement.executeQuery(sql)) {
            counts.next();
            return new Merged(counts.getLong(1), counts.getLong(2), 0);
        }
    }

    private static void copy(Connection connection, String sql, List<Owned> runs, String prefix, boolean products)
            throws SQLException {
        if (runs.isEmpty()) {
            return;
        }
        StringBuilder rows = new StringBuilder(runs.size() * 220);
        for (Owned owned : runs) {
            SacctRun run = owned.run();
            long charged = run.chargedSeconds() * 1_000;
            rows.append(prefix).append(run.job()).append('\t');
            text(rows, run.task());
            instant(rows, run.startedAt());
            instant(rows, run.endedAt());
            rows.append(charged).append('\t');
            text(rows, run.name());
            text(rows, run.account());
            text(rows, run.unixUser());
            text(rows, run.partition());
            text(rows, run.qos());
            text(rows, run.state());
            rows.append(run.held().gpus()).append('\t');
            rows.append(run.held().cpus()).append('\t');
            rows.append(run.held().memoryMebibytes()).append('\t');
            rows.append(run.held().nodes()).append('\t');
            text(rows, run.tres());
            or(rows, owned.allocation()).append('\t');
            or(rows, owned.person()).append('\t');
            or(rows, owned.job());
            if (products) {
                rows.append('\t').append(run.held().gpus() * charged);
                rows.append('\t').append(run.held().cpus() * charged);
            }
            rows.append('\n');
        }
        byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            copy.writeToCopy(bytes, 0, bytes.length);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static StringBuilder or(StringBuilder rows, @Nullable Object value) {
        return rows.append(value == null ? "\\N" : value.toString());
    }

    /** As PostgreSQL reads a timestamptz, without the work of writing out a date: it takes Julian days and seconds. */
    private static void instant(StringBuilder rows, long epochSeconds) {
        long day = Math.floorDiv(epochSeconds, 86_400L);
        long rest = Math.floorMod(epochSeconds, 86_400L);
        rows.append('J').append(day + 2_440_588).append(' ');
        two(rows, rest / 3_600).append(':');
        two(rows, rest / 60 % 60).append(':');
        two(rows, rest % 60).append("Z\t");
    }

    private static StringBuilder two(StringBuilder rows, long number) {
        return rows.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    private static void text(StringBuilder rows, @Nullable String text) {
        if (text == null) {
            rows.append("\\N\t");
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> rows.append("\\\\");
                case '\t' -> rows.append("\\t");
                case '\n' -> rows.append("\\n");
                case '\r' -> rows.append("\\r");
                case '\0' -> rows.append('\uFFFD');
                default -> rows.append(c);
            }
        }
        rows.append('\t');
    }

    /** Whether Farga itself entered one of these as a task of an array, whose own number in the engine it never learnt. */
    boolean knowsTasks(String cluster, Collection<SacctRun> runs) {
        String[] tasks = runs.stream()
                .map(SacctRun::task)
                .filter(task -> task != null && task.indexOf('_') > 0)
                .distinct()
                .toArray(String[]::new);
        return tasks.length > 0
                && client.sql("""
                        SELECT EXISTS (
                            SELECT 1 FROM unnest(CAST(:tasks AS text[])) AS s (task) CROSS JOIN LATERAL (
                                SELECT 1 FROM usage_record k
                                WHERE k.cluster = :cluster AND k.engine_job_id = s.task OFFSET 0) k)""")
                        .param("tasks", tasks)
                        .param("cluster", cluster)
                        .query(Boolean.class)
                        .single();
    }

    // --- what waits for an owner

    /** The accounts under which runs wait, of all clusters or one, those with most first. */
    record Waiting(String cluster, String account, long runs, long gpuMilliseconds, long cpuMilliseconds) {}

    List<Waiting> waiting(@Nullable String cluster, int most) {
        return client.sql("""
                        SELECT cluster, account, count(*) AS runs, sum(gpus * duration_milliseconds)::bigint AS gpu,
                            sum(cpus * duration_milliseconds)::bigint AS cpu
                        FROM usage_unattributed WHERE :cluster::text IS NULL OR cluster = :cluster
                        GROUP BY cluster, account ORDER BY runs DESC, cluster, account LIMIT :most""")
                .param("cluster", cluster)
                .param("most", most)
                .query((row, n) -> new Waiting(
                        row.getString("cluster"),
                        row.getString("account"),
                        row.getLong("runs"),
                        row.getLong("gpu"),
                        row.getLong("cpu")))
                .list();
    }

    /** The Unix users of an account's runs that wait. */
    List<String> waitingUsers(String cluster, String account) {
        return client.sql(
                        "SELECT DISTINCT unix_user FROM usage_unattributed WHERE cluster = :cluster AND account = :account")
                .param("cluster", cluster)
                .param("account", account)
                .query(String.class)
                .list();
    }

    /** Charges so many of an account's waiting runs to an allocation; answers how many there were. */
    long attribute(String cluster, String account, AllocationId allocation, Map<String, PersonId> persons, int most) {
        return client.sql("""
                WITH gone AS (
                    DELETE FROM usage_unattributed u WHERE (u.cluster, u.engine_job_id, u.started_at) IN (
                        SELECT cluster, engine_job_id, started_at FROM usage_unattributed
                        WHERE cluster = :cluster AND account = :account
                        ORDER BY engine_job_id, started_at LIMIT :most FOR UPDATE SKIP LOCKED)
                    RETURNING u.*),
                entered AS (
                    INSERT INTO usage_record (cluster, engine_job_id, engine_task, job_name, allocation_id, person_id, started_at,
                        ended_at, duration_milliseconds, gpus, cpus, memory_mebibytes, source, account, unix_user, partition_name,
                        qos, state, nodes, tres, gpu_milliseconds, cpu_milliseconds)
                    SELECT g.cluster, g.engine_job_id, g.engine_task, g.job_name, :allocation, p.person, g.started_at, g.ended_at,
                        g.duration_milliseconds, g.gpus, g.cpus, g.memory_mebibytes, 'SLURM', g.account, g.unix_user,
                        g.partition_name, g.qos, g.state, g.nodes, g.tres, g.gpus * g.duration_milliseconds,
                        g.cpus * g.duration_milliseconds
                    FROM gone g LEFT JOIN unnest(CAST(:users AS text[]), CAST(:persons AS uuid[])) AS p (name, person)
                        ON p.name = g.unix_user
                    ON CONFLICT DO NOTHING)
                SELECT count(*) FROM gone""")
                .param("cluster", cluster)
                .param("account", account)
                .param("allocation", allocation.value())
                .param("users", persons.keySet().toArray(String[]::new))
                .param("persons", persons.values().stream().map(PersonId::value).toArray(UUID[]::new))
                .param("most", most)
                .query(Long.class)
                .single();
    }

    /**
     * Charges what waits of a job's run to the owner that turned up with the job itself: what the engine's accounting said of it
     * before Farga saw its end.
     */
    void attribute(UsageRecord seen) {
        EngineRun engine = seen.engine();
        if (engine == null) {
            return;
        }
        client.sql("""
                WITH gone AS (
                    DELETE FROM usage_unattributed
                    WHERE cluster = :cluster AND engine_job_id = :job
                        AND (started_at = :startedAt OR started_at < :endedAt AND ended_at > :startedAt)
                    RETURNING *)
                INSERT INTO usage_record (cluster, engine_job_id, engine_task, job_id, job_name, allocation_id, person_id, started_at,
                    ended_at, duration_milliseconds, gpus, cpus, memory_mebibytes, source, account, unix_user, partition_name, qos,
                    state, nodes, tres, gpu_milliseconds, cpu_milliseconds)
                SELECT cluster, engine_job_id, engine_task, :number, job_name, :allocation, :person, started_at, ended_at,
                    duration_milliseconds, gpus, cpus, memory_mebibytes, 'SLURM', account, unix_user, partition_name, qos, state,
                    nodes, tres, gpus * duration_milliseconds, cpus * duration_milliseconds
                FROM gone ON CONFLICT DO NOTHING""")
                .param("cluster", seen.cluster())
                .param("job", engine.job())
                .param("startedAt", org.farga.platform.Timestamps.utc(seen.startedAt()))
                .param("endedAt", org.farga.platform.Timestamps.utc(seen.endedAt()))
                .param("number", seen.job() == null ? null : seen.job().value(), java.sql.Types.BIGINT)
                .param("allocation", seen.allocation().value())
                .param("person", seen.person() == null ? null : seen.person().value(), java.sql.Types.OTHER)
                .update();
    }
}
