package org.farga.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Farga with its database on a real Slurm, through its API, each figure beside what Slurm itself reaches in the same run. Ways
 * take turns, so that a busy machine is as busy for each.
 */
final class SlurmBench {
    private static final List<String> PARTS = List.of("submissions", "lag", "reconcile", "import");
    private static final String USAGE = """
            ./farga bench slurm [PART ...] [options]    measure Farga on a real Slurm of the lab's (Debian 12, as root)
                scheduler     submissions by Farga's scheduler alone, and a plan for 60,000 associations
                submissions   jobs a second through the API until they are in Slurm, beside sbatch and slurmrestd
                lag           how long after Slurm does Farga show a start, an end, and the usage
                reconcile     what 400 people's projects need in Slurm, beside sacctmgr load and one command each
                import        lines a second of a sacct export, beside sacct's printing
              --jobs N        jobs of a round (64)
              --rounds N      rounds of each way (5)
              --lines N       lines of the export (300000)
            Exit codes: 0 measured and within the aims, 1 not within them, 2 wrong usage, 3 it could not be measured.
            """;
    private static final int PEOPLE = 400;
    private static final long JOBS_BEFORE = 2_000;
    private static final String CLUSTER = "lab";
    private static final String FARGA = "Farga's API";
    private static final String SCRIPT = "#!/bin/sh\nset -e\necho training\nexec true\n";
    private static final double SUBMISSION_AIM = 0.9;
    private static final int IMPORT_AIM = 50_000;
    private static final int USAGE_AIM_SECONDS = 60;
    private static final int PATIENCE_SECONDS = 300;
    private static final int OPERATOR = 1;
    private static final int MOST_WARM_UP_ROUNDS = 64;
    private static final int WARM_UP_STRETCH = 8;
    private static final double STILL_RISING = 1.05;

    private final Server server;
    private final Centre centre;
    private final Slurm slurm;
    private final Wishes wishes;
    private boolean well = true;

    private SlurmBench(Server server, Centre centre, Slurm slurm, Wishes wishes) {
        this.server = server;
        this.centre = centre;
        this.slurm = slurm;
        this.wishes = wishes;
    }

    private record Wishes(Set<String> parts, int jobs, int rounds, int lines, Path lab, List<String> settings) {
        static Wishes parse(List<String> arguments) {
            Set<String> parts = new LinkedHashSet<>();
            List<String> settings = new ArrayList<>();
            int jobs = 64;
            int rounds = 5;
            int lines = 300_000;
            Path lab = null;
            for (int i = 0; i < arguments.size(); i++) {
                String word = arguments.get(i);
                String value = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
                switch (word) {
                    case "--jobs" -> jobs = Bench.number(value, word, 8, 10_000);
                    case "--rounds" -> rounds = Bench.number(value, word, 1, 100);
                    case "--lines" -> lines = Bench.number(value, word, 1_000, 100_000_000);
                    case "--lab" -> lab = Path.of(value);
                    default -> {
                        if (word.startsWith("--farga.")) {
                            settings.add(word);
                        } else if (PARTS.contains(word)) {
                            parts.add(word);
                        } else {
                            throw new IllegalArgumentException("bench slurm does not know \"" + word + "\".");
                        }
                        continue;
                    }
                }
                i++;
            }
            if (lab == null) {
                throw new IllegalArgumentException("it needs a lab: ./farga bench slurm brings one up.");
            }
            return new Wishes(parts.isEmpty() ? new LinkedHashSet<>(PARTS) : parts, jobs, rounds, lines, lab, settings);
        }
    }

    /** Answers the exit code. */
    static int run(List<String> arguments) throws InterruptedException {
        if (arguments.stream().anyMatch(Set.of("help", "-h", "--help")::contains)) {
            System.out.print(USAGE);
            return 0;
        }
        Wishes wishes;
        try {
            wishes = Wishes.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("farga: " + e.getMessage() + "\n\n" + USAGE);
            return 2;
        }
        Path home =
                Path.of(System.getProperty("farga.home", ".")).toAbsolutePath().normalize();
        try {
            Path data = Files.createDirectories(home.resolve(".farga")).resolve("bench-slurm");
            delete(data);
            Slurm slurm = Slurm.open(wishes.lab());
            List<String> settings = new ArrayList<>(wishes.settings());
            // Unix accounts are somebody else's work: here they are made at once.
            settings.removeIf(setting -> setting.contains(".account-hook="));
            settings.add("--farga.cluster.slurm." + CLUSTER + ".account-hook=true");
            try (Server server = Server.start(home, data, settings.toArray(String[]::new))) {
                Centre centre = Centre.make(server, PEOPLE, JOBS_BEFORE);
                Bench.say("Slurm %s; %s; load %s.", slurm.version(), centre.counts(), load());
                SlurmBench bench = new SlurmBench(server, centre, slurm, wishes);
                bench.measure();
                Bench.say("Load after: %s.", load());
                return bench.well ? 0 : 1;
            } finally {
                delete(data);
            }
        } catch (IOException | SQLException | IllegalStateException e) {
            System.err.println("farga: " + e.getMessage());
            return 3;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    private void measure() throws IOException, SQLException, InterruptedException {
        // The last quarter's allocations, which are the running ones, are on Slurm.
        centre.execute("UPDATE allocation SET cluster = '" + CLUSTER
                + "' WHERE id IN (SELECT id FROM bench.allocation WHERE n % 5 = 4)");
        if (wishes.parts().contains("submissions")) {
            submissions();
        }
        if (wishes.parts().contains("lag")) {
            lag();
        }
        if (wishes.parts().contains("reconcile")) {
            reconcile();
        }
        if (wishes.parts().contains("import")) {
            imports();
        }
    }

    // --- submissions

    /** Submits one job; throws where it was not taken. */
    private interface Submitter {
        void submit() throws IOException, InterruptedException;
    }

    /** A way to submit: what each client that submits holds, and how it does so. */
    private interface Way {
        Submitter open() throws IOException;
    }

    /** A person and an allocation that they may submit on. */
    private record Payer(String token, String allocation) {
        String headers() {
            return "Authorization: Bearer " + token + "\r\nIdempotency-Key: " + UUID.randomUUID() + "\r\n";
        }
    }

    private List<Payer> payers() throws IOException, SQLException {
        return centre.texts("""
                        SELECT a.id || ' ' || p.organisation * 4 FROM bench.allocation a JOIN bench.project p ON p.n = a.project
                        WHERE a.n % 5 = 4 ORDER BY a.n LIMIT 100""").stream()
                .map(line -> line.split(" "))
                .map(parts -> new Payer(Centre.token(Integer.parseInt(parts[1])), parts[0]))
                .toList();
    }

    private void submissions() throws IOException, SQLException, InterruptedException {
        List<Payer> payers = payers();
        AtomicInteger next = new AtomicInteger();
        Bench.say("");
        Bench.say("Submissions, %d jobs a round, %d rounds by turns, medians:", wishes.jobs(), wishes.rounds());
        // One job holds the node, so that those accepted wait, as on a full cluster.
        String holder = slurm.sbatch("#!/bin/sh\nexec sleep 7200\n", "--exclusive", "--time=120");
        try {
            await(
                    "the job that holds the node to run",
                    () -> slurm.run("squeue", "-h", "-j", holder, "-o", "%T")
                            .strip()
                            .equals("RUNNING"));
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put("sbatch", () -> () -> slurm.sbatch(SCRIPT));
            ways.put("slurmrestd", () -> {
                Wire wire = slurm.wire();
                return () -> slurm.submit(wire, SCRIPT);
            });
            ways.put(FARGA, () -> {
                Wire wire = new Wire(server.port());
                return () -> {
                    Payer payer = payers.get(next.getAndIncrement() % payers.size());
                    Wire.Answer answer = wire.send("POST", "/api/v1/jobs", payer.headers(), job(payer, SCRIPT));
                    if (answer.status() != 201) {
                        throw new IOException("a job is answered " + answer.status() + ": " + answer.body());
                    }
                };
            });
            warmUp(ways.get(FARGA));
            round(ways.get("sbatch"), 8);
            round(ways.get("slurmrestd"), 8);
            for (int parallel : new int[] {1, 8}) {
                compare(ways, parallel);
            }
        } finally {
            slurm.run("scancel", holder);
        }
    }

    /**
     * Until the best of some rounds is hardly better than the best before them: a centre's Farga has run for weeks when it is
     * needed most, and Java compiles a path only after some thousand passes.
     */
    private void warmUp(Way way) throws IOException, SQLException, InterruptedException {
        List<String> rates = new ArrayList<>();
        double best = 0;
        double before = 0;
        for (int round = 1; round <= MOST_WARM_UP_ROUNDS; round++) {
            double rate = round(way, 8).there();
            rates.add("%.0f".formatted(rate));
            best = Math.max(best, rate);
            if (round % WARM_UP_STRETCH == 0) {
                if (best < before * STILL_RISING) {
                    break;
                }
                before = best;
            }
        }
        Bench.say("  warming up, 8 in parallel: %s jobs/s", String.join(", ", rates));
    }

    private void compare(Map<String, Way> ways, int parallel) throws IOException, SQLException, InterruptedException {
        Map<String, List<Double>> taken = new LinkedHashMap<>();
        Map<String, List<Double>> there = new LinkedHashMap<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < wishes.rounds(); round++) {
            double best = 0;
            double ours = 0;
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                boolean farga = way.getKey().equals(FARGA);
                Rates rates = round(way.getValue(), parallel);
                taken.computeIfAbsent(way.getKey(), k -> new ArrayList<>()).add(rates.taken());
                there.computeIfAbsent(way.getKey(), k -> new ArrayList<>()).add(rates.there());
                if (farga) {
                    ours = rates.there();
                } else {
                    best = Math.max(best, rates.there());
                }
            }
            ratios.add(ours / best);
        }
        taken.forEach((name, all) -> Bench.say(
                "  %d in parallel  %-12s answered %5.0f jobs/s, in Slurm %5.0f jobs/s",
                parallel, name, median(all), median(Objects.requireNonNull(there.get(name)))));
        boolean reached = median(ratios) >= SUBMISSION_AIM;
        well &= reached;
        Bench.say(
                "  %d in parallel  through Farga / the faster one of its round: %.2f (%s); aim %.1f: %s",
                parallel, median(ratios), list(ratios), SUBMISSION_AIM, reached ? "ok" : "NOT REACHED");
    }

    /** @param taken answers a second; {@code there} jobs a second until Slurm had the last */
    private record Rates(double taken, double there) {}

    private Rates round(Way way, int parallel) throws IOException, SQLException, InterruptedException {
        int each = wishes.jobs() / parallel;
        int all = each * parallel;
        long since = System.nanoTime();
        double taken;
        try (ExecutorService workers = Executors.newFixedThreadPool(parallel)) {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < parallel; i++) {
                work.add(() -> {
                    Submitter submitter = way.open();
                    for (int j = 0; j < each; j++) {
                        submitter.submit();
                    }
                    return true;
                });
            }
            for (Future<Boolean> one : workers.invokeAll(work)) {
                try {
                    one.get();
                } catch (java.util.concurrent.ExecutionException e) {
                    throw new IOException(e.getCause());
                }
            }
            taken = all / ((System.nanoTime() - since) / 1e9);
        }
        await("Slurm to have " + all + " jobs", () -> slurm.waiting() >= all);
        double there = all / ((System.nanoTime() - since) / 1e9);
        slurm.sweep();
        await(
                "nothing of the round to be left",
                () -> slurm.waiting() == 0 && centre.number("SELECT count(*) FROM job WHERE stage <> 'ENDED'") == 0);
        return new Rates(taken, there);
    }

    private String job(Payer payer, String script) {
        return """
                {"allocation": "%s", "name": "bench", "script": "%s", "cpus": 1, "memoryMebibytes": 100, "gpus": 0,
                 "timeLimitSeconds": 60, "diskMebibytes": 16, "partition": "%s"}""".formatted(payer.allocation(), script.replace("\n", "\\n"), slurm.partition());
    }

    // --- how long Farga is behind

    private void lag() throws IOException, SQLException, InterruptedException {
        Bench.say("");
        Bench.say(
                "How long after it happened it is told, %d jobs each by turns, on an idle cluster, seconds:",
                3 * wishes.rounds());
        Path folder = Files.createTempDirectory("farga-bench-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<List<Double>> bySlurm = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<List<Double>> byFarga = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Payer payer = payers().getFirst();
        try (Wire wire = new Wire(server.port())) {
            for (int n = 0; n < 3 * wishes.rounds(); n++) {
                Path began = folder.resolve(n + ".began");
                Path ended = folder.resolve(n + ".ended");
                String script = "#!/bin/sh\ndate +%s%N > " + began + "\nsleep 2\ndate +%s%N > " + ended + "\n";
                String number = slurm.sbatch(script);
                long running = when(() -> state(number).equals("RUNNING"));
                long over = when(() -> !Set.of("RUNNING", "COMPLETING").contains(state(number)));
                long accounted = when(() -> slurm.run("sacct", "-X", "-n", "-P", "-j", number, "-o", "State")
                        .strip()
                        .equals("COMPLETED"));
                note(bySlurm, began, ended, running, over, accounted);

                Path began2 = folder.resolve(n + ".began2");
                Path ended2 = folder.resolve(n + ".ended2");
                String answer = wire.send(
                                "POST",
                                "/api/v1/jobs",
                                payer.headers(),
                                job(
                                        payer,
                                        script.replace(began.toString(), began2.toString())
                                                .replace(ended.toString(), ended2.toString())))
                        .body();
                String job = field(answer, "id");
                running = when(() ->
                        field(get(wire, payer, "/api/v1/jobs/" + job), "state").equals("RUNNING"));
                over = when(() ->
                        field(get(wire, payer, "/api/v1/jobs/" + job), "state").equals("COMPLETED"));
                accounted =
                        when(() -> get(wire, payer, "/api/v1/allocations/" + payer.allocation() + "/statement?limit=10")
                                .replace(" ", "")
                                .contains("\"job\":" + job + ","));
                note(byFarga, began2, ended2, running, over, accounted);
            }
        } finally {
            delete(folder);
        }
        for (int what = 0; what < 3; what++) {
            double[] theirs = Bench.sorted(bySlurm.get(what).stream());
            double[] ours = Bench.sorted(byFarga.get(what).stream());
            Bench.say(
                    "  %-34s p50 %5.2f, p95 %5.2f; Slurm's own command %5.2f, %5.2f; Farga adds %.2f at the median",
                    List.of("start, on the job's page", "end, on the job's page", "usage, on the statement")
                            .get(what),
                    Bench.quantile(ours, 0.5),
                    Bench.quantile(ours, 0.95),
                    Bench.quantile(theirs, 0.5),
                    Bench.quantile(theirs, 0.95),
                    Bench.quantile(ours, 0.5) - Bench.quantile(theirs, 0.5));
        }
        judge("a start within 2 s (p95)", Bench.quantile(Bench.sorted(byFarga.get(0).stream()), 0.95), 2);
        judge("an end within 2 s (p95)", Bench.quantile(Bench.sorted(byFarga.get(1).stream()), 0.95), 2);
        judge(
                "usage within " + USAGE_AIM_SECONDS + " s (p95)",
                Bench.quantile(Bench.sorted(byFarga.get(2).stream()), 0.95),
                USAGE_AIM_SECONDS);
    }

    private void judge(String aim, double value, double most) {
        well &= value <= most;
        Bench.say("  Aim: %s: %s", aim, value <= most ? "ok" : "NOT REACHED");
    }

    private String state(String number) throws IOException, InterruptedException {
        return slurm.run("squeue", "-h", "-t", "all", "-j", number, "-o", "%T").strip();
    }

    private static void note(List<List<Double>> into, Path began, Path ended, long running, long over, long accounted)
            throws IOException {
        double start = Double.parseDouble(Files.readString(began).strip()) / 1e9;
        double end = Double.parseDouble(Files.readString(ended).strip()) / 1e9;
        // Slurm may say that a job runs a moment before its first line does.
        into.get(0).add(Math.max(0, running / 1e9 - start));
        into.get(1).add(over / 1e9 - end);
        into.get(2).add(accounted / 1e9 - end);
    }

    private String get(Wire wire, Payer payer, String path) throws IOException {
        return wire.send("GET", path, "Authorization: Bearer " + payer.token() + "\r\n", null)
                .body();
    }

    private static String field(String json, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\"\\s*:\\s*\"?([^\",}]*)").matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }

    // --- accounts, users and limits

    private void reconcile() throws IOException, SQLException, InterruptedException {
        Bench.say("");
        try (Wire wire = new Wire(server.port())) {
            read(wire);
            String before = cluster(wire);
            int changes = Integer.parseInt(field(before, "changes"));
            Bench.say(
                    "Accounts and limits: %d people's projects are new to Slurm, %d changes at first", PEOPLE, changes);
            double first = apply(wire, "people and accounts");
            String file = send(wire, "GET", "/api/v1/slurm-clusters/" + CLUSTER + "/dump");
            long lines = file.lines()
                    .filter(l -> l.startsWith("Account") || l.startsWith("User"))
                    .count();
            // The same tree under other names.
            String other = file.replace("'farga'", "'plain'").replaceAll("'(org-|project-)", "'plain-$1");
            long since = System.nanoTime();
            slurm.feed(other, "sacctmgr", "-i", "load", "/dev/stdin");
            double load = (System.nanoTime() - since) / 1e9;
            String account = Pattern.compile("Account - '(plain-[^']*-\\d+)'")
                    .matcher(other)
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group(1);
            int one = 10;
            since = System.nanoTime();
            for (int n = 0; n < one; n++) {
                slurm.run("sacctmgr", "-i", "add", "user", "single" + n, "account=" + account);
            }
            double each = (System.nanoTime() - since) / 1e9 / one;
            Bench.say(
                    "  all %d of them: Farga %.1f s (%.0f a second); sacctmgr load of one file %.1f s (%.0f a second): %.2f of its rate;"
                            + " one sacctmgr each %.1f a second",
                    lines, first, lines / first, load, lines / load, load / first, 1 / each);

            centre.execute(
                    "UPDATE allocation SET gpu_milliseconds = gpu_milliseconds + 3600000 * (SELECT b.n::bigint FROM bench.allocation b"
                            + " WHERE b.id = allocation.id) WHERE cluster = '" + CLUSTER + "'");
            read(wire);
            int limits = Integer.parseInt(field(cluster(wire), "changes"));
            double second = apply(wire, "limits");
            since = System.nanoTime();
            for (int n = 0; n < one; n++) {
                slurm.run(
                        "sacctmgr",
                        "-i",
                        "modify",
                        "account",
                        "name=" + account,
                        "set",
                        "GrpTRESMins=gres/gpu=" + (n + 100));
            }
            double modify = (System.nanoTime() - since) / 1e9 / one;
            Bench.say(
                    "  %d limits, each another: Farga %.1f s (%.0f a second); one sacctmgr each %.1f a second",
                    limits, second, limits / second, 1 / modify);
            since = System.nanoTime();
            read(wire);
            double look = (System.nanoTime() - since) / 1e9;
            since = System.nanoTime();
            slurm.run("sacctmgr", "-nP", "list", "assoc");
            Bench.say(
                    "  looking again, nothing to do: Farga %.1f s; sacctmgr list assoc %.2f s",
                    look, (System.nanoTime() - since) / 1e9);
        }
    }

    private double apply(Wire wire, String what) throws IOException, SQLException, InterruptedException {
        long since = System.nanoTime();
        send(wire, "POST", "/api/v1/slurm-clusters/" + CLUSTER + "/applications");
        await("Slurm to have all " + what, () -> !cluster(wire).contains("applicationWaitsSince"));
        double took = (System.nanoTime() - since) / 1e9;
        String state = cluster(wire);
        if (!field(state, "left").equals("0")) {
            throw new IOException("not all could be applied: " + state);
        }
        return took;
    }

    private void read(Wire wire) throws IOException, SQLException, InterruptedException {
        send(wire, "POST", "/api/v1/slurm-clusters/" + CLUSTER + "/readings");
        await("Slurm to be read", () -> field(cluster(wire), "readingWaits").equals("false"));
    }

    private String cluster(Wire wire) throws IOException {
        return send(wire, "GET", "/api/v1/slurm-clusters/" + CLUSTER);
    }

    private String send(Wire wire, String method, String path) throws IOException {
        Wire.Answer answer = wire.send(
                method,
                path,
                "Authorization: Bearer " + Centre.token(OPERATOR) + "\r\nIdempotency-Key: " + UUID.randomUUID()
                        + "\r\n",
                method.equals("GET") ? null : "{}");
        if (answer.status() >= 300) {
            throw new IOException(method + " " + path + " is answered " + answer.status() + ": " + answer.body());
        }
        return answer.body();
    }

    // --- import

    private void imports() throws IOException, SQLException, InterruptedException {
        Bench.say("");
        String[] sacct = {
            "sacct",
            "-a",
            "-X",
            "-D",
            "-P",
            "-S",
            "now-7days",
            "-o",
            "JobIDRaw,JobID,User,Account,Partition,QOS,State,Submit,Start,End,ElapsedRaw,AllocTRES,JobName"
        };
        List<Double> printing = new ArrayList<>();
        long printed = 0;
        for (int n = 0; n < 5; n++) {
            long since = System.nanoTime();
            printed = slurm.run(sacct).lines().count();
            printing.add(printed / ((System.nanoTime() - since) / 1e9));
        }
        List<String> accounts = centre.texts("SELECT name FROM slurm_account WHERE cluster = '" + CLUSTER
                + "' AND allocation_id IS NOT NULL ORDER BY name");
        Path file = Files.createTempFile("farga-bench", ".txt");
        try {
            write(file, accounts);
            List<Double> rates = new ArrayList<>();
            HttpClient client = HttpClient.newHttpClient();
            String answer = "";
            for (int n = 0; n < 3; n++) {
                String id = field(
                        post(client, "/api/v1/usage-imports", "{\"cluster\": \"" + CLUSTER + "\", \"zone\": \"UTC\"}"),
                        "id");
                long since = System.nanoTime();
                answer = put(client, "/api/v1/usage-imports/" + id + "/lines", file);
                rates.add(wishes.lines() / ((System.nanoTime() - since) / 1e9));
                if (!field(answer, "rejected").equals("0")
                        || n == 0 && !field(answer, "entered").equals(Integer.toString(wishes.lines()))) {
                    throw new IOException("the import did not enter all: " + answer);
                }
            }
            double again = Math.max(rates.get(1), rates.get(2));
            Bench.say(
                    "Import of %,d lines, %,d bytes: %,.0f lines/s, all new; %,.0f lines/s once more, all known. sacct prints %,.0f"
                            + " lines/s (of %,d): %.2f of that",
                    wishes.lines(),
                    Files.size(file),
                    rates.getFirst(),
                    again,
                    median(printing),
                    printed,
                    rates.getFirst() / median(printing));
            boolean reached = rates.getFirst() >= IMPORT_AIM && rates.getFirst() >= median(printing);
            well &= reached;
            Bench.say(
                    "  Aim: %,d lines/s, and no slower than sacct prints: %s",
                    IMPORT_AIM, reached ? "ok" : "NOT REACHED");
        } finally {
            Files.delete(file);
        }
    }

    /** Runs of jobs as sacct prints them, all of the last weeks. */
    private void write(Path file, List<String> accounts) throws IOException {
        LocalDateTime day = LocalDateTime.now(ZoneOffset.UTC).withNano(0).minusDays(20);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(
                    "JobIDRaw|JobID|User|Account|Partition|QOS|State|Submit|Start|End|ElapsedRaw|AllocTRES|JobName\n");
            for (int n = 0; n < wishes.lines(); n++) {
                int seconds = 60 + n * 37 % 3_000;
                LocalDateTime start = day.plusSeconds(n * 4L);
                int cpus = 1 + n % 8;
                int job = 1_000_000 + n;
                out.write(job + "|" + job + "|user" + n % 900 + "|" + accounts.get(n % accounts.size())
                        + "|gpu|normal|COMPLETED|"
                        + at(start.minusSeconds(30)) + "|" + at(start) + "|" + at(start.plusSeconds(seconds)) + "|"
                        + seconds
                        + "|billing=" + cpus + ",cpu=" + cpus + ",gres/gpu=" + n % 4 + ",mem=" + 2 * cpus
                        + "G,node=1|train " + n
                        + "\n");
            }
        }
    }

    private static String at(LocalDateTime time) {
        return time.format(java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss"));
    }

    private String post(HttpClient client, String path, String body) throws IOException, InterruptedException {
        return answer(
                client,
                request(path)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    private String put(HttpClient client, String path, Path file) throws IOException, InterruptedException {
        return answer(
                client,
                request(path)
                        .header("Content-Type", "text/plain")
                        .PUT(HttpRequest.BodyPublishers.ofFile(file))
                        .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + Centre.token(OPERATOR));
    }

    private static String answer(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(request.uri() + " is answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    // --- how it is measured

    private interface Question {
        boolean holds() throws IOException, SQLException, InterruptedException;
    }

    private static void await(String what, Question question) throws IOException, SQLException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!question.holds()) {
            if (System.nanoTime() > until) {
                throw new IOException("waited " + PATIENCE_SECONDS + " s in vain for " + what);
            }
            Thread.sleep(25);
        }
    }

    /** In nanoseconds since 1970, when it first held. */
    private static long when(Question question) throws IOException, SQLException, InterruptedException {
        await("a change", question);
        java.time.Instant now = java.time.Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private static double median(List<Double> values) {
        return Bench.quantile(Bench.sorted(values.stream()), 0.5);
    }

    private static String list(List<Double> values) {
        return String.join(" ", values.stream().map("%.2f"::formatted).toList());
    }

    private static String load() throws IOException {
        return String.join(
                " ", Arrays.copyOf(Files.readString(Path.of("/proc/loadavg")).split(" "), 3));
    }
}
