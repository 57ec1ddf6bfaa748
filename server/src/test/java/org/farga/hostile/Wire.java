package org.farga.hostile;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * HTTP/1.1 byte by byte, one connection a request: an orderly client would refuse to send most of what a hostile one
 * sends.
 */
final class Wire {
    /** Longer than any answer may take; what takes longer hangs. */
    private static final int LIMIT_MILLISECONDS = 20_000;

    private final String host;
    private final int port;

    Wire(String address) {
        URI uri = URI.create(address);
        this.host = uri.getHost();
        this.port = uri.getPort();
    }

    record Header(String name, String value) {}

    /**
     * What is sent. Texts go out as UTF-8, whatever they hold; the body's length is said unless a header says otherwise.
     */
    record Request(String method, String target, List<Header> headers, byte[] body) {
        static Request of(String method, String target) {
            return new Request(method, target, List.of(), new byte[0]);
        }

        Request with(String name, String value) {
            List<Header> all = new ArrayList<>(headers);
            all.removeIf(h -> h.name().equalsIgnoreCase(name));
            all.add(new Header(name, value));
            return new Request(method, target, List.copyOf(all), body);
        }

        Request withBody(String type, byte[] bytes) {
            return new Request(method, target, with("Content-Type", type).headers(), bytes);
        }

        Request withTarget(String other) {
            return new Request(method, other, headers, body);
        }

        Request withMethod(String other) {
            return new Request(other, target, headers, body);
        }

        /** For a person to read: what was sent, shortened, without who sent it. */
        String readable() {
            StringBuilder text = new StringBuilder(method).append(' ').append(shown(target, 400));
            for (Header header : headers) {
                String value = header.name().matches("(?i)authorization|cookie|x-csrf-token") ? "…" : header.value();
                text.append("\n    ").append(header.name()).append(": ").append(shown(value, 200));
            }
            return body.length == 0
                    ? text.toString()
                    : text + "\n    " + shown(new String(body, StandardCharsets.UTF_8), 1_000);
        }

        private static String shown(String text, int most) {
            StringBuilder shown = new StringBuilder();
            text.codePoints().limit(most).forEach(c -> {
                if (c < 32 || c == 127 || (c >= 0xD800 && c < 0xE000) || (c >= 0x200B && c < 0x2070)) {
                    shown.append("\\u%04X".formatted(c));
                } else {
                    shown.appendCodePoint(c);
                }
            });
            return text.length() > most ? shown + "… (" + text.length() + " characters)" : shown.toString();
        }
    }

    /** What came back; a status of 0 where the server closed the connection without a word. */
    record Reply(int status, List<Header> headers, String body) {
        String header(String name) {
            return headers.stream()
                    .filter(h -> h.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .findFirst()
                    .orElse("");
        }

        List<String> all(String name) {
            return headers.stream()
                    .filter(h -> h.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .toList();
        }

        String type() {
            return header("Content-Type").replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        }
    }

    /** Sends, and reads the answer to its end; of a stream of events only the headers. */
    Reply send(Request request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(LIMIT_MILLISECONDS);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), LIMIT_MILLISECONDS);
            try {
                socket.getOutputStream().write(bytes(request));
                socket.getOutputStream().flush();
            } catch (SocketException e) {
                // It answered before it had read all of a body that it does not want: the answer is still there to
                // read.
            }
            try {
                return read(new BufferedInputStream(socket.getInputStream()), request.method());
            } catch (SocketException e) {
                return new Reply(0, List.of(), "");
            }
        }
    }

    private byte[] bytes(Request request) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder();
        head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
        if (request.headers().stream().noneMatch(h -> h.name().equalsIgnoreCase("Host"))) {
            head.append("Host: ").append(host).append(':').append(port).append("\r\n");
        }
        head.append("Connection: close\r\n");
        boolean said = request.headers().stream()
                .anyMatch(h ->
                        h.name().equalsIgnoreCase("Content-Length") || h.name().equalsIgnoreCase("Transfer-Encoding"));
        if (!said && (request.body().length > 0 || !request.method().matches("GET|HEAD|OPTIONS|DELETE|TRACE"))) {
            head.append("Content-Length: ").append(request.body().length).append("\r\n");
        }
        for (Header header : request.headers()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        head.append("\r\n");
        out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        out.writeBytes(request.body());
        return out.toByteArray();
    }

    private static Reply read(InputStream in, String method) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return new Reply(0, List.of(), "");
        }
        int status = Integer.parseInt(first.split(" ", 3)[1]);
        List<Header> headers = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        Reply head = new Reply(status, List.copyOf(headers), "");
        if (method.equals("HEAD") || head.type().equals("text/event-stream") || status == 204 || status == 304) {
            return head;
        }
        byte[] body = head.header("Transfer-Encoding").equalsIgnoreCase("chunked") ? chunks(in) : in.readAllBytes();
        return new Reply(status, head.headers(), new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in);
            int length = size.isEmpty()
                    ? 0
                    : Integer.parseInt(size.replaceFirst(";.*", "").strip(), 16);
            if (length == 0) {
                return body.toByteArray();
            }
            body.writeBytes(in.readNBytes(length));
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
