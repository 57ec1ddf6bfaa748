package org.farga.compute;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Scheduler} does, shown with real processes. An engine under test has two GPUs on one node, at least
 * two CPUs and a gibibyte of memory.
 */
abstract class SchedulerContract extends SchedulerFixture {

    // --- how jobs end

    @Test
    void aJobRunsAndItsStartAndEndAreKnownExactly() {
        Instant before = Instant.now();
        JobId job = run(script("sleep 1"));
        Observation end = awaitEnd(job);
        assertThat(end.state()).isEqualTo(JobState.COMPLETED);
        assertThat(end.exitCode()).isZero();
        assertThat(end.startedAt()).isBetween(before.minusSeconds(1), Instant.now());
        assertThat(Duration.between(end.startedAt(), end.endedAt())).isBetween(Duration.ofSeconds(1), PATIENCE);
        assertThat(end.endedAt()).isBeforeOrEqualTo(Instant.now().plusSeconds(1));
        assertThat(scheduler().observe(Set.of(job))).containsEntry(job, end);
    }

    @Test
    void aJobThatExitsWithSevenFailedWithSeven() {
        Observation end = awaitEnd(run(script("exit 7")));
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.exitCode()).isEqualTo(7);
    }

    @Test
    void aJobEndedByASignalFailedWithThatSignal() {
        Observation end = awaitEnd(run(script("kill -KILL $$")));
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.exitCode()).isEqualTo(128 + 9);
    }

    @Test
    void whatAJobWritesIsInItsLogAtOnceAndWholeAtItsEnd() {
        JobId job = run(script("echo out; echo err >&2; echo again >/dev/stderr", sleep(), "echo never"));
        await(() -> log(job).contains("again"), "the log of a running job");
        assertThat(log(job)).contains("out").contains("err");
        scheduler().cancel(job);
        awaitEnd(job);
        assertThat(log(job)).doesNotContain("never");
    }

    @Test
    void aJobPastItsTimeLimitIsEnded() {
        Resources second = new Resources(1, 64, 0, Duration.ofSeconds(1), 64);
        Observation end = awaitEnd(run(order(script("trap '' TERM; while :; do " + sleep() + "; done"), second)));
        assertThat(end.state()).isEqualTo(JobState.TIMEOUT);
        assertThat(Duration.between(end.startedAt(), end.endedAt())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aJobThatTakesMoreMemoryThanItAskedForIsEnded() {
        Resources little = new Resources(1, 64, 0, Duration.ofMinutes(1), 64);
        Observation end = awaitEnd(run(order(script("head -c 300m /dev/zero | tail | " + sleep()), little)));
        assertThat(end.state()).isEqualTo(JobState.OUT_OF_MEMORY);
    }

    @Test
    void whatAJobUsedIsMeasured() {
        Observation end = awaitEnd(run(
                script("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done", "head -c 50m /dev/zero | tail | sleep 3")));
        assertThat(end.state()).isEqualTo(JobState.COMPLETED);
        assertThat(end.measured().cpuMilliseconds()).isBetween(50L, 60_000L);
        assertThat(end.measured().peakMemoryMebibytes()).isBetween(45L, 200L);
        Allocation allocation = requireNonNull(end.allocation());
        assertThat(allocation.cpus()).isEqualTo(1);
        assertThat(allocation.memoryMebibytes()).isEqualTo(256);
        assertThat(allocation.gpus()).isZero();
    }

    // --- one order, one job

    @Test
    void theSameOrderTwiceRunsOnce() {
        JobOrder order = order(script("echo once >> output/times; sleep 1"), small());
        Submission first = submit(order);
        assertThat(first).isInstanceOf(Submission.Accepted.class);
        assertThat(submit(order)).isEqualTo(first);
        awaitEnd(order.id());
        assertThat(submit(order)).isEqualTo(first);
        assertThat(output(order.id(), "times")).isEqualTo("once\n");
    }

    // --- cancelling

    @Test
    void aCancelEndsEveryProcessOfAJobDaemonsToo() {
        JobId job = run(script(
                "(setsid sh -c '(" + sleep() + " >/dev/null 2>&1 </dev/null &) ; exit 0' &)", sleep() + " &", sleep()));
        await(() -> sleepers().size() == 3, "three processes of the job");
        scheduler().cancel(job);
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.CANCELLED);
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void aJobThatEndsLeavesNoDaemonBehind() {
        JobId job =
                run(script("(setsid sh -c '(" + sleep() + " >/dev/null 2>&1 </dev/null &) ; exit 0' &)", "sleep 1"));
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void aCancelledJobIsAskedFirst() {
        JobId job =
                run(script("trap 'echo saved > output/checkpoint; exit 0' TERM", "echo ready", sleep() + " & wait"));
        await(() -> log(job).contains("ready"), "the job's trap");
        scheduler().cancel(job);
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.CANCELLED);
        assertThat(output(job, "checkpoint")).isEqualTo("saved\n");
    }

    @Test
    void aPendingJobThatIsCancelledNeverStarts() {
        JobId running = run(order(script(sleep()), wholeNode()));
        awaitState(running, JobState.RUNNING);
        JobId pending = run(order(script("echo started > output/started"), wholeNode()));
        scheduler().cancel(pending);
        Observation end = awaitEnd(pending);
        assertThat(end.state()).isEqualTo(JobState.CANCELLED);
        assertThat(end.startedAt()).isNull();
        assertThat(end.allocation()).isNull();
        scheduler().cancel(running);
        awaitEnd(running);
        assertThat(scheduler().files(pending).output()).doesNotExist();
    }

    @Test
    void aCancelTwiceOrOfAnEndedOrUnknownJobAsksNothing() {
        JobId job = run(script("exit 0"));
        Observation end = awaitEnd(job);
        scheduler().cancel(job);
        scheduler().cancel(job);
        assertThat(observe(job)).isEqualTo(end);
        JobId unknown = nextNumber();
        scheduler().cancel(unknown);
        assertThat(scheduler().observe(Set.of(unknown))).isEmpty();
    }

    // --- sharing the machine

    @Test
    void aJobWaitsUntilItsCpusAreFree() {
        JobId first = run(order(script(sleep()), wholeNode()));
        awaitState(first, JobState.RUNNING);
        assertThat(scheduler().describe().nodes().getFirst().freeCpus()).isZero();
        JobId second = run(script("exit 0"));
        assertThat(observe(second).state()).isEqualTo(JobState.PENDING);
        assertThat(observe(second).reason()).isNotBlank();
        scheduler().cancel(first);
        Observation firstEnd = awaitEnd(first);
        assertThat(awaitEnd(second).startedAt()).isAfterOrEqualTo(firstEnd.endedAt());
    }

    @Test
    void aGpuIsGivenToOneJobAtATime() {
        Resources oneGpu = new Resources(1, 64, 1, Duration.ofMinutes(1), 64);
        String says = "echo \"gpu=$CUDA_VISIBLE_DEVICES.\"";
        JobId first = run(order(script(says, sleep()), oneGpu));
        JobId second = run(order(script(says, sleep()), oneGpu));
        Allocation one = requireNonNull(awaitState(first, JobState.RUNNING).allocation());
        Allocation two = requireNonNull(awaitState(second, JobState.RUNNING).allocation());
        assertThat(List.of(one.gpus(), two.gpus())).containsExactly(1, 1);
        await(() -> log(first).contains("gpu=") && log(second).contains("gpu="), "the jobs' GPUs");
        assertThat(Set.of(log(first), log(second))).containsExactlyInAnyOrder("gpu=0.\n", "gpu=1.\n");
        JobId third = run(order(script(says), oneGpu));
        assertThat(observe(third).state()).isEqualTo(JobState.PENDING);
        assertThat(scheduler().describe().nodes().getFirst().gpus()).hasSize(2).noneMatch(Cluster.Gpu::free);
        scheduler().cancel(first);
        awaitEnd(first);
        assertThat(awaitEnd(third).state()).isEqualTo(JobState.COMPLETED);
        assertThat(log(first)).startsWith(log(third));
    }

    @Test
    void aJobWithoutGpusSeesNone() {
        JobId job = run(script("echo \"gpu=$CUDA_VISIBLE_DEVICES.\""));
        awaitEnd(job);
        assertThat(log(job)).isEqualTo("gpu=.\n");
    }

    @Test
    void aJobThatNeverFitsIsRefused() {
        Cluster.Node node = scheduler().describe().nodes().getFirst();
        assertThat(refusal(order(script("exit 0"), new Resources(1, 64, 3, Duration.ofMinutes(1), 64))))
                .contains("3 GPUs");
        assertThat(refusal(order(script("exit 0"), new Resources(node.cpus() + 1, 64, 0, Duration.ofMinutes(1), 64))))
                .contains("CPUs");
    }

    // --- what a job sees

    @Test
    void aDatasetIsReadableAndNotWritable() throws IOException {
        Path closed = Files.createDirectory(temporary.resolve("closed"));
        Path dataset = Files.createDirectories(closed.resolve("set"));
        Files.writeString(dataset.resolve("rows.csv"), "a,b\n");
        Files.setPosixFilePermissions(dataset, PosixFilePermissions.fromString("rwxr-xr-x"));
        JobOrder order = order(
                script(
                        "cat datasets/my-rows.v1/rows.csv \"$FARGA_DATASET_MY_ROWS_V1/rows.csv\"",
                        "echo c > datasets/my-rows.v1/rows.csv && echo WRITTEN",
                        "echo c > datasets/my-rows.v1/new.csv && echo WRITTEN",
                        "rm -f datasets/my-rows.v1/rows.csv && echo WRITTEN",
                        "mkdir -p datasets/other && echo WRITTEN; exit 0"),
                small());
        JobId job = run(withMounts(order, List.of(new Mount("my-rows.v1", dataset))));
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(log(job)).startsWith("a,b\na,b\n");
        assertThat(log(job).lines().filter("WRITTEN"::equals).count()).isLessThanOrEqualTo(1);
        assertThat(Files.readString(dataset.resolve("rows.csv"))).isEqualTo("a,b\n");
        assertThat(dataset.resolve("new.csv")).doesNotExist();
    }

    @Test
    void theEnvironmentIsTheOrdersAndNothingOfFargasOwn() {
        JobOrder order = order(script("env", "echo \"$GREETING\"; pwd; cat \"$FARGA_METRICS\""), small());
        JobId job = run(withEnvironment(order, Map.of("GREETING", "it's \"me\" $HOME `id`\nand you")));
        awaitEnd(job);
        String log = log(job);
        assertThat(log).contains("\nit's \"me\" $HOME `id`\nand you\n");
        assertThat(log).contains("FARGA_JOB_ID=" + job + "\n").contains("FARGA_ACCOUNT=acme-1\n");
        Path working = scheduler().files(job).output().getParent();
        assertThat(log).contains("HOME=" + working + "\n").contains("LANG=C.UTF-8\n");
        assertThat(log).contains("FARGA_OUTPUT=" + scheduler().files(job).output() + "\n");
        Set<String> inherited = System.getenv().entrySet().stream()
                .filter(own -> !Set.of("PATH", "HOME", "LANG", "JAVA_HOME", "PWD", "SHLVL", "_", "TMPDIR", "OLDPWD")
                        .contains(own.getKey()))
                .map(own -> own.getKey() + "=" + own.getValue())
                .filter(own -> log.lines().anyMatch(own::equals))
                .collect(toSet());
        assertThat(inherited).isEmpty();
    }

    @Test
    void aJobRunsTheJavaThatFargaRunsOn() {
        JobId job = run(script("java -version 2>&1"));
        awaitEnd(job);
        assertThat(log(job)).contains("\"" + System.getProperty("java.version"));
    }

    @Test
    void metricsAndOutputAreReadBackAndLinksInThemAreNot() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret"), "password");
        JobId job = run(script(
                "echo '{\"loss\":1}' >> \"$FARGA_METRICS\"",
                "mkdir output/model; echo weights > output/model/weights.bin",
                "ln -s " + secret + " output/link; ln -s " + temporary + " output/folder",
                "mv output hidden; ln -s hidden output; rm output; mv hidden output"));
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
        JobFiles files = scheduler().files(job);
        try (var metrics = Channels.newInputStream(files.openMetrics())) {
            assertThat(metrics).hasContent("{\"loss\":1}\n");
        }
        assertThat(output(job, "model/weights.bin")).isEqualTo("weights\n");
        assertThat(files.listOutput(10)).containsExactly(new JobFiles.OutputFile("model/weights.bin", 8));
        for (String path : List.of("link", "folder/secret", "../script", "model", "model/../link", "/etc/passwd")) {
            assertThatIOException().isThrownBy(() -> files.openOutput(path));
        }
    }

    // --- refusals

    @Test
    void namesThatAreAWayElsewhereAreRefused() {
        JobOrder order = order(script("exit 0"), small());
        for (String name : List.of("..", "../x", "a/b", "", ".hidden", "a b", "x".repeat(64), "a\nb")) {
            assertThat(refusal(withMounts(order, List.of(new Mount(name, temporary)))))
                    .contains("dataset");
        }
        for (String name : List.of("../x", "a/b", "", "a\nb", "-rf")) {
            assertThat(refusal(withName(order, name))).contains("name");
        }
        assertThat(refusal(withEnvironment(order, Map.of("A=B", "c")))).contains("A=B");
        assertThat(refusal(withEnvironment(order, Map.of("FARGA_ACCOUNT", "other"))))
                .contains("FARGA_ACCOUNT");
    }

    @Test
    void aScriptThatCannotRunIsRefusedWithTheReason() {
        assertThat(refusal(order("echo no first line", small()))).contains("#!");
        assertThat(refusal(order("#!/bin/sh\r\necho hi\r\n", small()))).contains("CRLF");
        assertThat(refusal(order("#!/opt/no/such/python\n", small()))).contains("/opt/no/such/python");
        assertThat(refusal(order("#!/usr/bin/env no-such-python\n", small()))).contains("no-such-python");
        assertThat(refusal(order("#!/usr/bin/env -S no-such-python -u\n", small())))
                .contains("no-such-python");
    }

    @Test
    void aDatasetThatIsNotThereIsRefused() {
        JobOrder order = order(script("exit 0"), small());
        assertThat(refusal(withMounts(order, List.of(new Mount("gone", temporary.resolve("gone"))))))
                .contains("gone");
    }

    // --- asking

    @Test
    void manyJobsAreObservedInOneQuestionAndUnknownOnesAreAbsent() {
        List<JobId> jobs =
                IntStream.range(0, 4).mapToObj(i -> run(script("exit " + i))).toList();
        jobs.forEach(this::awaitEnd);
        JobId unknown = nextNumber();
        Set<JobId> asked = Stream.concat(jobs.stream(), Stream.of(unknown)).collect(toSet());
        Map<JobId, Observation> observed = scheduler().observe(asked);
        assertThat(observed.keySet()).containsExactlyInAnyOrderElementsOf(jobs);
        assertThat(jobs.stream().map(job -> observe(job).exitCode())).containsExactly(0, 1, 2, 3);
    }

    @Test
    void endedJobsAreListedByTheirEndFromAnInstantOn() {
        Observation first = awaitEnd(run(script("exit 0")));
        Observation second = awaitEnd(run(script("sleep 1")));
        JobId running = run(script(sleep()));
        assertThat(scheduler().endedSince(requireNonNull(first.endedAt()))).containsSubsequence(first, second);
        assertThat(scheduler().endedSince(requireNonNull(second.endedAt())))
                .contains(second)
                .doesNotContain(first);
        assertThat(scheduler().endedSince(Instant.EPOCH))
                .noneMatch(end -> end.id().equals(running));
    }

    // --- afterwards

    @Test
    void whatAnEndedJobLeftIsRemovedAndNothingThatItsLinksLeadTo() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Path kept = Files.writeString(elsewhere.resolve("kept"), "kept");
        JobId job = run(script("mkdir -p output/a/b; echo x > output/a/b/c; ln -s " + elsewhere + " output/a/out"));
        JobId other = run(script("echo other > output/result"));
        awaitEnd(other);
        awaitEnd(job);
        assertThat(scheduler().withFolders()).contains(job, other);
        discard(job);
        scheduler().discard(job); // a second time is none
        assertThat(scheduler().withFolders()).contains(other).doesNotContain(job);
        assertThat(scheduler().files(job).output()).doesNotExist();
        assertThat(scheduler().files(other).output().resolve("result")).hasContent("other");
        assertThat(kept).hasContent("kept");
    }
}
