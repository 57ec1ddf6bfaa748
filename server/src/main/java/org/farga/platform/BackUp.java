package org.farga.platform;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies a data folder with its private PostgreSQL while Farga runs, and makes a data folder of the copy again: as it was
 * when it was copied, or, with the archive of the write-ahead log, at any moment since. The database is copied before the
 * files: they are written before the rows that name them, and kept under the hash of their content.
 *
 * <p>This is PostgreSQL's own procedure (manual, 25.3.2, "Making a Base Backup Using the Low Level API").
 */
public final class BackUp {
    private static final String USAGE = """
            ./farga backup DIR [--data DATA] [--files]         copy DATA (./data) into DIR while Farga runs
                --files       only the files; what is there already is not copied again
            ./farga restore DIR --data NEW [--to TIME --archive ARCHIVE]
                              make the data folder NEW of the copy; with the archive, as everything was at TIME
                              (such as 2026-11-23T14:05:00Z), or at its end without --to
            """;
    /** What PostgreSQL's manual says to leave out of a copy. */
    private static final Set<String> CONTENT_LEFT_OUT = Set.of(
            "pg_wal",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans",
            "pg_replslot");

    private static final Set<String> FILES_LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map", "recovery.signal");
    private static final String DATABASE = "database";
    private static final String FILES = "files";
    private static final String WHEN = "made-at";
    private static final String LAST = "last-backup";

    private static final DateTimeFormatter POSTGRESQL_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

    private BackUp() {}

    /** A reason that whoever runs it can do something about. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String reason) {
            super(reason);
        }
    }

    public static void main(String[] arguments) {
        try {
            run(List.of(arguments));
        } catch (Refused e) {
            System.err.println("farga: " + e.getMessage());
            System.exit(1);
        } catch (IllegalArgumentException e) {
            System.err.println("farga: " + e.getMessage() + "\n" + USAGE);
            System.exit(2);
        } catch (IOException | SQLException e) {
            System.err.println("farga: " + e);
            System.exit(1);
        }
    }

    private static void run(List<String> arguments) throws IOException, SQLException, Refused {
        Path folder = null;
        Path data = null;
        Path archive = null;
        Instant to = null;
        boolean onlyFiles = false;
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            switch (argument) {
                case "--data" -> data = Path.of(value(arguments, ++i));
                case "--archive" -> archive = Path.of(value(arguments, ++i));
                case "--to" -> to = time(value(arguments, ++i));
                case "--files" -> onlyFiles = true;
                default -> {
                    if (argument.startsWith("-") || folder != null) {
                        throw new IllegalArgumentException("it does not know \"" + argument + "\".");
                    }
                    folder = Path.of(argument);
                }
            }
        }
        if (arguments.isEmpty() || folder == null) {
            throw new IllegalArgumentException("it needs the folder of the copy.");
        }
        if (arguments.getFirst().equals("backup")) {
            make(data == null ? Path.of(System.getenv().getOrDefault("FARGA_DATA", "data")) : data, folder, onlyFiles);
        } else {
            if (data == null) {
                throw new IllegalArgumentException("it needs --data, the new folder.");
            }
            restore(folder, data, archive, to);
        }
    }

    private static String value(List<String> arguments, int i) {
        if (i >= arguments.size()) {
            throw new IllegalArgumentException(arguments.get(i - 1) + " needs a value.");
        }
        return arguments.get(i);
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "a time is written as in 2026-11-23T14:05:00Z, not \"" + text + "\".", e);
        }
    }

    /**
     * Copies the data folder of a running Farga into {@code to}.
     *
     * @param onlyFiles to bring the files of an earlier copy up to date, for moments after it
     */
    static void make(Path data, Path to, boolean onlyFiles) throws IOException, SQLException, Refused {
        if (!onlyFiles) {
            if (Files.exists(to.resolve(DATABASE))) {
                throw new Refused(to + " holds a back-up already; each needs a folder of its own");
            }
            Files.createDirectories(to);
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
            Path unfinished = to.resolve(DATABASE + ".unfinished");
            copyDatabase(cluster(data), unfinished);
            copyFiles(data, to.resolve(FILES));
            Files.writeString(to.resolve(WHEN), Instant.now() + "\n");
            Files.move(unfinished, to.resolve(DATABASE));
            // The page for operators tells how old the last back-up is.
            Files.writeString(data.resolve(LAST), Instant.now() + "\n");
        } else {
            copyFiles(data, to.resolve(FILES));
        }
        System.out.println("Copied " + data + " into " + to + ".");
    }

    private static Path cluster(Path data) throws IOException, Refused {
        Path home = data.resolve("postgres");
        if (Files.isDirectory(home)) {
            try (Stream<Path> entries = Files.list(home)) {
                List<Path> found = entries.filter(
                                e -> e.getFileName().toString().matches("data-[0-9]+"))
                        .toList();
                if (found.size() == 1) {
                    return found.getFirst();
                }
            }
        }
        throw new Refused(data + " has no private PostgreSQL; back up a server of your own with its own tools");
    }

    private static void copyDatabase(Path cluster, Path to) throws IOException, SQLException, Refused {
        try (Connection session = superuser(cluster);
                Statement statement = session.createStatement()) {
            // Keeps the log that the copy needs until this session ends.
            statement.execute("SELECT pg_create_physical_replication_slot('farga_back_up_"
                    + ProcessHandle.current().pid() + "', true, true)");
            statement.execute("SELECT pg_backup_start('farga', fast => true)");
            copy(cluster, to, CONTENT_LEFT_OUT, FILES_LEFT_OUT, false);
            try (ResultSet row = statement.executeQuery(
                    "SELECT labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)")) {
                row.next();
                Files.writeString(to.resolve("backup_label"), row.getString(1));
                if (!row.getString(2).isEmpty()) {
                    throw new Refused("the private PostgreSQL has tablespaces, which are not copied");
                }
            }
            // The log up to here, so that the copy stands by itself; its last piece is copied as far as it is written.
            Files.createDirectories(to.resolve("pg_wal"));
            copy(cluster.resolve("pg_wal"), to.resolve("pg_wal"), Set.of("archive_status"), Set.of(), false);
        }
    }

    private static Connection superuser(Path cluster) throws IOException, SQLException, Refused {
        Path running = cluster.resolve("postmaster.pid");
        if (!Files.exists(running)) {
            throw new Refused("Farga does not run on it: start it, or copy the whole folder as it is");
        }
        // The fourth line is the port (PostgreSQL's manual, "pidfile").
        String port = Files.readAllLines(running).get(3).strip();
        for (String line : Files.readAllLines(cluster.resolve("farga.pgpass"))) {
            String[] fields = line.split(":", -1);
            if (fields.length == 5 && fields[3].equals("postgres")) {
                return DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", fields[4]);
            }
        }
        throw new Refused(cluster.resolve("farga.pgpass") + " does not hold the superuser's password");
    }

    private static void copyFiles(Path data, Path to) throws IOException {
        copy(data, to, Set.of("postgres", "log"), Set.of("setup-link"), true);
    }

    /** Makes the data folder {@code data} of a copy; Farga is started on it afterwards. */
    static void restore(Path from, Path data, @Nullable Path archive, @Nullable Instant to)
            throws IOException, Refused {
        if (!Files.isDirectory(from.resolve(DATABASE))) {
            throw new Refused(from + " holds no whole back-up");
        }
        if (Files.exists(data)) {
            try (Stream<Path> entries = Files.list(data)) {
                if (entries.findAny().isPresent()) {
                    throw new Refused(data + " is not empty; a back-up is restored into a new folder");
                }
            }
        }
        Instant made = Instant.parse(Files.readString(from.resolve(WHEN)).strip());
        if (to != null && archive == null) {
            throw new Refused("a moment is restored with --archive, the folder of the write-ahead log");
        }
        if (to != null && to.isBefore(made)) {
            throw new Refused("this back-up was made at " + made + ", after that moment; take an earlier one");
        }
        Files.createDirectories(data.resolve("postgres"));
        Files.setPosixFilePermissions(data.resolve("postgres"), PosixFilePermissions.fromString("rwx------"));
        copy(from.resolve(FILES), data, Set.of(), Set.of(), false);
        String version =
                Files.readString(from.resolve(DATABASE).resolve("PG_VERSION")).strip();
        Path cluster = data.resolve("postgres/data-" + version);
        copy(from.resolve(DATABASE), cluster, Set.of(), Set.of(), false);
        for (String needed : CONTENT_LEFT_OUT) {
            Files.createDirectories(cluster.resolve(needed));
            Files.setPosixFilePermissions(cluster.resolve(needed), PosixFilePermissions.fromString("rwx------"));
        }
        Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwx------"));
        if (archive != null) {
            recoverFrom(archive, to, cluster);
        }
        System.out.println("Restored into " + data + "; start it with: ./farga up --data " + data);
    }

    private static void recoverFrom(Path archive, @Nullable Instant to, Path cluster) throws IOException {
        List<String> settings = new ArrayList<>();
        settings.add("restore_command = 'cp "
                + LocalPostgres.quoted(archive.toRealPath()).replace("'", "''") + "/%f \"%p\"'");
        settings.add("recovery_target_action = 'promote'");
        if (to != null) {
            settings.add("recovery_target_time = '" + POSTGRESQL_TIME.format(to.atOffset(ZoneOffset.UTC)) + "+00'");
        }
        Path file = cluster.resolve("postgresql.auto.conf");
        List<String> all = new ArrayList<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
        all.addAll(settings);
        Files.write(file, all);
        Files.createFile(cluster.resolve("recovery.signal"));
    }

    /** Copies a folder that may change meanwhile: what is gone when its turn comes is left out. */
    private static void copy(Path from, Path to, Set<String> contentLeftOut, Set<String> filesLeftOut, boolean onlyNew)
            throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path at = to.resolve(from.relativize(folder).toString());
                boolean leftOut = folder.getParent() != null
                        && folder.getParent().equals(from)
                        && contentLeftOut.contains(folder.getFileName().toString());
                if (leftOut) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(at);
                Files.setPosixFilePermissions(at, Files.getPosixFilePermissions(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path at = to.resolve(from.relativize(file).toString());
                boolean same = onlyNew
                        && Files.exists(at)
                        && Files.size(at) == attributes.size()
                        && Files.getLastModifiedTime(at).equals(attributes.lastModifiedTime());
                if (!attributes.isOther()
                        && !same
                        && !filesLeftOut.contains(file.getFileName().toString())) {
                    try {
                        Files.copy(file, at, COPY_ATTRIBUTES, REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
                    } catch (NoSuchFileException e) {
                        // It ended its life meanwhile; the log, or the rows, know.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }
}
