package org.farga.journeys;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One address for several Fargas, as an operator's proxy gives them: it asks each for its health, sends requests to those
 * that are well in turn, and sends one that got no answer to the next where doing it twice does no harm.
 */
final class LoadBalancer implements AutoCloseable {
    private static final Duration CHECK = Duration.ofMillis(300);
    private static final Set<String> NOT_PASSED_ON =
            Set.of("connection", "content-length", "date", "host", "transfer-encoding", "upgrade", "expect");

    private final List<FargaProcess> behind;
    private final Set<FargaProcess> well = new CopyOnWriteArraySet<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private volatile boolean closed;

    LoadBalancer(FargaProcess... behind) {
        this.behind = List.of(behind);
        this.well.addAll(this.behind);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
        threads.submit(this::check);
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void check() {
        while (!closed) {
            for (FargaProcess farga : behind) {
                if (farga.ready()) {
                    well.add(farga);
                } else {
                    well.remove(farga);
                }
            }
            FargaProcess.pause(CHECK.toMillis());
        }
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            // RFC 9110 §9.2.2, and a POST whose key makes it happen once.
            boolean again = !exchange.getRequestMethod().equals("POST")
                    || exchange.getRequestHeaders().containsKey("Idempotency-Key");
            for (int i = 0; i < behind.size(); i++) {
                List<FargaProcess> now = List.copyOf(well);
                if (now.isEmpty()) {
                    break;
                }
                FargaProcess farga = now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
                try {
                    answer(exchange, http.send(request(exchange, farga, body), BodyHandlers.ofByteArray()));
                    return;
                } catch (IOException e) {
                    well.remove(farga);
                    if (!again) {
                        break;
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            exchange.sendResponseHeaders(502, -1);
        }
    }

    private static HttpRequest request(HttpExchange exchange, FargaProcess farga, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(farga.address() + exchange.getRequestURI()))
                .timeout(Duration.ofSeconds(30))
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }

    @Override
    public void close() {
        closed = true;
        server.stop(0);
        threads.shutdownNow();
        http.shutdownNow();
    }
}
