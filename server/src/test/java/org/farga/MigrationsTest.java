package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A centre that began with the first schema finds everything again after the last. */
@FargaTest
class MigrationsTest {
    /** Of each access mode but the Playground, which was there. */
    private static final long EDITIONS = 7;

    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");
    private static final String FIRST = "0101";
    /** The bench's generated centre: it fills every part of the schema, with every constraint checked. */
    private static final Path CENTRE = Path.of("../bench/src/main/resources/org/farga/bench/centre.sql");

    @Autowired
    private DataSource source;

    private String schema = "";
    private HikariDataSource database;

    @BeforeEach
    void open() throws SQLException {
        database = source.unwrap(HikariDataSource.class);
        schema = "upgraded_" + System.nanoTime();
    }

    @AfterEach
    void drop() throws SQLException {
        execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE", "DROP SCHEMA IF EXISTS " + schema + "_bench CASCADE");
    }

    @Test
    void migrationsThatWereReleasedNeverChange() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src/test/resources/frozen-migrations.txt"))) {
            String file = line.substring(66);
            byte[] content = Files.readAllBytes(MIGRATIONS.resolve(file));
            String sha256 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            if (!sha256.equals(line.substring(0, 64))) {
                wrong.add(file);
            }
        }
        assertThat(wrong)
                .as("Databases were made by these as they were: put the change into a new migration.")
                .isEmpty();
    }

    @Test
    void aCentreOfTheFirstSchemaIsWholeAfterTheLast() throws Exception {
        migrate(FIRST);
        fill();
        Map<String, Long> before = counts();
        assertThat(before)
                .extractingByKeys("person", "proposal", "job", "usage_record", "run", "model_version", "audit_entry")
                .doesNotContain(0L);
        String hours = text("SELECT sum(gpu_milliseconds) || ' ' || sum(cpu_milliseconds) FROM usage_record");
        String committed =
                text("SELECT sum(gpus * time_limit_milliseconds) || ' ' || sum(cpus * time_limit_milliseconds)"
                        + " FROM usage_commitment");

        migrate(null);

        Map<String, Long> after = counts();
        before.forEach((table, rows) -> {
            if (table.equals("call")) {
                // The editions that Farga comes with stand beside what there was.
                assertThat(after.get(table)).as(table).isEqualTo(rows + EDITIONS);
            } else if (table.equals("call_rules")) {
                // And each of them, like the first call, has a version more that asks for final reports.
                assertThat(after.get(table)).as(table).isEqualTo(rows + 2 * EDITIONS + 1);
            } else if (!table.equals("flyway_schema_history") && !table.equals("scheduled_tasks")) {
                assertThat(after).as(table).containsEntry(table, rows);
            }
        });
        // The sums that jobs are judged by are those of the lines.
        assertThat(
                        text(
                                "SELECT sum(gpu_settled_milliseconds) || ' ' || sum(cpu_settled_milliseconds) FROM usage_account"))
                .isEqualTo(hours);
        assertThat(
                        text(
                                "SELECT sum(gpu_committed_milliseconds) || ' ' || sum(cpu_committed_milliseconds) FROM usage_account"))
                .isEqualTo(committed);
        // Accepted jobs are found by their stage from now on; their old tasks are not left behind.
        assertThat(text("SELECT count(*) FROM scheduled_tasks WHERE task_name = 'submit-job'"))
                .isEqualTo("0");
        assertThat(text("SELECT count(*) FROM job WHERE stage = 'ACCEPTED'")).isEqualTo("1");
    }

    private void migrate(String target) {
        var flyway = Flyway.configure()
                .dataSource(database.getJdbcUrl(), database.getUsername(), database.getPassword())
                .schemas(schema)
                .locations("filesystem:" + MIGRATIONS);
        if (target != null) {
            flyway.target(target);
        }
        flyway.load().migrate();
    }

    private void fill() throws IOException, SQLException {
        String sql = Files.readString(CENTRE, StandardCharsets.UTF_8)
                .replace("${people}", "40")
                .replace("${organisations}", "10")
                .replace("${projects}", "16")
                .replace("${allocations}", "80")
                .replace("${jobs}", "400")
                .replace("bench.", schema + "_bench.")
                .replace("SCHEMA IF NOT EXISTS bench", "SCHEMA " + schema + "_bench")
                // The one column that the first schema asked for, and later ones have elsewhere.
                .replace(
                        "INSERT INTO person (id, email, name, language, created_at)",
                        "INSERT INTO person (password_hash, id, email, name, language, created_at)")
                .replace("SELECT id, 'person'", "SELECT 'hash ' || n, id, 'person'");
        List<String> commands = new ArrayList<>();
        for (String step : sql.split("(?m)^--> ")) {
            String command = step.substring(step.indexOf('\n') + 1).strip();
            if (!step.startsWith("-- ") && !command.isEmpty() && !command.startsWith("VACUUM")) {
                commands.add(command);
            }
        }
        commands.add("""
                INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script,
                    script_sha256, cpus, memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage, state)
                SELECT 9999, 'accepted', project_id, allocation_id, cluster, submitted_by, submitted_at, script, script_sha256,
                    2, 1, 1, 60, 1, '{}', 'ACCEPTED', 'PENDING' FROM job WHERE number = 1""");
        commands.add("""
                INSERT INTO usage_commitment (job_id, allocation_id, gpus, cpus, time_limit_milliseconds)
                SELECT number, allocation_id, 1, 2, 60000 FROM job WHERE number = 9999""");
        commands.add("""
                INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                VALUES ('submit-job', '9999', now(), false, 1)""");
        execute(commands.toArray(String[]::new));
    }

    private Map<String, Long> counts() throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String table : texts("SELECT table_name FROM information_schema.tables WHERE table_schema = '" + schema
                + "' AND table_type = 'BASE TABLE' ORDER BY 1")) {
            counts.put(table, Long.valueOf(text("SELECT count(*) FROM " + table)));
        }
        return counts;
    }

    private void execute(String... sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    private String text(String sql) throws SQLException {
        return texts(sql).getFirst();
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private Connection connect() throws SQLException {
        Connection connection =
                DriverManager.getConnection(database.getJdbcUrl(), database.getUsername(), database.getPassword());
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
        }
        return connection;
    }
}
