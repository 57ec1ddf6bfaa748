package org.farga.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A private PostgreSQL in a folder of its own: the database of a Farga that was given none.
 *
 * <p>It lives as long as the program that starts it. A supervising shell reads a pipe from that program, and when the
 * pipe ends, be it by {@link #close} or because the program was killed, PostgreSQL shuts down cleanly. Where the shell
 * was killed as well, the next start stops what is left. The folder holds {@code data-18} (with the passwords in
 * {@code farga.pgpass}), {@code binaries-<version>}, {@code postgres.log} and {@code lock}. Linux only.
 */
public final class LocalPostgres implements AutoCloseable {
    /** What a committed transaction outlives. */
    public enum Durability {
        /** A loss of power. */
        DURABLE,
        /** Only a clean stop: for tests. */
        FAST
    }

    /** PostgreSQL cannot run in the folder; the message tells whoever started the program why, and what to do. */
    public static final class CannotStart extends RuntimeException {
        private static final long serialVersionUID = 1;

        private CannotStart(Path folder, IOException cause) {
            super("PostgreSQL cannot start in " + folder + lowDisk(folder) + ": " + reason(cause), cause);
        }
    }

    private static final Duration READY_WITHIN = Duration.ofMinutes(5); // after a crash it may have 1 GB to replay
    private static final Duration STOPPED_WITHIN = Duration.ofMinutes(1);
    private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);
    private static final int PORT_ATTEMPTS = 5;
    private static final long LOG_LIMIT_BYTES = 10_000_000;
    private static final int LOG_TAIL_BYTES = 4_000;
    private static final long LOW_DISK_BYTES = 100_000_000;

    /**
     * Runs its arguments until they end by themselves or the input ends. An interrupt is PostgreSQL's fast shutdown;
     * one that comes before PostgreSQL listens to it is lost, hence the repetition.
     */
    private static final String SUPERVISOR = """
            exec 3<&0 </dev/null
            "$@" 3<&- &
            postgres=$!
            trap '' HUP INT TERM
            {
              while read -r line; do :; done
              seconds=0
              while [ $seconds -lt 60 ] && kill -INT $postgres; do sleep 1; seconds=$((seconds + 1)); done
            } <&3 3<&- >/dev/null 2>&1 &
            reader=$!
            exec 3<&-
            wait $postgres
            status=$?
            kill -KILL $reader
            exit $status
            """;

    private final FolderLock lock;
    private final PostgresData data;
    private final int port;
    private final List<String> command;
    private final Path log;
    private volatile Process supervisor;
    private boolean closed;

    private LocalPostgres(
            FolderLock lock, PostgresData data, int port, List<String> command, Path log, Process supervisor) {
        this.lock = lock;
        this.data = data;
        this.port = port;
        this.command = command;
        this.log = log;
        this.supervisor = supervisor;
    }

    /**
     * Starts PostgreSQL in the folder, which is made, for this user alone, if it is missing. Returns once connections
     * are taken: in about 1 s, the first time in 5 s, after a crash in 5 min at most. The programs are unpacked into
     * the folder, or into the one that the system property {@code farga.postgres.binaries} names and others may share.
     *
     * @throws CannotStart if another program uses the folder, it cannot be written, its data are of another major
     *     version, this machine cannot run PostgreSQL, or PostgreSQL refuses (with the end of its log in the message)
     */
    public static LocalPostgres start(Path folder, Durability durability) {
        return start(folder, durability, null);
    }

    /**
     * The same, keeping a copy of every finished piece of its write-ahead log in a folder, at least once a minute where
     * anything was written: with a copy of the data it brings back any moment since ({@link BackUp}).
     */
    public static LocalPostgres start(Path folder, Durability durability, @Nullable Path archive) {
        try {
            Path home = Files.createDirectories(folder, asFileAttribute(fromString("rwx------")))
                    .toRealPath();
            FolderLock lock = FolderLock.tryTake(home)
                    .orElseThrow(() ->
                            new IOException("another Farga uses this folder. Stop that one, or choose another folder"));
            try {
                return start(home, durability, archive, lock);
            } catch (Throwable e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new CannotStart(folder, e);
        }
    }

    private static LocalPostgres start(Path home, Durability durability, @Nullable Path archive, FolderLock lock)
            throws IOException {
        Path archived = archive == null
                ? null
                : Files.createDirectories(archive, asFileAttribute(fromString("rwx------")))
                        .toRealPath();
        String shared = System.getProperty("farga.postgres.binaries");
        PostgresBinaries binaries = PostgresBinaries.unpackedIn(shared == null ? home : Path.of(shared));
        PostgresData data = PostgresData.in(home, binaries, durability);
        if (!stopAllIn(data.folder())) {
            throw new IOException(
                    "processes of an earlier start do not end, even killed; the machine may need a restart");
        }
        // Nothing runs there, so a pid file is a leftover. PostgreSQL would heed it where the number is another
        // process's
        // by now, or where the dead postmaster was never reaped, as happens in containers.
        Files.deleteIfExists(data.folder().resolve("postmaster.pid"));
        Path log = logIn(home);
        for (int attempt = 1; ; attempt++) {
            long logStart = Files.size(log);
            int port = freePort();
            List<String> command = binaries.command("postgres", arguments(data, port, durability, archived));
            Process supervisor = supervise(command, log);
            LocalPostgres started = new LocalPostgres(lock, data, port, command, log, supervisor);
            if (within(READY_WITHIN, () -> started.ready() || !supervisor.isAlive()) && supervisor.isAlive()) {
                return started;
            }
            String end =
                    supervisor.isAlive() ? "it is not ready after " + READY_WITHIN.toMinutes() + " min" : "it ended";
            started.stop();
            String said = tail(log, logStart);
            if (attempt == PORT_ATTEMPTS || !said.contains("Address already in use")) {
                throw new IOException(end + "; " + log + " says:\n" + said.strip());
            }
        }
    }

    private static List<String> arguments(PostgresData data, int port, Durability durability, @Nullable Path archive) {
        List<String> settings = new ArrayList<>();
        settings.addAll(List.of("listen_addresses=127.0.0.1", "port=" + port, "unix_socket_directories="));
        if (durability == Durability.FAST) {
            settings.addAll(List.of("fsync=off", "synchronous_commit=off", "full_page_writes=off"));
        }
        if (archive != null) {
            // Under another name first, so that a piece is whole or not there; one that is there is never replaced.
            String to = quoted(archive);
            settings.addAll(List.of(
                    "archive_mode=on",
                    "archive_timeout=60",
                    "archive_command=test ! -f " + to + "/%f && cp %p " + to + "/.%f && sync " + to + "/.%f && mv " + to
                            + "/.%f " + to + "/%f"));
        }
        List<String> arguments = new ArrayList<>(List.of("-D", data.folder().toString()));
        settings.forEach(setting -> arguments.addAll(List.of("-c", setting)));
        return arguments;
    }

    /** A path in a command that PostgreSQL gives to a shell, where {@code %} has a meaning. */
    static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''").replace("%", "%%") + "'";
    }

    /** In a session of its own, so that Ctrl-C in a terminal does not reach PostgreSQL before its user is done. */
    private static Process supervise(List<String> command, Path log) throws IOException {
        List<String> supervised = new ArrayList<>(List.of("setsid", "sh", "-c", SUPERVISOR, "farga-postgres"));
        supervised.addAll(command);
        ProcessBuilder builder = PostgresBinaries.withoutOurVariables(new ProcessBuilder(supervised));
        return builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** The address for JDBC: the database {@code farga} at 127.0.0.1 and the port of this start. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/farga";
    }

    /** The role that owns the database; no superuser, but it may create trusted extensions such as pg_trgm. */
    public String user() {
        return "farga";
    }

    /** The password of {@link #user}; a secret. */
    public String password() {
        return data.password();
    }

    /** Ends all connections, stops PostgreSQL cleanly, waits for that (2 min, then kills it) and frees the folder. */
    @Override
    public synchronized void close() {
        if (closed) {
            return; // the folder may be another's by now
        }
        closed = true;
        try {
            stop();
        } finally {
            lock.close();
        }
    }

    /**
     * Starts it again at its port where it ended by itself, as when the kernel killed it for memory; its log is replayed.
     * Answers whether it was started; it may not take connections yet.
     */
    synchronized boolean revive() throws IOException {
        if (closed || supervisor.isAlive() || !stopAllIn(data.folder())) {
            return false;
        }
        Files.deleteIfExists(data.folder().resolve("postmaster.pid"));
        supervisor = supervise(command, log);
        return true;
    }

    private void stop() {
        try {
            supervisor.getOutputStream().close();
        } catch (IOException e) {
            // The supervisor was killed; what it left is stopped below.
        }
        within(STOPPED_WITHIN, () -> !supervisor.isAlive());
        stopAllIn(data.folder());
    }

    /** PostgreSQL writes its state into the eighth line of its pid file, for pg_ctl. */
    private boolean ready() {
        try {
            List<String> lines = Files.readAllLines(data.folder().resolve("postmaster.pid"));
            return lines.size() > 7 && lines.get(7).strip().equals("ready");
        } catch (IOException e) {
            return false;
        }
    }

    /** Stops every PostgreSQL that works in the folder, which is ours by its lock; false if one is left. */
    private static boolean stopAllIn(Path folder) {
        if (allIn(folder).isEmpty()) {
            return true;
        }
        try {
            List<String> lines = Files.readAllLines(folder.resolve("postmaster.pid"));
            for (ProcessHandle process : allIn(folder)) {
                String pid = Long.toString(process.pid());
                if (!lines.isEmpty() && lines.getFirst().equals(pid)) {
                    new ProcessBuilder("sh", "-c", "kill -INT " + pid)
                            .start()
                            .onExit()
                            .join();
                }
            }
        } catch (IOException e) {
            // The postmaster has ended; its children do by themselves.
        }
        if (within(STOPPED_WITHIN, () -> allIn(folder).isEmpty())) {
            return true;
        }
        allIn(folder).forEach(ProcessHandle::destroyForcibly);
        return within(KILLED_WITHIN, () -> allIn(folder).isEmpty());
    }

    private static List<ProcessHandle> allIn(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    Path proc = Path.of("/proc", Long.toString(process.pid()));
                    try {
                        return Files.readSymbolicLink(proc.resolve("cwd")).equals(folder)
                                && Files.readString(proc.resolve("comm")).equals("postgres\n");
                    } catch (IOException e) {
                        return false; // it is somebody else's, or has ended, reaped or not
                    }
                })
                .toList();
    }

    /** Waits for it, at most that long; an interrupt does not shorten the wait, but is kept. */
    private static boolean within(Duration limit, BooleanSupplier isDone) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        boolean done = isDone.getAsBoolean();
        while (!done && System.nanoTime() < end) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            done = isDone.getAsBoolean();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static Path logIn(Path home) throws IOException {
        Path log = home.resolve("postgres.log");
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
            Files.move(log, home.resolve("postgres.log.1"), REPLACE_EXISTING);
        }
        if (!Files.exists(log)) {
            Files.createFile(log, asFileAttribute(fromString("rw-------")));
        }
        return log;
    }

    private static String tail(Path log, long start) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(start, file.length() - LOG_TAIL_BYTES));
            byte[] bytes = new byte[LOG_TAIL_BYTES];
            int length = Math.max(0, file.read(bytes));
            return new String(bytes, 0, length, UTF_8);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "this user may not use " + denied.getFile();
            case FileAlreadyExistsException exists -> exists.getFile() + " is not a folder";
            case NoSuchFileException missing -> missing.getFile() + " is missing";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String lowDisk(Path folder) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            return free < LOW_DISK_BYTES ? " (its disk has only " + free / 1_000_000 + " MB free)" : "";
        } catch (IOException e) {
            return "";
        }
    }
}
