package org.farga.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between Farga and slurmrestd, and behaves as badly as it is told to. */
final class FaultyRest implements AutoCloseable {
    enum Mood {
        WELL,
        /** Answers with a page that is none of Slurm's. */
        GARBAGE,
        /** Answers with half of what was to be said. */
        HALF,
        /** Answers, much later. */
        SLOW,
        /** Knows nobody, as when the key for tokens was changed. */
        STRANGER,
        /** Passes submissions on, and breaks off before the answer to one. */
        FORGETFUL
    }

    private static final long SLOWLY_MILLISECONDS = Long.getLong("farga.fault.slow-ms", 4_000);
    private static final List<String> HEADERS = List.of("X-SLURM-USER-NAME", "X-SLURM-USER-TOKEN", "Content-Type");

    private final HttpServer server;
    private final URI target;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger submissions = new AtomicInteger();
    private final AtomicInteger misbehaved = new AtomicInteger();
    private volatile Mood mood = Mood.WELL;

    FaultyRest(URI target) {
        this.target = target;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void be(Mood next) {
        misbehaved.set(0);
        mood = next;
    }

    /** Answers that were not as they should be, since it was last told how to be. */
    int misbehaved() {
        return misbehaved.get();
    }

    /** Submissions that reached slurmrestd. */
    int submissions() {
        return submissions.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Mood now = mood;
            switch (now) {
                case WELL -> give(exchange, pass(exchange, body));
                case GARBAGE -> {
                    misbehaved.incrementAndGet();
                    give(exchange, 200, "<html><body>502 Bad Gateway</body></html>".getBytes(UTF_8));
                }
                case HALF -> {
                    HttpResponse<byte[]> whole = pass(exchange, body);
                    misbehaved.incrementAndGet();
                    give(exchange, whole.statusCode(), java.util.Arrays.copyOf(whole.body(), whole.body().length / 2));
                }
                case SLOW -> {
                    misbehaved.incrementAndGet();
                    FargaProcess.pause(SLOWLY_MILLISECONDS);
                    give(exchange, pass(exchange, body));
                }
                case STRANGER -> {
                    misbehaved.incrementAndGet();
                    give(exchange, 401, "Authentication failure".getBytes(UTF_8));
                }
                case FORGETFUL -> {
                    HttpResponse<byte[]> whole = pass(exchange, body);
                    if (isSubmission(exchange)) {
                        misbehaved.incrementAndGet();
                    } else {
                        give(exchange, whole);
                    }
                }
            }
        }
    }

    private static boolean isSubmission(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("POST")
                && exchange.getRequestURI().getPath().endsWith("/job/submit");
    }

    private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body) throws IOException {
        if (isSubmission(exchange)) {
            submissions.incrementAndGet();
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        target.resolve(exchange.getRequestURI().toString()))
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        for (String header : HEADERS) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void give(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        give(exchange, answer.statusCode(), answer.body());
    }

    private static void give(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
