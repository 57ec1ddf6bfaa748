package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.farga.slurm.Associations.Association;
import org.farga.slurm.SlurmCommands;
import org.farga.slurm.SlurmSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slurm, on the cluster that {@code ./farga lab up} brings up. Skipped where there is none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlurmSchedulerTest extends SchedulerContract {

    private SlurmSettings settings;
    private SlurmCommands commands;
    private SlurmScheduler scheduler;

    @BeforeAll
    void open() {
        SlurmLab lab = SlurmLab.up();
        settings = lab.settings();
        commands = lab.commands();
        scheduler = lab.scheduler();
        assertThat(scheduler.describe().nodes()).isNotEmpty();
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

    @Override
    String evidence() {
        return "\n"
                + commands.run(
                                Duration.ofSeconds(30),
                                null,
                                List.of("squeue", "-a", "-r", "-o", "%i %u %P %T %r %N %k"))
                        .output()
                + commands.run(Duration.ofSeconds(30), null, List.of("sinfo", "-a", "-N", "-o", "%N %P %T %C %E"))
                        .output();
    }

    private SlurmScheduler another(SlurmSettings other, Clock clock) {
        return another(other, Optional.of(commands), order -> Optional.empty(), clock);
    }

    private SlurmScheduler another(
            SlurmSettings other,
            Optional<SlurmCommands> with,
            Function<JobOrder, Optional<Association>> identities,
            Clock clock) {
        return new SlurmScheduler(other, settings.folder().getFileName().toString(), with, identities, clock);
    }

    private SlurmFolder folder(JobId job) {
        return new SlurmFolder(job, settings.folder().resolve("jobs").resolve(job.toString()));
    }

    private SlurmSettings with(URI rest, @Nullable String account) {
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
            loseTheAnswer(order.id());
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

    /** As it is when Farga is killed before the answer comes. */
    private void loseTheAnswer(JobId job) throws IOException {
        assertThat(folder(job).known()).isNotNull();
        folder(job).sending(Instant.now(), settings.user(), settings.account());
        assertThat(folder(job).known()).isNull();
    }

    // --- what a power cut takes

    private enum Left {
        NOTHING,
        EMPTY_NOTES,
        NO_NOTES;

        /** Leaves so much of a folder; all that was written last is what is lost. */
        void of(SlurmFolder folder) throws IOException {
            switch (this) {
                case NOTHING -> JobFolders.remove(folder.path());
                case EMPTY_NOTES -> Files.writeString(folder.path().resolve("sent"), "");
                case NO_NOTES -> Files.delete(folder.path().resolve("sent"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Left.class)
    void aWaitingJobWhoseNotesAPowerCutTookIsFoundAgainAndRunsOnce(Left left) throws IOException {
        Instant before = Instant.now();
        close(true);
        JobOrder order = order(script("echo once >> output/times"), small());
        try {
            Submission answer = submit(order);
            left.of(folder(order.id()));
            SlurmScheduler heir = another(settings, Clock.systemUTC());
            heir.recall(order.id(), null, null, before);
            assertThat(heir.submit(order)).isEqualTo(answer);
            assertThat(observe(heir, order.id()).state()).isEqualTo(JobState.PENDING);
        } finally {
            close(false);
        }
        assertThat(awaitEnd(order.id()).state()).isEqualTo(JobState.COMPLETED);
        assertThat(output(order.id(), "times")).isEqualTo("once\n");
    }

    private void close(boolean closed) {
        commands.run(
                        Duration.ofSeconds(10),
                        "scontrol",
                        "update",
                        "PartitionName=" + settings.partition(),
                        "State=" + (closed ? "DOWN" : "UP"))
                .good();
    }

    @Test
    void aJobThatEndedBeforeItsLostNotesWereMissedIsFoundInAccounting() throws IOException {
        Instant before = Instant.now();
        JobOrder order = order(script("exit 5"), small());
        Submission answer = submit(order);
        awaitEnd(order.id());
        Left.NOTHING.of(folder(order.id()));
        SlurmScheduler heir = another(settings, Clock.systemUTC());
        heir.recall(order.id(), null, null, before);
        assertThat(heir.submit(order)).isEqualTo(answer);
        await(() -> observe(heir, order.id()).state() == JobState.FAILED, "its end");
        assertThat(observe(heir, order.id()).exitCode()).isEqualTo(5);
    }

    @Test
    void whatMayHaveBeenAskedBeforeAPowerCutIsNotAskedAgainAtOnce() throws IOException {
        JobOrder order = order(script("exit 0"), small());
        scheduler.recall(order.id(), null, null, Instant.now());
        assertThatThrownBy(() -> scheduler.submit(order)).hasMessageContaining("not known yet");
        SlurmScheduler later = another(settings, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(101)));
        assertThat(later.submit(order)).isInstanceOf(Submission.Accepted.class);
        toEnd(order.id());
        assertThat(awaitEnd(order.id()).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void aJobIsKnownAgainByTheNumberThatTheDatabaseHas() throws IOException {
        JobOrder order = order(script(sleep()), small());
        String number = ((Submission.Accepted) submit(order)).engineJobId();
        JobId array = nextNumber();
        List<JobOrder> tasks = array(array, script(sleep()), null, 4, 9);
        String arrays = ((Submission.Accepted) scheduler.submitArray(array, tasks)).engineJobId();
        JobOrder task = tasks.get(1);
        awaitState(order.id(), JobState.RUNNING);
        awaitState(task.id(), JobState.RUNNING);
        for (JobId id : List.of(order.id(), array, task.id())) {
            Left.NOTHING.of(folder(id));
        }
        SlurmScheduler heir = another(settings, Clock.systemUTC());
        assertThat(heir.observe(Set.of(order.id(), task.id()))).isEmpty();
        heir.recall(order.id(), null, number, Instant.now());
        heir.recall(task.id(), task.task(), arrays + "_9", Instant.now());
        assertThat(observe(heir, order.id()).state()).isEqualTo(JobState.RUNNING);
        assertThat(observe(heir, task.id()).state()).isEqualTo(JobState.RUNNING);
        heir.cancel(order.id());
        heir.cancel(task.id());
        for (JobId id : List.of(order.id(), task.id())) {
            await(() -> observe(heir, id).state() == JobState.CANCELLED, "the end");
        }
        scheduler.cancel(tasks.getFirst().id());
    }

    @Test
    void whatWasNeverAskedForWantOfSlurmIsAskedAtOnceWhenItIsBack() {
        SlurmScheduler away = another(with(URI.create("http://127.0.0.1:9"), settings.account()), Clock.systemUTC());
        JobOrder order = order(script("exit 0"), small());
        assertThatThrownBy(() -> away.submit(order)).isInstanceOf(UncheckedIOException.class);
        scheduler.recall(order.id(), null, null, Instant.now());
        assertThat(submit(order)).isInstanceOf(Submission.Accepted.class);
    }

    @Test
    void aSubmissionThatMayBeUnderWayIsNotRepeatedBeforeItCannotBeAnyMore() throws IOException {
        JobOrder order = order(script("exit 0"), small());
        Files.createDirectory(folder(order.id()).path());
        folder(order.id()).sending(Instant.now(), settings.user(), settings.account());
        assertThatThrownBy(() -> scheduler.submit(order)).isInstanceOf(UncheckedIOException.class);
        assertThat(scheduler.observe(Set.of(order.id()))).isEmpty();
        folder(order.id()).sending(Instant.now().minusSeconds(101), settings.user(), settings.account());
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

    // --- as whom, and where

    @Test
    void aJobRunsAsThePersonsOwnUserForTheirAccountAndItsFilesAreTheirs() throws IOException {
        SlurmScheduler known = another(
                settings,
                Optional.of(commands),
                order -> Optional.of(new Association("lab", "lab-pau")),
                Clock.systemUTC());
        JobOrder order = order(script("id -un >> output/who", "echo $SLURM_JOB_ACCOUNT >> output/who"), small());
        run(known, order);
        assertThat(awaitEnd(order.id()).state()).isEqualTo(JobState.COMPLETED);
        assertThat(output(order.id(), "who")).isEqualTo("lab-pau\nlab\n");
        assertThat(Files.getOwner(folder(order.id()).files().output()).getName())
                .isEqualTo("lab-pau");
        SlurmScheduler nobody =
                another(with(settings.rest(), null), Optional.of(commands), one -> Optional.empty(), Clock.systemUTC());
        assertThat(nobody.submit(order(script("exit 0"), small())))
                .isInstanceOfSatisfying(
                        Submission.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("no account on this cluster"));
    }

    @Test
    void thePartitionIsTheNarrowestThatFitsUnlessOneIsNamed() {
        SlurmScheduler free = another(
                new SlurmSettings(
                        settings.rest(),
                        settings.jwtKey(),
                        settings.folder(),
                        settings.user(),
                        settings.observer(),
                        settings.account(),
                        null,
                        true,
                        settings.freshness(),
                        settings.patience()),
                Clock.systemUTC());
        assertThat(free.partitions()).containsExactlyInAnyOrder("gpu", "cpu", "small");
        JobOrder narrow = order(script("exit 0"), small());
        JobOrder two = order(script("exit 0"), new Resources(1, 256, 2, Duration.ofMinutes(2), 64));
        JobOrder four = order(script("exit 0"), new Resources(1, 256, 4, "H100", false, Duration.ofMinutes(2), 64));
        JobOrder named = in(order(script("exit 0"), small()), "gpu", null);
        List.of(narrow, two, four, named).forEach(order -> run(free, order));
        List<Observation> ends = List.of(narrow, two, four, named).stream()
                .map(order -> awaitEnd(order.id()))
                .toList();
        assertThat(ends).allMatch(end -> end.allocation() != null);
        assertThat(ends.stream()
                        .map(end -> end.allocation().nodes())
                        .map(node -> node.replaceAll("^.*(cpu|small|gpu)[0-9]+$", "$1")))
                .containsExactly("cpu", "small", "gpu", "gpu");
        assertThat(refusal(free, in(order(script("exit 0"), small()), "nowhere", null)))
                .contains("no partition nowhere", "cpu, gpu, small");
        assertThat(refusal(free, in(order(script("exit 0"), small()), null, "urgent")))
                .contains("QoS urgent", "normal");
        assertThat(refusal(
                        free, order(script("exit 0"), new Resources(1, 256, 0, null, false, Duration.ofDays(3), 64))))
                .contains("4320 minutes");
    }

    private static JobOrder in(JobOrder o, String partition, String qos) {
        return new JobOrder(
                o.id(),
                o.name(),
                o.script(),
                o.resources(),
                o.account(),
                o.user(),
                o.mounts(),
                o.environment(),
                partition,
                qos,
                List.of(),
                null);
    }

    private void run(Scheduler at, JobOrder order) {
        assertThat(at.submit(order)).isInstanceOf(Submission.Accepted.class);
        toEnd(order.id());
    }

    private static String refusal(Scheduler at, JobOrder order) {
        return ((Submission.Rejected) at.submit(order)).reason();
    }

    @Test
    void aJobMayHaveANodeToItselfAndIsToldAllThatItHolds() {
        JobOrder order = order(script("exit 0"), new Resources(1, 256, 0, null, true, Duration.ofMinutes(2), 64));
        run(order);
        Allocation held = awaitEnd(order.id()).allocation();
        assertThat(held.cpus()).isEqualTo(8);
    }

    // --- what its own shell enforces

    @Test
    void aJobThatWritesMoreThanTheDiskItAskedForIsEnded() {
        Observation many = awaitEnd(run(order(
                script("for i in 1 2 3 4; do head -c 30m /dev/zero >output/$i; done", sleep()),
                new Resources(1, 256, 0, Duration.ofMinutes(2), 64))));
        assertThat(many.state()).isEqualTo(JobState.FAILED);
        assertThat(many.reason()).isEqualTo("DiskQuotaExceeded");
        Observation large = awaitEnd(run(order(
                script("exec head -c 100m /dev/zero >output/large"),
                new Resources(1, 256, 0, Duration.ofMinutes(2), 64))));
        assertThat(large.reason()).isEqualTo("DiskQuotaExceeded");
    }

    @Test
    void aLogIsCutAtItsLimitAndTheJobGoesOn() throws IOException {
        JobId job = run(script("head -c 120m /dev/zero", "echo on >output/on"));
        assertThat(awaitEnd(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(output(job, "on")).isEqualTo("on\n");
        long limit = SlurmFolder.LOG_MEBIBYTES << 20;
        assertThat(Files.size(scheduler.files(job).log())).isBetween(limit, limit + 200);
    }

    // --- arrays and dependencies

    private List<JobOrder> array(JobId array, String script, Integer atOnce, int... indexes) {
        List<JobOrder> tasks = new ArrayList<>();
        for (int index : indexes) {
            JobOrder one = order(script, small());
            tasks.add(new JobOrder(
                    one.id(),
                    one.name(),
                    one.script(),
                    one.resources(),
                    one.account(),
                    one.user(),
                    List.of(),
                    Map.of(),
                    null,
                    null,
                    List.of(),
                    new JobOrder.Task(array, index, atOnce)));
            toEnd(one.id());
        }
        return tasks;
    }

    private static List<JobId> ids(List<JobOrder> orders) {
        return orders.stream().map(JobOrder::id).toList();
    }

    private Map<JobId, JobState> states(Scheduler at, List<JobOrder> tasks) {
        return at.observe(Set.copyOf(ids(tasks))).values().stream()
                .collect(Collectors.toMap(Observation::id, Observation::state));
    }

    @Test
    void anArrayIsOneQuestionToSlurmAndEachTaskAJobOfItsOwn() {
        JobId number = nextNumber();
        List<JobOrder> tasks = array(
                number,
                script("echo $SLURM_ARRAY_TASK_ID $FARGA_ARRAY_INDEX >> output/index", "exit $FARGA_ARRAY_INDEX"),
                null,
                0,
                3,
                7);
        Submission answer = scheduler.submitArray(number, tasks);
        assertThat(answer).isInstanceOf(Submission.Accepted.class);
        assertThat(scheduler.submitArray(number, tasks)).isEqualTo(answer);
        List<Observation> ends = ids(tasks).stream().map(this::awaitEnd).toList();
        assertThat(ends).extracting(Observation::exitCode).containsExactly(0, 3, 7);
        assertThat(ends)
                .extracting(Observation::state)
                .containsExactly(JobState.COMPLETED, JobState.FAILED, JobState.FAILED);
        assertThat(ids(tasks).stream().map(job -> output(job, "index"))).containsExactly("0 0\n", "3 3\n", "7 7\n");
        for (JobId task : ids(tasks)) {
            assertThat(folder(number).exists()).isTrue();
            discard(task);
            assertThat(folder(task).exists()).isFalse();
        }
        assertThat(folder(number).exists()).isFalse();
    }

    @Test
    void ofAnArraySoManyRunAtOnceAndOneTaskMayBeCancelledAlone() {
        JobId number = nextNumber();
        List<JobOrder> tasks = array(number, script("echo on", sleep()), 2, 1, 2, 3, 4);
        scheduler.submitArray(number, tasks);
        SlurmScheduler byRest = another(settings, Optional.empty(), order -> Optional.empty(), Clock.systemUTC());
        for (SlurmScheduler at : List.of(scheduler, byRest)) {
            await(
                    () -> states(at, tasks).values().stream()
                                    .filter(state -> state == JobState.RUNNING)
                                    .count()
                            == 2,
                    "two tasks to run");
            assertThat(states(at, tasks).values().stream().filter(state -> state == JobState.PENDING))
                    .hasSize(2);
        }
        JobId waiting = tasks.get(3).id();
        scheduler.cancel(waiting);
        assertThat(awaitEnd(waiting).state()).isEqualTo(JobState.CANCELLED);
        scheduler.cancel(tasks.getFirst().id());
        awaitState(tasks.get(2).id(), JobState.RUNNING);
        assertThat(awaitEnd(tasks.getFirst().id()).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void anArrayWhoseAnswerWasLostIsFoundAgain() throws IOException {
        JobId number = nextNumber();
        List<JobOrder> tasks = array(number, script("echo once >> output/times"), null, 0, 1);
        Submission answer = scheduler.submitArray(number, tasks);
        loseTheAnswer(number);
        assertThat(another(settings, Clock.systemUTC()).submitArray(number, tasks))
                .isEqualTo(answer);
        for (JobId task : ids(tasks)) {
            assertThat(awaitEnd(task).state()).isEqualTo(JobState.COMPLETED);
            assertThat(output(task, "times")).isEqualTo("once\n");
        }
    }

    @Test
    void slurmItselfHoldsAJobUntilAnotherHasEndedWell() {
        JobOrder first = order(script("sleep 2"), small());
        String engineJob = ((Submission.Accepted) submit(first)).engineJobId();
        JobOrder plain = order(script("exit 0"), small());
        JobOrder second = new JobOrder(
                plain.id(),
                plain.name(),
                plain.script(),
                plain.resources(),
                plain.account(),
                plain.user(),
                List.of(),
                Map.of(),
                null,
                null,
                List.of(new JobOrder.After(Dependency.Kind.AFTEROK, engineJob)),
                null);
        run(second);
        assertThat(observe(second.id()).reason()).isEqualTo("Dependency");
        assertThat(awaitEnd(second.id()).startedAt())
                .isAfterOrEqualTo(awaitEnd(first.id()).endedAt());
    }

    // --- the list

    @Test
    void theListIsTheSameWhicheverWayItIsAsked() {
        JobId running = run(order(script("echo on", sleep()), new Resources(1, 256, 1, Duration.ofMinutes(2), 64)));
        awaitState(running, JobState.RUNNING);
        SlurmScheduler byRest = another(settings, Optional.empty(), order -> Optional.empty(), Clock.systemUTC());
        assertThat(observe(another(settings, Clock.systemUTC()), running)).isEqualTo(observe(byRest, running));
    }

    // --- what others gave to Slurm

    @Test
    void aJobGivenToSlurmByHandIsFoundAdoptedObservedAndCancelled() {
        List<String> via = new ArrayList<>(commands.via());
        via.addAll(List.of("setpriv", "--reuid", "lab-pau", "--regid", "lab-pau", "--clear-groups"));
        SlurmCommands asPau = new SlurmCommands(commands.conf(), via);
        String name = "by|hand " + nextNumber();
        List<String> sbatch = List.of(
                "sbatch",
                "--parsable",
                "-A",
                "lab",
                "-p",
                settings.partition(),
                "-t",
                "2",
                "-o",
                "/dev/null",
                "-D",
                "/");
        List<String> lasting = new ArrayList<>(sbatch);
        lasting.addAll(List.of("--mem=100", "--gpus-per-node=1", "-J", name, "--wrap", sleep()));
        List<String> failing = new ArrayList<>(sbatch);
        failing.addAll(List.of("--mem=100", "--array=4,5", "-J", name, "--wrap", "exit 4"));
        String one = asPau.run(Duration.ofSeconds(10), null, lasting).good().strip();
        String array = asPau.run(Duration.ofSeconds(10), null, failing).good().strip();
        List<ByHand> found = scheduler.everybodys().stream()
                .filter(job ->
                        job.engineJobId().equals(one) || job.engineJobId().startsWith(array + "_"))
                .toList();
        assertThat(found).extracting(ByHand::engineJobId).containsExactlyInAnyOrder(one, array + "_4", array + "_5");
        assertThat(found).extracting(ByHand::unixUser).containsOnly("lab-pau");
        assertThat(found).extracting(ByHand::account).containsOnly("lab");
        Map<String, Resources> asked = scheduler.asked(found);
        assertThat(asked.get(one)).isEqualTo(new Resources(1, 100, 1, Duration.ofMinutes(2), 1));
        Map<String, JobId> ids = found.stream().collect(Collectors.toMap(ByHand::engineJobId, job -> {
            JobId id = nextNumber();
            scheduler.adopt(id, job);
            toEnd(id);
            return id;
        }));
        Observation end = awaitEnd(ids.get(array + "_5"));
        assertThat(end.state()).isEqualTo(JobState.FAILED);
        assertThat(end.exitCode()).isEqualTo(4);
        Observation running = awaitState(ids.get(one), JobState.RUNNING);
        assertThat(running.allocation().gpus()).isEqualTo(1);
        scheduler.cancel(ids.get(one));
        assertThat(awaitEnd(ids.get(one)).state()).isEqualTo(JobState.CANCELLED);
        await(
                () -> scheduler.everybodys(Instant.now().minusSeconds(600)).stream()
                        .map(ByHand::engineJobId)
                        .toList()
                        .containsAll(ids.keySet()),
                "accounting to know them");
    }

    @Test
    void aJobIsTakenThoughTheNodesThatItNeedsAreDown() {
        assertThat(scheduler.describe().nodes()).isNotEmpty();
        String node = scheduler.describe().nodes().getFirst().name();
        commands.run(Duration.ofSeconds(10), "scontrol", "update", "nodename=" + node, "state=drain", "reason=test")
                .good();
        try {
            JobId job = run(script("exit 0"));
            await(job, seen -> "ReqNodeNotAvail".equals(seen.reason()), "the reason to be told");
        } finally {
            commands.run(Duration.ofSeconds(10), "scontrol", "update", "nodename=" + node, "state=resume")
                    .good();
        }
    }
}
