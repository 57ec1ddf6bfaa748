package org.farga.compute;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.farga.slurm.SlurmCommands;
import org.farga.slurm.SlurmSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How many jobs a second reach Slurm through {@link SlurmScheduler}, beside {@code sbatch} and bare slurmrestd, in rounds by turns of a
 * few jobs each, so that a busy machine is as busy for each. Part of {@code ./farga bench slurm}. The partition is closed meanwhile: the jobs
 * wait, and starting them costs nobody anything.
 */
@EnabledIfSystemProperty(named = "farga.bench.slurm", matches = "true")
class SlurmSubmissionBench {
    private static final int JOBS = Integer.getInteger("farga.bench.jobs", 100);
    private static final int ROUNDS = Integer.getInteger("farga.bench.rounds", 7);
    /** Jobs that one way submits before it is the next one's turn: its rate is the median of its turns. */
    private static final int SLICE = 16;

    private static final int WARM = 2400;
    private static final double AIM = 0.9;
    private static final String SCRIPT = "#!/bin/sh\nset -e\necho training\nexec true\n";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Properties lab = new Properties();
    private SlurmCommands commands;
    private SlurmScheduler scheduler;
    private String token = "";
    private String submitPath = "";

    /** A way to submit one job; throws where Slurm did not take it. */
    private interface Way {
        void submit() throws Exception;
    }

    @Test
    void measure() throws Exception {
        open();
        commands.run(Duration.ofSeconds(20), "scontrol", "update", "PartitionName=" + partition(), "State=DOWN")
                .good();
        try {
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put("sbatch", this::bySbatch);
            ways.put("slurmrestd", this::byRest);
            ways.put("Farga", this::byFarga);
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                // A server that gives many jobs a second to Slurm has long been compiled, and so would be any good
                // client.
                for (int jobs = 0; jobs < (way.getKey().equals("sbatch") ? 32 : WARM); jobs += WARM / 8) {
                    rate(way.getValue(), 8, way.getKey().equals("sbatch") ? 32 : WARM / 8);
                    sweep();
                }
            }
            sweep();
            say("Submission, %d jobs a round, %d rounds by turns; load before: %s", JOBS, ROUNDS, load());
            boolean well = true;
            for (int parallel : new int[] {1, 8}) {
                well &= compare(ways, parallel);
            }
            say("Load after: %s", load());
            say("Aim: at least %.1f of the faster one: %s", AIM, well ? "ok" : "NOT REACHED");
        } finally {
            sweep();
            commands.run(Duration.ofSeconds(20), "scontrol", "update", "PartitionName=" + partition(), "State=UP")
                    .good();
        }
    }

    private boolean compare(Map<String, Way> ways, int parallel) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, List<Double>> turns = round(ways, parallel);
            sweep();
            Map<String, Double> now = new LinkedHashMap<>();
            turns.forEach((name, all) -> now.put(name, median(all)));
            now.forEach((name, rate) ->
                    rates.computeIfAbsent(name, key -> new ArrayList<>()).add(rate));
            List<Double> beside = new ArrayList<>();
            for (int n = 0; n < turns.get("Farga").size(); n++) {
                beside.add(turns.get("Farga").get(n)
                        / Math.max(
                                turns.get("sbatch").get(n),
                                turns.get("slurmrestd").get(n)));
            }
            ratios.add(median(beside));
        }
        rates.forEach((name, all) -> say("  %d in parallel  %-10s %7.0f jobs/s", parallel, name, median(all)));
        double ratio = median(ratios);
        say("  %d in parallel  Farga / the faster one of its round: %.2f (median; %s)", parallel, ratio, list(ratios));
        return ratio >= AIM;
    }

    /** Jobs a second of each way, each time that it is its turn. */
    private static Map<String, List<Double>> round(Map<String, Way> ways, int parallel) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        ways.keySet().forEach(name -> rates.put(name, new ArrayList<>()));
        List<String> turns = new ArrayList<>(ways.keySet());
        for (int n = 0; n < Math.max(1, JOBS / SLICE); n++) {
            for (String name : turns) {
                Objects.requireNonNull(rates.get(name))
                        .add(rate(Objects.requireNonNull(ways.get(name)), parallel, SLICE));
            }
            Collections.rotate(turns, 1);
        }
        return rates;
    }

    private static double rate(Way way, int parallel, int jobs) throws Exception {
        int each = jobs / parallel;
        try (ExecutorService workers = Executors.newFixedThreadPool(parallel)) {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < parallel; i++) {
                work.add(() -> {
                    for (int j = 0; j < each; j++) {
                        way.submit();
                    }
                    return true;
                });
            }
            long since = System.nanoTime();
            for (Future<Boolean> one : workers.invokeAll(work)) {
                one.get();
            }
            return each * parallel / ((System.nanoTime() - since) / 1e9);
        }
    }

    private void byFarga() {
        Submission submission =
                scheduler.submit(SchedulerFixture.order(SCRIPT, new Resources(1, 100, 0, Duration.ofMinutes(1), 64)));
        if (!(submission instanceof Submission.Accepted)) {
            throw new IllegalStateException(submission.toString());
        }
    }

    private void bySbatch() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "sbatch",
                        "--uid=" + lab.getProperty("user"),
                        "--account=" + lab.getProperty("account"),
                        "--partition=" + partition(),
                        "--job-name=bench",
                        "--comment=farga " + UUID.randomUUID() + " 1",
                        "--nodes=1",
                        "--ntasks=1",
                        "--cpus-per-task=1",
                        "--mem=100M",
                        "--time=1",
                        "--export=NONE",
                        "--parsable",
                        "--chdir=/tmp",
                        "--output=/dev/null")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("SLURM_CONF", lab.getProperty("slurmConf"));
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(SCRIPT.getBytes(StandardCharsets.UTF_8));
        }
        process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("sbatch failed");
        }
    }

    private void byRest() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(lab.getProperty("rest") + submitPath))
                .header("X-SLURM-USER-NAME", lab.getProperty("user"))
                .header("X-SLURM-USER-TOKEN", token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        """
                        {"script": "#!/bin/sh\\nset -e\\necho training\\nexec true\\n",
                         "job": {"name": "bench", "comment": "farga %s 1", "account": "%s", "partition": "%s", "tasks": 1,
                          "cpus_per_task": 1, "nodes": 1, "memory_per_node": 100, "time_limit": 1,
                          "environment": {"PATH": "/usr/bin:/bin"}, "current_working_directory": "/tmp",
                          "standard_output": "/dev/null"}}""".formatted(UUID.randomUUID(), lab.getProperty("account"), partition())))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (!answer.body().contains("job_id")) {
            throw new IllegalStateException(answer.body());
        }
    }

    private void open() throws IOException {
        Path folder = Path.of(System.getProperty("farga.slurm.lab", "../.farga/lab/debian12"));
        try (Reader reader = Files.newBufferedReader(folder.resolve("lab.properties"))) {
            lab.load(reader);
        }
        commands = new SlurmCommands(Path.of(lab.getProperty("slurmConf")), List.of());
        token = commands.run(
                        Duration.ofSeconds(20),
                        "scontrol",
                        "token",
                        "username=" + lab.getProperty("user"),
                        "lifespan=3600")
                .good()
                .strip()
                .split("=", 2)[1];
        submitPath = "/slurm/v0.0.38/job/submit";
        SlurmSettings settings = new SlurmSettings(
                URI.create(lab.getProperty("rest")),
                Path.of(lab.getProperty("jwtKey")),
                JobFolders.open(
                        Path.of(lab.getProperty("shared"), UUID.randomUUID().toString())),
                lab.getProperty("user"),
                "slurm",
                lab.getProperty("account"),
                partition(),
                true,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2));
        scheduler = new SlurmScheduler(
                settings,
                UUID.randomUUID().toString(),
                Optional.of(commands),
                order -> Optional.empty(),
                Clock.systemUTC());
    }

    private String partition() {
        return lab.getProperty("partition");
    }

    /** Takes back what waits, so that each round finds an empty queue. */
    private void sweep() {
        commands.run(Duration.ofMinutes(2), "scancel", "--partition=" + partition(), "--state=PENDING");
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
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

    private static void say(String format, Object... values) {
        System.out.println("bench: " + String.format(Locale.ROOT, format, values));
    }
}
