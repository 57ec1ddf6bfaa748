package org.farga.usage;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.farga.Farga;
import org.farga.slurm.SlurmCommands;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many of {@code sacct}'s lines a second come into the ledger through the API of a whole Farga whose PostgreSQL waits for the disk,
 * beside {@code sacct} itself as it prints them, reading them only, and plain COPY of the same rows into a bare table; in rounds by
 * turns, so that a busy machine is as busy for each. What each spent of the processors is told beside it, as that depends less on who
 * else is there. Part of {@code ./farga bench slurm}; where no lab is up the lines are made up, and {@code sacct} is left out.
 */
@EnabledIfSystemProperty(named = "farga.bench.slurm", matches = "true")
class ImportBench {
    private static final int LINES = Integer.getInteger("farga.bench.lines", 200_000);
    private static final int ROUNDS = Integer.getInteger("farga.bench.rounds", 5);
    private static final double LEAST_PER_SECOND = 50_000;
    private static final int ACCOUNTS = 300;
    private static final int FIRST_JOB = 20_000_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String COPIED =
            "cluster, engine_job_id, started_at, ended_at, duration_milliseconds, job_name, account, unix_user, partition_name, qos,"
                    + " state, gpus, cpus, memory_mebibytes, nodes, tres, allocation_id, person_id, gpu_milliseconds, cpu_milliseconds";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private String base = "";
    private String token = "";
    private JdbcClient jdbc;

    /** Work on all lines; throws where it was not done. */
    private interface Work {
        void run() throws Exception;
    }

    /** Seconds by the clock, of this process's processors and of PostgreSQL's. */
    private record Spent(double wall, double java, double postgres) {}

    @Test
    void measure() throws Exception {
        Optional<SlurmAccounting> slurm = SlurmAccounting.up();
        Path lines = folder.resolve("sacct.txt");
        try (ConfigurableApplicationContext farga = new SpringApplicationBuilder(Farga.class)
                .run(
                        "--farga.data=" + folder.resolve("data"),
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--logging.level.root=WARN")) {
            if (slurm.isPresent()) {
                slurm.get().fill(LINES);
                slurm.get().print(folder.resolve("printed.txt"));
                spread(folder.resolve("printed.txt"), lines);
            } else {
                generate(lines);
            }
            jdbc = farga.getBean(JdbcClient.class);
            base = "http://127.0.0.1:" + farga.getEnvironment().getProperty("local.server.port") + "/api/v1";
            operator();
            allocations();
            long count;
            try (Stream<String> all = Files.lines(lines)) {
                count = all.count() - 1;
            }
            say(
                    "Import, %d lines of %s, %d rounds by turns; fsync %s, synchronous_commit %s; load before: %s",
                    count,
                    slurm.isPresent() ? "the lab's sacct" : "our own making (no lab is up)",
                    ROUNDS,
                    jdbc.sql("SHOW fsync").query(String.class).single(),
                    jdbc.sql("SHOW synchronous_commit").query(String.class).single(),
                    load());
            imported(lines, "warm-up", count);
            DataSource source = farga.getBean(DataSource.class);
            Path rows = copied(source);
            Map<String, List<Spent>> spent = new LinkedHashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                String cluster = "bench-" + round;
                Map<String, Work> works = new LinkedHashMap<>();
                slurm.ifPresent(s -> works.put("sacct prints", () -> s.print(folder.resolve("again.txt"))));
                works.put("reading alone", () -> parse(lines));
                works.put("plain COPY", () -> copy(source, rows));
                works.put("Farga", () -> imported(lines, cluster, count));
                works.put("Farga, once more", () -> imported(lines, cluster, 0));
                for (Map.Entry<String, Work> work : works.entrySet()) {
                    spent.computeIfAbsent(work.getKey(), key -> new ArrayList<>())
                            .add(spent(work.getValue(), folder.resolve("data")));
                }
            }
            boolean well = report(spent, count);
            say("Load after: %s", load());
            say(
                    "Aim: at least %,.0f lines/s, and no slower than sacct prints: %s",
                    LEAST_PER_SECOND, well ? "ok" : "NOT REACHED");
        } finally {
            slurm.ifPresent(SlurmAccounting::clear);
        }
    }

    private static boolean report(Map<String, List<Spent>> spent, long count) {
        spent.forEach((name, all) -> say(
                "  %-17s %9.0f lines/s (median)   %5.1f us of Java's and %5.1f us of PostgreSQL's processors per line",
                name,
                median(all.stream().map(s -> count / s.wall())),
                median(all.stream().map(s -> s.java() / count * 1e6)),
                median(all.stream().map(s -> s.postgres() / count * 1e6))));
        List<Spent> ours = spent.getOrDefault("Farga", List.of());
        boolean well = median(ours.stream().map(s -> count / s.wall())) >= LEAST_PER_SECOND;
        for (String other : List.of("sacct prints", "plain COPY")) {
            List<Spent> theirs = spent.getOrDefault(other, List.of());
            if (!theirs.isEmpty()) {
                List<Double> ratios = new ArrayList<>();
                for (int i = 0; i < ours.size(); i++) {
                    ratios.add(theirs.get(i).wall() / ours.get(i).wall());
                }
                say("  Farga / %s in its round: %.2f (median; %s)", other, median(ratios.stream()), list(ratios));
                well &= other.equals("plain COPY") || median(ratios.stream()) >= 1;
            }
        }
        return well;
    }

    private static Spent spent(Work work, Path data) throws Exception {
        double java = javaSeconds();
        double postgres = postgresSeconds(data);
        long since = System.nanoTime();
        work.run();
        double wall = (System.nanoTime() - since) / 1e9;
        return new Spent(wall, javaSeconds() - java, postgresSeconds(data) - postgres);
    }

    private static double javaSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    /** Of the postmaster's processes, those that ended too; of proc(5)'s stat, in hundredths of a second. */
    private static double postgresSeconds(Path data) throws IOException {
        String postmaster = Files.readAllLines(data.resolve("postgres/data-18/postmaster.pid"))
                .getFirst()
                .strip();
        long ticks = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(p -> p.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                String stat;
                try {
                    stat = Files.readString(process.resolve("stat"));
                } catch (IOException e) {
                    continue; // it has ended
                }
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                if (process.getFileName().toString().equals(postmaster)) {
                    ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
                } else if (fields[1].equals(postmaster)) {
                    ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
                }
            }
        }
        return ticks / 100.0;
    }

    private void imported(Path lines, String cluster, long expected) throws IOException, InterruptedException {
        JsonNode opened = send(request("/usage-imports")
                .POST(BodyPublishers.ofString("{\"cluster\":\"%s\",\"zone\":\"UTC\"}".formatted(cluster))));
        JsonNode ended = send(request("/usage-imports/" + opened.path("id").asString() + "/lines?from=0")
                .setHeader("Content-Type", "text/plain")
                .PUT(BodyPublishers.ofFile(lines)));
        if (ended.path("entered").asLong() != expected || ended.path("rejected").asLong() != 0) {
            throw new IllegalStateException("not what was expected: " + ended);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private void operator() throws IOException, InterruptedException {
        String who = "\"email\":\"op@example.org\",\"password\":\"correct horse battery\"";
        HttpRequest.Builder join = HttpRequest.newBuilder(URI.create(base + "/persons"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"Op\"," + who + "}"));
        String id = send(join).path("id").asString();
        HttpRequest.Builder signIn = HttpRequest.newBuilder(URI.create(base + "/sign-in"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{" + who + "}"));
        token = send(signIn).path("secret").asString();
        jdbc.sql("INSERT INTO centre_role (person_id, role, granted_at) VALUES (CAST(:id AS uuid), 'OPERATOR', now())")
                .param("id", id)
                .update();
    }

    /** An allocation for each account, on every cluster that is imported. */
    private void allocations() {
        jdbc.sql("""
                INSERT INTO organisation (id, name, country, founded_on, created_by, created_at)
                SELECT gen_random_uuid(), 'O', 'ES', '2020-01-01', id, now() FROM person LIMIT 1""").update();
        jdbc.sql("""
                INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                SELECT gen_random_uuid(), 'p', 'P', id, gen_random_uuid(), now() FROM organisation LIMIT 1""").update();
        List<String> clusters = new ArrayList<>(List.of("warm-up"));
        for (int round = 0; round < ROUNDS; round++) {
            clusters.add("bench-" + round);
        }
        for (String cluster : clusters) {
            jdbc.sql("""
                    INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at,
                        proposal_id, proposal_code, call_title)
                    SELECT gen_random_uuid(), p.id, :cluster, 360000000, 360000000, now() - interval '1 year',
                        now() + interval '1 year', gen_random_uuid(), 'PG-' || n, 'Playground'
                    FROM project p, generate_series(0, :last) n""").param("cluster", cluster).param("last", ACCOUNTS - 1).update();
        }
        jdbc.sql("""
                INSERT INTO slurm_account (cluster, name, allocation_id, adopted, made_at)
                SELECT cluster, 'acct' || split_part(proposal_code, '-', 2), id, true, now() FROM allocation""").update();
        jdbc.sql("""
                INSERT INTO person (id, email, name, language, created_at)
                SELECT gen_random_uuid(), 'u' || n || '@example.org', 'U' || n, 'en', now() FROM generate_series(0, 899) n""").update();
        jdbc.sql("""
                INSERT INTO unix_account (person_id, user_name, adopted, made_at)
                SELECT id, 'user' || substr(name, 2), true, now()
                FROM person WHERE email LIKE 'u%'""").update();
    }

    private Path copied(DataSource source) throws IOException, SQLException {
        Path rows = folder.resolve("rows.txt");
        jdbc.sql("CREATE TABLE bench_plain AS SELECT " + COPIED + " FROM usage_record LIMIT 0")
                .update();
        try (Connection connection = source.getConnection();
                OutputStream out = Files.newOutputStream(rows)) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT " + COPIED + " FROM usage_record WHERE cluster = 'warm-up') TO STDOUT", out);
        }
        return rows;
    }

    private static void copy(DataSource source, Path rows) throws IOException, SQLException {
        try (Connection connection = source.getConnection();
                InputStream in = Files.newInputStream(rows)) {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY bench_plain FROM STDIN", in, 1 << 16);
        }
    }

    private static void parse(Path lines) throws IOException {
        try (InputStream in = Files.newInputStream(lines)) {
            LineReader reader = new LineReader(in, 0);
            String header = reader.next();
            if (header == null
                    || !(SacctExport.open(header, ZoneOffset.UTC)
                            instanceof SacctExport.Opened.Readable(SacctExport export))) {
                throw new IllegalStateException("no header");
            }
            for (String line = reader.next(); line != null; line = reader.next()) {
                if (!(export.read(line) instanceof SacctReading.Taken)) {
                    throw new IllegalStateException("not a run: " + line);
                }
            }
        }
    }

    /** The lab has three users of one account; a centre has hundreds. */
    private static void spread(Path printed, Path file) throws IOException {
        try (Stream<String> lines = Files.lines(printed);
                BufferedWriter out = Files.newBufferedWriter(file)) {
            int n = 0;
            for (String line : (Iterable<String>) lines::iterator) {
                String[] columns = line.split("\\|", 6);
                out.write(
                        n++ == 0
                                ? line
                                : String.join(
                                        "|",
                                        columns[0],
                                        columns[1],
                                        columns[2],
                                        "acct" + n % ACCOUNTS,
                                        "user" + n % 900,
                                        columns[5]));
                out.write('\n');
            }
        }
    }

    private static void generate(Path file) throws IOException {
        Random random = new Random(1);
        long start = Instant.now().minus(Duration.ofDays(60)).getEpochSecond();
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(SacctExport.COLUMNS + "\n");
            for (int n = 0; n < LINES; n++) {
                long job = FIRST_JOB + n;
                long began = start + n / 10;
                int seconds = 1 + random.nextInt(7_200);
                int gpus = random.nextInt(3);
                int cpus = 1 << random.nextInt(8);
                out.write(job + "|" + job + "|lab|acct" + n % ACCOUNTS + "|user" + n % 900 + "|"
                        + (gpus > 0 ? "gpu" : "cpu") + "|normal|COMPLETED|" + (began - 10) + "|" + began + "|"
                        + (began + seconds) + "|" + seconds + "|billing=" + cpus + ",cpu=" + cpus
                        + (gpus > 0 ? ",gres/gpu:h100=" + gpus + ",gres/gpu=" + gpus : "") + ",mem="
                        + (1 + random.nextInt(120)) + "G,node=1|job-" + n % 50 + "\n");
            }
        }
    }

    /** The lab's slurmdbd, with as many jobs as are wanted in its table. */
    private record SlurmAccounting(SlurmCommands commands, Path socket, String table) {
        static Optional<SlurmAccounting> up() throws IOException {
            Path base = Path.of(System.getProperty("farga.slurm.lab", "../.farga/lab/debian12"))
                    .toAbsolutePath()
                    .normalize();
            if (!Files.isReadable(base.resolve("lab.properties"))) {
                return Optional.empty();
            }
            Properties lab = new Properties();
            try (Reader reader = Files.newBufferedReader(base.resolve("lab.properties"))) {
                lab.load(reader);
            }
            // The newer one lives in a tree of its own.
            List<String> via = base.endsWith("debian13")
                    ? List.of(
                            "chroot",
                            base.resolveSibling("debian13-tree").toString(),
                            "env",
                            "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
                    : List.of();
            SlurmAccounting slurm = new SlurmAccounting(
                    new SlurmCommands(Path.of(lab.getProperty("slurmConf")), via),
                    base.resolve("run/mariadb/socket"),
                    "`" + lab.getProperty("cluster") + "_job_table`");
            slurm.oneJob(lab);
            return Optional.of(slurm);
        }

        /** A job that ran, to make the others after. */
        private void oneJob(Properties lab) {
            commands.run(
                            Duration.ofMinutes(2),
                            "sbatch",
                            "--wait",
                            "--uid=" + lab.getProperty("user"),
                            "--account=" + lab.getProperty("account"),
                            "--partition=" + lab.getProperty("partition"),
                            "--chdir=/tmp",
                            "--output=/dev/null",
                            "--wrap=true")
                    .good();
        }

        void fill(int jobs) throws IOException, InterruptedException {
            clear();
            String database = "USE slurm; ";
            List<String> columns = sql(database
                            + "SELECT column_name FROM information_schema.columns WHERE table_schema = 'slurm'"
                            + " AND CONCAT('`', table_name, '`') = \""
                            + table
                            + "\" AND column_name <> 'job_db_inx' ORDER BY ordinal_position")
                    .lines()
                    .toList();
            String gpu = sql(database + "SELECT id FROM tres_table WHERE type = 'gres' AND name = 'gpu'")
                    .strip();
            long first = Instant.now()
                    .minus(20, ChronoUnit.DAYS)
                    .truncatedTo(ChronoUnit.HOURS)
                    .getEpochSecond();
            Map<String, String> own = Map.of(
                    "id_job", FIRST_JOB + " + s.seq",
                    "job_name", "CONCAT('job-', s.seq MOD 50)",
                    "time_submit", first + " + s.seq - 10",
                    "time_eligible", first + " + s.seq - 10",
                    "time_start", first + " + s.seq",
                    "time_end", first + " + s.seq + 1 + s.seq MOD 7200",
                    "tres_alloc",
                            "CONCAT('1=', 1 + s.seq MOD 64, ',2=', 1024 * (1 + s.seq MOD 100), ',4=1,5=', 1 + s.seq MOD 64"
                                    + (gpu.isEmpty() ? "" : ", '," + gpu + "=', s.seq MOD 5") + ")");
            sql(database + "INSERT INTO " + table + " (`" + String.join("`, `", columns) + "`) SELECT "
                    + String.join(
                            ", ",
                            columns.stream()
                                    .map(c -> own.getOrDefault(c, "j.`" + c + "`"))
                                    .toList())
                    + " FROM seq_0_to_" + (jobs - 1) + " s, (SELECT * FROM " + table
                    + " WHERE time_end > 0 AND state = 3 ORDER BY job_db_inx DESC LIMIT 1) j");
        }

        void clear() {
            try {
                sql("USE slurm; DELETE FROM " + table + " WHERE id_job >= " + FIRST_JOB);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private String sql(String statement) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(
                            "mariadb", "--defaults-file=/dev/null", "--socket=" + socket, "-uroot", "-N")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(statement.getBytes(StandardCharsets.UTF_8));
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("MariaDB refused: " + statement);
            }
            return answer;
        }

        /** As Farga itself asks; the jobs that were made only. */
        void print(Path file) throws IOException {
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                commands.lines(
                        Duration.ofMinutes(10),
                        List.of("sacct", "-D", "-X", "-P", "-a", "-S", "now-30days", "-o", SacctExport.COLUMNS),
                        line -> write(out, line));
            }
        }

        private static void write(BufferedWriter out, String line) {
            try {
                if (line.startsWith("JobIDRaw") || line.length() > 8 && line.charAt(8) == '|') {
                    out.write(line);
                    out.write('\n');
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static double median(Stream<Double> values) {
        double[] sorted = values.mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static String list(List<Double> values) {
        return String.join(
                " ",
                values.stream().map(v -> String.format(Locale.ROOT, "%.2f", v)).toList());
    }

    private static String load() throws IOException {
        return String.join(
                " ", Arrays.copyOf(Files.readString(Path.of("/proc/loadavg")).split(" "), 3));
    }

    private static void say(String format, @Nullable Object... values) {
        System.out.println("bench: " + String.format(Locale.ROOT, format, values));
    }
}
