package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
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
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An import of sacct's lines through which the database, or Farga itself, is killed: each line counts, and counts once. */
class UsageImportFaultsTest {
    private static final String HEADER =
            "JobIDRaw|JobID|Account|User|Partition|QOS|State|Start|End|ElapsedRaw|AllocTRES|JobName\n";
    private static final int LINES = 60_000;
    /** Each so many lines one that nobody can understand. */
    private static final int BROKEN_EACH = 1_000;

    private static final int BROKEN = LINES / BROKEN_EACH;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void aDatabaseKilledInMidImportLosesNoLineAndDoublesNone(@TempDir Path data) throws Exception {
        try (FargaProcess farga = FargaProcess.start(data)) {
            Story story = begun(farga, data);
            String id = open(story.administrator);
            byte[] file = file();
            PipedInputStream body = new PipedInputStream(1 << 16);
            try (OutputStream out = new PipedOutputStream(body)) {
                CompletableFuture<HttpResponse<String>> sent = put(story.administrator, farga, id, 0, body);
                out.write(file, 0, file.length / 2);
                out.flush();
                awaitProgress(story.administrator, id);
                kill(data);
                out.write(file, file.length / 2, file.length - file.length / 2);
                out.close();
                while (!sent.isDone()) {
                    // As a page or a command asks that shows how far it is: whoever asks first finds the database away.
                    story.administrator.get("/usage-imports/" + id);
                    FargaProcess.pause(500);
                }
                HttpResponse<String> answer = sent.get(1, TimeUnit.MINUTES);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            JsonNode ended = story.administrator.await(
                    "/usage-imports/" + id,
                    Story.SOON,
                    i -> i.path("state").asString().equals("DONE"));
            assertThat(ended.path("lines").asLong()).isEqualTo(LINES);
            assertThat(ended.path("entered").asLong()).isEqualTo(LINES - BROKEN);
            assertThat(ended.path("rejected").asLong()).isEqualTo(BROKEN);
            everyLineOnce(data, id);
        }
    }

    @Test
    void anImportGoesOnWhereFargaWasKilled(@TempDir Path data) throws Exception {
        try (FargaProcess farga = FargaProcess.start(data)) {
            Story story = begun(farga, data);
            String id = open(story.administrator);
            byte[] file = file();
            PipedInputStream body = new PipedInputStream(1 << 16);
            try (OutputStream out = new PipedOutputStream(body)) {
                CompletableFuture<HttpResponse<String>> sent = put(story.administrator, farga, id, 0, body);
                out.write(file, 0, file.length / 2);
                out.flush();
                awaitProgress(story.administrator, id);
                farga.killNine();
                out.close(); // the client only looks whether somebody is there when it has something to say
                assertThat(sent.handle((answer, failure) -> failure).get(1, TimeUnit.MINUTES))
                        .isNotNull();
            }
            farga.start();
            Api administrator = story.administrator.at(farga);
            JsonNode broken = administrator.get("/usage-imports/" + id).done();
            int from = broken.path("positionBytes").asInt();
            assertThat(from).isPositive().isLessThan(file.length);
            HttpResponse<String> answer = put(
                            administrator,
                            farga,
                            id,
                            from,
                            new java.io.ByteArrayInputStream(file, from, file.length - from))
                    .get(5, TimeUnit.MINUTES);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode ended = Api.read(answer.body());
            assertThat(ended.path("lines").asLong()).isEqualTo(LINES);
            // What was committed just before the kill is found standing there.
            assertThat(ended.path("entered").asLong() + ended.path("unchanged").asLong())
                    .isEqualTo(LINES - BROKEN);
            assertThat(ended.path("rejected").asLong()).isEqualTo(BROKEN);
            everyLineOnce(data, id);
        }
    }

    private static Story begun(FargaProcess farga, Path data) throws Exception {
        Story story = Story.begin(farga);
        try (Connection connection = DriverManager.getConnection(
                        PrivateDatabase.url(data), "farga", PrivateDatabase.password(data));
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO slurm_account (cluster, name, allocation_id, adopted, made_at) VALUES ('lab', 'ours', '"
                            + story.allocation + "', true, now())");
        }
        return story;
    }

    private static String open(Api operator) {
        return operator.post("/usage-imports", Map.of("cluster", "lab", "zone", "UTC"))
                .id();
    }

    private static byte[] file() {
        StringBuilder text = new StringBuilder(HEADER);
        for (int n = 1; n <= LINES; n++) {
            long start = 1_795_000_000L + n;
            text.append(
                    n % BROKEN_EACH == 0
                            ? n + "|this is no line of sacct's\n"
                            : n + "|" + n + "|ours|ana|gpu|normal|COMPLETED|" + start + "|" + (start + 60)
                                    + "|60|cpu=4,gres/gpu=1,mem=1G,node=1|job-" + n + "\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static CompletableFuture<HttpResponse<String>> put(
            Api operator, FargaProcess farga, String id, long from, java.io.InputStream body) {
        HttpRequest request = operator.request(
                        URI.create(farga.address() + "/api/v1/usage-imports/" + id + "/lines?from=" + from))
                .timeout(Duration.ofMinutes(6))
                .header("Content-Type", "text/plain")
                .PUT(BodyPublishers.ofInputStream(() -> body))
                .build();
        return HTTP.sendAsync(request, BodyHandlers.ofString());
    }

    private static void awaitProgress(Api operator, String id) {
        operator.await(
                "/usage-imports/" + id,
                Story.SOON,
                i -> i.path("positionBytes").asLong() > 0
                        && i.path("state").asString().equals("RUNNING"));
    }

    private static void kill(Path data) throws IOException {
        long postmaster = Long.parseLong(Files.readAllLines(data.resolve("postgres/data-18/postmaster.pid"))
                .getFirst()
                .strip());
        ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();
    }

    private static void everyLineOnce(Path data, String id) throws Exception {
        assertThat(PrivateDatabase.count(data, "SELECT count(*) FROM usage_record WHERE cluster = 'lab'"))
                .isEqualTo(LINES - BROKEN);
        assertThat(PrivateDatabase.count(
                        data,
                        "SELECT count(DISTINCT engine_job_id) FROM usage_record WHERE cluster = 'lab' AND sign = 1"))
                .isEqualTo(LINES - BROKEN);
        assertThat(PrivateDatabase.count(data, "SELECT sum(gpu_settled_milliseconds) FROM usage_account"))
                .as("the balance is the sum of the lines")
                .isEqualTo((LINES - BROKEN) * 60_000L);
        assertThat(PrivateDatabase.count(
                        data,
                        "SELECT count(*) FROM usage_import_rejection WHERE import_id = '" + id
                                + "' AND reason = 'columns'" + " AND (line - 1) % " + BROKEN_EACH + " = 0"))
                .as("by their numbers in the file, whose first line is the header")
                .isEqualTo(BROKEN);
        assertThat(PrivateDatabase.count(data, "SELECT count(*) FROM usage_import_chunk"))
                .isZero();
    }
}
