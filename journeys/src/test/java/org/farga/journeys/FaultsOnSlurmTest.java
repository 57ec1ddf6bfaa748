package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
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
 * A real Farga on a real Slurm, while Slurm is away, talks nonsense, forgets, loses nodes or takes jobs back. Whatever happens,
 * every job ends, ran as often as Slurm says, and is on the statement with exactly the time that Slurm's accounting has for it;
 * its page says meanwhile why it waits, and operators see what is wrong for as long as it is.
 * {@code -Dfarga.fault.seconds=120} makes the absences longer, {@code -Dfarga.fault.thorough=true} submits
 * also where that costs minutes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsOnSlurmTest {
    /** Whoever submitted without a word from Slurm asks again only after 100 s, which is too long for every day. */
    private static final boolean THOROUGH = Boolean.getBoolean("farga.fault.thorough");

    /** After so long Farga takes a silence for more than a restart; every absence is longer. */
    private static final long SILENCE_SECONDS = 3;

    private static final long AWAY_SECONDS = Math.max(SILENCE_SECONDS + 2, Long.getLong("farga.fault.seconds", 5));
    /** Slurm looks for work every few seconds, and a machine that others work on takes its time. */
    private static final Duration LIMIT = Duration.ofSeconds((THOROUGH ? 180 : 90) + AWAY_SECONDS);

    /** Findings that may be there on a machine where nothing is wrong with Slurm. */
    private static final Set<String> OURS =
            Set.of("cluster-silent", "accounting-silent", "nodes-down", "jobs-folder-full", "jobs-folder-away");

    /** Runs long only if it is its first time. */
    private static final String TWICE = "#!/bin/sh\necho ran\ntest -e again || { touch again; sleep 300; }\nsleep 2\n";

    private SlurmLab lab;
    private FaultyRest rest;
    private FargaProcess farga;
    private Story story;
    private Map<String, String> settings;

    /** A small disk for jobs' folders, where one can be made. */
    private Path disk;

    /** All that was submitted and that accounting may not have forgotten. */
    private final List<Submitted> all = new CopyOnWriteArrayList<>();

    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        lab = SlurmLab.take();
        rest = new FaultyRest(lab.rest());
        Map<String, String> own = new HashMap<>(Map.of("farga.cluster.silence", SILENCE_SECONDS + "s"));
        disk = smallDisk();
        if (disk != null) {
            own.put("farga.cluster.slurm.lab.folder", disk.resolve("jobs").toString());
        }
        settings = lab.environment(rest.address(), own);
        farga = FargaProcess.start(folder.resolve("data"), settings);
        story = Story.begin(farga, "lab");
    }

    @AfterEach
    void mend() {
        rest.be(Mood.WELL);
        lab.mend();
    }

    @AfterAll
    void everyRunIsOnTheStatementOnceAndNothingIsWrongAnyMore() throws IOException {
        try {
            if (story != null) {
                all.forEach(this::accountedExactly);
                story.administrator.await(
                        "/operations", LIMIT, o -> findings(o).stream().noneMatch(OURS::contains));
            }
        } finally {
            close();
        }
    }

    private void close() throws IOException {
        if (farga != null) {
            farga.close();
        }
        if (rest != null) {
            rest.close();
        }
        if (disk != null) {
            Shell.run(Map.of(), List.of("umount", "--lazy", disk.toString()));
            Files.delete(disk);
        }
        if (lab != null) {
            lab.close();
        }
    }

    /** Null where none can be made, or the nodes would not see it. */
    private Path smallDisk() throws IOException {
        if (lab.folder().endsWith("debian13")) {
            return null;
        }
        Path at = Files.createTempDirectory("farga-small-disk-");
        Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwx--x--x"));
        List<String> mount = List.of("mount", "-t", "tmpfs", "-o", "size=16m,mode=711", "farga-test", at.toString());
        if (Shell.run(Map.of(), mount).exit() != 0) {
            Files.delete(at);
            return null;
        }
        return at;
    }

    // --- Slurm is away

    @Test
    void slurmctldAwayForAWhileLosesNothing() {
        Submitted ending = submit(script("sleep 2"));
        Submitted running = submit(script("sleep " + (AWAY_SECONDS + 8)));
        awaitState(ending, "RUNNING");
        awaitState(running, "RUNNING");
        lab.stop("slurmctld");
        Submitted meanwhile = submit(script("true"));
        awaitExplanation(running, "has not answered since");
        awaitExplanation(meanwhile, "handed over by itself");
        awaitFinding("cluster-silent");
        pause(AWAY_SECONDS);
        assertThat(state(running)).isEqualTo("RUNNING");
        assertThat(state(ending)).isEqualTo("RUNNING");
        assertThat(state(meanwhile)).isEqualTo("PENDING");
        lab.up();
        completedOnce(ending);
        completedOnce(running);
        completedOnce(meanwhile);
    }

    @Test
    void slurmdbdAwayForAWhileLosesNoUsage() {
        Submitted running = submit(script("sleep 2"));
        awaitState(running, "RUNNING");
        lab.stop("slurmdbd");
        Submitted meanwhile = submit(script("sleep 1"));
        awaitFinding("accounting-silent");
        pause(AWAY_SECONDS);
        for (Submitted job : List.of(running, meanwhile)) {
            assertThat(state(job)).as("as long as nobody can say what it used").isIn("RUNNING", "PENDING");
            assertThat(lines(job)).isEmpty();
        }
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
        // Another file: Slurm's programs have mapped theirs, and would see it change.
        Path file = lab.folder().resolve("etc/jwt.key");
        Path next = file.resolveSibling("jwt.key.next");
        Files.write(next, key);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("r--------"));
        Files.setOwner(next, Files.getOwner(file));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        // Farga has the new key by now, Slurm the old one, and on 22.05 says no more than that something went wrong.
        Submitted meanwhile = THOROUGH ? submit(script("true")) : null;
        awaitExplanation(running, "has not answered since");
        pause(AWAY_SECONDS);
        lab.stop("slurmctld");
        lab.stop("slurmdbd");
        lab.up();
        completedOnce(running);
        completedOnce(meanwhile == null ? submit(script("true")) : meanwhile);
    }

    // --- slurmrestd talks nonsense

    @Test
    void garbageHalfAnswersAndRefusalsFromSlurmrestdAreNoNews() {
        List<Submitted> meanwhile = new ArrayList<>();
        Submitted running = submit(script("sleep 300"));
        awaitState(running, "RUNNING");
        for (Mood mood : List.of(Mood.GARBAGE, Mood.HALF, Mood.STRANGER)) {
            Submitted ending = submit(script("sleep 1"));
            awaitState(ending, "RUNNING");
            rest.be(mood);
            await(mood + " is met", () -> rest.misbehaved() > 0);
            if (mood != Mood.GARBAGE || THOROUGH) {
                meanwhile.add(submit(script("true")));
            }
            awaitExplanation(running, "has not answered since");
            pause(AWAY_SECONDS);
            assertThat(state(running)).as("%s", mood).isEqualTo("RUNNING");
            assertThat(state(ending)).as("%s", mood).isNotIn("FAILED", "NODE_FAIL", "CANCELLED");
            rest.be(Mood.WELL);
            meanwhile.add(ending);
        }
        meanwhile.forEach(this::completedOnce);
        story.ana.put("/jobs/" + running.id() + "/cancellation").done();
        assertThat(end(running).path("state").asString()).isEqualTo("CANCELLED");
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
        try {
            lab.run("scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=lost");
            awaitTakenBack(job);
            awaitFinding("nodes-down");
        } finally {
            lab.up();
            // One that registers anew may have been taken back already.
            lab.tryTo("scontrol", "update", "NodeName=" + node, "State=RESUME");
        }
        endsAfterBeingTakenBack(job);
        assertThat(lab.runs(job.name()).stream().map(SlurmLab.Run::state)).containsExactly("NODE_FAIL", "COMPLETED");
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
        awaitTakenBack(job);
        endsAfterBeingTakenBack(job);
        assertThat(lab.runs(job.name())).hasSize(2);
    }

    @Test
    void aPreemptedJobPaysForBothRuns() {
        List<Submitted> jobs = new ArrayList<>();
        try {
            lab.tryTo(
                    "sacctmgr", "-i", "add", "qos", "urgent", "Preempt=normal", "PreemptMode=requeue", "Priority=1000");
            lab.tryTo("sacctmgr", "-i", "modify", "user", "lab-pau", "set", "QOS+=urgent");
            // One for each node, so that whoever is urgent has to take one's place.
            for (int i = 0; i < 4; i++) {
                Map<String, Object> order = story.job("whole-" + UUID.randomUUID(), script("sleep 20"));
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
                    () -> jobs.stream().anyMatch(job -> state(job).equals("PENDING")));
            Submitted back = jobs.stream()
                    .filter(job -> state(job).equals("PENDING"))
                    .findFirst()
                    .orElseThrow();
            awaitTakenBack(back);
            jobs.forEach(this::endsAfterBeingTakenBack);
            assertThat(lab.runs(back.name()).stream().map(SlurmLab.Run::state))
                    .containsExactly("PREEMPTED", "COMPLETED");
            await(
                    "the urgent one is done",
                    () -> lab.runs(urgent).stream().anyMatch(run -> run.state().equals("COMPLETED")));
        } finally {
            lab.tryTo("sacctmgr", "-i", "modify", "user", "lab-pau", "set", "QOS-=urgent");
            lab.tryTo("sacctmgr", "-i", "delete", "qos", "urgent");
        }
    }

    // --- Slurm forgets

    @Test
    void aRecordPurgedBeforeItWasReadIsAccountingsToTellAndIsMadeUpNowhere() {
        Submitted forgotten = submit(script("sleep 1"));
        Submitted lost = submit(script("sleep 1"));
        all.remove(lost); // nobody will know of it but this test
        awaitState(forgotten, "RUNNING");
        awaitState(lost, "RUNNING");
        farga.killNine();
        try {
            for (Submitted job : List.of(forgotten, lost)) {
                await(
                        "Slurm is done with it",
                        () -> lab.runs(job.name()).stream()
                                .anyMatch(run -> run.state().equals("COMPLETED")));
            }
            lab.stop("slurmctld");
            lab.forget(lost.name());
            lab.up();
            assertThat(lab.runs(lost.name())).isEmpty();
        } finally {
            farga.start();
        }
        completedOnce(forgotten);
        JsonNode end = end(lost);
        assertThat(end.path("state").asString()).isEqualTo("NODE_FAIL");
        assertThat(end.path("reason").asString()).isEqualTo("Lost");
        assertThat(end.path("explanation").asString()).contains("knows nothing of it any more");
        // Nobody saw how long it ran: that Farga itself was away is no reason to charge for it.
        assertThat(lines(lost))
                .allSatisfy(line ->
                        assertThat(line.path("cpuMilliseconds").asLong()).isZero());
    }

    // --- there is no room

    @Test
    void aFullDiskHoldsSubmissionsUpAndLosesNone() throws IOException {
        assumeTrue(disk != null, "no small disk could be made here");
        int before = rest.submissions();
        Path ballast = disk.resolve("ballast");
        Submitted job;
        try {
            fill(ballast);
            job = submit(script("sleep 1"));
            awaitFinding("jobs-folder-full");
            await("it is tried", () -> farga.said("No space left on device"));
            assertThat(state(job)).isEqualTo("PENDING");
        } finally {
            Files.deleteIfExists(ballast);
        }
        completedOnce(job);
        assertThat(rest.submissions() - before).isEqualTo(1);
    }

    private static void fill(Path file) throws IOException {
        byte[] block = new byte[4_096];
        try (var to = Files.newOutputStream(file)) {
            while (true) {
                to.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    // --- two Fargas

    @Test
    void twoFargasGiveEachJobToSlurmOnceAlsoWhenOneIsKilled() {
        List<Submitted> jobs = new ArrayList<>();
        try (FargaProcess second = farga.startAnother(settings)) {
            Api there = story.ana.at(second);
            for (int i = 0; i < 12; i++) {
                Map<String, Object> order = story.job("twice-" + UUID.randomUUID(), script("sleep 1"));
                jobs.add(submitted(i % 2 == 0 ? story.ana : there, order));
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
        return submitted(story.ana, order);
    }

    private Submitted submitted(Api at, Map<String, Object> order) {
        Submitted job =
                new Submitted(at.post("/jobs", order).id(), order.get("name").toString());
        all.add(job);
        return job;
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

    private void awaitExplanation(Submitted job, String part) {
        story.ana.await(
                "/jobs/" + job.id(),
                LIMIT,
                one -> one.path("explanation").asString("").contains(part));
    }

    /** Its page says that it waits again, and why. */
    private void awaitTakenBack(Submitted job) {
        story.ana.await(
                "/jobs/" + job.id(),
                LIMIT,
                one -> one.path("state").asString().equals("PENDING")
                        && one.path("explanation").asString("").contains("put back in the queue"));
    }

    private void awaitFinding(String name) {
        story.administrator.await("/operations", LIMIT, o -> findings(o).contains(name));
    }

    private static Set<String> findings(JsonNode operations) {
        return StreamSupport.stream(operations.path("findings").spliterator(), false)
                .map(finding -> finding.path("name").asString())
                .collect(Collectors.toSet());
    }

    private JsonNode end(Submitted job) {
        return story.ana.await("/jobs/" + job.id(), LIMIT, Story::hasEnded);
    }

    private void completedOnce(Submitted job) {
        JsonNode end = end(job);
        assertThat(end.path("state").asString()).as("%s", end).isEqualTo("COMPLETED");
        await("accounting has it once", () -> lab.runs(job.name()).size() == 1);
        assertThat(story.ana.text("/jobs/" + job.id() + "/log")).isEqualTo("ran\n");
        accountedExactly(job);
    }

    /** What was taken back waits two minutes before it may start again, unless it is told otherwise. */
    private void endsAfterBeingTakenBack(Submitted job) {
        Instant deadline = Instant.now().plus(LIMIT);
        JsonNode now = story.ana.get("/jobs/" + job.id()).done();
        while (!Story.hasEnded(now)) {
            assertThat(Instant.now()).as("job %s ends", job).isBefore(deadline);
            if (now.path("state").asString().equals("PENDING")) {
                lab.run("squeue", "-h", "-t", "PD", "-n", job.name(), "-o", "%A")
                        .lines()
                        .forEach(waiting -> lab.tryTo("scontrol", "update", "JobId=" + waiting, "StartTime=now"));
            }
            FargaProcess.pause(1_000);
            now = story.ana.get("/jobs/" + job.id()).done();
        }
        assertThat(now.path("state").asString()).as("%s", now).isEqualTo("COMPLETED");
    }

    /** The statement has every run that accounting has, once, with its very time, and no more. */
    private void accountedExactly(Submitted job) {
        Instant deadline = Instant.now().plus(LIMIT);
        while (true) {
            // Asked anew each time: slurmdbd needs moments after its own return to know when jobs ended.
            List<SlurmLab.Run> runs = lab.runs(job.name());
            List<Long> expected = runs.stream()
                    .map(run -> run.seconds() * run.cpus() * 1_000)
                    .filter(milliseconds -> milliseconds > 0)
                    .sorted()
                    .toList();
            if (charged(job).equals(expected)) {
                return;
            }
            assertThat(Instant.now())
                    .as("the statement has %s ms of %s, %s; it has %s", expected, job, runs, lines(job))
                    .isBefore(deadline);
            FargaProcess.pause(200);
        }
    }

    /** CPU milliseconds of the lines that stand, each run's by itself. */
    private List<Long> charged(Submitted job) {
        List<Long> standing = new ArrayList<>();
        List<Long> reversed = new ArrayList<>();
        for (JsonNode line : lines(job)) {
            long milliseconds = line.path("cpuMilliseconds").asLong();
            if (milliseconds != 0) {
                (line.path("reverses").asBoolean(false) ? reversed : standing).add(milliseconds);
            }
        }
        reversed.forEach(standing::remove);
        return standing.stream().sorted().toList();
    }

    private List<JsonNode> lines(Submitted job) {
        List<JsonNode> found = new ArrayList<>();
        String next = "/allocations/" + story.allocation + "/statement?limit=200";
        JsonNode statement = story.ana.get(next).done();
        statement.path("lines").forEach(found::add);
        assertThat(statement.has("next")).as("all lines are on one page").isFalse();
        return found.stream()
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
