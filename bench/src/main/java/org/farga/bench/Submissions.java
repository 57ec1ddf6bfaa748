package org.farga.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Jobs accepted a second through the API, each by a token, with an idempotency key, checked, paid for, audited and
 * queued, by a PostgreSQL that waits for the disk; beside the same rows inserted through pgbench in the same run.
 */
final class Submissions {
    private static final int AIM_PER_SECOND = 500;
    private static final int CLIENTS = 48;
    private static final int WARM_UP_ROUND_SECONDS = 15;
    private static final int MOST_WARM_UP_ROUNDS = 8;
    private static final double STILL_RISING = 1.05;

    private final Server server;
    private final Centre centre;
    private final Bench.Plan plan;

    Submissions(Server server, Centre centre, Bench.Plan plan) {
        this.server = server;
        this.centre = centre;
        this.plan = plan;
    }

    /** A person and an allocation that they may submit on. */
    private record Payer(String token, String allocation) {}

    private record Result(
            double perSecond, double p50, double p95, double p99, Map<Integer, AtomicLong> statuses, String cpu) {}

    boolean measure() throws IOException, SQLException, InterruptedException {
        List<Payer> many = payers(Math.min(400, centre.people() * 2 / 5));
        Bench.say("");
        Bench.say("Job submissions, %d clients, %d s each", CLIENTS, plan.seconds());
        long holder = holdTheMachine(many.getFirst());
        try {
            warmUp(many);
            double before = baseline();
            Result spread = submit(many, plan.seconds());
            Result one = submit(many.subList(0, 1), plan.seconds());
            double after = baseline();
            refusalsStand(many.getFirst());
            Bench.say("%10s %8s %8s %8s  %s", "per second", "p50 ms", "p95 ms", "p99 ms", "");
            say("on %d allocations".formatted(many.size()), spread);
            say("on one allocation", one);
            double same = Double.isNaN(after) ? before : (before + after) / 2;
            Bench.say(
                    "%10.0f %26s  the same rows in one transaction each, %s: %.0f before and %.0f after",
                    same, "", pgbench() == null ? "through JDBC" : "through pgbench", before, after);
            Bench.say("Farga accepts %.2f of what the inserts alone reach.", spread.perSecond() / same);
            Bench.say("On many: %s", spread.cpu());
            Bench.say("On one:  %s", one.cpu());
            boolean well = spread.perSecond() >= AIM_PER_SECOND;
            Bench.say("Aim: at least %d a second: %s", AIM_PER_SECOND, well ? "ok" : "NOT REACHED");
            return well;
        } finally {
            cleanUp(many.getFirst(), holder);
        }
    }

    /** Until a round is no faster than the one before it: a centre's Farga has run for weeks when it is needed most. */
    private void warmUp(List<Payer> payers) throws IOException, InterruptedException {
        List<String> rates = new ArrayList<>();
        double before = 0;
        for (int round = 0; round < MOST_WARM_UP_ROUNDS; round++) {
            double rate = submit(payers, WARM_UP_ROUND_SECONDS).perSecond();
            rates.add("%.0f".formatted(rate));
            if (rate < before * STILL_RISING) {
                break;
            }
            before = rate;
        }
        Bench.say("Warming up, %d s each: %s a second.", WARM_UP_ROUND_SECONDS, String.join(", ", rates));
    }

    private static void say(String what, Result result) {
        Bench.say(
                "%10.0f %8.1f %8.1f %8.1f  %s; answers %s",
                result.perSecond(), result.p50(), result.p95(), result.p99(), what, result.statuses());
    }

    private List<Payer> payers(int most) throws IOException, SQLException {
        // The running allocation of each project, and the owner of its organisation.
        return centre.texts("""
                        SELECT a.id || ' ' || p.organisation * 4 FROM bench.allocation a JOIN bench.project p ON p.n = a.project
                        WHERE a.n %% 5 = 4 AND p.organisation * 4 < %d ORDER BY a.n LIMIT %d""".formatted(centre.people(), most)).stream()
                .map(line -> line.split(" "))
                .map(parts -> new Payer(Centre.token(Integer.parseInt(parts[1])), parts[0]))
                .toList();
    }

    /** One job takes all of the machine, so that what is accepted waits, as on a cluster that is full; its number. */
    private long holdTheMachine(Payer payer) throws IOException, InterruptedException {
        int cpus = Runtime.getRuntime().availableProcessors();
        try (Wire wire = new Wire(server.port())) {
            Wire.Answer answer =
                    wire.send("POST", "/api/v1/jobs", headers(payer), """
                    {"allocation": "%s", "name": "holds the machine", "script": "#!/bin/sh\\nexec sleep 3000\\n", "cpus": %d,
                     "memoryMebibytes": 64, "gpus": 0, "timeLimitSeconds": 3600, "diskMebibytes": 16}""".formatted(payer.allocation(), cpus));
            if (answer.status() != 201) {
                throw new IOException("the machine cannot be held: " + answer.body());
            }
            long number = Long.parseLong(answer.body().replaceFirst("(?s).*?\"id\"\\s*:\\s*\"?([0-9]+).*", "$1"));
            for (int i = 0; i < 200; i++) {
                if (wire.send("GET", "/api/v1/jobs/" + number, headers(payer), null)
                        .body()
                        .contains("\"RUNNING\"")) {
                    return number;
                }
                Thread.sleep(100);
            }
            throw new IOException("the job that is to hold the machine does not start");
        }
    }

    private static String headers(Payer payer) {
        return "Authorization: Bearer " + payer.token() + "\r\nIdempotency-Key: " + UUID.randomUUID() + "\r\n";
    }

    private Result submit(List<Payer> payers, int seconds) throws IOException, InterruptedException {
        ConcurrentLinkedQueue<Double> times = new ConcurrentLinkedQueue<>();
        Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<IOException> troubles = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        Cpu before = Cpu.now(server);
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (Wire wire = new Wire(server.port())) {
                    while (System.nanoTime() < end) {
                        int n = next.getAndIncrement();
                        Payer payer = payers.get(n % payers.size());
                        long sent = System.nanoTime();
                        Wire.Answer answer = wire.send("POST", "/api/v1/jobs", headers(payer), body(payer, n));
                        long now = System.nanoTime();
                        if (now < end) {
                            statuses.computeIfAbsent(answer.status(), s -> new AtomicLong())
                                    .incrementAndGet();
                            if (answer.status() == 201) {
                                times.add((now - sent) / 1e6);
                            }
                        }
                    }
                } catch (IOException e) {
                    troubles.add(e);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        double took = (System.nanoTime() - start) / 1e9;
        Cpu used = Cpu.now(server).since(before);
        if (!troubles.isEmpty()) {
            throw troubles.peek();
        }
        double[] sorted = Bench.sorted(times.stream());
        return new Result(
                sorted.length / (double) seconds,
                Bench.quantile(sorted, 0.5),
                Bench.quantile(sorted, 0.95),
                Bench.quantile(sorted, 0.99),
                statuses,
                used.of(took)
                        + "; %.2f ms of processor a submission"
                                .formatted((used.server() + used.database() + used.bench())
                                        * 1000
                                        / Math.max(1, sorted.length)));
    }

    private static String body(Payer payer, int n) {
        return """
                {"allocation": "%s", "name": "bench %d", "script": "#!/bin/sh\\nset -e\\necho training\\npython3 train.py --seed %d --epochs 10 --rate 0.01\\n",
                 "cpus": 1, "memoryMebibytes": 64, "gpus": 0, "timeLimitSeconds": 60, "diskMebibytes": 16,
                 "environment": {"SEED": "%d"}}""".formatted(payer.allocation(), n, n, n);
    }

    /** What must be refused is refused as ever, at whatever speed. */
    private void refusalsStand(Payer payer) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            String key =
                    "Authorization: Bearer " + payer.token() + "\r\nIdempotency-Key: " + UUID.randomUUID() + "\r\n";
            expect(201, wire.send("POST", "/api/v1/jobs", key, body(payer, 1)), "a submission");
            expect(422, wire.send("POST", "/api/v1/jobs", key, body(payer, 2)), "another with the same key");
            expect(
                    422,
                    wire.send(
                            "POST",
                            "/api/v1/jobs",
                            headers(payer),
                            body(payer, 3).replace("\"cpus\": 1", "\"cpus\": 100000")),
                    "too many processors");
            expect(
                    401,
                    wire.send(
                            "POST",
                            "/api/v1/jobs",
                            headers(new Payer("farga_token_nobody", payer.allocation())),
                            body(payer, 4)),
                    "no such token");
            expect(
                    404,
                    wire.send(
                            "POST",
                            "/api/v1/jobs",
                            headers(new Payer(Centre.token(centre.people() / 2 + 1), payer.allocation())),
                            body(payer, 5)),
                    "somebody else's allocation");
        }
    }

    private static void expect(int status, Wire.Answer answer, String what) throws IOException {
        if (answer.status() != status) {
            throw new IOException(
                    what + " is answered " + answer.status() + " instead of " + status + ": " + answer.body());
        }
    }

    private static @org.jspecify.annotations.Nullable Path pgbench() throws IOException {
        List<Path> places = new ArrayList<>();
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.sorted(java.util.Comparator.reverseOrder()).forEach(v -> places.add(v.resolve("bin/pgbench")));
            }
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            places.add(Path.of(folder, "pgbench"));
        }
        return places.stream().filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** The rows of an accepted job, and nothing else that Farga does. */
    private List<String> rows() throws IOException, SQLException {
        Map<String, String> facts = Map.of(
                "project", centre.text("SELECT id FROM bench.project WHERE n = 0"),
                "person", centre.text("SELECT id FROM bench.person WHERE n = 0"));
        String values = "'" + facts.get("project") + "', a.id, 'local', '" + facts.get("person") + "'";
        return List.of(
                "BEGIN",
                "INSERT INTO idempotency_key (person_id, key, request_sha256, created_at) VALUES ('"
                        + facts.get("person") + "', gen_random_uuid()::text, sha256('request'), now())",
                "INSERT INTO usage_commitment (job_id, allocation_id, gpus, cpus, time_limit_milliseconds)"
                        + " SELECT nextval('job_number'), a.id, 0, 1, 60000 FROM bench.allocation a WHERE a.n = :allocation * 5 + 4",
                "INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,"
                        + " script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage,"
                        + " state, reason, ended_at) SELECT currval('job_number'), 'bench', " + values
                        + ", now(), '#!/bin/sh' || repeat('echo training', 8), sha256('script'), 1, 64, 0, 60, 16,"
                        + " '{\"SEED\": \"1\"}', 'ENDED', 'CANCELLED', 'Cancelled', now()"
                        + " FROM bench.allocation a WHERE a.n = :allocation * 5 + 4",
                "INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details) VALUES (now(), '"
                        + facts.get("person")
                        + "', 'job.submitted', 'job', currval('job_number')::text, '{\"name\": \"bench\"}')",
                "COMMIT");
    }

    /** Transactions a second of those rows, as many clients at once. */
    private double baseline() throws IOException, SQLException, InterruptedException {
        centre.execute("CREATE INDEX IF NOT EXISTS bench_allocation_n ON bench.allocation (n)");
        int allocations = Math.min(400, centre.people() * 2 / 5);
        Path pgbench = pgbench();
        if (pgbench == null) {
            return throughJdbc(allocations);
        }
        Path script = Files.createTempFile("farga-bench", ".sql");
        try {
            Files.writeString(
                    script,
                    "\\set allocation random(0, " + (allocations - 1) + ")\n" + String.join(";\n", rows()) + ";\n");
            ProcessBuilder builder = new ProcessBuilder(
                    pgbench.toString(),
                    "-n",
                    "-M",
                    "prepared",
                    "-c",
                    Integer.toString(CLIENTS),
                    "-j",
                    "1",
                    "-T",
                    Integer.toString(plan.seconds()),
                    "-f",
                    script.toString(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(server.databasePort()),
                    "-U",
                    "farga",
                    "farga");
            builder.environment().put("PGPASSWORD", server.databasePassword());
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                Bench.say("pgbench failed, and is left out: %s", said.strip());
                return Double.NaN;
            }
            return Double.parseDouble(said.replaceFirst("(?s).*\\btps = ([0-9.]+).*", "$1"));
        } finally {
            Files.delete(script);
        }
    }

    private double throughJdbc(int allocations) throws IOException, SQLException, InterruptedException {
        Bench.say("pgbench is not here (Debian: apt-get install postgresql); the same rows go through JDBC instead.");
        List<String> rows = rows();
        AtomicLong done = new AtomicLong();
        ConcurrentLinkedQueue<Exception> troubles = new ConcurrentLinkedQueue<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(plan.seconds());
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            int first = c;
            clients.add(Thread.ofVirtual().start(() -> {
                try (Connection database = server.database();
                        Statement statement = database.createStatement()) {
                    for (int n = first; System.nanoTime() < end; n++) {
                        for (String row : rows) {
                            statement.execute(row.replace(":allocation", Integer.toString(n % allocations)));
                        }
                        done.incrementAndGet();
                    }
                } catch (IOException | SQLException e) {
                    troubles.add(e);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        if (!troubles.isEmpty()) {
            throw new IOException(troubles.peek());
        }
        return done.get() / (double) plan.seconds();
    }

    /** Ends what was accepted, so that it neither runs now nor at the next start of this centre. */
    private void cleanUp(Payer payer, long holder) throws IOException, SQLException {
        centre.execute("""
                UPDATE job SET stage = 'ENDED', state = 'CANCELLED', reason = 'Cancelled', ended_at = submitted_at,
                    cancel_requested_at = submitted_at, cancel_why = 'PERSON', cancelled_by = submitted_by
                WHERE stage = 'ACCEPTED'""");
        // Those that the engine has: Farga tells it.
        List<String> waiting =
                centre.texts("SELECT number FROM job WHERE stage IN ('SUBMITTING', 'PENDING') ORDER BY number DESC");
        try (Wire wire = new Wire(server.port())) {
            for (String number : Stream.concat(waiting.stream(), Stream.of(Long.toString(holder)))
                    .toList()) {
                wire.send(
                        "PUT",
                        "/api/v1/jobs/" + number + "/cancellation",
                        "Authorization: Bearer " + Centre.token(1) + "\r\n",
                        "{}");
            }
        }
        centre.execute(
                "DELETE FROM usage_commitment WHERE job_id NOT IN (SELECT number FROM job WHERE stage <> 'ENDED')",
                "DELETE FROM idempotency_key");
    }
}
