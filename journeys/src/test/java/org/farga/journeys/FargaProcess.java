package org.farga.journeys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged program in a process of its own, as an operator starts it. */
final class FargaProcess implements AutoCloseable {
    /** Five seconds on two cores of their own; a machine that others work on takes its time. */
    private static final Duration START_LIMIT = Duration.ofSeconds(300);

    /** Below what Linux gives out by itself (ip_local_port_range begins at 32768). */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** The root of the checkout: the journeys run in their module's folder. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Path data;
    private final int port;
    private final Map<String, String> environment;
    private Process process;

    private FargaProcess(Path data, int port, Map<String, String> environment) {
        this.data = data;
        this.port = port;
        this.environment = environment;
    }

    /** Starts on a free port of loopback and waits until it is ready. */
    static FargaProcess start(Path data) {
        FargaProcess farga = new FargaProcess(data, freePort(), Map.of());
        farga.start();
        return farga;
    }

    /** The same with settings as an operator puts them into the environment. */
    static FargaProcess start(Path data, Map<String, String> settings) {
        FargaProcess farga = new FargaProcess(data, freePort(), settings);
        farga.start();
        return farga;
    }

    /** Starts a second process on the data folder and the database of this one. */
    FargaProcess startAnother() {
        return startAnother(Map.of());
    }

    /** The same with settings as an operator puts them into the environment. */
    FargaProcess startAnother(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "FARGA_DATABASE_URL", databaseUrl(),
                "FARGA_DATABASE_USER", "farga",
                "FARGA_DATABASE_PASSWORD", databasePassword()));
        all.putAll(settings);
        FargaProcess farga = new FargaProcess(data, freePort(), all);
        farga.start();
        return farga;
    }

    int port() {
        return port;
    }

    /** Where the private PostgreSQL of this process listens. */
    String databaseUrl() {
        // The fourth line of a postmaster's file is its port.
        return "jdbc:postgresql://127.0.0.1:"
                + lines("postgres/data-18/postmaster.pid").get(3).strip() + "/farga";
    }

    String databasePassword() {
        return lines("postgres/data-18/farga.pgpass").stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields[3].equals("farga"))
                .findFirst()
                .orElseThrow()[4];
    }

    /** The one-time link that makes the first administrator, without the address. */
    String setupLink() {
        return lines("setup-link").getFirst().strip().replaceFirst("^https?://[^/]+", "");
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(data.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A port that nothing listens at. Not one of those that the kernel gives to whoever asks for any: the seconds until a
     * Farga listens there are long enough for a browser's or a client's connection to be given it.
     */
    static int freePort() {
        IOException taken = null;
        for (int attempt = 0; attempt < 20; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                taken = e;
            }
        }
        throw new UncheckedIOException("no free port was found", taken);
    }

    void start() {
        Path jar = ROOT.resolve("server/target/farga-server.jar");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfarga.postgres.binaries=" + ROOT.resolve("journeys/target/postgres"),
                "-jar",
                jar.toString(),
                "--farga.data=" + data,
                "--farga.public-url=" + address(),
                "--server.port=" + port));
        try {
            Files.createDirectories(data);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Instant deadline = Instant.now().plus(START_LIMIT);
        while (!ready()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("Farga did not start; its log:\n" + tail());
            }
            pause(100);
        }
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    /** Whether a session of this name in the database's list is one of this process. */
    boolean owns(String session) {
        return session.startsWith("farga " + process.pid() + " ");
    }

    Path data() {
        return data;
    }

    Path log() {
        return data.resolve("console-" + port + ".txt");
    }

    boolean ready() {
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(URI.create(address() + "/actuator/health/readiness"))
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As the kernel's out-of-memory killer does it: no chance to tidy up. */
    void killNine() {
        process.destroyForcibly();
        join();
    }

    @Override
    public void close() {
        process.destroy();
        if (!join()) {
            process.destroyForcibly();
        }
    }

    private boolean join() {
        try {
            return process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether its log has these words. */
    boolean said(String words) {
        try (Stream<String> lines = Files.lines(log())) {
            return lines.anyMatch(line -> line.contains(words));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String tail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
