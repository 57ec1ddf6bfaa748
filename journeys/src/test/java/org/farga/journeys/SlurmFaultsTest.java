package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.farga.journeys.FaultyRest.Mood;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A real Farga on a real Slurm, while Slurm is away, talks nonsense or forgets. Whatever happens, every
 * job ends, ran as often as Slurm says, and is on the statement with exactly the time that Slurm's accounting has for it.
 * {@code -Dfarga.fault.seconds=120} makes the absences longer, {@code -Dfarga.fault.thorough=true} submits
 * also where that costs minutes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlurmFaultsTest {
    /** Whoever submitted without a word from Slurm asks again only after 100 s, which is too long for every day. */
    private static final boolean THOROUGH = Boolean.getBoolean("farga.fault.thorough");

    private static final long AWAY_SECONDS = Long.getLong("farga.fault.seconds", 6);
    /** Slurm looks for work every few seconds, and a machine that others work on takes its time. */
    private static final Duration LIMIT = Duration.ofSeconds((THOROUGH ? 180 : 60) + AWAY_SECONDS);

    private SlurmLab lab;
    private FaultyRest rest;
    private FargaProcess farga;
    private Story story;

    @BeforeAll
    void open(@TempDir Path folder) {
        lab = SlurmLab.take();
        rest = new FaultyRest(lab.rest());
        farga = FargaProcess.start(folder.resolve("data"), lab.environment(rest.address()));
        story = Story.begin(farga, "lab");
    }

    @AfterEach
    void mend() {
        rest.be(Mood.WELL);
        lab.up();
    }

    @AfterAll
    void close() throws IOException {
        if (farga != null) {
            farga.close();
        }
        if (rest != null) {
            rest.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    // --- Slurm is away

    @Test
    void aChangedKeyForTokensIsTakenUpWithoutARestart() throws IOException {
        Submitted running = submit(script("sleep " + (AWAY_SECONDS / 2 + 2)));
        awaitState(running, "RUNNING");
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        // In place: the file stays Slurm's own.
        Files.write(lab.folder().resolve("etc/jwt.key"), key, StandardOpenOption.TRUNCATE_EXISTING);
        // Farga has the new key by now, Slurm the old one, and on 22.05 says no more than that something went wrong.
        Submitted meanwhile = THOROUGH ? submit(script("true")) : null;
        pause(AWAY_SECONDS);
        lab.stop("slurmctld");
        lab.stop("slurmdbd");
        lab.up();
        completedOnce(running);
        completedOnce(meanwhile == null ? submit(script("true")) : meanwhile);
    }

    // --- slurmrestd talks nonsense

    @Test
    void garbageFromSlurmrestdIsNoNews() {
        throughAll(Mood.GARBAGE);
    }

    @Test
    void halfAnAnswerIsNoNews() {
        throughAll(Mood.HALF);
    }

    private void throughAll(Mood mood) {
        Submitted running = submit(script("sleep " + (AWAY_SECONDS / 2 + 2)));
        awaitState(running, "RUNNING");
        rest.be(mood);
        Submitted meanwhile = mood == Mood.GARBAGE && !THOROUGH ? null : submit(script("true"));
        await("it misbehaves", () -> rest.misbehaved() > 0);
        pause(AWAY_SECONDS);
        assertThat(state(running)).isEqualTo("RUNNING");
        rest.be(Mood.WELL);
        completedOnce(running);
        completedOnce(meanwhile == null ? submit(script("true")) : meanwhile);
    }

    @Test
    void aSlowSlurmrestdKeepsNobodyWaiting() {
        rest.be(Mood.SLOW);
        Submitted job = submit(script("true"));
        await("it is slow", () -> rest.misbehaved() > 0);
        for (String path : List.of("/clusters", "/jobs", "/jobs/" + job.id())) {
            Instant before = Instant.now();
            story.ana.get(path).done();
            assertThat(Duration.between(before, Instant.now())).as(path).isLessThan(Duration.ofSeconds(3));
        }
        completedOnce(job);
    }

    @Test
    void aSubmissionWhoseAnswerWasLostRunsOnce() {
        rest.be(Mood.FORGETFUL);
        int before = rest.submissions();
        Submitted job = submit(script("sleep 1"));
        await("an answer is lost", () -> rest.misbehaved() > 0);
        await("it is found by its comment", () -> !state(job).equals("PENDING"));
        completedOnce(job);
        assertThat(rest.submissions() - before).isEqualTo(1);
    }

    // --- Slurm forgets

    @Test
    void aJobWhoseRecordWasPurgedBeforeItWasReadEndsAllTheSame() {
        Submitted job = submit(script("sleep 1"));
        awaitState(job, "RUNNING");
        farga.killNine();
        try {
            await(
                    "Slurm is done with it",
                    () -> lab.runs(job.name()).stream()
                            .anyMatch(run -> run.state().equals("COMPLETED")));
            // slurmctld forgets with its state, slurmdbd with its row.
            lab.stop("slurmctld");
            lab.forgetJobs();
            lab.up();
            assertThat(lab.runs(job.name())).isEmpty();
        } finally {
            farga.start();
        }
        JsonNode end = story.ana.await("/jobs/" + job.id(), LIMIT, Story::hasEnded);
        assertThat(end.path("startedAt").isString()).isTrue();
        await("it is on the statement", () -> lines(job).size() == 1);
        assertThat(lines(job).getFirst().path("cpuMilliseconds").asLong()).isBetween(0L, 60_000L);
    }

    // --- two Fargas

    @Test
    void twoFargasGiveEachJobToSlurmOnceAlsoWhenOneIsKilled() {
        List<Submitted> jobs = new ArrayList<>();
        try (FargaProcess second = farga.startAnother(lab.environment(rest.address()))) {
            Api there = story.ana.at(second);
            for (int i = 0; i < 12; i++) {
                Map<String, Object> order = story.job("twice-" + UUID.randomUUID(), script("sleep 1"));
                Api at = i % 2 == 0 ? story.ana : there;
                jobs.add(new Submitted(
                        at.post("/jobs", order).id(), order.get("name").toString()));
                if (i == 7) {
                    second.killNine();
                    second.start();
                }
            }
            jobs.forEach(this::completedOnce);
        }
    }

    // --- what tests say

    record Submitted(String id, String name) {}

    private Submitted submit(String script) {
        return submitted(story.job("fault-" + UUID.randomUUID(), script));
    }

    private Submitted submitted(Map<String, Object> order) {
        return new Submitted(
                story.ana.post("/jobs", order).id(), order.get("name").toString());
    }

    private static String script(String line) {
        return "#!/bin/sh\necho ran\n" + line + "\n";
    }

    private String state(Submitted job) {
        return story.ana.get("/jobs/" + job.id()).done().path("state").asString();
    }

    private JsonNode awaitState(Submitted job, String state) {
        return story.ana.await(
                "/jobs/" + job.id(), LIMIT, one -> one.path("state").asString().equals(state));
    }

    private void completedOnce(Submitted job) {
        JsonNode end = story.ana.await("/jobs/" + job.id(), LIMIT, Story::hasEnded);
        assertThat(end.path("state").asString()).as("%s", end).isEqualTo("COMPLETED");
        await("accounting has it once", () -> lab.runs(job.name()).size() == 1);
        assertThat(story.ana.text("/jobs/" + job.id() + "/log")).isEqualTo("ran\n");
        accountedExactly(job);
    }

    /** The statement has the time of every run that accounting has, and no more. */
    private void accountedExactly(Submitted job) {
        long expected = lab.runs(job.name()).stream()
                .mapToLong(run -> run.seconds() * run.cpus() * 1_000)
                .sum();
        await(
                "the statement has " + expected + " ms for " + job + ": " + lab.runs(job.name()),
                () -> lines(job).stream()
                                .mapToLong(line -> line.path("reverses").asBoolean(false)
                                        ? -line.path("cpuMilliseconds").asLong()
                                        : line.path("cpuMilliseconds").asLong())
                                .sum()
                        == expected);
    }

    private List<JsonNode> lines(Submitted job) {
        JsonNode statement = story.ana
                .get("/allocations/" + story.allocation + "/statement?limit=200")
                .done();
        return StreamSupport.stream(statement.path("lines").spliterator(), false)
                .filter(line -> line.path("job").asString("").equals(job.id()))
                .toList();
    }

    private static void await(String what, BooleanSupplier wish) {
        Instant deadline = Instant.now().plus(LIMIT);
        while (!wish.getAsBoolean()) {
            assertThat(Instant.now()).as(what).isBefore(deadline);
            FargaProcess.pause(200);
        }
    }

    private static void pause(long seconds) {
        FargaProcess.pause(seconds * 1_000);
    }
}
