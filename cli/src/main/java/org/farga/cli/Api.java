package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Farga's API as its clients see it. A request whose answer is lost is sent again, for as long as it was told to: each POST
 * carries an Idempotency-Key, so that it still happens once. Answers of 400 and above are thrown as {@link Problem}, and
 * {@link Unreachable} where there is none.
 */
public final class Api {
    public static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int CONNECT_MILLISECONDS = 5_000;
    private static final int READ_MILLISECONDS = 60_000;
    /** Longer than the pause between two heartbeats of a stream. */
    private static final int STREAM_MILLISECONDS = 60_000;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final URI server;
    private final @Nullable String token;
    private final Duration patience;

    static {
        // The JDK would send a POST again by itself, without telling: we do that, knowingly.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    /**
     * @param token the secret to sign in with, or null for a stranger
     * @param patience for how long to send a request again that got no answer
     */
    public Api(URI server, @Nullable String token, Duration patience) {
        this.server = server;
        this.token = token;
        this.patience = patience;
    }

    /**
     * Reads a server's address as people type it; throws {@link IllegalArgumentException} with a sentence for them.
     */
    public static URI address(String typed) {
        String text = typed.strip();
        try {
            boolean here = text.matches("(localhost|127\\.0\\.0\\.1)(:.*)?");
            URI uri = new URI(text.contains("://") ? text : (here ? "http://" : "https://") + text);
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            if (uri.getHost() != null
                    && uri.getUserInfo() == null
                    && List.of("http", "https").contains(scheme)) {
                return new URI(scheme, null, uri.getHost(), uri.getPort(), null, null, null);
            }
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw new IllegalArgumentException(
                "a server's address looks like https://farga.example.org, not \"" + typed + "\"");
    }

    /** An answer that was no refusal. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Reply(int status, Map<String, List<String>> headers, byte[] body) {
        /** The body; an empty object where there is none. */
        public JsonNode json() {
            return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        }

        public String text() {
            return new String(body, UTF_8);
        }

        /** The header's first value, or the empty string. */
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(h ->
                            name.equalsIgnoreCase(h.getKey()) && !h.getValue().isEmpty())
                    .map(h -> h.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }

        /** The version that a change of this must name. */
        public String etag() {
            return header("ETag");
        }
    }

    public URI server() {
        return server;
    }

    /** The same server with another token. */
    public Api as(@Nullable String otherToken) {
        return new Api(server, otherToken, patience);
    }

    public Reply get(String path) {
        return send("GET", path, null, Map.of());
    }

    /** The same with the server's sentences in a language. */
    public Reply get(String path, String language) {
        return send("GET", path, null, Map.of("Accept-Language", language));
    }

    /** All items of a paged list, page by page, at most {@code limit}. */
    public ArrayNode items(String path, int limit) {
        return items(path, limit, "en");
    }

    /** The same with the server's sentences in a language. */
    public ArrayNode items(String path, int limit, String language) {
        ArrayNode items = JSON.createArrayNode();
        String next = "";
        do {
            JsonNode page = get(
                            path + (next.isEmpty() ? "" : (path.contains("?") ? "&" : "?") + "cursor=" + next),
                            language)
                    .json();
            JsonNode found = page.isArray() ? page : page.path("items");
            for (JsonNode item : found) {
                if (items.size() < limit) {
                    items.add(item);
                }
            }
            next = page.path("next").asString("");
        } while (!next.isEmpty() && items.size() < limit);
        return items;
    }

    /** Sends it once, however often it has to be sent. */
    public Reply post(String path, JsonNode body) {
        return post(path, body, UUID.randomUUID().toString());
    }

    /** The same with a key that outlives this program: whoever sends it again gets the first answer. */
    public Reply post(String path, JsonNode body, String idempotencyKey) {
        return send(
                "POST",
                path,
                json(body),
                headers("Idempotency-Key", idempotencyKey, "Content-Type", "application/json"));
    }

    public Reply put(String path, @Nullable JsonNode body) {
        return body == null
                ? send("PUT", path, null, Map.of())
                : send("PUT", path, json(body), headers("Content-Type", "application/json"));
    }

    /** Changes what has this version. */
    public Reply put(String path, @Nullable JsonNode body, String etag) {
        return send(
                "PUT",
                path,
                body == null ? null : json(body),
                body == null
                        ? headers("If-Match", etag)
                        : headers("If-Match", etag, "Content-Type", "application/json"));
    }

    public Reply upload(String path, byte[] content, String mediaType) {
        return send("PUT", path, content, headers("Content-Type", mediaType));
    }

    /**
     * Sends a stream as it comes, once, and waits for the answer for as long as it takes. Throws {@link Unreachable} where the
     * server goes away meanwhile.
     */
    public Reply stream(String path, InputStream content, String mediaType) {
        try {
            HttpURLConnection connection = connection("PUT", path);
            connection.setReadTimeout(0);
            connection.setRequestProperty("Accept", "application/json, application/problem+json");
            connection.setRequestProperty("Content-Type", mediaType);
            connection.setDoOutput(true);
            connection.setChunkedStreamingMode(1 << 16);
            try (OutputStream out = connection.getOutputStream()) {
                content.transferTo(out);
            } catch (IOException e) {
                // Refused before all was sent: the answer says why, where there is one.
                if (connection.getResponseCode() < 400) {
                    throw e;
                }
            }
            int status = connection.getResponseCode();
            try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
                byte[] body = in == null ? new byte[0] : in.readAllBytes();
                if (status >= 400) {
                    throw Problem.of(status, new String(body, UTF_8));
                }
                return new Reply(status, connection.getHeaderFields(), body);
            }
        } catch (IOException e) {
            throw new Unreachable(server, e);
        }
    }

    /** Changes what has this version. */
    public Reply patch(String path, JsonNode body, String etag) {
        return send("PATCH", path, json(body), headers("If-Match", etag, "Content-Type", "application/json"));
    }

    public Reply delete(String path) {
        return send("DELETE", path, null, Map.of());
    }

    /** A text as part of a path or query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** A JSON object of these names and values; a value may be a text, number, boolean, {@link JsonNode}, or null: left out. */
    public static ObjectNode object(@Nullable Object... namesAndValues) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                object.set(String.valueOf(namesAndValues[i]), JSON.valueToTree(value));
            }
        }
        return object;
    }

    private static byte[] json(JsonNode body) {
        return JSON.writeValueAsBytes(body);
    }

    private static Map<String, String> headers(String... namesAndValues) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    private Reply send(String method, String path, byte @Nullable [] body, Map<String, String> headers) {
        long end = System.nanoTime() + patience.toNanos();
        Duration pause = Duration.ofMillis(100);
        while (true) {
            Exception lost;
            try {
                Reply reply =
                        method.equals("PATCH") ? patched(path, body, headers) : exchange(method, path, body, headers);
                boolean absent = reply.status() == 502 || reply.status() == 503 || reply.status() == 504;
                if (!absent || System.nanoTime() > end) {
                    if (reply.status() >= 400) {
                        throw Problem.of(reply.status(), reply.text());
                    }
                    return reply;
                }
                lost = new ConnectException("status " + reply.status());
            } catch (IOException e) {
                lost = e;
            }
            if (System.nanoTime() > end) {
                throw new Unreachable(server, lost);
            }
            sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Writes an answer to a file as it comes, whole or not at all; says how many bytes. */
    public long download(String path, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            HttpURLConnection connection = connection("GET", path);
            int status = connection.getResponseCode();
            if (status >= 400) {
                try (InputStream in = connection.getErrorStream()) {
                    throw Problem.of(status, in == null ? "" : new String(in.readAllBytes(), UTF_8));
                }
            }
            try (InputStream in = connection.getInputStream()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (ConnectException e) {
            throw new Unreachable(server, e);
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        return Files.size(file);
    }

    private HttpURLConnection connection(String method, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(server + path).toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(CONNECT_MILLISECONDS);
        connection.setReadTimeout(READ_MILLISECONDS);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept-Language", "en");
        connection.setRequestProperty("User-Agent", "farga-cli");
        if (token != null) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        return connection;
    }

    // java.net.http takes four times as long to start as this older client: 400 ms, more than a command may take.
    private Reply exchange(String method, String path, byte @Nullable [] body, Map<String, String> headers)
            throws IOException {
        HttpURLConnection connection = connection(method, path);
        connection.setRequestProperty("Accept", "application/json, application/problem+json, */*;q=0.5");
        headers.forEach(connection::setRequestProperty);
        if (body != null) {
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
        }
        int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("its answer is no HTTP");
        }
        try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            return new Reply(status, connection.getHeaderFields(), in == null ? new byte[0] : in.readAllBytes());
        }
    }

    // The older client knows no PATCH, which came after it.
    private Reply patched(String path, byte @Nullable [] body, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(body == null ? new byte[0] : body))
                .timeout(Duration.ofMillis(READ_MILLISECONDS))
                .header("Accept-Language", "en")
                .header("User-Agent", "farga-cli")
                .header("Accept", "application/json, application/problem+json");
        headers.forEach(request::header);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofMillis(CONNECT_MILLISECONDS))
                .build()) {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), response.headers().map(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What is told of the events of a stream. */
    public interface Listener {
        /** Takes an event; false ends the stream. */
        boolean event(EventStream.Event event);
    }

    /**
     * Follows a stream of server-sent events until the listener has enough, taking it up again where it broke off. Throws
     * {@link Unreachable} once nothing came for as long as the patience lasts.
     */
    public void follow(String path, Listener listener) {
        String lastId = "";
        long end = System.nanoTime() + patience.toNanos();
        Duration pause = Duration.ofMillis(100);
        while (true) {
            Exception lost;
            try {
                HttpURLConnection connection = connection("GET", path);
                connection.setReadTimeout(STREAM_MILLISECONDS);
                connection.setRequestProperty("Accept", "text/event-stream, application/problem+json");
                if (!lastId.isEmpty()) {
                    connection.setRequestProperty("Last-Event-ID", lastId);
                }
                int status = connection.getResponseCode();
                if (status >= 400 && status != 502 && status != 503 && status != 504) {
                    try (InputStream in = connection.getErrorStream()) {
                        throw Problem.of(status, in == null ? "" : new String(in.readAllBytes(), UTF_8));
                    }
                }
                if (status == 204) {
                    return; // the stream is over, and is not to be asked for again
                }
                try (InputStream in = connection.getInputStream()) {
                    EventStream stream = new EventStream(in, lastId);
                    for (EventStream.Event event = stream.next(); event != null; event = stream.next()) {
                        lastId = event.id();
                        end = System.nanoTime() + patience.toNanos();
                        pause = Duration.ofMillis(100);
                        if (!listener.event(event)) {
                            return;
                        }
                    }
                    lost = new IOException("the stream broke off");
                }
            } catch (IOException e) {
                lost = e;
            }
            if (System.nanoTime() > end) {
                throw new Unreachable(server, lost);
            }
            sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
