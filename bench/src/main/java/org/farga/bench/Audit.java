package org.farga.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What it costs to prove the audit log: an entry's insert beside one without the trigger, proofs, the whole export. */
final class Audit {
    private static final int INSERTS = 2_000;
    private static final int PROOFS = 400;
    private static final String COLUMNS = "(at, person_id, action, subject_type, subject_id, details)";
    private static final String VALUES = "(now(), gen_random_uuid(), 'job.submitted', 'bench', ?, "
            + "'{\"name\": \"train\", \"allocation\": \"0190a000-0000-7000-8000-000000000001\"}')";

    private final Server server;
    private final Centre centre;
    private final long entries;
    private final Path home;
    private final Path data;

    Audit(Server server, Centre centre, long entries, Path home, Path data) {
        this.server = server;
        this.centre = centre;
        this.entries = entries;
        this.home = home;
        this.data = data;
    }

    boolean measure() throws IOException, SQLException, InterruptedException {
        long there = centre.number("SELECT count(*) FROM audit_entry");
        Bench.say("");
        if (there < entries) {
            long since = System.nanoTime();
            centre.execute("""
                    INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
                    SELECT now(), gen_random_uuid(), 'job.submitted', 'bench', n::text,
                           jsonb_build_object('name', 'train ' || n, 'allocation', gen_random_uuid())
                    FROM generate_series(%d, %d) n""".formatted(there + 1, entries));
            double written = seconds(since);
            since = System.nanoTime();
            centre.awaitAudit();
            Bench.say(
                    "%,d audit entries written in %.1f s, and taken into the tree in %.1f s more: %,.0f a second",
                    entries - there, written, seconds(since), (entries - there) / seconds(since));
        }
        long size = centre.number("SELECT count(*) FROM audit_leaf");
        Bench.say("The audit log: %,d entries, %s on disk with its tree.", size, centre.text("""
                SELECT pg_size_pretty(sum(pg_total_relation_size(c))) FROM unnest(ARRAY['audit_entry', 'audit_leaf', 'audit_tile',
                    'audit_checkpoint', 'audit_disclosure']::regclass[]) c"""));
        inserts();
        proofs(size);
        return export(size);
    }

    /** One insert and its commit, by turns with the trigger and without, so that both meet the same moments. */
    private void inserts() throws IOException, SQLException {
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        try (Connection database = server.database();
                Statement statement = database.createStatement()) {
            // The same table, with the same checks and indexes; only the trigger that queues for the tree is not there.
            statement.execute("DROP TABLE IF EXISTS bench.plain_audit_entry");
            statement.execute("CREATE TABLE bench.plain_audit_entry (LIKE audit_entry INCLUDING ALL)");
            try (PreparedStatement audit =
                            database.prepareStatement("INSERT INTO audit_entry " + COLUMNS + " VALUES " + VALUES);
                    PreparedStatement plain = database.prepareStatement(
                            "INSERT INTO bench.plain_audit_entry " + COLUMNS + " VALUES " + VALUES)) {
                for (int i = 0; i < INSERTS; i++) {
                    with.add(time(audit, "b" + i));
                    without.add(time(plain, "b" + i));
                }
            }
            statement.execute("DROP TABLE bench.plain_audit_entry");
        }
        double[] audit = Bench.sorted(with.stream());
        double[] plain = Bench.sorted(without.stream());
        row("one insert with its commit", audit);
        row("the same without the trigger", plain);
        Bench.say("  ratio of the medians: %.2f", Bench.quantile(audit, 0.5) / Bench.quantile(plain, 0.5));
    }

    private static double time(PreparedStatement statement, String subject) throws SQLException {
        statement.setString(1, subject);
        long since = System.nanoTime();
        statement.executeUpdate();
        return (System.nanoTime() - since) / 1e6;
    }

    private void proofs(long size) throws IOException, SQLException, InterruptedException {
        centre.awaitAudit();
        Random random = new Random(1);
        String headers = "Authorization: Bearer " + Centre.token(1) + "\r\n";
        List<Double> inclusion = new ArrayList<>();
        List<Double> consistency = new ArrayList<>();
        List<String> numbers = centre.texts("SELECT number FROM audit_leaf WHERE leaf_index IN (%s)"
                .formatted(String.join(
                        ",",
                        Stream.generate(() -> Long.toString(random.nextLong(size)))
                                .limit(PROOFS)
                                .toList())));
        try (Wire wire = new Wire(server.port())) {
            for (int i = 0; i < PROOFS; i++) {
                inclusion.add(
                        ask(wire, "/api/v1/audit/entries/" + numbers.get(i % numbers.size()) + "/proof", headers));
                consistency.add(ask(
                        wire,
                        "/api/v1/audit/consistency?from=" + (1 + random.nextLong(size - 1)) + "&to=" + size,
                        headers));
            }
        }
        // The first tenth warms the program up.
        row("an inclusion proof, request to answer", warm(inclusion));
        row("a consistency proof, request to answer", warm(consistency));
    }

    private static double[] warm(List<Double> all) {
        return Bench.sorted(all.subList(all.size() / 10, all.size()).stream());
    }

    private static double ask(Wire wire, String path, String headers) throws IOException {
        long since = System.nanoTime();
        Wire.Answer answer = wire.send("GET", path, headers, null);
        double took = (System.nanoTime() - since) / 1e6;
        if (answer.status() != 200) {
            throw new IOException(path + " answered " + answer.status() + ": " + answer.body());
        }
        return took;
    }

    private boolean export(long size) throws IOException, InterruptedException {
        Path file = data.resolve("audit-export.jsonl");
        long since = System.nanoTime();
        try (Wire wire = new Wire(server.port());
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            int status =
                    wire.ask("GET", "/api/v1/audit/export", "Authorization: Bearer " + Centre.token(1) + "\r\n", null);
            if (status != 200) {
                throw new IOException("the export answered " + status);
            }
            for (byte[] part = wire.nextChunk(); part != null; part = wire.nextChunk()) {
                out.write(part);
            }
        }
        double exported = seconds(since);
        since = System.nanoTime();
        Process verify = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-jar",
                        home.resolve("cli/target/farga-cli.jar").toString(),
                        "audit",
                        "verify",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("audit-verify.txt").toFile())
                .start();
        boolean whole = verify.waitFor() == 0;
        double verified = seconds(since);
        Bench.say(
                "  %-42s %8.1f s   %,d MB, %,.0f entries a second",
                "the whole export", exported, Files.size(file) >> 20, size / exported);
        Bench.say("  %-42s %8.1f s   %,.0f entries a second", "farga audit verify of it", verified, size / verified);
        if (!whole) {
            Bench.say("Not whole: %s", Files.readString(data.resolve("audit-verify.txt")));
        }
        Files.delete(file);
        return whole;
    }

    private static void row(String what, double[] sorted) {
        Bench.say(
                "  %-42s median %7.3f ms, p95 %7.3f ms",
                what, Bench.quantile(sorted, 0.5), Bench.quantile(sorted, 0.95));
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
