package org.farga.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Farga of the bench's own: on a free port of loopback, with a private PostgreSQL that waits for the disk. */
final class Server implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(6);

    private final Path data;
    private final int port;
    private final Process process;

    private Server(Path data, int port, Process process) {
        this.data = data;
        this.port = port;
        this.process = process;
    }

    /** Starts it, with more settings of the form {@code --name=value}, and waits until it is ready. */
    static Server start(Path home, Path data, String... settings) throws IOException, InterruptedException {
        Files.createDirectories(data);
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Runtime.getRuntime().availableProcessors() > 2 ? "-XX:+UseG1GC" : "-XX:+UseSerialGC",
                "-Xmx1500m",
                "--enable-native-access=ALL-UNNAMED"));
        String extra = System.getenv("FARGA_JAVA_OPTIONS");
        if (extra != null && !extra.isBlank()) {
            command.addAll(List.of(extra.strip().split("\\s+")));
        }
        command.addAll(List.of(
                "-Dfarga.postgres.binaries=" + home.resolve(".farga/postgres"),
                "-jar",
                home.resolve("server/target/farga-server.jar").toString(),
                "--farga.data=" + data,
                "--farga.public-url=http://127.0.0.1:" + port,
                "--server.port=" + port,
                // Tomcat's own account of each request, from its first byte to its last: the time on the server.
                "--server.tomcat.accesslog.enabled=true",
                "--server.tomcat.accesslog.directory=" + data,
                "--server.tomcat.accesslog.prefix=access",
                "--server.tomcat.accesslog.suffix=.txt",
                "--server.tomcat.accesslog.rotate=false",
                "--server.tomcat.accesslog.buffered=false",
                "--server.tomcat.accesslog.pattern=%D %s %{Farga-Bench}i"));
        command.addAll(List.of(settings));
        Files.deleteIfExists(data.resolve("access.txt"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("console.txt").toFile())
                .start();
        Server server = new Server(data, port, process);
        // Should the bench be stopped in the midst, nothing of it goes on.
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        long until = System.nanoTime() + START_LIMIT.toNanos();
        while (!server.isReady()) {
            if (!process.isAlive() || System.nanoTime() > until) {
                server.close();
                throw new IOException("Farga did not start; see " + data.resolve("console.txt"));
            }
            Thread.sleep(200);
        }
        return server;
    }

    private boolean isReady() {
        try (Wire wire = new Wire(port)) {
            return wire.send("GET", "/actuator/health/readiness", "", null).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    Path accessLog() {
        return data.resolve("access.txt");
    }

    /** The port of its PostgreSQL. */
    int databasePort() throws IOException {
        // The fourth line of postmaster.pid (PostgreSQL's manual, "pidfile").
        return Integer.parseInt(Files.readAllLines(data.resolve("postgres/data-18/postmaster.pid"))
                .get(3)
                .strip());
    }

    long databasePid() throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postgres/data-18/postmaster.pid"))
                .getFirst()
                .strip());
    }

    String databasePassword() throws IOException {
        // libpq's form: host:port:database:user:password
        return Files.readAllLines(data.resolve("postgres/data-18/farga.pgpass")).stream()
                .map(line -> line.split(":", 5))
                .filter(parts -> parts.length == 5 && parts[3].equals("farga"))
                .map(parts -> parts[4])
                .findFirst()
                .orElseThrow();
    }

    Connection database() throws IOException, SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + databasePort() + "/farga", "farga", databasePassword());
    }

    /** A figure of the server's own, summed over its labels that contain {@code label}. */
    double figure(String name, String label) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.send("GET", "/actuator/prometheus", "", null)
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name) && line.contains(label))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    /** The heap in use after a collection, in bytes. */
    double heap() throws IOException, InterruptedException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectErrorStream(true)
                .start()
                .waitFor();
        return figure("jvm_memory_used_bytes", "area=\"heap\"");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
