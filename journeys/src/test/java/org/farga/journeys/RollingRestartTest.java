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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
        } finally {
            over.set(true);
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(30));
            }
            // Only now: a connection cut from here on would count against the restart.
            proxy.close();
        }
        assertThat(failures).as("of " + requests + " requests").isEmpty();
        assertThat(jobs).hasSizeGreaterThan(10);
        for (String job : jobs) {
            JsonNode ended = story.ana.await("/jobs/" + job, Story.JOB_LIMIT, Story::hasEnded);
            assertThat(ended.path("state").asString()).as("job " + job).isEqualTo("COMPLETED");
        }
        System.out.printf("rolling restart: %d requests, %d jobs, no failure%n", requests.get(), jobs.size());
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
