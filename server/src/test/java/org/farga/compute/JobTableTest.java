package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.allocation.VisibleProjects;
import org.farga.compute.Job.Cancellation;
import org.farga.compute.Job.Stage;
import org.farga.compute.Job.Why;
import org.farga.dataspace.Datasets;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobTableTest extends ComputeTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Allocation HELD = new Allocation("node1", 4, 2048, 2, List.of(0, 1));

    @Autowired
    private JobTable table;

    @Autowired
    private Datasets datasets;

    private org.farga.allocation.Allocation allocation;
    private PersonId person;
    private String cluster = "";
    private Jobs.Input input;

    @BeforeAll
    void open() {
        Client ana = signUp("Ana");
        person = ana.person();
        // A cluster that nobody serves, so that the running program leaves these jobs alone.
        cluster = "table-test";
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'LOCAL') ON CONFLICT DO NOTHING")
                .param("name", cluster)
                .update();
        String organisation = organisationOf(ana);
        allocation = world.allocation(OrganisationId.valueOf(organisation), person, cluster, 10);
        String slug = publishedDigits();
        accept(ana, organisation, slug);
        var mountable =
                datasets.mount(OrganisationId.valueOf(organisation), slug).orThrow();
        input = new Jobs.Input(mountable.version(), mountable.agreement());
    }

    private Job stored() {
        Job job = new Job(
                table.nextNumber(),
                "digits",
                allocation.project(),
                allocation.id(),
                cluster,
                person,
                NOW,
                "ab".repeat(32),
                new Resources(2, 1024, 1, Duration.ofMinutes(10), 100),
                Map.of("EPOCHS", "60", "NOTE", "\"quoted\" é"),
                List.of(input),
                "model",
                new Stage.Accepted(),
                null,
                null);
        table.insert(job, "#!/bin/sh\necho é\n");
        return job;
    }

    static List<Stage> stages() {
        return List.of(
                new Stage.Accepted(),
                new Stage.Submitting(),
                new Stage.Pending(null),
                new Stage.Pending("Resources"),
                new Stage.Running(NOW, HELD),
                Stage.Ended.unstarted(JobState.FAILED, "Rejected", "no such partition", NOW),
                new Stage.Ended(
                        JobState.TIMEOUT,
                        "TimeLimit",
                        null,
                        NOW,
                        NOW.plusSeconds(60),
                        143,
                        HELD,
                        new Measured(5000L, 300L)),
                new Stage.Ended(
                        JobState.COMPLETED,
                        null,
                        null,
                        NOW,
                        NOW.plusSeconds(60),
                        0,
                        HELD,
                        new Measured(5000L, 300L, 1200L, 150, 4096L)));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void everyStageComesBackAsItWasStored(Object stage) {
        Job job = stored();
        assertThat(table.find(job.id())).contains(job);
        assertThat(table.move(job, (Stage) stage)).isTrue();
        assertThat(table.find(job.id())).contains(job.at((Stage) stage));
        assertThat(table.script(job.id())).isEqualTo("#!/bin/sh\necho é\n");
    }

    @Test
    void aJobMovesOnlyFromTheStageItWasReadIn() {
        Job job = stored();
        assertThat(table.move(job, new Stage.Submitting())).isTrue();
        assertThat(table.move(job, new Stage.Submitting())).isFalse();
        assertThat(table.move(job, Stage.Ended.unstarted(JobState.CANCELLED, "Cancelled", null, NOW)))
                .isFalse();
        assertThat(table.find(job.id()).orElseThrow().stage()).isEqualTo(new Stage.Submitting());
    }

    @Test
    void aCancellationComesBackAndAnEndedJobTakesNone() {
        Job job = stored();
        Cancellation cancellation = new Cancellation(NOW, Why.PERSON, person);
        assertThat(table.requestCancellation(job.id(), cancellation)).isTrue();
        assertThat(table.find(job.id()).orElseThrow().cancellation()).isEqualTo(cancellation);
        Job ended = stored();
        table.move(ended, Stage.Ended.unstarted(JobState.FAILED, "Rejected", null, NOW));
        assertThat(table.requestCancellation(ended.id(), cancellation)).isFalse();
    }

    @Test
    void onlyWhatMayBeSeenAndIsAskedForIsListedNewestFirst() {
        JobId first = stored().id();
        JobId second = stored().id();
        VisibleProjects visible = new VisibleProjects(false, Set.of(allocation.project()));
        JobTable.Filter any = new JobTable.Filter(null, null, null);
        assertThat(table.list(visible, any, null, 10)).extracting(Job::id).startsWith(second, first);
        assertThat(table.list(visible, any, second.value(), 10))
                .extracting(Job::id)
                .startsWith(first);
        assertThat(table.list(new VisibleProjects(false, Set.of()), any, null, 10))
                .isEmpty();
        assertThat(table.list(visible, new JobTable.Filter(null, JobState.DEADLINE, null), null, 10))
                .isEmpty();
        assertThat(table.list(visible, new JobTable.Filter(null, null, PersonId.create()), null, 10))
                .isEmpty();
    }

    @Test
    void jobsAreHandedOverInTheirOrderAndOnlyAsManyAsTheEngineMayHave() {
        Job first = stored();
        Job second = stored();
        Job third = stored();
        assertThat(table.queue(cluster, List.of(), 10_000, 10_000, false)).containsSubsequence(first.id(), second.id());
        assertThat(table.queue(cluster, List.of(first.id()), 10_000, 10_000, false))
                .doesNotContain(first.id());
        assertThat(table.queue(cluster, List.of(), 1, 10_000, false)).hasSize(1);
        assertThat(table.withEngine(cluster)).extracting(Job::id).doesNotContain(first.id());

        // One that was being handed over comes again; one that waits with the engine takes up room there.
        table.move(second, new Stage.Submitting());
        assertThat(table.queue(cluster, List.of(), 10_000, 10_000, false)).contains(second.id());
        table.setEngineJobId(second.id(), "engine-2");
        assertThat(table.queue(cluster, List.of(), 10_000, 10_000, false))
                .contains(third.id())
                .doesNotContain(second.id());
        assertThat(table.withEngine(cluster)).extracting(Job::id).contains(second.id());
        assertThat(table.queue(cluster, List.of(), 10_000, 1, false)).isEmpty();
    }

    @Test
    void aFailureNeedsItsPersonUntilTheyHaveSeenIt() {
        Job failed = stored();
        Instant later = NOW.plusSeconds(7200);
        table.move(failed, Stage.Ended.unstarted(JobState.FAILED, "Rejected", null, later));
        assertThat(table.unseenFailures(person, later.minusSeconds(1), 5))
                .extracting(Job::id)
                .containsExactly(failed.id());
        assertThat(table.unseenFailures(person, later.plusSeconds(1), 5)).isEmpty();
        table.markFailureSeen(failed.id(), PersonId.create(), NOW);
        assertThat(table.unseenFailures(person, later.minusSeconds(1), 5)).hasSize(1);
        table.markFailureSeen(failed.id(), person, NOW);
        assertThat(table.unseenFailures(person, later.minusSeconds(1), 5)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name = ''",
                "cpus = 0",
                "gpus = -1",
                "time_limit_seconds = 0",
                "stage = 'RUNNING', state = 'RUNNING'",
                "stage = 'ENDED', state = 'COMPLETED'",
                "stage = 'PENDING', state = 'RUNNING'",
                "started_at = now()",
                "ended_at = now()",
                "cancel_why = 'PERSON'",
                "cancel_requested_at = now(), cancel_why = 'PERSON'",
                "script = ''",
                "cluster = 'nowhere'"
            })
    void theDatabaseRepeatsTheRules(String change) {
        Job job = stored();
        assertThatThrownBy(() -> jdbc.sql("UPDATE job SET " + change + " WHERE number = :number")
                        .param("number", job.id().value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void numbersThatArePassedOverAreNeverGivenOut() {
        long reached = table.nextNumber().value();
        table.passOverNumbers(reached - 1);
        assertThat(table.nextNumber().value()).isEqualTo(reached + 1);
        table.passOverNumbers(reached + 10);
        assertThat(table.reachedNumber()).isEqualTo(reached + 10);
        assertThat(table.nextNumber().value()).isEqualTo(reached + 11);
    }

    private Job stored(JobOptions options) {
        Job job = new Job(
                table.nextNumber(),
                "digits",
                allocation.project(),
                allocation.id(),
                cluster,
                person,
                NOW,
                "ab".repeat(32),
                new Resources(2, 1024, 1, "h100", true, Duration.ofMinutes(10), 100),
                Map.of(),
                List.of(),
                null,
                new Stage.Accepted(),
                null,
                null,
                options);
        table.insert(job, options.task() == null || options.task().index() == 0 ? "#!/bin/sh\n" : null);
        assertThat(table.find(job.id())).contains(job);
        return job;
    }

    private boolean queued(Job job, boolean itself) {
        return table.queue(cluster, List.of(), 10_000, 10_000, itself).contains(job.id());
    }

    private void set(Job job, String assignments) {
        jdbc.sql("UPDATE job SET " + assignments + " WHERE number = :number")
                .param("number", job.id().value())
                .update();
    }

    @Test
    void aJobThatWaitsForAnotherStaysInTheQueueUntilThatHasEndedOrTheEngineSeesToIt() {
        Job parent = stored(JobOptions.NONE);
        Job child = stored(new JobOptions(
                "gpu", "gold", List.of(new Dependency(Dependency.Kind.AFTEROK, parent.id())), null, null));
        assertThat(queued(child, false)).isFalse();
        assertThat(queued(child, true)).isFalse();
        set(parent, "stage = 'PENDING', engine_job_id = '12'");
        assertThat(queued(child, false)).isFalse();
        assertThat(queued(child, true)).isTrue();
        set(parent, "stage = 'ENDED', state = 'COMPLETED', ended_at = now()");
        assertThat(queued(child, false)).isTrue();
    }

    @Test
    void ofAnArrayTheEngineGetsAllAtOnceOrAsManyAsMayRun() {
        JobId array = table.nextNumber();
        List<Job> tasks = java.util.stream.IntStream.range(0, 4)
                .mapToObj(index ->
                        stored(new JobOptions(null, null, List.of(), new JobOrder.Task(array, index, 2), null)))
                .toList();
        assertThat(tasks).extracting(task -> queued(task, true)).containsExactly(true, false, false, false);
        assertThat(tasks).extracting(task -> queued(task, false)).containsExactly(true, true, false, false);
        set(tasks.get(0), "stage = 'PENDING', engine_job_id = '5'");
        assertThat(tasks).extracting(task -> queued(task, false)).containsExactly(false, true, false, false);
        set(tasks.get(0), "stage = 'ENDED', state = 'FAILED', ended_at = now()");
        assertThat(tasks).extracting(task -> queued(task, false)).containsExactly(false, true, true, false);
        assertThat(table.script(tasks.get(3).id())).isEqualTo("#!/bin/sh\n");
        Job after = stored(
                new JobOptions(null, null, List.of(new Dependency(Dependency.Kind.AFTERANY, array)), null, null));
        assertThat(queued(after, false)).isFalse();
        tasks.forEach(task -> set(task, "stage = 'ENDED', state = 'FAILED', ended_at = now()"));
        assertThat(queued(after, false)).isTrue();
    }
}
