package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A centre that began with the very first schema is upgraded by starting today's program, and its people find their things. */
class FirstSchemaTest {
    private static final Path MIGRATIONS = FargaProcess.ROOT.resolve("server/src/main/resources/db/migration");
    private static final Path CENTRE = FargaProcess.ROOT.resolve("bench/src/main/resources/org/farga/bench/centre.sql");
    private static final String FIRST = "0101";
    private static final String OLD = "first_schema";

    @TempDir
    private Path folder;

    @Test
    void someoneFromTheFirstDaySignsInAndFindsProjectJobAndStatement() throws Exception {
        FargaProcess keeper = FargaProcess.start(folder.resolve("keeper"));
        try {
            String token = keeper.setupLink().replaceFirst(".*token=", "");
            Api.stranger(keeper)
                    .post(
                            "/setup",
                            Map.of(
                                    "token", token,
                                    "email", Story.ADMINISTRATOR.email(),
                                    "name", Story.ADMINISTRATOR.name(),
                                    "password", Story.ADMINISTRATOR.password()))
                    .done();
            try (Connection database = open(keeper, "public")) {
                // Everybody of the old centre has the administrator's password.
                String hash = text(database, "SELECT hash FROM password LIMIT 1");
                Flyway.configure()
                        .dataSource(keeper.databaseUrl(), "farga", keeper.databasePassword())
                        .schemas(OLD)
                        .createSchemas(true)
                        .locations("filesystem:" + MIGRATIONS)
                        .target(FIRST)
                        .load()
                        .migrate();
                try (Connection old = open(keeper, OLD)) {
                    fill(old, hash);
                }
            }
            Map<String, String> settings = new HashMap<>();
            settings.put("FARGA_DATABASE_URL", keeper.databaseUrl() + "?currentSchema=" + OLD);
            settings.put("FARGA_DATABASE_USER", "farga");
            settings.put("FARGA_DATABASE_PASSWORD", keeper.databasePassword());
            FargaProcess upgraded = FargaProcess.start(folder.resolve("upgraded"), settings);
            try (Connection now = open(keeper, OLD);
                    Browser browser = Browser.start()) {
                lookAround(upgraded, now, browser);
                browser.assertNothingWentWrong();
            } finally {
                upgraded.close();
            }
        } finally {
            keeper.close();
        }
    }

    private static void lookAround(FargaProcess farga, Connection database, Browser browser) throws SQLException {
        String of = " FROM job j JOIN usage_record u ON u.job_id = j.number JOIN person p ON p.id = j.submitted_by"
                + " JOIN project o ON o.id = j.project_id WHERE j.state = 'COMPLETED' ORDER BY j.number DESC LIMIT 1";
        String email = text(database, "SELECT p.email" + of);
        String name = text(database, "SELECT p.name" + of);
        String job = text(database, "SELECT j.number" + of);
        String jobName = text(database, "SELECT j.name" + of);
        String project = text(database, "SELECT o.slug" + of);
        String projectName = text(database, "SELECT o.name" + of);
        String allocation = text(database, "SELECT j.allocation_id" + of);
        Page page = browser.desktop(farga);
        Story.signIn(page, new Story.Person(name, email, Story.ADMINISTRATOR.password()));
        assertThat(page.locator(".who .name").innerText()).isEqualTo(name);
        assertThat(seen(page, "/projects")).contains(projectName);
        assertThat(seen(page, "/projects/" + project)).contains(projectName, "PG-2024-");
        assertThat(seen(page, "/jobs")).contains(jobName);
        assertThat(seen(page, "/jobs/" + job)).contains(jobName).containsIgnoringCase("completed");
        assertThat(seen(page, "/allocations/" + allocation + "/statement")).contains("PG-2024-");
        // The newest jobs are on the statement's first page.
        assertThat(page.locator("main").innerHTML()).contains("/jobs/");
        for (String other : List.of("/", "/proposals", "/organisations", "/datasets", "/models", "/account")) {
            seen(page, other);
        }
    }

    private static String seen(Page page, String path) {
        var answer = page.navigate(path);
        assertThat(answer.status()).as(path).isEqualTo(200);
        return page.locator("main").innerText();
    }

    /** The generated centre of the bench, as small as it goes, in the form that the first schema asked for. */
    private static void fill(Connection old, String hash) throws IOException, SQLException {
        String sql = Files.readString(CENTRE)
                .replace("${people}", "40")
                .replace("${organisations}", "10")
                .replace("${projects}", "16")
                .replace("${allocations}", "80")
                .replace("${jobs}", "400")
                .replace("bench.", OLD + "_bench.")
                .replace("@" + OLD + "_bench.example", "@bench.example")
                .replace("SCHEMA IF NOT EXISTS bench", "SCHEMA " + OLD + "_bench")
                .replace(
                        "INSERT INTO person (id, email, name, language, created_at)",
                        "INSERT INTO person (password_hash, id, email, name, language, created_at)")
                .replace("SELECT id, 'person'", "SELECT '" + hash + "', id, 'person'")
                // Pages are read in one language here.
                .replace("(ARRAY['en', 'es', 'ca'])[1 + n % 3]", "'en'");
        List<String> commands = new ArrayList<>();
        for (String step : sql.split("(?m)^--> ")) {
            String command = step.substring(step.indexOf('\n') + 1).strip();
            if (!step.startsWith("-- ") && !command.isEmpty() && !command.startsWith("VACUUM")) {
                commands.add(command);
            }
        }
        try (Statement statement = old.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    private static Connection open(FargaProcess farga, String schema) throws SQLException {
        return DriverManager.getConnection(
                farga.databaseUrl() + "?currentSchema=" + schema, "farga", farga.databasePassword());
    }

    private static String text(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).as(sql).isTrue();
            return rows.getString(1);
        }
    }
}
