package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.farga.shared.JobId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The words in which tests of a {@link Scheduler} are written, and the end of every process they start. */
abstract class SchedulerFixture {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicLong NUMBERS = new AtomicLong(1);
    /** A number no other run on this machine uses: how long the jobs' processes sleep, and so how they are found. */
    private static final long SLEEP = 100_000_000L + ThreadLocalRandom.current().nextLong(900_000_000L);

    @TempDir
    Path temporary;

    private final List<JobId> submitted = new ArrayList<>();

    abstract Scheduler scheduler();

    @AfterEach
    void endWhatIsLeft() {
        submitted.forEach(scheduler()::cancel);
        submitted.forEach(this::awaitEnd);
        assertThat(sleepers()).as("processes that outlived their jobs").isEmpty();
    }

    /** Removes an ended job's files, and with them what the engine knows of it. */
    void discard(JobId job) {
        awaitEnd(job);
        scheduler().discard(job);
        submitted.remove(job);
    }

    static JobId nextNumber() {
        return new JobId(NUMBERS.getAndIncrement());
    }

    /** A shell script of these lines. */
    static String script(String... lines) {
        return "#!/bin/sh\n" + String.join("\n", lines) + "\n";
    }

    /** The command by which processes of this test's jobs are known. */
    static String sleep() {
        return "sleep " + SLEEP;
    }

    /** The process numbers of all that run {@link #sleep()} on this machine. */
    static List<Long> sleepers() {
        String wanted = "sleep\0" + SLEEP + "\0";
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> commandLine(pid).filter(wanted::equals).isPresent())
                .toList();
    }

    private static Optional<String> commandLine(long pid) {
        try {
            return Optional.of(Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Resources small() {
        return new Resources(1, 256, 0, Duration.ofMinutes(2), 64);
    }

    Resources wholeNode() {
        return new Resources(scheduler().describe().nodes().getFirst().cpus(), 64, 0, Duration.ofMinutes(2), 64);
    }

    static JobOrder order(String script, Resources resources) {
        JobId id = nextNumber();
        return new JobOrder(id, "a job", script, resources, "acme-1", "ada", List.of(), Map.of());
    }

    static JobOrder withMounts(JobOrder o, List<Mount> mounts) {
        return new JobOrder(
                o.id(), o.name(), o.script(), o.resources(), o.account(), o.user(), mounts, o.environment());
    }

    static JobOrder withEnvironment(JobOrder o, Map<String, String> environment) {
        return new JobOrder(
                o.id(), o.name(), o.script(), o.resources(), o.account(), o.user(), o.mounts(), environment);
    }

    static JobOrder withName(JobOrder o, String name) {
        return new JobOrder(
                o.id(), name, o.script(), o.resources(), o.account(), o.user(), o.mounts(), o.environment());
    }

    JobId run(String script) {
        return run(order(script, small()));
    }

    JobId run(JobOrder order) {
        assertThat(submit(order)).isInstanceOf(Submission.Accepted.class);
        return order.id();
    }

    Submission submit(JobOrder order) {
        submitted.add(order.id());
        return scheduler().submit(order);
    }

    /** A job that was handed over in another way is ended after the test like the others. */
    void toEnd(JobId job) {
        submitted.add(job);
    }

    String refusal(JobOrder order) {
        Submission answer = scheduler().submit(order);
        assertThat(answer).isInstanceOf(Submission.Rejected.class);
        assertThat(scheduler().observe(Set.of(order.id()))).isEmpty();
        return ((Submission.Rejected) answer).reason();
    }

    Observation observe(JobId job) {
        return observe(scheduler(), job);
    }

    static Observation observe(Scheduler scheduler, JobId job) {
        Observation observation = scheduler.observe(Set.of(job)).get(job);
        if (observation == null) {
            throw new AssertionError("job " + job + " is unknown");
        }
        return observation;
    }

    Observation awaitEnd(JobId job) {
        return await(job, observation -> observation.state().ended(), "an end");
    }

    Observation awaitState(JobId job, JobState state) {
        return await(job, observation -> observation.state() == state, state.toString());
    }

    Observation await(JobId job, Predicate<Observation> wanted, String what) {
        await(
                () -> wanted.test(observe(job)),
                () -> what + " of job " + job + ", which is " + observe(job) + evidence(),
                patience());
        return observe(job);
    }

    /** What the engine itself says when a test has waited in vain. */
    String evidence() {
        return "";
    }

    /** How long an engine may take for one step. */
    Duration patience() {
        return PATIENCE;
    }

    static void await(Condition condition, String what) {
        await(condition, () -> what, PATIENCE);
    }

    private static void await(Condition condition, Supplier<String> what, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited too long for " + what.get());
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    interface Condition {
        boolean holds();
    }

    String log(JobId job) {
        try (var log = Channels.newInputStream(scheduler().files(job).openLog())) {
            return new String(log.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    String output(JobId job, String file) {
        try (var output = Channels.newInputStream(scheduler().files(job).openOutput(file))) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
