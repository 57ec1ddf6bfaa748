package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.FargaTest;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.slurm.Associations.Association;
import org.farga.slurm.Reconciler.Site;
import org.farga.slurm.Reconciliation.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What Farga keeps in Slurm, tried on a real one. Skipped where there is none. */
@FargaTest
class ReconcilerLabTest {
    @Autowired
    private Reconciler reconciler;

    @Autowired
    private ReconciliationTable table;

    @Autowired
    private Associations associations;

    @Autowired
    private UnixAccountTable unix;

    @Autowired
    private JdbcClient jdbc;

    @TempDir
    private Path folder;

    private Lab lab;
    private SlurmData data;
    /** Farga's name for the cluster, another for each test, so that none sees another's allocations. */
    private String cluster;

    private Site site;
    private String before;

    @BeforeEach
    void open() {
        lab = Lab.up();
        data = new SlurmData(jdbc);
        cluster = "lab-" + UUID.randomUUID();
        // Users of the lab stand for those that a hook would make.
        site = new Site(cluster, lab.commands(), List.of("true"));
        clear();
        before = unmanaged();
    }

    @AfterEach
    void clear() {
        if (lab == null) {
            return;
        }
        List<String> ours = lab.run(
                        "sacctmgr",
                        "-nP",
                        "list",
                        "assoc",
                        "where",
                        "cluster=" + lab.cluster(),
                        "account=farga",
                        "withsubaccounts",
                        "format=Account,User")
                .lines()
                .toList();
        String accounts = ours.stream()
                .map(line -> line.substring(0, line.indexOf('|')))
                .distinct()
                .collect(Collectors.joining(","));
        if (accounts.isEmpty()) {
            return;
        }
        List<String> users = ours.stream()
                .map(line -> line.substring(line.indexOf('|') + 1))
                .filter(user -> !user.isEmpty())
                .distinct()
                .toList();
        // Only ours: other tests run jobs of the same users at the same time.
        lab.run("squeue", "-h", "-A", accounts, "-o", "%A").lines().forEach(job -> lab.tryTo("scancel", job));
        // Accounts that jobs ran in stay until those have ended.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> lab.run("squeue", "-h", "-o", "%a")
                        .lines()
                        .noneMatch(a -> List.of(accounts.split(",")).contains(a)));
        if (!users.isEmpty()) {
            lab.tryTo("sacctmgr", "-i", "modify", "user", "where", "name=lab-ana,lab-pau", "set", "DefaultAccount=lab");
            lab.tryTo(
                    "sacctmgr",
                    "-i",
                    "delete",
                    "user",
                    "where",
                    "name=" + String.join(",", users),
                    "account=" + accounts);
        }
        List<String> names = new ArrayList<>(List.of(accounts.split(",")));
        for (String name : names.reversed()) {
            lab.tryTo("sacctmgr", "-i", "delete", "account", "where", "name=" + name);
        }
    }

    /** All that Slurm has and that does not hang under Farga's account, as it prints it. */
    private String unmanaged() {
        SlurmTree tree = new SlurmReader(lab.commands()).tree(lab.cluster());
        return lab.run("sacctmgr", "-nP", "list", "assoc", "where", "cluster=" + lab.cluster())
                .lines()
                .filter(line -> !tree.isUnder("farga", line.split("\\|", -1)[1]))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private void round() {
        reconciler.round(site, () -> true);
    }

    private void apply() {
        table.ensure(cluster);
        table.setMode(cluster, Mode.APPLY);
        round();
    }

    private Reconciliation state() {
        return table.find(cluster).orElseThrow();
    }

    private PersonId person(String unixUser) {
        PersonId person = data.person();
        // Names are for good: a later test's person takes one that the test made, and the lab's users are taken once.
        jdbc.sql("""
                INSERT INTO unix_account (person_id, user_name, adopted, made_at) VALUES (:p, :name, true, now())
                ON CONFLICT DO NOTHING""").param("p", person.value()).param("name", unixUser).update();
        return associations.personOf(unixUser).orElseThrow();
    }

    private String account(AllocationId allocation) {
        return jdbc.sql("SELECT name FROM slurm_account WHERE allocation_id = :a")
                .param("a", allocation.value())
                .query(String.class)
                .single();
    }

    @Test
    void whatIsPlannedIsAppliedAndThenNothingIsLeftToPlan() {
        PersonId ana = person("lab-ana");
        PersonId pau = data.person();
        ProjectId project = data.project(ana);
        data.member(data.organisationOf(project), pau, "MEMBER");
        data.join(project, pau, "MEMBER");
        AllocationId allocation = data.allocation(project, cluster);

        round();
        assertThat(table.plan(cluster, null, "", 0, 100))
                .extracting(placed -> placed.line().kind())
                .containsExactlyInAnyOrder(
                        PlanLine.Kind.ADD_ACCOUNT,
                        PlanLine.Kind.ADD_ACCOUNT,
                        PlanLine.Kind.ADD_ACCOUNT,
                        PlanLine.Kind.ADD_ACCOUNT);
        assertThat(lab.run("sacctmgr", "-nP", "list", "account", "format=account"))
                .as("a plan changes nothing")
                .doesNotContain("farga");
        assertThat(associations.find(cluster, allocation, ana)).isEmpty();

        apply();
        assertThat(state().applied().left()).isZero();
        assertThat(state().applied().complaint()).isNull();
        assertThat(state().read().changes()).isZero();
        assertThat(associations.find(cluster, allocation, ana))
                .contains(new Association(account(allocation), "lab-ana"));
        String name = unix.names(List.of(pau)).get(pau);
        assertThat(associations.find(cluster, allocation, pau)).contains(new Association(account(allocation), name));
        assertThat(lab.run(
                        "sacctmgr",
                        "-nP",
                        "list",
                        "assoc",
                        "where",
                        "account=" + account(allocation),
                        "user=",
                        "format=ParentName,GrpTRESMins"))
                .contains("cpu=72000,gres/gpu=7200");

        table.wantReading(cluster, java.time.Instant.now());
        round();
        assertThat(state().read().changes()).isZero();
        assertThat(unmanaged()).isEqualTo(before);
    }

    @Test
    void whoeverIsCutOffBetweenTwoCommandsLeavesTheRestToTheNext() {
        PersonId ana = person("lab-ana");
        ProjectId project = data.project(ana);
        List<AllocationId> allocations = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            allocations.add(data.allocation(project, cluster));
        }
        apply();
        assertThat(state().applied().left()).isZero();
        // Two commands are needed: one stops three accounts, the other gives the fourth its association back.
        jdbc.sql("""
                INSERT INTO allocation_suspension (allocation_id, since, reason, suspended_by)
                SELECT id, now(), 'why', :ana FROM allocation WHERE id = ANY(:ids)""")
                .param("ana", ana.value())
                .param(
                        "ids",
                        allocations.subList(0, 3).stream()
                                .map(AllocationId::value)
                                .toArray(UUID[]::new))
                .update();
        lab.run(
                "sacctmgr",
                "-i",
                "modify",
                "account",
                "where",
                "name=" + account(allocations.get(3)),
                "cluster=" + lab.cluster(),
                "set",
                "GrpTRESMins=cpu=1");
        table.wantReading(cluster, java.time.Instant.now());
        int[] commands = {0};
        reconciler.round(site, () -> commands[0]++ == 0);
        assertThat(state().read().changes())
                .as("as it was read before it was cut off")
                .isEqualTo(4);
        assertThat(jdbc.sql("SELECT count(*) FROM audit_entry WHERE subject_id = :c AND action = 'slurm.changed'")
                        .param("c", cluster)
                        .query(Long.class)
                        .single())
                .isGreaterThanOrEqualTo(2);

        table.wantReading(cluster, java.time.Instant.now());
        round();
        assertThat(state().read().changes()).isZero();
        assertThat(limits(allocations.get(0))).contains("|0|0");
        assertThat(limits(allocations.get(3))).contains("cpu=72000,gres/gpu=7200||");
        assertThat(unmanaged()).isEqualTo(before);
    }

    private String limits(AllocationId allocation) {
        return lab.run(
                "sacctmgr",
                "-nP",
                "list",
                "assoc",
                "where",
                "account=" + account(allocation),
                "user=",
                "format=GrpTRESMins,GrpJobs,GrpSubmit");
    }

    private SlurmCommands.Answer submit(AllocationId allocation, String... options) {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=lab-ana",
                "--regid=lab-ana",
                "--init-groups",
                "sbatch",
                "--parsable",
                "--account=" + account(allocation),
                "--chdir=/tmp",
                "--output=/dev/null"));
        command.addAll(List.of(options));
        command.add("--wrap=sleep 300");
        return lab.tryTo(command.toArray(String[]::new));
    }

    private String reason(String job) {
        return lab.run("squeue", "-h", "-j", job, "-o", "%T %r").strip();
    }

    @Test
    void slurmItselfHoldsAJobThatTheBudgetDoesNotHaveRoomFor() {
        PersonId ana = person("lab-ana");
        AllocationId allocation = data.allocation(data.project(ana), cluster);
        jdbc.sql("UPDATE allocation SET gpu_milliseconds = 8 * 60000 WHERE id = :a")
                .param("a", allocation.value())
                .update();
        apply();
        assertThat(limits(allocation)).startsWith("cpu=72000,gres/gpu=9|");
        String fits = submit(allocation, "--gres=gpu:1", "--time=2").good().strip();
        String tooMuch = submit(allocation, "--gres=gpu:4", "--time=5").good().strip();
        await().atMost(Duration.ofSeconds(30)).until(() -> reason(tooMuch).equals("PENDING AssocGrpGRESMinutes"));
        await().atMost(Duration.ofSeconds(30)).until(() -> reason(fits).startsWith("RUNNING"));
    }

    @Test
    void whatIsSuspendedTakesNoNewJobAndStartsNoneThatWaits() {
        PersonId ana = person("lab-ana");
        AllocationId allocation = data.allocation(data.project(ana), cluster);
        apply();
        String runs = submit(allocation, "--time=5").good().strip();
        await().atMost(Duration.ofSeconds(30)).until(() -> reason(runs).startsWith("RUNNING"));
        String waits = submit(allocation, "--time=5", "--begin=now+5").good().strip();
        jdbc.sql("""
                INSERT INTO allocation_suspension (allocation_id, since, reason, suspended_by)
                VALUES (:a, now(), 'why', :ana)""").param("a", allocation.value()).param("ana", ana.value()).update();
        round();
        assertThat(state().applied().left()).isZero();
        SlurmCommands.Answer refused = submit(allocation, "--time=5");
        assertThat(refused.status()).isNotZero();
        assertThat(refused.complaint()).contains("AssocGrpSubmitJobsLimit");
        await().atMost(Duration.ofSeconds(60)).until(() -> reason(waits).equals("PENDING AssocGrpJobsLimit"));
        assertThat(reason(runs)).as("what runs goes on").startsWith("RUNNING");

        jdbc.sql("UPDATE allocation_suspension SET lifted_at = now(), lifted_by = :ana WHERE allocation_id = :a")
                .param("a", allocation.value())
                .param("ana", ana.value())
                .update();
        round();
        await().atMost(Duration.ofSeconds(60)).until(() -> reason(waits).startsWith("RUNNING"));
    }

    @Test
    void whoeverLeavesIsClosedAndAnAssociationWaitsForTheUnixAccount() {
        PersonId ana = person("lab-ana");
        PersonId pau = data.person();
        ProjectId project = data.project(ana);
        data.member(data.organisationOf(project), pau, "MEMBER");
        data.join(project, pau, "MEMBER");
        AllocationId allocation = data.allocation(project, cluster);
        site = new Site(
                cluster,
                lab.commands(),
                List.of("sh", "-c", "test -e " + folder + "/$2 || { echo no entry for $2 >&2; exit 3; }", "hook"));
        apply();
        String name = unix.names(List.of(pau)).get(pau);
        assertThat(associations.find(cluster, allocation, pau)).isEmpty();
        UnixAccount waiting = unix.onCluster(cluster).get(pau);
        assertThat(waiting.state()).isEqualTo(UnixAccount.State.FAILED);
        assertThat(waiting.complaint()).contains("ended with 3").contains("no entry for " + name);

        site = new Site(cluster, lab.commands(), List.of("true"));
        jdbc.sql("UPDATE unix_account_on_cluster SET next_attempt_at = now() WHERE cluster = :c")
                .param("c", cluster)
                .update();
        round();
        assertThat(associations.find(cluster, allocation, pau)).contains(new Association(account(allocation), name));

        jdbc.sql("DELETE FROM project_member WHERE project_id = :p AND person_id = :pau")
                .param("p", project.value())
                .param("pau", pau.value())
                .update();
        round();
        assertThat(associations.find(cluster, allocation, pau)).isEmpty();
        assertThat(unix.onCluster(cluster).get(pau).state()).isEqualTo(UnixAccount.State.GONE);
        assertThat(lab.run("sacctmgr", "-nP", "list", "assoc", "where", "user=" + name, "format=MaxJobs,MaxSubmit"))
                .isEqualTo("0|0\n");
    }

    @Test
    void whileSlurmsAccountingIsAwayNothingIsLostAndItIsSaid() {
        PersonId ana = person("lab-ana");
        AllocationId allocation = data.allocation(data.project(ana), cluster);
        apply();
        SlurmCommands away = new SlurmCommands(
                lab.commands().conf(),
                List.of(
                        "sh",
                        "-c",
                        "echo 'sacctmgr: error: Sending PersistInit msg: Connection refused' >&2; exit 1",
                        "away"));
        reconciler.round(new Site(cluster, away, List.of("true")), () -> true);
        table.wantReading(cluster, java.time.Instant.now());
        reconciler.round(new Site(cluster, away, List.of("true")), () -> true);
        assertThat(state().complaint()).contains("Connection refused");
        assertThat(state().read().changes()).isZero();
        assertThat(associations.find(cluster, allocation, ana)).isPresent();
        table.wantReading(cluster, java.time.Instant.now());
        round();
        assertThat(state().complaint()).isNull();
    }

    @Test
    void aFileOfOursIsTakenBySlurmAndChangesWhatItSays() {
        PersonId ana = person("lab-ana");
        AllocationId allocation = data.allocation(data.project(ana), cluster);
        table.ensure(cluster);
        round();
        String file = SlurmDump.write(lab.cluster(), reconciler.desired(cluster));
        SlurmCommands.Answer answer =
                lab.commands().run(Duration.ofMinutes(1), file, List.of("sacctmgr", "-i", "load", "/dev/stdin"));
        assertThat(Reconciler.complaint(answer)).isNull();
        table.wantReading(cluster, java.time.Instant.now());
        round();
        assertThat(state().read().changes()).isZero();
        // And what Slurm writes itself is read as what Slurm has.
        Path dump = folder.resolve("slurm.cfg");
        lab.run("sacctmgr", "dump", lab.cluster(), "file=" + dump);
        SlurmTree written = readDump(dump);
        SlurmTree listed = new SlurmReader(lab.commands()).tree(lab.cluster());
        assertThat(written.accounts().keySet()).isEqualTo(listed.accounts().keySet());
        assertThat(written.accounts().get(account(allocation)))
                .isEqualTo(listed.accounts().get(account(allocation)));
        assertThat(unmanaged()).isEqualTo(before);
    }

    private static SlurmTree readDump(Path dump) {
        try (java.io.Reader reader = java.nio.file.Files.newBufferedReader(dump)) {
            return SlurmDump.read(reader).tree();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aBudgetThatFargaCountsAsUsedUpSlowsItsJobsAndItsLeadIsToldOnce() {
        PersonId ana = person("lab-ana");
        ProjectId project = data.project(ana);
        AllocationId allocation = data.allocation(project, cluster);
        apply();
        data.used(allocation, ana, cluster, 101);
        round();
        assertThat(limits(allocation)).contains("|1|");
        round();
        assertThat(jdbc.sql(
                                "SELECT message FROM notification WHERE person_id = :p AND link = (SELECT '/projects/' || slug FROM project WHERE id = :project)")
                        .param("p", ana.value())
                        .param("project", project.value())
                        .query(String.class)
                        .list())
                .containsExactly("slurm.told.slow");
        data.used(allocation, ana, cluster, 20);
        round();
        assertThat(limits(allocation)).contains("|0|");
    }
}
