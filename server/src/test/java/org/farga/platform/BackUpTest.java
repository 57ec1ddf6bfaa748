package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.farga.platform.LocalPostgres.Durability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackUpTest {
    @TempDir
    private Path folder;

    @Test
    void anyMomentSinceTheCopyComesBackWithTheFilesOfThatTime() throws Exception {
        Path data = folder.resolve("data");
        Path archive = folder.resolve("archive of 100%");
        Path copy = folder.resolve("copy");
        Files.createDirectories(data.resolve("datasets/ab"));
        Files.writeString(data.resolve("datasets/ab/content"), "one");
        Instant whenBothWereThere;
        try (LocalPostgres postgres = LocalPostgres.start(data.resolve("postgres"), Durability.FAST, archive)) {
            say(postgres, "CREATE TABLE record (name text)", "INSERT INTO record VALUES ('before the copy')");
            BackUp.make(data, copy, false);
            assertThat(Instant.parse(
                            Files.readString(data.resolve("last-backup")).strip()))
                    .isBeforeOrEqualTo(Instant.now());
            assertThatThrownBy(() -> BackUp.make(data, copy, false)).isInstanceOf(BackUp.Refused.class);
            say(postgres, "INSERT INTO record VALUES ('after the copy')");
            Files.writeString(data.resolve("datasets/ab/later"), "two");
            BackUp.make(data, copy, true);
            whenBothWereThere = now(postgres);
            say(postgres, "SELECT pg_sleep(0.01)", "DELETE FROM record", "INSERT INTO record VALUES ('the mistake')");
            BackUpTest.archive(postgres, data, archive);
        }

        assertThat(restored(copy, null, null)).as("the copy alone").containsExactly("before the copy");
        assertThat(restored(copy, archive, whenBothWereThere))
                .as("before the mistake")
                .containsExactly("before the copy", "after the copy");
        assertThat(restored(copy, archive, null)).as("all of the archive").containsExactly("the mistake");

        assertThatThrownBy(() -> BackUp.restore(copy, data, archive, null)).hasMessageContaining("not empty");
        assertThatThrownBy(() -> BackUp.restore(copy, folder.resolve("none"), archive, Instant.EPOCH))
                .hasMessageContaining("take an earlier one");
        assertThatThrownBy(() -> BackUp.make(data, folder.resolve("other"), false))
                .hasMessageContaining("does not run");
    }

    private List<String> restored(Path copy, Path archive, Instant to) throws Exception {
        Path data = Files.createTempDirectory(folder, "restored-");
        BackUp.restore(copy, data, archive, to);
        assertThat(data.resolve("datasets/ab/content")).hasContent("one");
        assertThat(data.resolve("datasets/ab/later")).hasContent("two");
        try (LocalPostgres postgres = LocalPostgres.start(data.resolve("postgres"), Durability.FAST)) {
            // It is a database like any other again: it takes new rows.
            awaitWritable(postgres);
            List<String> names = query(postgres, "SELECT name FROM record ORDER BY name DESC");
            say(postgres, "INSERT INTO record VALUES ('new')");
            return names;
        }
    }

    private static void awaitWritable(LocalPostgres postgres) throws Exception {
        while (query(postgres, "SELECT pg_is_in_recovery()").getFirst().equals("t")) {
            Thread.sleep(20);
        }
    }

    /** Waits until everything written so far is in the archive. */
    private static void archive(LocalPostgres postgres, Path data, Path archive) throws Exception {
        String segment;
        try (Connection superuser = superuser(data);
                Statement statement = superuser.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_walfile_name(pg_switch_wal())")) {
            row.next();
            segment = row.getString(1);
        }
        while (!Files.exists(archive.resolve(segment))) {
            Thread.sleep(20);
        }
        assertThat(query(postgres, "SELECT 'well'")).containsExactly("well");
    }

    private static Connection superuser(Path data) throws IOException, SQLException {
        Path cluster = data.resolve("postgres/data-18");
        String password =
                Files.readAllLines(cluster.resolve("farga.pgpass")).getFirst().split(":", -1)[4];
        String port =
                Files.readAllLines(cluster.resolve("postmaster.pid")).get(3).strip();
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", password);
    }

    private static Instant now(LocalPostgres postgres) throws SQLException {
        return OffsetDateTime.parse(query(
                                postgres,
                                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                        .getFirst())
                .toInstant();
    }

    private static void say(LocalPostgres postgres, String... sql) throws SQLException {
        try (Connection connection = open(postgres);
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    private static List<String> query(LocalPostgres postgres, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = open(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private static Connection open(LocalPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }
}
