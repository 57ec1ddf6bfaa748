package org.farga.compute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.farga.shared.JobId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the machine as a scheduler does beyond the contract, at one isolation level. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LocalSchedulerContract extends SchedulerContract {

    private static final String TWO_GPUS = """
            #!/bin/sh
            echo '0, NVIDIA H100 80GB HBM3, 81559, GPU-aaaa'
            echo '1, NVIDIA H100 80GB HBM3, 81559, GPU-bbbb'
            """;

    Path root;
    LocalSettings settings;
    LocalScheduler scheduler;

    abstract IsolationLevel level();

    abstract boolean cgroups();

    @BeforeAll
    void open(@TempDir Path home) throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        Path nvidiaSmi = Files.writeString(home.resolve("nvidia-smi"), TWO_GPUS);
        Files.setPosixFilePermissions(nvidiaSmi, PosixFilePermissions.fromString("rwx------"));
        root = home.resolve("scheduler");
        settings = new LocalSettings(
                level(), cgroups(), List.of(), 8, 4096L, nvidiaSmi.toString(), 60, 1, Duration.ofSeconds(1));
        try {
            scheduler = openOn(root);
        } catch (IllegalStateException e) {
            // Some containers allow no namespaces; every machine allows plain jobs.
            Assumptions.assumeTrue(level() == IsolationLevel.PLAIN, e.getMessage());
            throw e;
        }
    }

    @AfterAll
    void close() {
        if (scheduler != null) {
            scheduler.close();
        }
    }

    @Override
    Scheduler scheduler() {
        return scheduler;
    }

    LocalScheduler openOn(Path folder) {
        return new LocalScheduler(folder, Clock.systemUTC(), settings);
    }

    private void restart() {
        scheduler.close();
        scheduler = openOn(root);
    }

    // --- Farga comes and goes, jobs stay

    @Test
    void aRunningJobIsFoundAgainAfterARestart() {
        JobId job = run(script("echo begun", "while [ ! -e go ]; do sleep 0.1; done", "exit 3"));
        Observation running = awaitState(job, JobState.RUNNING);
        JobId waiting = run(order(script("exit 0"), wholeNode()));
        restart();
        assertThat(observe(job).startedAt()).isEqualTo(running.startedAt());
        assertThat(observe(job).allocation()).isEqualTo(running.allocation());
        assertThat(scheduler.describe().nodes().getFirst().freeCpus()).isEqualTo(7);
        assertThat(observe(waiting).state()).isEqualTo(JobState.PENDING);
        letGo(job);
        Observation end = awaitEnd(job);
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.exitCode()).isEqualTo(3);
        assertThat(awaitEnd(waiting).startedAt()).isAfterOrEqualTo(end.endedAt());
    }

    @Test
    void aTimeLimitHoldsWhileFargaIsDown() {
        JobId job = run(order(script(sleep()), new Resources(1, 64, 0, Duration.ofSeconds(2), 64)));
        awaitState(job, JobState.RUNNING);
        scheduler.close();
        try {
            await(() -> sleepers().isEmpty(), "the supervisor to end the job");
        } finally {
            scheduler = openOn(root);
        }
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.TIMEOUT);
    }

    @Test
    void aJobGoesOnWhenFargaIsKilledAndItsTimesAreExact() throws Exception {
        Path shared = temporary.resolve("shared");
        Path script = Files.writeString(
                temporary.resolve("script.sh"),
                script("env", "while [ ! -e go ]; do sleep 0.1; done", "sleep 1", "echo done > output/done"));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SchedulerHost.class.getName(),
                shared.toString(),
                level().name(),
                Boolean.toString(cgroups()),
                script.toString());
        builder.environment().put("FARGA_DATABASE_PASSWORD", "swordfish");
        Process host = builder.redirectErrorStream(true)
                .redirectOutput(temporary.resolve("host.log").toFile())
                .start();
        JobId job = new JobId(1);
        try {
            await(() -> Files.exists(shared.resolve("jobs/1/heartbeat")) || !host.isAlive(), "the host's job");
            assertThat(host.isAlive())
                    .as(Files.readString(temporary.resolve("host.log")))
                    .isTrue();
        } finally {
            host.destroyForcibly().waitFor();
        }
        try (LocalScheduler heir = openOn(shared)) {
            Observation running = observe(heir, job);
            assertThat(running.state()).isEqualTo(JobState.RUNNING);
            Instant going = Instant.now();
            Files.writeString(shared.resolve("jobs/1/work/go"), "");
            await(() -> observe(heir, job).state().ended(), "the end of the orphan");
            Observation end = observe(heir, job);
            assertThat(end.state()).isEqualTo(JobState.COMPLETED);
            assertThat(end.startedAt()).isEqualTo(running.startedAt());
            assertThat(end.endedAt())
                    .isBetween(going.plusMillis(900), Instant.now().plusMillis(100));
            assertThat(shared.resolve("jobs/1/work/output/done")).hasContent("done");
            assertThat(Files.readString(heir.files(job).log()))
                    .contains("FARGA_JOB_ID=1")
                    .doesNotContain("swordfish");
        }
    }

    @Test
    void aJobWhoseSupervisorIsKilledIsANodeFailureAndEndsWithIt() throws IOException {
        JobId job = run(script("(setsid " + sleep() + " &)", sleep()));
        await(() -> sleepers().size() == 2, "two processes of the job");
        await(() -> Files.exists(folder(job).path().resolve("heartbeat")), "a heartbeat");
        JobFolder.Start start = requireNonNull(folder(job).start());
        ProcessHandle.of(start.pid()).ifPresent(ProcessHandle::destroyForcibly);
        Observation end = awaitEnd(job);
        assertThat(end.state()).isEqualTo(JobState.NODE_FAIL);
        assertThat(end.endedAt()).isBetween(end.startedAt(), Instant.now());
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void aJobThatWasClaimedByAFargaThatDiedIsNotStartedAgain() throws IOException {
        scheduler.close();
        JobOrder order = order(script("echo started > output/started"), small());
        try {
            JobFolders folders = new JobFolders(root.toRealPath());
            folders.place(order);
            folders.folder(order.id()).claim(new JobFolder.Claim(false, List.of(0), List.of(), 256, "here"));
            folders.folder(order.id()).giveUpStart();
        } finally {
            scheduler = openOn(root);
        }
        JobId next = run(script("exit 0"));
        awaitEnd(next);
        assertThat(observe(order.id()).startedAt()).isNull();
        assertThat(scheduler.files(order.id()).output()).doesNotExist();
    }

    @Test
    void twoSchedulersOnOneFolderRunEachJobOnce() throws Exception {
        try (LocalScheduler other = openOn(root)) {
            List<JobOrder> orders = IntStream.range(0, 8)
                    .mapToObj(i -> order(script("echo once >> output/times"), small()))
                    .toList();
            List<Thread> threads = Stream.of(scheduler, other)
                    .map(each -> Thread.ofPlatform().start(() -> orders.forEach(each::submit)))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            for (JobOrder order : orders) {
                assertThat(awaitEnd(order.id()).state()).isEqualTo(JobState.COMPLETED);
                assertThat(output(order.id(), "times")).isEqualTo("once\n");
            }
            JobId job = run(script(sleep()));
            awaitState(job, JobState.RUNNING);
            other.cancel(job);
            assertThat(awaitEnd(job).state()).isEqualTo(JobState.CANCELLED);
            scheduler.close();
            JobOrder last = order(script("exit 0"), small());
            other.submit(last);
            await(() -> observe(other, last.id()).state().ended(), "the other to take over");
        } finally {
            scheduler.close();
            scheduler = openOn(root);
        }
    }

    @Test
    void aJobWhoseNotesAreDamagedDoesNotHideTheOthers() throws IOException {
        JobId job = run(script("exit 0"));
        JobId damaged = run(script("exit 0"));
        awaitEnd(job);
        awaitEnd(damaged);
        Path start = folder(damaged).path().resolve("start");
        Path end = folder(damaged).path().resolve("end");
        Files.writeString(end, "");
        assertThat(observe(damaged).state()).isEqualTo(JobState.NODE_FAIL);
        assertThat(observe(damaged).reason()).isEqualTo("UnreadableEnd");
        assertThat(scheduler.observe(Set.of(job, damaged))).containsKey(job);
        String started = Files.readString(start);
        Files.writeString(start, "startedAt=soon");
        assertThat(scheduler.observe(Set.of(job, damaged))).containsOnlyKeys(job);
        assertThat(scheduler.endedSince(Instant.EPOCH))
                .anyMatch(observed -> observed.id().equals(job));
        Files.writeString(start, started);
    }

    // --- what a job may not do to the machine

    @Test
    void aForkBombIsEnded() {
        Observation end =
                awaitEnd(run(script("i=0; while [ $i -lt 200 ]; do " + sleep() + " & i=$((i+1)); done; wait")));
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.reason()).isEqualTo("TooManyProcesses");
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void aJobThatFillsTheDiskIsEnded() {
        Observation end = awaitEnd(run(script(
                "i=0; while [ $i -lt 60 ]; do head -c 4m /dev/zero > output/$i; i=$((i+1)); sleep 0.05; done",
                sleep())));
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.reason()).isEqualTo("DiskQuotaExceeded");
    }

    @Test
    void aFileLargerThanTheDiskLimitIsNeverWritten() throws IOException {
        JobId job = run(script("head -c 100m /dev/zero > output/big"));
        Observation end = awaitEnd(job);
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.reason()).isEqualTo("DiskQuotaExceeded");
        assertThat(Files.size(scheduler.files(job).output().resolve("big"))).isLessThanOrEqualTo(64 << 20);
    }

    @Test
    void aLongLogIsCutAndTheJobGoesOn() throws IOException {
        JobId job = run(script("head -c 3m /dev/zero | tr '\\0' 'x'", "echo done > output/done"));
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(output(job, "done")).isEqualTo("done\n");
        assertThat(Files.size(scheduler.files(job).log())).isBetween(1L << 20, (1L << 20) + 200);
        assertThat(log(job)).endsWith("[farga: the log is cut here, at 1048576 bytes; the job goes on]\n");
    }

    @Test
    void aJobCannotReadAnotherJobsFilesNorFargasOwn() throws IOException {
        Assumptions.assumeTrue(
                level() == IsolationLevel.NAMESPACES || folderOwner(root).equals("root"),
                "plain jobs of one person can do what that person can");
        JobId other = run(script("echo model > output/model", "echo secret"));
        awaitEnd(other);
        Path folder = folder(other).path();
        JobId job = run(script(
                "cat " + folder + "/order " + folder + "/log.txt " + folder + "/work/output/model && echo READ",
                "cat " + folder + "/script " + root.resolve("lock") + " && echo READ",
                "ls " + root.resolve("jobs") + " | grep -vx \"$FARGA_JOB_ID\" && echo READ",
                "echo x > \"$FARGA_JOB_FOLDER/end\"",
                "kill -0 " + ProcessHandle.current().pid() + " && echo KILLED",
                "exit 0"));
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(folder(job).path().resolve("end")).content().contains("COMPLETED");
        assertThat(log(job)).doesNotContain("READ").doesNotContain("KILLED");
    }

    @Test
    void aJobHasNoPrivilegesAndASignalMeansWhatItMeansElsewhere() {
        JobId job = run(script("grep -E '^(NoNewPrivs|CapEff|CapBnd|SigIgn):' /proc/self/status", "kill 0", "sleep 5"));
        Observation end = awaitEnd(job);
        assertThat(end.exitCode()).isEqualTo(128 + 15);
        assertThat(log(job)).containsPattern("NoNewPrivs:\\s+1\n").containsPattern("SigIgn:\\s+[0-9a-f]{8}[08]0{7}\n");
        assertThat(log(job)).containsPattern("CapEff:\\s+0+\n");
    }

    private static String folderOwner(Path folder) throws IOException {
        return Files.getOwner(folder).getName();
    }

    JobFolder folder(JobId job) {
        return new JobFolder(job, root.resolve("jobs").resolve(job.toString()));
    }

    /** Lets a job go on that waits for a file. */
    private void letGo(JobId job) {
        try {
            Files.writeString(folder(job).path().resolve("work/go"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
