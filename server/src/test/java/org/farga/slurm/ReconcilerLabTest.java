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
        lab.tryTo("scancel", "--user=lab-ana,lab-pau");
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
        assertThat(state().read().lines())
                .extracting(PlanLine::kind)
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
}
