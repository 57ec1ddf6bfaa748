package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events (WHATWG HTML §9.2.6) from a response. */
public final class EventStream {
    /**
     * One event.
     *
     * @param id the latest identifier so far, with which the stream can be taken up again; empty where none came
     * @param name its kind, {@code message} where the server gave none
     * @param data its lines, joined by newlines
     */
    public record Event(String id, String name, String data) {}

    private final BufferedReader reader;
    private String id;

    EventStream(InputStream in, String lastId) {
        this.reader = new BufferedReader(new InputStreamReader(in, UTF_8));
        this.id = lastId;
    }

    /** The next event, waiting for it; null where the stream ends. An event that was cut off is dropped. */
    @Nullable
    Event next() throws IOException {
        String name = "message";
        StringBuilder data = new StringBuilder();
        boolean any = false;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isEmpty()) {
                if (any) {
                    return new Event(id, name, data.toString());
                }
                name = "message";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "data" -> {
                    data.append(any ? "\n" : "").append(value);
                    any = true;
                }
                case "event" -> name = value;
                case "id" -> id = value;
                default -> {} // a comment, such as a heartbeat, or a field that we do not use
            }
        }
        return null;
    }
}
