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
 * A real Farga on a real Slurm, while Slurm is away, talks nonsense, forgets, loses nodes or takes jobs back. Whatever happens, every
 * job ends, ran as often as Slurm says, and is on the statement with exactly the time that Slurm's accounting has for it.
 * {@code -Dfarga.fault.seconds=120} makes the absences longer, {@code -Dfarga.fault.thorough=true} submits
 * also where that costs minutes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlurmFaultsTest {
    /** Whoever submitted without a word from Slurm asks again only after 100 s, which is too long for every day. */
    private static final boolean THOROUGH = Boolean.getBoolean("farga.fault.thorough");

    /** Runs long only if it is its first time. */
    private static final String TWICE =
            "#!/bin/sh\necho ran\ntest -e again || { touch again; sleep 300; }\nsleep 2\n";

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
    void slurmctldAwayForAWhileLosesNothing() {
        Submitted running = submit(script("sleep " + (AWAY_SECONDS / 2 + 2)));
        awaitState(running, "RUNNING");
        lab.stop("slurmctld");
        Submitted meanwhile = submit(script("true"));
        pause(AWAY_SECONDS);
        assertThat(state(running)).isNotIn("FAILED", "NODE_FAIL", "CANCELLED");
        assertThat(state(meanwhile)).isEqualTo("PENDING");
        lab.up();
        completedOnce(running);
        completedOnce(meanwhile);
    }

    @Test
    void slurmdbdAwayForAWhileLosesNoUsage() {
        Submitted running = submit(script("sleep 2"));
        awaitState(running, "RUNNING");
        lab.stop("slurmdbd");
        Submitted meanwhile = submit(script("sleep 1"));
        pause(AWAY_SECONDS);
        lab.up();
        completedOnce(running);
        completedOnce(meanwhile);
    }

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

    @Test
    void aSlurmrestdThatKnowsNobodyIsAskedAgain() {
        throughAll(Mood.STRANGER);
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

    // --- jobs are taken back

    @Test
    void aNodeLostUnderAJobIsTold() {
        Submitted job = submit(TWICE);
        String node = awaitState(job, "RUNNING").path("nodes").asString();
        lab.killNode(node);
        lab.run("scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=lost");
        lab.up();
        // One that registers anew may have been taken back already.
        lab.tryTo("scontrol", "update", "NodeName=" + node, "State=RESUME");
        endAfterBeingTakenBack(job);
        accountedExactly(job);
    }

    @Test
    void aRequeuedJobPaysForBothRuns() {
        Submitted job = submit(TWICE);
        awaitState(job, "RUNNING");
        await("accounting has it", () -> !lab.runs(job.name()).isEmpty());
        lab.run(
                "scontrol",
                "requeue",
                String.valueOf(lab.runs(job.name()).getFirst().job()));
        endAfterBeingTakenBack(job);
        assertThat(lab.runs(job.name())).hasSize(2);
        accountedExactly(job);
    }

    @Test
    void aPreemptedJobPaysForBothRuns() {
        lab.tryTo("sacctmgr", "-i", "add", "qos", "urgent", "Preempt=normal", "PreemptMode=requeue", "Priority=1000");
        lab.tryTo("sacctmgr", "-i", "modify", "user", "lab-pau", "set", "QOS+=urgent");
        List<Submitted> jobs = new ArrayList<>();
        // One for each node, so that whoever is urgent has to take one's place.
        for (int i = 0; i < 4; i++) {
            Map<String, Object> order = story.job("whole-" + UUID.randomUUID(), script("sleep 8"));
            order.put("cpus", 64);
            order.put("partition", "gpu");
            jobs.add(submitted(order));
        }
        jobs.forEach(job -> awaitState(job, "RUNNING"));
        String urgent = "urgent-" + UUID.randomUUID();
        lab.run(
                "sbatch",
                "--uid=lab-pau",
                "--account=lab",
                "--qos=urgent",
                "--partition=gpu",
                "--cpus-per-task=64",
                "--mem=1G",
                "--time=1",
                "--chdir=/tmp",
                "--output=/dev/null",
                "--job-name=" + urgent,
                "--wrap=sleep 2");
        await(
                "one makes room",
                () -> jobs.stream()
                        .flatMap(job -> lab.runs(job.name()).stream())
                        .anyMatch(run -> run.state().equals("PREEMPTED")));
        jobs.forEach(this::endAfterBeingTakenBack);
        jobs.forEach(this::accountedExactly);
        await(
                "the urgent one is done",
                () -> lab.runs(urgent).stream().anyMatch(run -> run.state().equals("COMPLETED")));
    }

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

    /** What was taken back waits two minutes before it may start again, unless it is told otherwise. */
    private void endAfterBeingTakenBack(Submitted job) {
        Instant deadline = Instant.now().plus(LIMIT);
        while (!Story.hasEnded(story.ana.get("/jobs/" + job.id()).done())) {
            assertThat(Instant.now()).as("job %s ends", job).isBefore(deadline);
            lab.run("squeue", "-h", "-t", "PD", "-n", job.name(), "-o", "%A")
                    .lines()
                    .forEach(waiting -> lab.tryTo("scontrol", "update", "JobId=" + waiting, "StartTime=now"));
            FargaProcess.pause(1_000);
        }
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
