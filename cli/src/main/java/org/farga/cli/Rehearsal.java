package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the launcher has done while Java writes down what a start needs, so that the next start finds it ready: {@code
 * server LOG} asks a starting server for its pages; {@code cli} runs {@code farga jobs} against an answer of its own.
 */
final class Rehearsal {
    private static final Pattern READY = Pattern.compile("Farga is ready at (http://\\S+)");
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final String JOBS = """
            {"items": [{"id": 1, "name": "digits", "state": "COMPLETED",
            "submittedAt": "2026-11-22T20:00:00Z", "startedAt": "2026-11-22T20:00:01Z",
            "endedAt": "2026-11-22T20:00:09Z", "cpus": 2, "gpus": 0, "memoryMebibytes": 2048,
            "timeLimitSeconds": 600, "usage": {"gpuHours": "0", "cpuHours": "0.004", "seconds": 8}}]}""";

    private Rehearsal() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "server" -> server(Path.of(arguments[1]));
            case "cli" -> cli();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void server(Path log) throws Exception {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        Matcher ready = READY.matcher("");
        while (System.nanoTime() < end && !ready.reset(Files.readString(log)).find()) {
            Thread.sleep(100);
        }
        String address = ready.group(1);
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String path : List.of(
                    "/actuator/health/readiness",
                    "/",
                    "/sign-in",
                    "/calls",
                    "/datasets",
                    "/css/farga.css",
                    "/api/v1/calls",
                    "/api/v1/datasets",
                    "/api/v1/me",
                    "/problems/not-found")) {
                http.send(
                        HttpRequest.newBuilder(URI.create(address + path))
                                .header("Accept", "*/*")
                                .build(),
                        BodyHandlers.discarding());
            }
        }
    }

    private static void cli() throws Exception {
        byte[] answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                        + JOBS.getBytes(UTF_8).length + "\r\n\r\n" + JOBS)
                .getBytes(UTF_8);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                try (Socket client = socket.accept()) {
                    InputStream in = client.getInputStream();
                    int read = in.read(new byte[8192]);
                    OutputStream out = client.getOutputStream();
                    out.write(read < 0 ? new byte[0] : answer);
                    out.flush();
                    client.shutdownOutput();
                    while (in.read() >= 0) {
                        // Until the other side has had its answer.
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            int code = Cli.run(
                    Screen.ofThisProgram(),
                    Map.of("FARGA_TOKEN", "rehearsal"),
                    Clock.systemUTC(),
                    "jobs",
                    "--server",
                    "http://127.0.0.1:" + socket.getLocalPort());
            System.exit(code);
        }
    }
}
