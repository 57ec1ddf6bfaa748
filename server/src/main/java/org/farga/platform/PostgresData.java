package org.farga.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.farga.platform.LocalPostgres.Durability;

/**
 * The data of a private PostgreSQL: made whole, with the database, its roles and their passwords, or not at all.
 *
 * @param folder {@code data-18}, without symbolic links
 * @param password of the role {@code farga}; a secret
 */
record PostgresData(Path folder, String password) {
    /** Written once into {@code postgresql.conf}, where whoever runs the centre may change them. */
    private static final List<String> SETTINGS = List.of(
            "max_connections=100",
            "shared_buffers=128MB",
            "max_wal_size=1GB",
            "timezone=UTC",
            "log_timezone=UTC",
            "jit=off",
            "log_min_duration_statement=-1",
            "log_checkpoints=off",
            "log_error_verbosity=terse"); // the details of an error quote rows, and rows speak of people

    private static final String ROLES = """
            ALTER ROLE postgres PASSWORD '%s';
            CREATE ROLE farga LOGIN PASSWORD '%s';
            CREATE DATABASE farga OWNER farga;
            """;

    /** Finds the data in a home that we have locked, or makes it; the message of a failure is for people. */
    static PostgresData in(Path home, PostgresBinaries binaries, Durability durability) throws IOException {
        Path folder = home.resolve("data-" + binaries.major());
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(home, "unfinished-*")) {
            for (Path one : unfinished) {
                PostgresBinaries.delete(one);
            }
        }
        if (Files.exists(folder)) {
            requireVersion(folder, binaries.major());
        } else {
            try (DirectoryStream<Path> others = Files.newDirectoryStream(home, "data-[0-9]*")) {
                for (Path other : others) {
                    requireVersion(other, binaries.major());
                }
            }
            create(home, folder, binaries, durability);
        }
        return new PostgresData(folder.toRealPath(), readPassword(folder));
    }

    private static void requireVersion(Path folder, int major) throws IOException {
        String version = Files.readString(folder.resolve("PG_VERSION")).strip();
        if (!version.equals(Integer.toString(major))) {
            throw new IOException(
                    folder.getFileName() + " was written by PostgreSQL " + version + ", and this Farga brings "
                            + major
                            + ", which cannot read it. Export the data with the version of Farga that wrote it, and import"
                            + " them with this one into another folder");
        }
    }

    private static void create(Path home, Path folder, PostgresBinaries binaries, Durability durability)
            throws IOException {
        Path unfinished = Files.createTempDirectory(home, "unfinished-");
        List<String> initdb = new ArrayList<>(List.of("-D", unfinished.toString(), "--username=postgres"));
        initdb.addAll(List.of("--auth-host=scram-sha-256", "--auth-local=reject", "--data-checksums"));
        // PostgreSQL's own locale: one of the operating system may change its order under an index.
        initdb.addAll(List.of("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        initdb.add("--locale=C.UTF-8");
        SETTINGS.forEach(setting -> initdb.addAll(List.of("--set", setting)));
        if (durability == Durability.FAST) {
            initdb.add("--no-sync");
        }
        PostgresBinaries.run(binaries.command("initdb", initdb), "");
        String superuserPassword = newPassword();
        String password = newPassword();
        // Without a server nobody can connect before the passwords are set. A statement that fails is not logged: it
        // may
        // hold one.
        List<String> single = List.of(
                "--single",
                "-D",
                unfinished.toString(),
                "-c",
                "exit_on_error=on",
                "-c",
                "log_min_error_statement=panic",
                "postgres");
        PostgresBinaries.run(binaries.command("postgres", single), ROLES.formatted(superuserPassword, password));
        writePasswords(unfinished, superuserPassword, password);
        sync(unfinished);
        Files.move(unfinished, folder, ATOMIC_MOVE);
        sync(home);
    }

    private static String newPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    /** In the format of libpq, so that psql takes it as PGPASSFILE. */
    private static void writePasswords(Path folder, String superuserPassword, String password) throws IOException {
        String text = "127.0.0.1:*:*:postgres:" + superuserPassword + "\n127.0.0.1:*:farga:farga:" + password + "\n";
        var onlyOurs = asFileAttribute(fromString("rw-------"));
        try (FileChannel file = FileChannel.open(passwords(folder), Set.of(CREATE_NEW, WRITE), onlyOurs)) {
            file.write(UTF_8.encode(text));
            file.force(true);
        }
    }

    private static String readPassword(Path folder) throws IOException {
        for (String line : Files.readAllLines(passwords(folder))) {
            String[] fields = line.split(":", -1);
            if (fields.length == 5 && fields[3].equals("farga")) {
                return fields[4];
            }
        }
        throw new IOException(passwords(folder) + " does not hold the password of the role farga");
    }

    private static Path passwords(Path folder) {
        return folder.resolve("farga.pgpass");
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
