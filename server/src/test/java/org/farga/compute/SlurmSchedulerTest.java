package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.farga.shared.JobId;
import org.farga.slurm.SlurmSettings;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Slurm, on the cluster that {@code ./farga lab up} brings up. Skipped where there is none; {@code -Dfarga.slurm.lab=FOLDER}
 * names another than the checkout's, by the folder that holds its {@code lab.properties}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlurmSchedulerTest extends SchedulerContract {

    private SlurmSettings settings;
    private SlurmScheduler scheduler;

    @BeforeAll
    void open() throws IOException {
        Path lab = Path.of(System.getProperty("farga.slurm.lab", "../.farga/lab/debian12"));
        Path file = lab.resolve("lab.properties");
        Assumptions.assumeTrue(Files.isReadable(file), "no Slurm to try on: ./farga lab up brings one up");
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        settings = new SlurmSettings(
                URI.create(properties.getProperty("rest")),
                Path.of(properties.getProperty("jwtKey")),
                Path.of(properties.getProperty("shared"))
                        .resolve(UUID.randomUUID().toString()),
                properties.getProperty("user"),
                "slurm",
                properties.getProperty("account"),
                properties.getProperty("partition"),
                true,
                Duration.ofMillis(200),
                Duration.ofMinutes(2));
        JobFolders.open(settings.folder());
        scheduler = new SlurmScheduler(settings, settings.folder().getFileName().toString(), Clock.systemUTC());
        try {
            assertThat(scheduler.describe().nodes()).isNotEmpty();
        } catch (UncheckedIOException e) {
            Assumptions.abort("no Slurm to try on: ./farga lab up brings one up (" + e.getMessage() + ")");
        }
    }

    /** Slurm shows datasets by links, which lead through this folder. */
    @BeforeEach
    void letJobsPass() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @Override
    Scheduler scheduler() {
        return scheduler;
    }

    /** A time limit is at least a minute, and is looked at each half a minute. */
    @Override
    Duration patience() {
        return Duration.ofMinutes(3);
    }

    private SlurmScheduler another(SlurmSettings other, Clock clock) {
        return new SlurmScheduler(other, settings.folder().getFileName().toString(), clock);
    }

    private SlurmFolder folder(JobId job) {
        return new SlurmFolder(job, settings.folder().resolve("jobs").resolve(job.toString()));
    }

    private SlurmSettings with(URI rest, String account) {
        return new SlurmSettings(
                rest,
                settings.jwtKey(),
                settings.folder(),
                settings.user(),
                settings.observer(),
                account,
                settings.partition(),
                true,
                settings.freshness(),
                settings.patience());
    }

    // --- answers get lost

    @Test
    void aJobWhoseAnswerWasLostIsFoundAgainAndRunsOnce() throws IOException {
        JobOrder running = order(script("echo once >> output/times", sleep()), small());
        JobOrder ended = order(script("echo once >> output/times"), small());
        Submission first = submit(running);
        Submission second = submit(ended);
        awaitState(running.id(), JobState.RUNNING);
        awaitEnd(ended.id());
        for (JobOrder order : List.of(running, ended)) {
            Files.delete(folder(order.id()).path().resolve("engine"));
            Files.deleteIfExists(folder(order.id()).path().resolve("end"));
        }
        SlurmScheduler heir = another(settings, Clock.systemUTC());
        assertThat(heir.submit(running)).isEqualTo(first);
        assertThat(heir.submit(ended)).isEqualTo(second);
        assertThat(observe(heir, running.id()).state()).isEqualTo(JobState.RUNNING);
        heir.cancel(running.id());
        awaitEnd(running.id());
        assertThat(output(running.id(), "times")).isEqualTo("once\n");
        assertThat(output(ended.id(), "times")).isEqualTo("once\n");
    }

    @Test
    void aSubmissionThatMayBeUnderWayIsNotRepeatedBeforeItCannotBeAnyMore() throws IOException {
        JobOrder order = order(script("exit 0"), small());
        Files.createDirectory(folder(order.id()).path());
        folder(order.id()).sending(Instant.now());
        assertThatThrownBy(() -> scheduler.submit(order)).isInstanceOf(UncheckedIOException.class);
        assertThat(scheduler.observe(Set.of(order.id()))).isEmpty();
        folder(order.id()).sending(Instant.now().minusSeconds(101));
        assertThat(submit(order)).isInstanceOf(Submission.Accepted.class);
        assertThat(awaitEnd(order.id()).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void aSlurmThatCannotBeReachedIsNoRefusalAndForgetsNoEnd() {
        JobId job = run(script("exit 3"));
        Observation end = awaitEnd(job);
        SlurmScheduler away = another(with(URI.create("http://127.0.0.1:9"), settings.account()), Clock.systemUTC());
        assertThat(observe(away, job)).isEqualTo(end);
        JobOrder order = order(script("exit 0"), small());
        assertThatThrownBy(() -> away.submit(order)).isInstanceOf(UncheckedIOException.class);
        assertThat(submit(order)).isInstanceOf(Submission.Accepted.class);
    }

    // --- what Slurm itself enforces

    @Test
    void aJobThatMayOutspendItsBudgetWaitsAndSaysWhy() {
        SlurmScheduler poor = another(with(settings.rest(), "tiny"), Clock.systemUTC());
        JobOrder order = order(script("exit 0"), new Resources(1, 64, 1, Duration.ofMinutes(20), 64));
        assertThat(poor.submit(order)).isInstanceOf(Submission.Accepted.class);
        await(() -> "AssocGrpGRESMinutes".equals(observe(poor, order.id()).reason()), "the budget to be named");
        poor.cancel(order.id());
        await(() -> observe(poor, order.id()).state() == JobState.CANCELLED, "the end");
    }

    @Test
    void anAccountThatSlurmDoesNotKnowIsARefusalInItsWords() {
        SlurmScheduler stranger = another(with(settings.rest(), "nobodys"), Clock.systemUTC());
        JobOrder order = order(script("exit 0"), small());
        assertThat(stranger.submit(order))
                .isInstanceOfSatisfying(
                        Submission.Rejected.class,
                        rejected -> assertThat(rejected.reason()).containsIgnoringCase("account"));
        assertThat(stranger.observe(Set.of(order.id()))).isEmpty();
        assertThat(folder(order.id()).exists()).isFalse();
    }
}
