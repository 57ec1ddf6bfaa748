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

    /** Finds the data in a home that we have locked, or makes it; the message of a failure is for people. */
    static PostgresData in(Path home, PostgresBinaries binaries, Durability durability) throws IOException {
        Path folder = home.resolve("data-" + binaries.major());
        deleteUnfinished(home);
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

    private static void deleteUnfinished(Path home) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(home, "unfinished-*")) {
            for (Path unfinished : all) {
                try {
                    PostgresBinaries.delete(unfinished);
                } catch (IOException e) {
                    // Its program was killed a moment ago, and initdb is still writing: the next start deletes it.
                }
            }
        }
    }

    private static void requireVersion(Path folder, int major) throws IOException {
        String version = Files.readString(folder.resolve("PG_VERSION")).strip();
        if (!version.equals(Integer.toString(major))) {
            String advice = "Export the data with the version of Farga that wrote them, and import them with this one"
                    + " into another folder";
            throw new IOException("%s was written by PostgreSQL %s, and this Farga brings %d, which cannot read it. %s"
                    .formatted(folder.getFileName(), version, major, advice));
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
        binaries.run("initdb", initdb, "");
        makeRoles(unfinished, binaries);
        sync(unfinished);
        Files.move(unfinished, folder, ATOMIC_MOVE);
        sync(home);
    }

    /** Without a server, so that nobody can connect before the passwords are set. */
    private static void makeRoles(Path folder, PostgresBinaries binaries) throws IOException {
        String superuserPassword = newPassword();
        String password = newPassword();
        List<String> arguments = new ArrayList<>(List.of("--single", "-D", folder.toString(), "-cexit_on_error=on"));
        arguments.add("-clog_min_error_statement=panic"); // a statement that fails may hold a password
        arguments.add("postgres");
        String statements = """
                ALTER ROLE postgres PASSWORD '%s';
                CREATE ROLE farga LOGIN PASSWORD '%s';
                CREATE DATABASE farga OWNER farga;
                """.formatted(superuserPassword, password);
        binaries.run("postgres", arguments, statements);
        writePasswords(folder, superuserPassword, password);
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
