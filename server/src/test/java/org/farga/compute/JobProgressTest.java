package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.compute.FakeScheduler.Killed;
import org.farga.compute.FakeScheduler.Trouble;
import org.farga.compute.Job.Cancellation;
import org.farga.compute.Job.Stage;
import org.farga.compute.Job.Why;
import org.farga.dataspace.Datasets;
import org.farga.notification.Notifications;
import org.farga.people.Actors;
import org.farga.shared.Actor;
import org.farga.shared.CpuHours;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.shared.Scope;
import org.farga.slurm.SlurmClusterSettings;
import org.farga.usage.Balance;
import org.farga.usage.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What becomes of a job when whoever works on it dies between any two steps: it is never lost, never run twice, and its
 * usage counts once. Each process is a {@link JobProgress} of its own on the one database.
 */
class JobProgressTest extends ComputeTest {
    private static final CpuHours TWO_MINUTES_OF_TWO = CpuHours.of(2, Duration.ofMinutes(2));

    @Autowired
    private JobTable table;

    @Autowired
    private ClusterTable clusterTable;

    @Autowired
    private Allocations allocations;

    @Autowired
    private Usage usage;

    @Autowired
    private Datasets datasets;

    @Autowired
    private AuditLog audit;

    @Autowired
    private Notifications notifications;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private Jobs jobs;

    @Autowired
    private Projects projects;

    @Autowired
    private Actors actors;

    @Autowired
    private HandOver handOver;

    @Autowired
    private SchedulerClient queue;

    @Autowired
    private DataSource source;

    private final FakeScheduler engine = new FakeScheduler();
    private final List<Object> events = Collections.synchronizedList(new ArrayList<>());
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private String cluster = "";
    private List<Jobs.Input> inputs = List.of();
    private org.farga.allocation.Allocation allocation;

    @Autowired
    private JobTokens tokens;

    private JobProgress progress;
    private Client ana;

    @BeforeEach
    void open() {
        cluster = "fake-" + UUID.randomUUID().toString().substring(0, 8);
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'LOCAL')")
                .param("name", cluster)
                .update();
        ana = signUp("Ana");
        allocation = world.allocation(OrganisationId.valueOf(organisationOf(ana)), ana.person(), cluster, 10);
        progress = process(events::add, Clock.systemUTC());
    }

    private JobProgress process(ApplicationEventPublisher publisher, Clock clock) {
        return process(
                publisher,
                clock,
                new Clusters(
                        Map.of(cluster, new Clusters.Served(engine, Duration.ofHours(72), 1000, false)), clusterTable));
    }

    private JobProgress process(ApplicationEventPublisher publisher, Clock clock, Clusters clusters) {
        return new JobProgress(
                table,
                clusters,
                allocations,
                usage,
                datasets,
                tokens,
                audit,
                notifications,
                publisher,
                transactions,
                new SlurmClusterSettings(Map.of(), Duration.ofSeconds(30)),
                clock);
    }

    /** As a web request of this process does it. */
    private Job cancelled(JobId id) {
        Actor actor = actors.find(ana.person(), Set.of(Scope.COMPUTE)).orElseThrow();
        JobSubmissions submissions = new JobSubmissions(
                table,
                jobs,
                new Clusters(Map.of(), clusterTable),
                projects,
                allocations,
                usage,
                datasets,
                progress,
                audit,
                handOver,
                queue,
                Clock.systemUTC());
        return new TransactionTemplate(transactions)
                .execute(status -> submissions.cancel(actor, id).orThrow());
    }

    private static Clock fixed(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    /** A job as submission leaves it: in the table, its budget set aside, the engine not asked. */
    private JobId accepted() {
        return new TransactionTemplate(transactions).execute(status -> {
            Job job = new Job(
                    table.nextNumber(),
                    "digits",
                    allocation.project(),
                    allocation.id(),
                    cluster,
                    ana.person(),
                    start,
                    "00".repeat(32),
                    new Resources(2, 256, 0, Duration.ofMinutes(30), 64),
                    Map.of("EPOCHS", "3"),
                    inputs,
                    "digits",
                    new Stage.Accepted(),
                    null,
                    null);
            usage.commit(allocation.id(), job.id(), 0, 2, Duration.ofMinutes(30))
                    .orThrow();
            table.insert(job, "#!/bin/sh\n");
            return job.id();
        });
    }

    private Job job(JobId id) {
        return table.find(id).orElseThrow();
    }

    private Balance balance() {
        return usage.balance(allocation.id());
    }

    private void killed(Runnable step) {
        assertThatThrownBy(step::run).isInstanceOf(Killed.class);
    }

    private void assertSettledOnce() {
        assertThat(balance().cpuSettled()).isEqualTo(TWO_MINUTES_OF_TWO);
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
        assertThat(balance().cpuInFlight()).isEqualTo(CpuHours.ZERO);
        assertThat(events).containsOnlyOnce(new JobEnded(job(onlyJob()).id(), true));
    }

    private JobId onlyJob() {
        return table.list(
                        new org.farga.allocation.VisibleProjects(true, java.util.Set.of()),
                        new JobTable.Filter(allocation.project(), null, null),
                        null,
                        10)
                .getFirst()
                .id();
    }

    private void runsToItsEnd(JobId id) {
        engine.start(id, start);
        progress.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
        engine.end(id, JobState.COMPLETED, start, start.plusSeconds(120));
        progress.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.COMPLETED);
        assertThat(engine.orders).hasSize(1);
        assertSettledOnce();
    }

    @Test
    void withoutTroubleAJobGoesFromStageToStage() {
        JobId id = accepted();
        assertThat(job(id).stage()).isEqualTo(new Stage.Accepted());
        progress.handOver(id);
        assertThat(job(id).stage()).isEqualTo(new Stage.Pending(null));
        assertThat(job(id).engineJobId()).isEqualTo("engine-" + id);
        progress.observe(cluster);
        assertThat(job(id).reason()).isEqualTo("Priority");
        runsToItsEnd(id);
    }

    @Test
    void aJobWhoseTaskNeverRanIsHandedOverByAnother() {
        JobId id = accepted();
        progress.observe(cluster); // sees nothing of it: the engine was not asked
        assertThat(job(id).stage()).isEqualTo(new Stage.Accepted());
        progress.handOver(id);
        runsToItsEnd(id);
    }

    @Test
    void deathBeforeTheEngineWasAskedLosesNothing() {
        JobId id = accepted();
        engine.trouble = Trouble.DIES_BEFORE;
        killed(() -> progress.handOver(id));
        assertThat(job(id).stage()).isEqualTo(new Stage.Submitting());
        engine.trouble = Trouble.NONE;
        progress.observe(cluster); // unknown to the engine, but not lost: the task will ask again
        assertThat(job(id).stage()).isEqualTo(new Stage.Submitting());
        progress.handOver(id);
        runsToItsEnd(id);
    }

    @Test
    void deathAfterTheEngineTookTheJobRunsItOnce() {
        JobId id = accepted();
        engine.trouble = Trouble.DIES_AFTER;
        killed(() -> progress.handOver(id));
        assertThat(job(id).stage()).isEqualTo(new Stage.Submitting());
        engine.trouble = Trouble.NONE;
        assertThat(engine.recalled).isEmpty();
        progress.handOver(id);
        assertThat(engine.recalled).as("that it may have been asked").containsExactly(id + " null");
        assertThat(engine.asked).containsExactly(id, id);
        assertThat(job(id).engineJobId()).isEqualTo("engine-" + id);
        runsToItsEnd(id);
    }

    @Test
    void theObserverMayFindTheJobRunningBeforeItsSubmissionIsConfirmed() {
        JobId id = accepted();
        engine.trouble = Trouble.DIES_AFTER;
        killed(() -> progress.handOver(id));
        engine.trouble = Trouble.NONE;
        engine.start(id, start);
        progress.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
        progress.handOver(id); // the task, taken up again: nothing is left to do
        assertThat(engine.asked).hasSize(1);
        runsToItsEnd(id);
    }

    @Test
    void aTaskThatRunsTwiceAsksOnce() {
        JobId id = accepted();
        progress.handOver(id);
        progress.handOver(id);
        assertThat(engine.asked).hasSize(1);
    }

    @Test
    void anEngineThatIsAwayIsAskedAgain() {
        JobId id = accepted();
        engine.trouble = Trouble.AWAY;
        assertThatThrownBy(() -> progress.handOver(id)).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> progress.observe(cluster)).isInstanceOf(UncheckedIOException.class);
        assertThat(job(id).stage()).isEqualTo(new Stage.Submitting());
        engine.trouble = Trouble.NONE;
        progress.handOver(id);
        runsToItsEnd(id);
    }

    @Test
    void deathInTheMidstOfTheEndLeavesAllOfItOrNothing() {
        JobId id = accepted();
        progress.handOver(id);
        engine.end(id, JobState.COMPLETED, start, start.plusSeconds(120));
        JobProgress dying = process(
                event -> {
                    throw new Killed();
                },
                Clock.systemUTC());
        killed(() -> dying.observe(cluster));
        assertThat(job(id).hasEnded()).isFalse();
        assertThat(balance().cpuSettled()).isEqualTo(CpuHours.ZERO);
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.of(2, Duration.ofMinutes(30)));
        progress.observe(cluster);
        assertSettledOnce();
    }

    @Test
    void severalProcessesThatSeeTheSameEndSettleItOnce() throws InterruptedException {
        JobId id = accepted();
        progress.handOver(id);
        engine.end(id, JobState.COMPLETED, start, start.plusSeconds(120));
        CyclicBarrier together = new CyclicBarrier(4);
        List<Thread> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(Thread.ofVirtual().start(() -> {
                JobProgress one = process(events::add, Clock.systemUTC());
                try {
                    together.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                one.observe(cluster);
            }));
        }
        for (Thread one : processes) {
            one.join();
        }
        assertThat(job(id).state()).isEqualTo(JobState.COMPLETED);
        assertSettledOnce();
    }

    @Test
    void aJobCancelledInOurQueueIsNeverRun() {
        JobId id = accepted();
        assertThat(cancelled(id).state()).isEqualTo(JobState.CANCELLED);
        progress.handOver(id);
        assertThat(engine.orders).isEmpty();
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
        assertThat(balance().cpuSettled()).isEqualTo(CpuHours.ZERO);
    }

    @Test
    void aJobCancelledWhileItsSubmissionIsInDoubtEndsByTheEnginesWordOnly() {
        JobId id = accepted();
        engine.trouble = Trouble.DIES_BEFORE;
        killed(() -> progress.handOver(id));
        engine.trouble = Trouble.NONE;
        cancelled(id);
        assertThat(job(id).stage()).isEqualTo(new Stage.Submitting());
        progress.handOver(id);
        assertThat(engine.cancelled).containsExactly(id);
        engine.end(id, JobState.CANCELLED, null, start.plusSeconds(1));
        progress.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.CANCELLED);
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
        assertThat(balance().cpuSettled()).isEqualTo(CpuHours.ZERO);
    }

    @Test
    void aCancellationThatNeverReachedTheEngineIsRepeated() {
        JobId id = accepted();
        progress.handOver(id);
        // As the web request leaves it when its process dies before the task ran.
        table.requestCancellation(id, new Cancellation(start, Why.PERSON, ana.person()));
        assertThat(engine.cancelled).isEmpty();
        progress.enforce(cluster);
        assertThat(engine.cancelled).containsExactly(id);
    }

    @Test
    void theFirstCancellationStays() {
        JobId id = accepted();
        assertThat(table.requestCancellation(id, new Cancellation(start, Why.PERSON, ana.person())))
                .isTrue();
        assertThat(table.requestCancellation(id, new Cancellation(start, Why.ALLOCATION_ENDED, null)))
                .isFalse();
        assertThat(job(id).cancellation().why()).isEqualTo(Why.PERSON);
    }

    @Test
    void aJobThatTheEngineRejectsFailsWithItsReasonAndFreesItsBudget() {
        JobId id = accepted();
        engine.trouble = Trouble.REJECTS;
        progress.handOver(id);
        assertThat(job(id).state()).isEqualTo(JobState.FAILED);
        assertThat(job(id).explanation()).isEqualTo("compute.reason.Rejected");
        assertThat(job(id).explanationArguments()).contains("no such partition");
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
        assertThat(events).containsExactly(new JobEnded(id, false));
    }

    @Test
    void aJobOfAnAllocationSuspendedMeanwhileIsNotHandedOver() {
        JobId id = accepted();
        suspend();
        progress.handOver(id);
        assertThat(engine.asked).isEmpty();
        assertThat(job(id).state()).isEqualTo(JobState.CANCELLED);
        assertThat(job(id).reason()).isEqualTo("AllocationSuspended");
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
    }

    @Test
    void aRunningJobOfAnAllocationThatEndedIsStopped() {
        JobId id = accepted();
        progress.handOver(id);
        engine.start(id, start);
        progress.observe(cluster);
        process(events::add, fixed(allocation.period().to())).enforce(cluster);
        assertThat(engine.cancelled).containsExactly(id);
        engine.end(id, JobState.CANCELLED, start, start.plusSeconds(120));
        progress.observe(cluster);
        assertThat(job(id).reason()).isEqualTo("AllocationEnded");
        assertThat(balance().cpuSettled()).isEqualTo(TWO_MINUTES_OF_TWO);
    }

    private void suspend() {
        jdbc.sql("""
                INSERT INTO allocation_suspension (allocation_id, since, reason, suspended_by)
                VALUES (:allocation, now(), 'under review', :person)""")
                .param("allocation", allocation.id().value())
                .param("person", ana.person().value())
                .update();
    }

    @Test
    void aJobThatTheEngineForgotIsGivenUpAfterAWhileAndChargedUntilItWasSeen() {
        JobId id = accepted();
        progress.handOver(id);
        engine.start(id, start);
        Ticking clock = new Ticking(start.plusSeconds(120));
        JobProgress watching = process(events::add, clock);
        watching.observe(cluster);
        engine.jobs.clear();
        assertThat(engine.recalled).isEmpty();
        clock.now = start.plusSeconds(121);
        watching.observe(cluster);
        assertThat(engine.recalled).as("its number").containsExactly(id + " engine-" + id);
        watching.observe("another cluster"); // which has nothing to do with it
        clock.now = start.plusSeconds(150);
        watching.observe(cluster);
        watching.observe("another cluster");
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
        clock.now = start.plusSeconds(151);
        watching.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.NODE_FAIL);
        assertThat(balance().cpuSettled()).isEqualTo(TWO_MINUTES_OF_TWO);
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
    }

    @Test
    void nothingIsChargedForAJobThatWasForgottenBeforeThisProcessSawIt() {
        JobId id = accepted();
        progress.handOver(id);
        engine.start(id, start);
        progress.observe(cluster);
        engine.jobs.clear();
        Ticking clock = new Ticking(start.plusSeconds(7_200));
        JobProgress heir = process(events::add, clock);
        heir.observe(cluster);
        clock.now = start.plusSeconds(7_230);
        heir.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.NODE_FAIL);
        assertThat(job(id).reason()).isEqualTo("Lost");
        assertThat(balance().cpuSettled()).isEqualTo(CpuHours.ZERO);
        assertThat(balance().cpuCommitted()).isEqualTo(CpuHours.ZERO);
    }

    @Test
    void aJobThatItsEngineTookBackWaitsAgainAndMayUseAllOfItsTime() {
        JobId id = accepted();
        CpuHours most = balance().cpuCommitted();
        progress.handOver(id);
        engine.start(id, start);
        progress.observe(cluster);
        engine.takeBack(id);
        progress.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.PENDING);
        assertThat(job(id).reason()).isEqualTo("BeginTime");
        assertThat(balance().cpuCommitted()).isEqualTo(most);
        engine.start(id, start.plusSeconds(200));
        progress.observe(cluster);
        assertThat(job(id).startedAt()).isEqualTo(start.plusSeconds(200));
    }

    @Test
    void noJobWaitsForAnEngineThatIsNotItsOwn() throws InterruptedException {
        FakeScheduler slow = new FakeScheduler();
        slow.trouble = Trouble.HANGS;
        String slowCluster = cluster + "-slow";
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'LOCAL')")
                .param("name", slowCluster)
                .update();
        String quickCluster = cluster;
        org.farga.allocation.Allocation quick = allocation;
        Clusters both = new Clusters(
                Map.of(
                        slowCluster, new Clusters.Served(slow, Duration.ofHours(72), 1000, false),
                        quickCluster, new Clusters.Served(engine, Duration.ofHours(72), 1000, false)),
                clusterTable);
        HandOver loops = new HandOver(table, process(events::add, Clock.systemUTC(), both), both, source);
        loops.start();
        try {
            cluster = slowCluster;
            allocation = world.allocation(OrganisationId.valueOf(organisationOf(ana)), ana.person(), slowCluster, 10);
            JobId waiting = accepted();
            assertThat(slow.hung.await(30, TimeUnit.SECONDS)).isTrue();
            cluster = quickCluster;
            allocation = quick;
            JobId other = accepted();
            await("it is with its engine", () -> job(other).engineJobId() != null);
            assertThat(job(waiting).engineJobId()).isNull();
            slow.answers.countDown();
            await("so is the one that waited", () -> job(waiting).engineJobId() != null);
        } finally {
            slow.answers.countDown();
            loops.stop();
        }
    }

    private static void await(String what, BooleanSupplier wish) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!wish.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    @Test
    void anEngineThatOnlyRestartedLosesNoJob() {
        JobId id = accepted();
        progress.handOver(id);
        engine.start(id, start);
        Ticking clock = new Ticking(start.plusSeconds(1));
        JobProgress watching = process(events::add, clock);
        watching.observe(cluster);
        Observation known = engine.jobs.remove(id);
        clock.now = start.plusSeconds(29);
        watching.observe(cluster);
        engine.jobs.put(id, known);
        clock.now = start.plusSeconds(300);
        watching.observe(cluster);
        engine.jobs.clear();
        clock.now = start.plusSeconds(301);
        watching.observe(cluster);
        assertThat(job(id).state()).isEqualTo(JobState.RUNNING);
    }

    private static final class Ticking extends Clock {
        private Instant now;

        Ticking(Instant now) {
            this.now = now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @Test
    void aJobInDoubtWhoseAgreementEndedIsNotSubmittedAnew() {
        String organisation = organisationOf(ana);
        String slug = publishedDigits();
        String agreement = accept(ana, organisation, slug);
        var mountable =
                datasets.mount(OrganisationId.valueOf(organisation), slug).orThrow();
        inputs = List.of(new Jobs.Input(mountable.version(), mountable.agreement()));
        JobId unknown = accepted();
        JobId known = accepted();
        engine.trouble = Trouble.DIES_BEFORE;
        killed(() -> progress.handOver(unknown));
        engine.trouble = Trouble.DIES_AFTER;
        killed(() -> progress.handOver(known));
        engine.trouble = Trouble.NONE;
        ana.delete("/api/v1/agreements/" + agreement);
        progress.handOver(unknown);
        progress.handOver(known);
        // The engine never heard of the one: it is over. It has the other: that ends by its word.
        assertThat(engine.asked).containsExactly(unknown, known);
        assertThat(job(unknown).state()).isEqualTo(JobState.CANCELLED);
        assertThat(job(unknown).reason()).isEqualTo("AgreementEnded");
        assertThat(job(known).stage()).isEqualTo(new Stage.Submitting());
        progress.enforce(cluster);
        assertThat(engine.cancelled).containsExactly(known);
    }
}
