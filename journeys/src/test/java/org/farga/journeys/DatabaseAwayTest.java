package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see while the database is away, and that nothing is to be done once it is back. */
class DatabaseAwayTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void pagesAndApiSaySoAtOnceAndServeAgainByThemselves(@TempDir Path data) throws Exception {
        FargaProcess keeper = FargaProcess.start(data);
        AtomicInteger port = new AtomicInteger(PrivateDatabase.port(data));
        try (TcpProxy network = new TcpProxy(port::get)) {
            Story story = Story.begin(keeper);
            FargaProcess farga = keeper.startAnother(
                    Map.of("FARGA_DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + network.port() + "/farga"));
            try {
                Api ana = story.ana.at(farga);
                String job = story.submit(ana, "outlives the database", "#!/bin/sh\nsleep 15\necho ended\n");
                ana.await(
                        "/jobs/" + job,
                        Story.SOON,
                        j -> j.path("state").asString().equals("RUNNING"));

                port.set(0);
                network.cut();
                HttpResponse<String> first = get(farga, "/api/v1/datasets", "application/json");
                assertThat(first.statusCode()).isEqualTo(503);
                long before = System.nanoTime();
                HttpResponse<String> page = get(farga, "/projects", "text/html");
                assertThat(Duration.ofNanos(System.nanoTime() - before))
                        .as("the second is not kept waiting for a connection, which takes ten seconds")
                        .isLessThan(Duration.ofSeconds(5));
                assertThat(page.statusCode()).isEqualTo(503);
                assertThat(page.body()).contains("The database is away", "<h1>Back in a moment</h1>");
                assertThat(page.headers().firstValue("Retry-After")).contains("5");
                assertThat(get(farga, "/api/v1/me", "application/json").body()).contains("/problems/database-away");
                assertThat(get(farga, "/css/farga.css", "text/css").statusCode())
                        .isEqualTo(200);
                assertThat(get(farga, "/actuator/health/liveness", "*/*").statusCode())
                        .isEqualTo(200);
                assertThat(farga.ready()).isFalse();

                port.set(PrivateDatabase.port(data));
                await(() -> get(farga, "/calls", "text/html").statusCode() == 200);
                ana.await("/jobs/" + job, Story.JOB_LIMIT, Story::hasEnded);
                assertThat(ana.text("/jobs/" + job + "/log")).contains("ended");
            } finally {
                farga.close();
            }
        } finally {
            keeper.close();
        }
    }

    @Test
    void aPrivateDatabaseThatWasKilledIsStartedAgain(@TempDir Path data) throws Exception {
        FargaProcess farga = FargaProcess.start(data);
        try {
            long postmaster = Long.parseLong(Files.readAllLines(data.resolve("postgres/data-18/postmaster.pid"))
                    .getFirst()
                    .strip());
            ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();
            await(() -> get(farga, "/calls", "text/html").statusCode() == 503);
            await(() -> get(farga, "/calls", "text/html").statusCode() == 200 && farga.ready());
        } finally {
            farga.close();
        }
    }

    private interface Question {
        boolean answered() throws Exception;
    }

    private static void await(Question question) throws Exception {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!question.answered()) {
            assertThat(Instant.now()).isBefore(deadline);
            FargaProcess.pause(200);
        }
    }

    private static HttpResponse<String> get(FargaProcess farga, String path, String accept) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(farga.address() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Accept", accept)
                        .build(),
                BodyHandlers.ofString());
    }
}
