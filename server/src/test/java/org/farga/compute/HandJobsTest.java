package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.compute.Job.Stage;
import org.farga.dataspace.Datasets;
import org.farga.notification.Notifications;
import org.farga.shared.JobId;
import org.farga.shared.OrganisationId;
import org.farga.slurm.Associations;
import org.farga.slurm.SlurmClusterSettings;
import org.farga.usage.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.JsonNode;

/** Jobs that people give to a cluster themselves are jobs like any other, each once. */
class HandJobsTest extends ComputeTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    private JobTable table;

    @Autowired
    private ClusterTable clusterTable;

    @Autowired
    private Associations associations;

    @Autowired
    private Allocations allocations;

    @Autowired
    private Projects projects;

    @Autowired
    private Usage usage;

    @Autowired
    private Datasets datasets;

    @Autowired
    private JobTokens tokens;

    @Autowired
    private AuditLog audit;

    @Autowired
    private Notifications notifications;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private DataSource source;

    private final FakeScheduler engine = new FakeScheduler();
    private final List<Object> events = new ArrayList<>();
    private String cluster = "";
    private String account = "";
    private String user = "";
    private Client ana;
    private org.farga.allocation.Allocation allocation;

    @BeforeEach
    void open() {
        String unique = UUID.randomUUID().toString().substring(0, 8);
        cluster = "hand-" + unique;
        account = "acc-" + unique;
        user = "u" + unique;
        engine.queuesItself = true;
        jdbc.sql("INSERT INTO cluster (name, scheduler) VALUES (:name, 'SLURM')")
                .param("name", cluster)
                .update();
        ana = signUp("Ana");
        allocation = world.allocation(OrganisationId.valueOf(organisationOf(ana)), ana.person(), cluster, 10);
        jdbc.sql("""
                INSERT INTO slurm_account (cluster, name, allocation_id, adopted, made_at)
                VALUES (:cluster, :name, :allocation, false, now())""")
                .param("cluster", cluster)
                .param("name", account)
                .param("allocation", allocation.id().value())
                .update();
        jdbc.sql("INSERT INTO unix_account VALUES (:person, :name, false, now())")
                .param("person", ana.person().value())
                .param("name", user)
                .update();
    }

    private Clusters clusters() {
        return new Clusters(
                Map.of(cluster, new Clusters.Served(engine, Duration.ofHours(72), 1000, false)), clusterTable);
    }

    private HandJobs process() {
        return new HandJobs(
                clusters(),
                table,
                associations,
                allocations,
                projects,
                usage,
                audit,
                transactions,
                source,
                Clock.systemUTC());
    }

    private ByHand hand(String engineJob, String byUser, JobId claims) {
        return new ByHand(engineJob, account, byUser, "by hand", "gpu", NOW.minusSeconds(600), claims);
    }

    private List<Job> taken() {
        return table.list(
                new org.farga.allocation.VisibleProjects(true, java.util.Set.of()),
                new JobTable.Filter(allocation.project(), null, null),
                null,
                100);
    }

    @Test
    void oneIsTakenInOnceByHoweverManyAndIsItsUsersJob() {
        engine.others.add(hand("17", user, null));
        engine.others.add(hand("18_3", "stranger", null));
        HandJobs first = process();
        HandJobs second = process();
        first.look(cluster);
        second.look(cluster);
        first.look(cluster);
        List<Job> taken = taken();
        assertThat(taken).extracting(Job::engineJobId).containsExactlyInAnyOrder("17", "18_3");
        assertThat(taken).extracting(job -> job.options().unixUser()).containsExactlyInAnyOrder(user, "stranger");
        // The stranger's is the lead's to answer for, who is Ana here too.
        assertThat(taken).extracting(Job::submittedBy).containsOnly(ana.person());
        assertThat(taken).allMatch(job -> job.stage() instanceof Stage.Pending && job.isByHand());
        assertThat(engine.adopted).containsKeys(taken.stream().map(Job::id).toArray(JobId[]::new));
    }

    @Test
    void whatAnotherProcessTookInMeanwhileIsLeftToIt() {
        HandJobs late = process();
        ByHand job = hand("40", user, null);
        engine.others.add(job);
        process().look(cluster);
        late.look(cluster);
        assertThat(taken()).hasSize(1);
    }

    @Test
    void otherAccountsAndOurOwnJobsAreLeftAlone() {
        engine.others.add(new ByHand("5", "elsewhere", user, "x", "", NOW, null));
        JobId number = table.nextNumber();
        table.insert(own(number, new Stage.Accepted(), null), "#!/bin/sh\n");
        engine.others.add(hand("6", user, number));
        process().look(cluster);
        assertThat(taken()).extracting(Job::id).containsExactly(number);
    }

    @Test
    void whoWritesOursOntoTheirsIsSeenThrough() {
        JobId number = table.nextNumber();
        table.insert(own(number, new Stage.Accepted(), null), "#!/bin/sh\n");
        jdbc.sql("UPDATE job SET stage = 'PENDING', engine_job_id = '70' WHERE number = :number")
                .param("number", number.value())
                .update();
        engine.others.add(hand("70", user, number));
        engine.others.add(hand("71", user, number));
        process().look(cluster);
        assertThat(taken()).extracting(Job::engineJobId).containsExactlyInAnyOrder("70", "71");
    }

    private Job own(JobId number, Stage stage, String engineJob) {
        return new Job(
                number,
                "ours",
                allocation.project(),
                allocation.id(),
                cluster,
                ana.person(),
                NOW,
                "ab".repeat(32),
                new Resources(1, 64, 0, Duration.ofMinutes(1), 1),
                Map.of(),
                List.of(),
                null,
                stage,
                engineJob,
                null);
    }

    @Test
    void oneThatCameAndWentUnseenIsFoundInAccountingAndChargedOnce() {
        engine.othersRecords.add(hand("90", user, null));
        HandJobs hands = process();
        hands.look(cluster);
        process().account(cluster);
        assertThat(engine.accountingAsked.getFirst()).isBefore(NOW.minus(Duration.ofHours(23)));
        assertThat(engine.accountingAsked.getLast()).isAfter(NOW.minus(Duration.ofMinutes(11)));
        Job job = taken().getFirst();
        assertThat(taken()).hasSize(1);
        Instant from = NOW.minusSeconds(500);
        engine.jobs.put(
                job.id(),
                new Observation(
                        job.id(),
                        JobState.FAILED,
                        "NonZeroExitCode",
                        from,
                        from.plusSeconds(120),
                        3,
                        new Allocation("node1", 4, 100, 0, List.of()),
                        new Measured(null, null)));
        JobProgress progress = new JobProgress(
                table,
                clusters(),
                allocations,
                usage,
                datasets,
                tokens,
                audit,
                notifications,
                events::add,
                transactions,
                new SlurmClusterSettings(Map.of(), Duration.ofSeconds(30)),
                Clock.systemUTC());
        progress.observe(cluster);
        progress.observe(cluster);
        assertThat(events).hasSize(1);
        assertThat(usage.balance(allocation.id()).cpuLeft().hours().doubleValue())
                .isEqualTo(10 - 4 * 120 / 3600.0, org.assertj.core.api.Assertions.within(0.001));
        JsonNode shown = ana.get("/api/v1/jobs/" + job.id()).expect(200);
        assertThat(shown.path("unixUser").asString("")).isEqualTo(user);
        assertThat(shown.has("scriptSha256")).isFalse();
        ana.get("/api/v1/jobs/" + job.id() + "/script").expect(404);
        // Its user has Slurm's own ways of being told.
        assertThat(table.unseenFailures(ana.person(), NOW.minusSeconds(3600), 10))
                .isEmpty();
    }

    @Test
    void accountingThatIsAwayIsAskedFromWhereItWasLastTime() {
        process().account(cluster);
        engine.trouble = FakeScheduler.Trouble.AWAY;
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> process().account(cluster))
                .isInstanceOf(java.io.UncheckedIOException.class);
        engine.trouble = FakeScheduler.Trouble.NONE;
        Instant asked = table.accountingAskedTo(cluster).orElseThrow();
        process().account(cluster);
        assertThat(engine.accountingAsked.getLast()).isEqualTo(asked.minus(Duration.ofMinutes(10)));
    }

    @Test
    void aNumberThatComesAgainIsAnotherJob() {
        engine.others.add(hand("33", user, null));
        process().look(cluster);
        jdbc.sql("""
                UPDATE job SET stage = 'ENDED', state = 'CANCELLED', ended_at = :at WHERE number = :number""")
                .param("at", java.time.OffsetDateTime.ofInstant(NOW.minusSeconds(300), java.time.ZoneOffset.UTC))
                .param("number", taken().getFirst().id().value())
                .update();
        process().look(cluster);
        assertThat(taken()).hasSize(1);
        engine.others.set(0, new ByHand("33", account, user, "by hand", "gpu", NOW, null));
        process().look(cluster);
        assertThat(taken()).hasSize(2);
    }
}
