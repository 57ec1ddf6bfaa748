package org.farga.platform;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.farga.platform.LocalPostgres.CannotStart;
import org.farga.platform.LocalPostgres.Durability;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresTest {
    private static final String BINARIES = "farga.postgres.binaries";

    @TempDir
    Path folder;

    @BeforeAll
    static void unpackThePrograms() {
        if (System.getProperty(BINARIES) == null) {
            System.setProperty(
                    BINARIES, Path.of("target", "postgres").toAbsolutePath().toString());
        }
    }

    @AfterEach
    void leaveNothingBehind() {
        processesIn(folder).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Test
    void keepsRowsOverAStopInAFolderWithSpacesUnderAPrivateOne() throws Exception {
        Path home = Files.createDirectory(folder.resolve("only ours"), asFileAttribute(fromString("rwx------")))
                .resolve("it's data");
        try (LocalPostgres postgres = LocalPostgres.start(home, Durability.DURABLE)) {
            execute(postgres, "CREATE TABLE row (n int)", "INSERT INTO row SELECT generate_series(1, 1000)");
        }
        assertThat(processesIn(home)).isEmpty();
        Files.write(home.resolve("postgres.log"), new byte[11_000_000]);
        try (LocalPostgres postgres = LocalPostgres.start(home, Durability.FAST)) {
            assertThat(query(postgres, "SELECT count(*) FROM row")).isEqualTo("1000");
            assertThat(home.resolve("postgres.log"))
                    .as("a log over 10 MB begins anew")
                    .satisfies(log -> assertThat(Files.size(log)).isBetween(1L, 100_000L));
            postgres.close();
            assertThat(processesIn(home)).isEmpty();
        }
    }

    @Test
    void servesOneOrdinaryRoleAndIsHeardByThisMachineOnly() throws Exception {
        try (LocalPostgres postgres = LocalPostgres.start(folder, Durability.DURABLE)) {
            assertThat(postgres.jdbcUrl()).matches("jdbc:postgresql://127\\.0\\.0\\.1:\\d+/farga");
            assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(postgres, "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user"))
                    .isEqualTo("false");
            execute(postgres, "CREATE EXTENSION pg_trgm", "CREATE EXTENSION btree_gist", "CREATE EXTENSION pgcrypto");
            assertThat(query(postgres, "SELECT similarity('Formación', 'FORMACIÓN')::text"))
                    .isEqualTo("1");
            assertThat(query(
                            postgres,
                            "SELECT concat(datlocprovider, ' ', datlocale, ' ', pg_encoding_to_char(encoding))"
                                    + " FROM pg_database WHERE datname = 'farga'"))
                    .isEqualTo("b C.UTF-8 UTF8");
            for (String safe : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
                assertThat(query(postgres, "SHOW " + safe)).as(safe).isEqualTo("on");
            }
        }
    }

    @Test
    void keepsThePasswordToItself() throws Exception {
        try (LocalPostgres postgres = LocalPostgres.start(folder, Durability.FAST)) {
            assertThat(postgres.password()).hasSize(32);
            assertThat(Files.getPosixFilePermissions(folder.resolve("data-18/farga.pgpass")))
                    .isEqualTo(fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(folder.resolve("postgres.log")))
                    .isEqualTo(fromString("rw-------"));
            assertThat(folder.resolve("postgres.log")).content().doesNotContain(postgres.password());
            assertThat(ProcessHandle.current()
                            .descendants()
                            .map(process -> process.info().toString()))
                    .isNotEmpty()
                    .noneMatch(shown -> shown.contains(postgres.password()));
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), "farga", "guess"))
                    .hasMessageContaining("authentication failed");
        }
    }

    @Test
    void refusesASecondStartInTheSameFolder() throws Exception {
        try (LocalPostgres postgres = LocalPostgres.start(folder, Durability.FAST)) {
            assertThatThrownBy(() -> LocalPostgres.start(folder, Durability.FAST))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("another Farga uses this folder")
                    .hasMessageContaining(folder.toString());
            // Nor may that refusal have freed the folder for other programs.
            Process other = writerIn(folder).redirectErrorStream(true).start();
            try {
                assertThat(other.inputReader().readLine()).contains("another Farga uses this folder");
            } finally {
                other.destroyForcibly().waitFor();
            }
            assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void keepsRowsWhenItsProgramIsKilled() throws Exception {
        Process writer = writerIn(folder).start();
        int acknowledged = killAfterRow(100, writer, List.of());
        for (int tenths = 0; tenths < 600 && !processesIn(folder).isEmpty(); tenths++) {
            Thread.sleep(100);
        }
        assertThat(processesIn(folder)).as("PostgreSQL ends with its program").isEmpty();
        assertThat(folder.resolve("postgres.log")).content().contains("database system is shut down");
        assertRows(acknowledged);
    }

    @Test
    void recoversWhenAllIsKilled() throws Exception {
        Process writer = writerIn(folder).start();
        awaitRow(1, writer);
        List<ProcessHandle> others = writer.descendants().toList();
        assertThat(others).hasSizeGreaterThan(5);
        int acknowledged = killAfterRow(100, writer, others);
        assertRows(acknowledged);
        assertThat(folder.resolve("postgres.log")).content().contains("automatic recovery in progress");
    }

    @Test
    void stopsWhatIsLeftOfAnEarlierStart() throws Exception {
        Process writer = writerIn(folder).start();
        awaitRow(1, writer);
        List<Long> postgres = processesIn(folder);
        List<ProcessHandle> shells = writer.descendants()
                .filter(process -> !postgres.contains(process.pid()))
                .toList();
        assertThat(shells).hasSize(2);
        int acknowledged = killAfterRow(100, writer, shells);
        assertThat(processesIn(folder)).as("PostgreSQL that nobody watches").isNotEmpty();
        assertRows(acknowledged);
        assertThat(processesIn(folder)).isEmpty();
    }

    @Test
    void ignoresAPidFileWhoseNumberIsAnothersByNow() throws Exception {
        LocalPostgres.start(folder, Durability.FAST).close();
        Files.writeString(
                folder.resolve("data-18/postmaster.pid"),
                ProcessHandle.current().pid() + "\n");
        LocalPostgres.start(folder, Durability.FAST).close();
    }

    @Test
    void tellsWhatPostgresSaidWhenItRefuses() throws Exception {
        LocalPostgres.start(folder, Durability.FAST).close();
        Files.writeString(folder.resolve("data-18/postgresql.conf"), "shared_buffers = plenty\n");
        assertThatThrownBy(() -> LocalPostgres.start(folder, Durability.FAST))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("invalid value for parameter \"shared_buffers\": \"plenty\"");
    }

    @Test
    void tellsToExportDataOfAnotherVersion() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("data-17")).resolve("PG_VERSION"), "17\n");
        assertThatThrownBy(() -> LocalPostgres.start(folder, Durability.FAST))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("data-17 was written by PostgreSQL 17, and this Farga brings 18")
                .hasMessageContaining("Export the data with the version of Farga that wrote them");
    }

    @Test
    void saysThatAFileIsNoFolder() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> LocalPostgres.start(file, Durability.FAST))
                .isInstanceOf(CannotStart.class)
                .hasMessageEndingWith(file + " is not a folder");
    }

    private void assertRows(int acknowledged) throws SQLException {
        try (LocalPostgres postgres = LocalPostgres.start(folder, Durability.DURABLE)) {
            assertThat(Integer.parseInt(query(postgres, "SELECT count(*) FROM row")))
                    .isGreaterThanOrEqualTo(acknowledged);
        }
    }

    private static void execute(LocalPostgres postgres, String... statements) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String query(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static Connection connect(LocalPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    /** The numbers of the processes that work in the folder or below; a dead one that nobody reaped works nowhere. */
    private static List<Long> processesIn(Path folder) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> {
                    try {
                        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"))
                                .startsWith(folder);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    private static void awaitRow(int row, Process writer) throws IOException {
        String line = writer.inputReader().readLine();
        while (line != null && Integer.parseInt(line) < row) {
            line = writer.inputReader().readLine();
        }
        assertThat(line).as("the writer reports its rows").isNotNull();
    }

    /** Kills the writer and some others as {@code kill -9} does, and returns the last row that the writer reported. */
    private static int killAfterRow(int row, Process writer, List<ProcessHandle> others) throws Exception {
        awaitRow(row, writer);
        others.forEach(ProcessHandle::destroyForcibly);
        writer.toHandle().destroyForcibly(); // the process's own method would close the output that is still to be read
        List<String> rest = writer.inputReader().readAllLines();
        writer.waitFor();
        return rest.isEmpty() ? row : Integer.parseInt(rest.getLast());
    }

    private static ProcessBuilder writerIn(Path folder) {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-D" + BINARIES + "=" + System.getProperty(BINARIES),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /** Commits one row after the other and reports each one after its commit, until it is killed. */
    static final class Writer {
        public static void main(String[] arguments) throws SQLException {
            LocalPostgres postgres = LocalPostgres.start(Path.of(arguments[0]), Durability.DURABLE);
            try (Connection connection = connect(postgres)) {
                connection.createStatement().execute("CREATE TABLE row (n int)");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO row VALUES (?)");
                for (int n = 1; ; n++) {
                    insert.setInt(1, n);
                    insert.execute();
                    System.out.println(n);
                }
            }
        }
    }
}
