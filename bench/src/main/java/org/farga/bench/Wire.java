package org.farga.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive HTTP/1.1 connection that does next to nothing itself, so that what is measured beside it on the same
 * processors is the server.
 */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLISECONDS = 60_000;

    private final int port;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private int status;
    private long length;
    private boolean chunked;
    private boolean closing;

    Wire(int port) throws IOException {
        this.port = port;
        this.socket = connect();
        this.in = new BufferedInputStream(socket.getInputStream(), 2048);
        this.out = socket.getOutputStream();
    }

    private Socket connect() throws IOException {
        Socket connected = new Socket();
        connected.setTcpNoDelay(true);
        connected.setSoTimeout(PATIENCE_MILLISECONDS);
        connected.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLISECONDS);
        return connected;
    }

    record Answer(int status, String body) {}

    /** Sends a request, each header with its line end, and reads the whole answer. */
    Answer send(String method, String path, String headers, @Nullable String body) throws IOException {
        ask(method, path, headers, body);
        byte[] content = chunked ? chunks() : in.readNBytes((int) length);
        return new Answer(status, new String(content, StandardCharsets.UTF_8));
    }

    /** Sends a request and reads the answer's head alone; what follows comes by {@link #nextChunk}. */
    int ask(String method, String path, String headers, @Nullable String body) throws IOException {
        if (closing) {
            // Tomcat ends a connection after a hundred requests, and says so in the last answer.
            socket.close();
            socket = connect();
            in = new BufferedInputStream(socket.getInputStream(), 2048);
            out = socket.getOutputStream();
        }
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers
                + (body == null ? "" : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n")
                + "\r\n";
        ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length() + content.length);
        whole.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        whole.writeBytes(content);
        out.write(whole.toByteArray());
        out.flush();
        readHead();
        return status;
    }

    private void readHead() throws IOException {
        String line = line();
        status = Integer.parseInt(line.substring(9, 12));
        length = 0;
        chunked = false;
        closing = false;
        for (line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            } else if (lower.startsWith("connection:")) {
                closing = lower.contains("close");
            }
        }
    }

    /** The next piece of an answer without a length; null at its end. */
    byte @Nullable [] nextChunk() throws IOException {
        int size = Integer.parseInt(line().replaceFirst(";.*", "").strip(), 16);
        byte[] chunk = in.readNBytes(size);
        line();
        return size == 0 ? null : chunk;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] chunk = nextChunk(); chunk != null; chunk = nextChunk()) {
            whole.writeBytes(chunk);
        }
        return whole.toByteArray();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
