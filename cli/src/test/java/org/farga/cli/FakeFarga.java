package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that answers as a test tells it to, and remembers what it was asked. */
final class FakeFarga implements AutoCloseable {
    /** What came in. */
    record Asked(String method, String path, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    private record Said(int status, String type, String body, Map<String, String> headers, boolean cutOff) {}

    private final HttpServer server;
    private final Map<String, Deque<Said>> answers = new HashMap<>();
    final List<Asked> asked = new ArrayList<>();

    FakeFarga() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers this to the next request for it; the last answer stays. */
    FakeFarga on(String methodAndPath, int status, String body) {
        return on(
                methodAndPath,
                new Said(
                        status, status < 400 ? "application/json" : "application/problem+json", body, Map.of(), false));
    }

    FakeFarga on(String methodAndPath, int status, String body, String header, String value) {
        return on(methodAndPath, new Said(status, "application/json", body, Map.of(header, value), false));
    }

    FakeFarga events(String path, String stream) {
        return on("GET " + path, new Said(200, "text/event-stream", stream, Map.of(), false));
    }

    /** Takes the request and closes the connection without a word. */
    FakeFarga hangUpOn(String methodAndPath) {
        return on(methodAndPath, new Said(0, "", "", Map.of(), true));
    }

    private FakeFarga on(String methodAndPath, Said said) {
        answers.computeIfAbsent(methodAndPath, key -> new ArrayDeque<>()).add(said);
        return this;
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        asked.add(new Asked(exchange.getRequestMethod(), path, new HashMap<>(exchange.getRequestHeaders()), body));
        Deque<Said> waiting = answers.get(exchange.getRequestMethod() + " " + path);
        Said said = waiting == null
                ? new Said(404, "application/problem+json", """
                        {"type": "/problems/not-found", "detail": "There is no such thing."}""", Map.of(), false)
                : waiting.size() > 1 ? waiting.remove() : waiting.element();
        if (said.cutOff()) {
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", said.type());
        said.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = said.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(said.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
