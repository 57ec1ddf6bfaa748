package org.farga.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** The generated centre in a server's database. */
final class Centre {
    private static final int VERSION = 1;
    private static final long JOBS_EACH = 200;

    private final Server server;
    private final int people;
    private final long jobs;

    private Centre(Server server, int people, long jobs) {
        this.server = server;
        this.people = people;
        this.jobs = jobs;
    }

    int people() {
        return people;
    }

    long jobs() {
        return jobs;
    }

    /** Says whether the folder holds a whole centre of that size already. */
    static boolean isIn(Path data, int people) {
        return Files.exists(marker(data, people));
    }

    private static Path marker(Path data, int people) {
        return data.resolve("centre-" + VERSION + "-of-" + people);
    }

    static Centre open(Server server, int people) {
        return new Centre(server, people, JOBS_EACH * people);
    }

    /** Fills the database; minutes for the full size. */
    static Centre make(Server server, Path data, int people) throws IOException, SQLException, InterruptedException {
        Centre centre = make(server, people, JOBS_EACH * people);
        Files.createFile(marker(data, people));
        return centre;
    }

    /** The same with as many jobs in its past. */
    static Centre make(Server server, int people, long jobs) throws IOException, SQLException, InterruptedException {
        Centre centre = new Centre(server, people, jobs);
        String sql;
        try (InputStream in = Centre.class.getResourceAsStream("centre.sql")) {
            sql = new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${people}", Integer.toString(people))
                    .replace("${organisations}", Integer.toString(Math.max(people / 4, 1)))
                    .replace("${projects}", Integer.toString(people * 2 / 5))
                    .replace("${allocations}", Integer.toString(people * 2))
                    .replace("${jobs}", Long.toString(centre.jobs()));
        }
        try (Connection database = server.database();
                Statement statement = database.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            statement.execute("SET work_mem = '128MB'");
            for (String step : sql.split("(?m)^--> ")) {
                int end = step.indexOf('\n');
                String command = step.substring(end + 1).strip();
                if (step.startsWith("-- ") || command.isEmpty()) {
                    continue;
                }
                long since = System.nanoTime();
                try {
                    statement.execute(command);
                } catch (SQLException e) {
                    throw new SQLException(
                            "The centre cannot be made, at \"" + step.substring(0, end) + "\": " + e.getMessage(), e);
                }
                double seconds = (System.nanoTime() - since) / 1e9;
                if (seconds > 1) {
                    Bench.say("  %5.1f s  %s", seconds, step.substring(0, end));
                }
            }
        }
        centre.awaitAudit();
        return centre;
    }

    /** Lets the audit log take its entries into its tree, where this Farga has one, before anything is measured. */
    void awaitAudit() throws IOException, SQLException, InterruptedException {
        long last = -1;
        while (number("SELECT CASE WHEN to_regclass('audit_waiting') IS NULL THEN 0 ELSE 1 END") == 1) {
            long waiting = number("SELECT count(*) FROM audit_waiting");
            if (waiting == 0) {
                return;
            }
            if (last < 0 || last - waiting > 100_000) {
                Bench.say("  %,d audit entries wait for their place in the log's tree", waiting);
                last = waiting;
            }
            Thread.sleep(2_000);
        }
    }

    String counts() throws IOException, SQLException {
        return "%,d people, %,d projects, %,d allocations, %,d jobs, %,d usage records, %,d runs, %,d notifications, %,d audit entries"
                .formatted(
                        number("SELECT count(*) FROM person"),
                        number("SELECT count(*) FROM project"),
                        number("SELECT count(*) FROM allocation"),
                        number("SELECT count(*) FROM job"),
                        number("SELECT count(*) FROM usage_record"),
                        number("SELECT count(*) FROM run"),
                        number("SELECT count(*) FROM notification"),
                        number("SELECT count(*) FROM audit_entry"));
    }

    /** A person's token, as the generator left it. */
    static String token(int person) {
        return "farga_token_bench" + person;
    }

    /** Signs a person in, in a browser session; the session's cookie. */
    String session(int person) throws IOException, SQLException {
        String id = text("SELECT id FROM bench.person WHERE n = " + person);
        String session = UUID.randomUUID().toString();
        String key = UUID.randomUUID().toString();
        long now = System.currentTimeMillis();
        ByteArrayOutputStream serialised = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(serialised)) {
            out.writeObject(id);
        }
        try (Connection database = server.database();
                PreparedStatement sessions = database.prepareStatement("""
                        INSERT INTO spring_session (primary_id, session_id, creation_time, last_access_time,
                            max_inactive_interval, expiry_time, principal_name) VALUES (?, ?, ?, ?, 43200, ?, ?)""");
                PreparedStatement attributes = database.prepareStatement("""
                        INSERT INTO spring_session_attributes (session_primary_id, attribute_name, attribute_bytes)
                        VALUES (?, 'farga.person', ?)""")) {
            sessions.setString(1, key);
            sessions.setString(2, session);
            sessions.setLong(3, now);
            sessions.setLong(4, now);
            sessions.setLong(5, now + 43_200_000L);
            sessions.setString(6, id);
            sessions.executeUpdate();
            attributes.setString(1, key);
            attributes.setBytes(2, serialised.toByteArray());
            attributes.executeUpdate();
        }
        return "farga_session=" + Base64.getEncoder().encodeToString(session.getBytes(StandardCharsets.UTF_8));
    }

    long number(String sql) throws IOException, SQLException {
        return Long.parseLong(text(sql));
    }

    String text(String sql) throws IOException, SQLException {
        return texts(sql).getFirst();
    }

    List<String> texts(String sql) throws IOException, SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection database = server.database();
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    void execute(String... sql) throws IOException, SQLException {
        try (Connection database = server.database();
                Statement statement = database.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
