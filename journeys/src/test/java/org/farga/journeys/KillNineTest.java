package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the demo's journey again and again while Farga is killed with SIGKILL at random points and started anew. The
 * journey's client repeats requests that got no answer, with the same idempotency keys, as a program would. At the end
 * of each journey the record must be as if nothing had happened.
 *
 * <p>How many kills: {@code -Dfarga.kill.points} (4 in the usual run; {@code ./farga test kill 50} for the long one).
 */
class KillNineTest {
    private static final int POINTS = Integer.getInteger("farga.kill.points", 4);
    private static final Duration JOURNEY_LIMIT = Duration.ofMinutes(10);

    @TempDir
    Path folder;

    @Test
    void whereverFargaIsKilledNothingIsLostAndNothingHappensTwice() throws Exception {
        long seed = Long.getLong("farga.kill.seed", System.nanoTime());
        Random random = new Random(seed);
        int kills = 0;
        for (int journey = 1; kills < POINTS; journey++) {
            Path data = folder.resolve("journey-" + journey);
            try (FargaProcess farga = FargaProcess.start(data)) {
                int before = kills;
                kills += killWhilePlaying(farga, random, POINTS - kills);
                System.out.printf(
                        "journey %d: %d kills, %d in all of %d (seed %d)%n",
                        journey, kills - before, kills, POINTS, seed);
                Record record = new Record(data);
                record.waitForQuiet();
                assertThat(record.violations()).as("seed %d", seed).isEmpty();
            }
        }
    }

    /** How often it was killed until the journey was through. */
    private static int killWhilePlaying(FargaProcess farga, Random random, int most) throws Exception {
        Path log = farga.data().resolve("demo.log");
        Process demo = play(farga, log);
        int kills = 0;
        Instant deadline = Instant.now().plus(JOURNEY_LIMIT);
        while (true) {
            // Between the very first request and longer than a training job takes.
            long pause = (long) (Math.pow(random.nextDouble(), 2) * 9_000) + 50;
            boolean ended = demo.waitFor(kills < most ? pause : 1_000, TimeUnit.MILLISECONDS);
            if (ended) {
                assertThat(demo.exitValue())
                        .as("the demo's end; its log:\n%s\nFarga's log:\n%s", Files.readString(log), farga.tail())
                        .isZero();
                return kills;
            }
            if (kills < most) {
                farga.killNine();
                kills++;
                farga.start();
            }
            if (Instant.now().isAfter(deadline)) {
                demo.destroyForcibly();
                throw new AssertionError("the journey did not end; its log:\n" + Files.readString(log));
            }
        }
    }

    private static Process play(FargaProcess farga, Path log) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dfarga.home=" + FargaProcess.ROOT,
                        "-cp",
                        FargaProcess.ROOT.resolve("cli/target/farga-cli.jar").toString(),
                        "org.farga.cli.demo.Demo",
                        "--base-url",
                        farga.address(),
                        "--setup-link-file",
                        farga.data().resolve("setup-link").toString(),
                        "--patience",
                        "300",
                        "--once"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** What PostgreSQL and the files hold, and what must be true of it. */
    private static final class Record {
        private final Path data;

        Record(Path data) {
            this.data = data;
        }

        /** Waits until every event was delivered and no work is due: after that nothing changes by itself. */
        void waitForQuiet() throws Exception {
            Instant deadline = Instant.now().plus(Duration.ofMinutes(5));
            while (true) {
                long open = count("SELECT count(*) FROM event_publication WHERE completion_date IS NULL")
                        + count("SELECT count(*) FROM job WHERE stage <> 'ENDED'")
                        + count("SELECT count(*) FROM run WHERE state IN ('RUNNING', 'COLLECTING')");
                if (open == 0) {
                    return;
                }
                assertThat(Instant.now()).as("still %d things open", open).isBefore(deadline);
                FargaProcess.pause(500);
            }
        }

        List<String> violations() throws Exception {
            List<String> found = new ArrayList<>();
            expectNone(
                    found, "jobs that ran are on the statement once, with what they held for as long as they ran", """
                    SELECT count(*) FROM job j LEFT JOIN usage_record u ON u.job_id = j.number
                    WHERE j.started_at IS NOT NULL
                      AND (u.job_id IS NULL OR u.started_at <> j.started_at OR u.ended_at <> j.ended_at
                           OR u.gpus <> j.held_gpus OR u.cpus <> j.held_cpus)""");
            expectNone(found, "nothing is on a statement that did not run", """
                    SELECT count(*) FROM usage_record u LEFT JOIN job j ON j.number = u.job_id
                    WHERE j.number IS NULL OR j.started_at IS NULL""");
            expectNone(found, "no commitment outlives its job", "SELECT count(*) FROM usage_commitment");
            expectNone(found, "an award has one project and one allocation", """
                    SELECT count(*) FROM proposal p WHERE p.state = 'AWARDED'
                      AND ((SELECT count(*) FROM project r WHERE r.opened_by_proposal_id = p.id) <> 1
                        OR (SELECT count(*) FROM allocation a WHERE a.proposal_id = p.id) <> 1)""");
            expectNone(found, "no project without an award", """
                    SELECT count(*) FROM project r LEFT JOIN proposal p ON p.id = r.opened_by_proposal_id
                    WHERE p.state IS DISTINCT FROM 'AWARDED'""");
            expectNone(found, "each award stands in the audit log once", """
                    SELECT count(*) FROM proposal p WHERE p.state = 'AWARDED'
                      AND (SELECT count(*) FROM audit_entry e
                           WHERE e.action = 'proposal.awarded' AND e.subject_id = p.id::text) <> 1""");
            expectNone(found, "no organisation was founded twice", """
                    SELECT count(*) FROM (SELECT name FROM organisation GROUP BY name HAVING count(*) > 1) twice""");
            expectNone(found, "no proposal was written twice", """
                    SELECT count(*) FROM (SELECT title FROM proposal GROUP BY title HAVING count(*) > 1) twice""");
            expectNone(found, "no job was submitted twice", """
                    SELECT count(*) FROM (SELECT name FROM job GROUP BY name HAVING count(*) > 1) twice""");
            expectNone(found, "a run has every point of its file once", """
                    SELECT count(*) FROM run r WHERE r.points <> (SELECT count(*) FROM run_point p WHERE p.run_id = r.id)""");
            expectNone(found, "a completed job that asked for a model has one version of it", """
                    SELECT count(*) FROM job j WHERE j.state = 'COMPLETED' AND j.model_name IS NOT NULL
                      AND (SELECT count(*) FROM model_version v WHERE v.job_id = j.number) <> 1""");
            expectNone(found, "a dataset has one version of its content", """
                    SELECT count(*) FROM (SELECT dataset_id FROM dataset_version GROUP BY dataset_id HAVING count(*) > 1) twice""");
            expectNone(found, "the training completed", """
                    SELECT CASE WHEN count(*) = 1 THEN 0 ELSE 1 END FROM job WHERE state = 'COMPLETED' AND model_name IS NOT NULL""");
            jobsRanOnce(found);
            return found;
        }

        /** A program that ran twice would have written its first step twice. */
        private void jobsRanOnce(List<String> found) throws IOException {
            List<Path> metrics;
            try (var files = Files.walk(data.resolve("cluster"))) {
                metrics = files.filter(f -> f.endsWith("metrics.jsonl")).toList();
            }
            for (Path file : metrics) {
                long first;
                try (var lines = Files.lines(file)) {
                    first = lines.filter(l -> l.contains("\"name\":\"loss\"") && l.contains("\"step\":1,"))
                            .count();
                }
                if (first > 1) {
                    found.add("a job ran once: " + file);
                }
            }
        }

        private void expectNone(List<String> found, String rule, String sql) throws Exception {
            long violations = count(sql);
            if (violations != 0) {
                found.add(rule + ": broken " + violations + " times");
            }
        }

        private long count(String sql) throws Exception {
            return PrivateDatabase.count(data, sql);
        }
    }
}
