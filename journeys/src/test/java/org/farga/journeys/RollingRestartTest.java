package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Two processes behind one address are restarted, one after the other, and nobody notices. The proxy looks at readiness five
 * times a second and passes each connection on once: a request that a process dropped would fail here.
 */
class RollingRestartTest {
    private static final Map<String, String> DRAIN = Map.of("FARGA_DRAIN", "3s");
    private static final int READERS = 3;
    private static final int FOLLOWERS = 4;

    /** Keeps the database, which the two have between them; takes no part behind the address. */
    private static FargaProcess keeper;

    private static Story story;
    private static final List<FargaProcess> PAIR = new ArrayList<>();
    private static final List<AtomicBoolean> IN_SERVICE = List.of(new AtomicBoolean(true), new AtomicBoolean(true));

    @BeforeAll
    static void start(@TempDir Path data) {
        keeper = FargaProcess.start(data);
        story = Story.begin(keeper);
        PAIR.add(keeper.startAnother(DRAIN));
        PAIR.add(keeper.startAnother(DRAIN));
    }

    @AfterAll
    static void stop() {
        PAIR.forEach(FargaProcess::close);
        if (keeper != null) {
            keeper.close();
        }
    }

    @Test
    void noRequestFailsAndNoJobIsLostWhileBothAreRestarted() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        // Speaks from before the first restart until after the last.
        String spoken = story.submit("spoken", """
                #!/bin/sh
                i=0
                while true; do
                  i=$((i + 1))
                  echo "línia $i"
                  echo "{\\"name\\":\\"loss\\",\\"step\\":$i,\\"value\\":$i}" >> "$FARGA_METRICS"
                  sleep 0.05
                done
                """);
        List<Follower> followers = new ArrayList<>();
        AtomicInteger turn = new AtomicInteger();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        Queue<String> jobs = new ConcurrentLinkedQueue<>();
        AtomicInteger requests = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        threads.add(Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                for (int i = 0; i < PAIR.size(); i++) {
                    IN_SERVICE.get(i).set(PAIR.get(i).ready());
                }
                FargaProcess.pause(200);
            }
        }));
        TcpProxy proxy = new TcpProxy(() -> {
            int first = turn.getAndIncrement() % PAIR.size();
            for (int i = 0; i < PAIR.size(); i++) {
                int one = (first + i) % PAIR.size();
                if (IN_SERVICE.get(one).get()) {
                    return PAIR.get(one).port();
                }
            }
            return 0;
        });
        try {
            String address = "http://127.0.0.1:" + proxy.port();
            for (int i = 0; i < FOLLOWERS; i++) {
                Follower follower = new Follower(address, spoken);
                followers.add(follower);
                threads.add(Thread.ofPlatform().start(() -> follower.follow(over)));
            }
            for (int i = 0; i < READERS; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    // A client of its own: several connections, kept open between requests.
                    HttpClient http = HttpClient.newHttpClient();
                    String[] paths = {"/projects", "/jobs", "/datasets", "/me"};
                    for (int n = 0; !over.get(); n++) {
                        String path = "/api/v1" + paths[n % paths.length];
                        ask(http, story.ana.request(URI.create(address + path)).GET(), 200, failures);
                        requests.incrementAndGet();
                        FargaProcess.pause(30);
                    }
                }));
            }
            threads.add(Thread.ofPlatform().start(() -> {
                HttpClient http = HttpClient.newHttpClient();
                while (!over.get()) {
                    HttpRequest.Builder request = story.ana
                            .request(URI.create(address + "/api/v1/jobs"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    story.order("rolling", "#!/bin/sh\necho done\n")));
                    HttpResponse<String> answer = ask(http, request, 201, failures);
                    requests.incrementAndGet();
                    if (answer != null && answer.statusCode() == 201) {
                        jobs.add(Api.read(answer.body()).path("id").asString());
                    }
                    FargaProcess.pause(400);
                }
            }));

            for (FargaProcess one : PAIR) {
                FargaProcess.pause(3_000);
                one.close();
                assertThat(one.ready()).isFalse();
                one.start();
            }
            FargaProcess.pause(3_000);
            story.ana.put("/jobs/" + spoken + "/cancellation").done();
            story.awaitEnd(spoken);
            for (Follower follower : followers) {
                follower.awaitEnd();
            }
        } finally {
            over.set(true);
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(30));
            }
            // Only now: a connection cut from here on would count against the restart.
            proxy.close();
        }
        assertThat(failures).as("of " + requests + " requests").isEmpty();
        String log = story.ana.text("/jobs/" + spoken + "/log");
        assertThat(log.lines().count()).isGreaterThan(100);
        for (Follower follower : followers) {
            assertThat(follower.log.toString()).as("what a follower read").isEqualTo(log);
            assertThat(follower.steps)
                    .as("the points that a follower drew")
                    .isEqualTo(IntStream.rangeClosed(1, follower.steps.size())
                            .boxed()
                            .toList())
                    .hasSizeGreaterThan(100);
            assertThat(follower.connections).as("it was sent elsewhere").isGreaterThan(1);
        }
        assertThat(jobs).hasSizeGreaterThan(10);
        for (String job : jobs) {
            JsonNode ended = story.ana.await("/jobs/" + job, Story.JOB_LIMIT, Story::hasEnded);
            assertThat(ended.path("state").asString()).as("job " + job).isEqualTo("COMPLETED");
        }
        System.out.printf(
                "rolling restart: %d requests, %d jobs, no failure; %d followers of %d lines, %s connections%n",
                requests.get(),
                jobs.size(),
                followers.size(),
                log.lines().count(),
                followers.stream().map(f -> f.connections).toList());
    }

    /** Reads a job's news as a browser does: where the stream breaks off it asks for what follows the last event. */
    private static final class Follower {
        private final URI address;
        private final HttpClient http = HttpClient.newHttpClient();
        final StringBuilder log = new StringBuilder();
        final List<Integer> steps = new ArrayList<>();
        int connections;
        private String last = "";
        private String event = "";
        private String data = "";
        private final CountDownLatch end = new CountDownLatch(1);

        Follower(String address, String job) {
            this.address = URI.create(address + "/api/v1/jobs/" + job + "/events");
        }

        void follow(AtomicBoolean over) {
            while (!over.get() && end.getCount() > 0) {
                HttpRequest.Builder request = story.ana
                        .request(address)
                        .timeout(Duration.ofMinutes(5))
                        .header("Accept", "text/event-stream");
                if (!last.isEmpty()) {
                    request.header("Last-Event-ID", last);
                }
                try {
                    HttpResponse<Stream<String>> answer = http.send(request.build(), BodyHandlers.ofLines());
                    if (answer.statusCode() == 200) {
                        connections++;
                        event = "";
                        data = "";
                        answer.body().forEach(this::line);
                    }
                } catch (java.io.IOException | java.io.UncheckedIOException e) {
                    // broken off; what came of its last event is not whole and does not count
                } catch (InterruptedException e) {
                    return;
                }
                FargaProcess.pause(100);
            }
        }

        private String id = "";

        private void line(String line) {
            if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                event = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data = line.substring(5);
            } else if (line.isEmpty() && !event.isEmpty()) {
                last = id;
                switch (event) {
                    case "log" -> log.append(Api.read(data).path("text").asString());
                    case "metric" -> steps.add(Api.read(data).path("step").asInt());
                    case "end" -> end.countDown();
                    default -> {}
                }
                event = "";
            }
        }

        void awaitEnd() throws InterruptedException {
            assertThat(end.await(20, TimeUnit.SECONDS))
                    .as("the stream's end came")
                    .isTrue();
        }
    }

    private static HttpResponse<String> ask(
            HttpClient http, HttpRequest.Builder request, int expected, Queue<String> failures) {
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() != expected) {
                failures.add(answer.request().method() + " " + answer.uri().getPath() + " " + answer.statusCode() + " "
                        + answer.body());
            }
            return answer;
        } catch (java.io.IOException e) {
            failures.add(e.toString());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
