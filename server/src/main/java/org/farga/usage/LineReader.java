package org.farga.usage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines of a stream with the place each ends at, in bytes. A line of more than a million bytes is not kept. */
final class LineReader {
    private static final int BUFFER = 1 << 17;
    private static final int LONGEST = 1_000_000;

    private final InputStream in;
    private byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;
    private long position;
    private boolean tooLong;

    /** @param position of the stream's first byte in the whole */
    LineReader(InputStream in, long position) {
        this.in = in;
        this.position = position;
    }

    /** Where the line given last ends, its end of line included. */
    long position() {
        return position;
    }

    /** Whether the line given last was longer than is read: then only its beginning was given. */
    boolean wasTooLong() {
        return tooLong;
    }

    /** Whether reading the next line may have to wait for who sends it. */
    boolean mayWait() throws IOException {
        return from == to && in.available() == 0;
    }

    /** The next line without its end; null at the end of the stream. */
    @Nullable
    String next() throws IOException {
        tooLong = false;
        int scanned = from;
        long dropped = 0;
        while (true) {
            for (int i = scanned; i < to; i++) {
                if (buffer[i] == '\n') {
                    return line(i, i + 1, dropped);
                }
            }
            scanned = to;
            if (to - from > LONGEST) {
                tooLong = true;
                // What stands in the middle of it is of no use to anybody.
                dropped += to - from - LONGEST;
                to = from + LONGEST;
                scanned = to;
            }
            if (to == buffer.length) {
                makeRoom();
                scanned = to;
            }
            int read = in.read(buffer, to, buffer.length - to);
            if (read < 0) {
                return from == to ? null : line(to, to, dropped);
            }
            to += read;
        }
    }

    private void makeRoom() {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        } else {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    private String line(int end, int next, long dropped) {
        int length = end - from;
        if (length > 0 && buffer[end - 1] == '\r') {
            length--;
        }
        String line = new String(buffer, from, length, StandardCharsets.UTF_8);
        position += next - from + dropped;
        from = next;
        return line;
    }
}
