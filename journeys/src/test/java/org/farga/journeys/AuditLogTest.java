package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The audit log of one Farga in several processes, of which some are killed at the worst moments: afterwards each entry that was
 * committed has one place, none that was rolled back has any, and the command line's verifier, which knows nothing of the
 * server's code, proves the export.
 */
class AuditLogTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static FargaProcess a;
    private static FargaProcess b;
    private static Story story;

    @TempDir
    Path folder;

    @BeforeAll
    static void start(@TempDir Path data) {
        a = FargaProcess.start(data);
        story = Story.begin(a);
        b = a.startAnother();
    }

    @AfterAll
    static void stop() {
        if (b != null) {
            b.close();
        }
        if (story != null) {
            story.end();
        }
        if (a != null) {
            a.close();
        }
    }

    @Test
    void twoProcessesGiveEachEntryOnePlaceAndMakeOneTree() throws Exception {
        String older = story.administrator.text("/audit/checkpoint");
        List<Callable<Void>> writers = new ArrayList<>();
        for (FargaProcess at : List.of(a, b)) {
            Api api = story.administrator.at(at);
            writers.add(() -> {
                for (int i = 0; i < 15; i++) {
                    api.put("/me/consents/NEWS_MAIL").done();
                    api.delete("/me/consents/NEWS_MAIL").done();
                }
                return null;
            });
        }
        // Beside them transactions of all lengths, some of which come to nothing: numbers with gaps that commit out of
        // order.
        for (int writer = 0; writer < 4; writer++) {
            Random random = new Random(writer);
            writers.add(() -> {
                try (Connection database = connect()) {
                    database.setAutoCommit(false);
                    for (int i = 0; i < 60; i++) {
                        write(database, "side by side", 1 + random.nextInt(40));
                        FargaProcess.pause(random.nextInt(30));
                        if (random.nextInt(4) == 0) {
                            database.rollback();
                        } else {
                            database.commit();
                        }
                    }
                }
                return null;
            });
        }
        try (ExecutorService all = Executors.newFixedThreadPool(writers.size())) {
            for (Future<Void> done : all.invokeAll(writers)) {
                done.get();
            }
        }
        assertThat(count("SELECT count(*) FROM audit_entry WHERE subject_id = 'side by side'"))
                .isGreaterThan(1_000);
        assertWhole(older);
    }

    @Test
    void killedBetweenTheLeavesAndTheirCheckpointNothingIsHalfThere() throws Exception {
        for (String table : List.of("audit_leaf", "audit_checkpoint")) {
            String older = story.administrator.text("/audit/checkpoint");
            FargaProcess victim;
            Connection holder = connect();
            try {
                holder.setAutoCommit(false);
                // Readers pass; who would write into it waits.
                try (Statement lock = holder.createStatement()) {
                    lock.execute("LOCK TABLE " + table + " IN EXCLUSIVE MODE");
                }
                try (Connection database = connect()) {
                    write(database, "killed at " + table, 2_500);
                }
                victim = waitingFor(table);
                victim.killNine();
            } finally {
                end(holder);
            }
            restart(victim);
            assertWhole(older);
            assertThat(count(
                            "SELECT count(*) FROM audit_leaf JOIN audit_entry USING (number) WHERE subject_id = 'killed at "
                                    + table + "'"))
                    .isEqualTo(2_500);
        }
    }

    @Test
    void killedAgainAndAgainWhileItTakesInNothingIsTakenInTwice() throws Exception {
        String older = story.administrator.text("/audit/checkpoint");
        Random random = new Random(Long.getLong("farga.kill.seed", 20261123));
        int rounds = Integer.getInteger("farga.kill.points", 4);
        for (int round = 0; round < rounds; round++) {
            FargaProcess victim = round % 2 == 0 ? a : b;
            try (Connection database = connect()) {
                write(database, "again and again", 4_000);
            }
            FargaProcess.pause(random.nextInt(1_500));
            victim.killNine();
            restart(victim);
        }
        assertWhole(older);
        assertThat(count("SELECT count(*) FROM audit_entry WHERE subject_id = 'again and again'"))
                .isEqualTo(4_000L * rounds);
    }

    @Test
    void theKeyIsChangedWhileBothRun() throws Exception {
        String older = story.administrator.text("/audit/checkpoint");
        String oldKey = newestKey();
        Files.move(a.data().resolve("audit/key.pem"), a.data().resolve("audit/key.pem.old"));
        await(() -> !newestKey().equals(oldKey));
        String newKey = newestKey();
        story.ana.put("/me/consents/NEWS_MAIL").done();
        story.ana.at(b).delete("/me/consents/NEWS_MAIL").done();
        Path export = assertWhole(older);

        assertThat(verify(export, older, oldKey, newKey)).isZero();
        assertThat(verify(export, older, oldKey)).isZero();
        assertThat(verify(export, null, newKey)).isZero();
        // A checkpoint that the old key signed is nothing to who trusts the new one only.
        assertThat(verify(export, older, newKey)).isNotZero();
    }

    private static String newestKey() {
        var keys = story.administrator.get("/audit/keys").done();
        return keys.get(keys.size() - 1).path("vkey").asString();
    }

    /** Waits until all is taken in, and checks what the database and the verifier say. */
    private Path assertWhole(String older) throws Exception {
        await(() -> count("SELECT count(*) FROM audit_waiting") == 0
                && count("SELECT max(tree_size) FROM audit_checkpoint") == count("SELECT count(*) FROM audit_leaf"));
        assertThat(count("SELECT count(*) FROM audit_leaf")).isEqualTo(count("SELECT count(*) FROM audit_entry"));
        assertThat(count("SELECT count(*) FROM audit_leaf WHERE number NOT IN (SELECT number FROM audit_entry)"))
                .isZero();
        assertThat(count("SELECT max(leaf_index) + 1 FROM audit_leaf"))
                .as("places without gaps")
                .isEqualTo(count("SELECT count(*) FROM audit_leaf"));
        Path export = folder.resolve("export-" + System.nanoTime() + ".jsonl");
        Files.writeString(export, story.administrator.text("/audit/export"));
        assertThat(verify(export, older)).isZero();
        // What the processes keep in the data folder is never half written, and never of another log.
        assertThat(verify(export, Files.readString(a.data().resolve("audit/checkpoint"))))
                .isZero();
        return export;
    }

    private int verify(Path export, String older, String... keys) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                FargaProcess.ROOT.resolve("cli/target/farga-cli.jar").toString(),
                "audit",
                "verify",
                export.toString()));
        if (older != null) {
            Path file = folder.resolve("older-" + System.nanoTime());
            Files.writeString(file, older);
            command.addAll(List.of("--checkpoint", file.toString()));
        }
        for (String key : keys) {
            command.addAll(List.of("--key", key));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        int code = process.waitFor();
        System.out.println(said);
        return code;
    }

    /** The process whose session waits to write into this table. */
    private static FargaProcess waitingFor(String table) throws Exception {
        List<FargaProcess> found = new ArrayList<>();
        await(() -> {
            try (Connection database = connect();
                    Statement statement = database.createStatement();
                    ResultSet rows = statement.executeQuery("""
                            SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
                            WHERE NOT granted AND relation = '%s'::regclass""".formatted(table))) {
                if (rows.next()) {
                    String name = rows.getString(1);
                    found.add(b.owns(name) ? b : a);
                }
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    /** The first one keeps the database, which comes back on another port: who used it is told by its settings. */
    private static void restart(FargaProcess victim) {
        victim.start();
        if (victim == a) {
            b.killNine();
            b = a.startAnother();
        }
    }

    private static void end(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // Its server went with the process that was killed.
        }
    }

    private static void write(Connection database, String subject, int count) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("INSERT INTO audit_entry (at, action, subject_type, subject_id, details)"
                    + " SELECT now(), 'organisation.founded', 'test', '" + subject + "', '{}' FROM generate_series(1, "
                    + count + ")");
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(a.databaseUrl(), "farga", a.databasePassword());
    }

    private static long count(String sql) throws SQLException {
        try (Connection database = connect();
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        Instant deadline = Instant.now().plus(LIMIT);
        while (true) {
            boolean there;
            try {
                there = condition.call();
            } catch (SQLException e) {
                there = false; // the database is being started
            }
            if (there) {
                return;
            }
            assertThat(Instant.now()).as("still not so; the log:\n" + a.tail()).isBefore(deadline);
            FargaProcess.pause(100);
        }
    }
}
