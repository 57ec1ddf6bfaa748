package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.farga.slurm.SlurmCommands;
import org.farga.slurm.SlurmSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A program that gives jobs to Slurm is killed, by SIGKILL, after Slurm took a job and before it has the answer: whoever comes
 * after it finds the job, and none is lost or there twice. {@code -Dfarga.slurm.kills=100} kills more often than the ten times
 * of every run. Skipped where no Slurm is up.
 */
class SlurmKillTest {

    private static final int KILLS = Integer.getInteger("farga.slurm.kills", 10);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private SlurmLab lab;
    private HttpServer between;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReference<Process> submitter = new AtomicReference<>();

    @BeforeEach
    void stepBetween() throws IOException {
        lab = SlurmLab.up();
        between = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        between.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        between.createContext("/", this::pass);
        between.start();
    }

    @AfterEach
    void stepAside() {
        if (between != null) {
            between.stop(0);
        }
    }

    /** Hands a question on to slurmrestd and its answer back; of a submission the answer kills who asked. */
    private void pass(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        lab.settings().rest().resolve(exchange.getRequestURI().toString()))
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
        for (String header : List.of("X-SLURM-USER-NAME", "X-SLURM-USER-TOKEN", "Content-Type")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (exchange.getRequestURI().getPath().endsWith("/job/submit")) {
                submitter.get().destroyForcibly();
                exchange.close();
                return;
            }
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noJobIsLostOrDoubledHoweverOftenTheAnswerIsLost() throws Exception {
        for (int n = 1; n <= KILLS; n++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Submitter.class.getName(),
                            "http://127.0.0.1:" + between.getAddress().getPort(),
                            lab.settings().jwtKey().toString(),
                            lab.settings().folder().toString(),
                            lab.settings().user(),
                            lab.settings().account(),
                            lab.settings().partition(),
                            lab.commands().conf().toString(),
                            lab.mark(),
                            Integer.toString(n),
                            String.join(",", lab.commands().via()))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            lab.settings().folder().resolve("submitter.log").toFile())
                    .start();
            submitter.set(process);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as("killed: " + Files.readString(lab.settings().folder().resolve("submitter.log")))
                    .isEqualTo(128 + 9);
        }

        SlurmScheduler heir = lab.scheduler();
        Map<String, Integer> engineJobs = new HashMap<>();
        List<JobOrder> orders = new ArrayList<>();
        for (int n = 1; n <= KILLS; n++) {
            orders.addAll(orders(n));
            Submission answer = submit(heir, n);
            assertThat(answer).isInstanceOf(Submission.Accepted.class);
            engineJobs.put(((Submission.Accepted) answer).engineJobId(), n);
        }
        assertThat(engineJobs).as("one of Slurm's jobs for each of ours").hasSize(KILLS);

        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Set<JobId> jobs = orders.stream().map(JobOrder::id).collect(Collectors.toSet());
        Map<JobId, Observation> seen = heir.observe(jobs);
        while (!seen.values().stream().allMatch(job -> job.state().ended())) {
            assertThat(System.nanoTime()).as("all to end: " + seen).isLessThan(deadline);
            Thread.sleep(200);
            seen = heir.observe(jobs);
        }
        assertThat(seen).as("all are known").containsOnlyKeys(jobs);
        for (JobOrder order : orders) {
            try (var times = heir.files(order.id()).openOutput("times")) {
                assertThat(times.size()).as("job " + order.id() + " ran once").isEqualTo("once\n".length());
            }
        }
        List<String> comments = lab.commands()
                .run(
                        Duration.ofMinutes(1),
                        "sacct",
                        "-a",
                        "-X",
                        "-n",
                        "-P",
                        "-S",
                        "now-1hour",
                        "-E",
                        "now+1hour",
                        "-o",
                        "Comment")
                .good()
                .lines()
                .filter(comment -> comment.startsWith("farga " + lab.mark() + " "))
                .toList();
        assertThat(comments).as("runs that Slurm's accounting knows").hasSize(orders.size());
    }

    /** Each fifth is an array of three. */
    private static List<JobOrder> orders(int n) {
        List<JobOrder> orders = new ArrayList<>();
        boolean array = n % 5 == 0;
        for (int index = 0; index < (array ? 3 : 1); index++) {
            orders.add(new JobOrder(
                    new JobId(10L * n + index + 1),
                    "killed",
                    "#!/bin/sh\necho once >> \"$FARGA_OUTPUT/times\"\n",
                    new Resources(1, 64, 0, Duration.ofMinutes(2), 64),
                    "acme-1",
                    "ada",
                    List.of(),
                    Map.of(),
                    null,
                    null,
                    List.of(),
                    array ? new JobOrder.Task(new JobId(10L * n), index, null) : null));
        }
        return orders;
    }

    private static Submission submit(SlurmScheduler scheduler, int n) {
        List<JobOrder> orders = orders(n);
        return orders.size() == 1
                ? scheduler.submit(orders.getFirst())
                : scheduler.submitArray(new JobId(10L * n), orders);
    }

    /** The program that is killed: gives one job, or array, to Slurm. */
    static final class Submitter {
        private Submitter() {}

        public static void main(String[] arguments) {
            SlurmScheduler scheduler = new SlurmScheduler(
                    new SlurmSettings(
                            URI.create(arguments[0]),
                            Path.of(arguments[1]),
                            Path.of(arguments[2]),
                            arguments[3],
                            "slurm",
                            arguments[4],
                            arguments[5],
                            true,
                            Duration.ofMillis(200),
                            Duration.ofMinutes(2)),
                    arguments[7],
                    Optional.of(new SlurmCommands(
                            Path.of(arguments[6]),
                            arguments[9].isEmpty() ? List.of() : List.of(arguments[9].split(",")))),
                    order -> Optional.empty(),
                    Clock.systemUTC());
            try {
                submit(scheduler, Integer.parseInt(arguments[8]));
            } catch (UncheckedIOException e) {
                // Its answer is cut off a moment before the signal comes.
                while (true) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
