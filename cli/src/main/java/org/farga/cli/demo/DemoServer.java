package org.farga.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The Farga that the demo starts for itself, by the launcher as an operator would, and stops with itself. */
final class DemoServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration USUAL_START = Duration.ofSeconds(8);
    private static final int USUAL_PORT = 8080;

    private final Process process;
    private final URI address;
    private final Path log;

    private DemoServer(Process process, URI address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /**
     * Makes the folder empty, unless another demo uses it: then throws {@link StepFailed}. The lock is kept until this
     * program ends.
     */
    static void makeFresh(Path folder) throws IOException {
        Path beside = folder.resolveSibling(folder.getFileName() + ".lock");
        Files.createDirectories(folder.getParent());
        FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new StepFailed(
                    "another demo runs here; stop it with Ctrl-C where it runs, or give this one a folder of"
                            + " its own: ./farga demo --data DIR");
        }
        stopLeftOver(folder);
        delete(folder);
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** A demo that was killed could not stop its server. */
    private static void stopLeftOver(Path folder) throws IOException {
        Path file = folder.resolve("demo.pid");
        if (!Files.exists(file)) {
            return;
        }
        String pid = Files.readString(file).strip();
        ProcessHandle left =
                pid.matches("\\d{1,9}") ? ProcessHandle.of(Long.parseLong(pid)).orElse(null) : null;
        if (left != null && left.info().commandLine().orElse("").contains("farga-server.jar")) {
            left.destroy();
            left.onExit().orTimeout(60, TimeUnit.SECONDS).join();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                // What jobs may only read lies in folders that are closed to writing.
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Starts it, with the lab's cluster beside its own where there is one, and waits until it is ready. */
    static DemoServer start(
            Path home, Path data, @Nullable Integer wantedPort, boolean once, @Nullable Lab lab, Narrator narrator)
            throws IOException {
        int port = wantedPort != null ? wantedPort : isFree(USUAL_PORT) ? USUAL_PORT : freePort();
        if (!isFree(port)) {
            throw new StepFailed("port " + port + " is taken by another program; choose another with --port");
        }
        Files.createDirectories(data);
        Path log = data.resolve("server.log");
        List<String> command = new ArrayList<>(List.of(
                home.resolve("farga").toString(),
                "up",
                "--port",
                Integer.toString(port),
                "--data",
                data.toString(),
                // The cast of the demo has passwords only, and plays on for weeks where somebody lets it.
                "--farga.second-factor.centre-roles=optional"));
        if (lab != null) {
            command.addAll(lab.settings());
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (once) {
            // Caches for later starts would be made while the demo plays.
            builder.environment().putIfAbsent("FARGA_CACHES", "use");
        }
        Process process = builder.start();
        Files.writeString(data.resolve("demo.pid"), Long.toString(process.pid()));
        DemoServer server = new DemoServer(process, URI.create("http://127.0.0.1:" + port), log);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-server"));
        long since = System.nanoTime();
        while (!server.isReady()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - since);
            if (!process.isAlive() || waited.compareTo(START_LIMIT) > 0) {
                throw new StepFailed("the server did not start; its log " + log + " ends with:\n" + server.tail());
            }
            narrator.waiting(
                    Math.min(0.98, (double) waited.toMillis() / USUAL_START.toMillis()),
                    "starting, " + waited.toSeconds() + " s");
            pause();
        }
        narrator.waiting(1, "ready");
        return server;
    }

    URI address() {
        return address;
    }

    private boolean isReady() {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    address.resolve("/actuator/health/readiness").toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(5_000);
            if (connection.getResponseCode() != 200) {
                return false;
            }
            try (InputStream in = connection.getInputStream()) {
                return in.readAllBytes().length > 0;
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** The end of its log. */
    String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Waits until it ends, however that comes. */
    int waitFor() {
        return process.onExit().join().exitValue();
    }

    /** Stops it cleanly: within a minute, or by force. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
