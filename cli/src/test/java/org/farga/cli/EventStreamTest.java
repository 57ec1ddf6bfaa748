package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.farga.cli.EventStream.Event;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static List<Event> read(String text) throws IOException {
        EventStream stream = new EventStream(new ByteArrayInputStream(text.getBytes(UTF_8)), "7");
        List<Event> events = new ArrayList<>();
        for (Event event = stream.next(); event != null; event = stream.next()) {
            events.add(event);
        }
        return events;
    }

    @Test
    void anEventHasItsNameDataAndTheLatestId() throws IOException {
        assertThat(read("id: 8\nevent: log\ndata: {\"text\":\"a\"}\n\nevent: log\ndata:b\n\n"))
                .containsExactly(new Event("8", "log", "{\"text\":\"a\"}"), new Event("8", "log", "b"));
    }

    @Test
    void linesOfDataAreJoinedAndOneSpaceIsDropped() throws IOException {
        assertThat(read("data: one\ndata:  two\ndata\n\n")).containsExactly(new Event("7", "message", "one\n two\n"));
    }

    @Test
    void commentsAndEventsWithoutDataAreNotTold() throws IOException {
        assertThat(read(": still here\n\nevent: state\n\nretry: 10\ndata: x\n\n"))
                .containsExactly(new Event("7", "message", "x"));
    }

    @Test
    void allLineEndsOfTheStandardAreUnderstood() throws IOException {
        assertThat(read("event: a\r\ndata: 1\r\n\r\nevent: b\rdata: 2\r\r"))
                .containsExactly(new Event("7", "a", "1"), new Event("7", "b", "2"));
    }

    @Test
    void anEventThatWasCutOffIsDropped() throws IOException {
        assertThat(read("data: whole\n\ndata: cut off")).containsExactly(new Event("7", "message", "whole"));
    }
}
