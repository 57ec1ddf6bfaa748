package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.farga.allocation.AllocationState;
import org.farga.shared.AllocationId;
import org.farga.slurm.Change.AddAccount;
import org.farga.slurm.Change.AddUser;
import org.farga.slurm.Change.CloseUser;
import org.farga.slurm.Change.MoveAccount;
import org.farga.slurm.Change.OpenUser;
import org.farga.slurm.Change.SetLimits;
import org.farga.slurm.Desired.Reason;
import org.farga.slurm.Ladder.Step;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Holding.Way WAY = new Holding.Way("farga", Set.of(), 1, null);
    private static final Set<String> COUNTED = Set.of("cpu", "gres/gpu");

    private static Holding holding(String account, AllocationState state, Step step, String... users) {
        return new Holding(
                AllocationId.create(),
                account,
                false,
                "folding",
                "org-forja",
                state,
                step,
                6_000,
                600,
                Set.of(users),
                Set.of());
    }

    private static Holding adopted(String account, String... users) {
        return new Holding(
                AllocationId.create(),
                account,
                true,
                "folding",
                "org-forja",
                AllocationState.ACTIVE,
                Step.NONE,
                6_000,
                600,
                Set.of(users),
                Set.of());
    }

    private static Desired desired(Holding... holdings) {
        return Holding.desired(WAY, List.of(holdings));
    }

    /** What Slurm answers, by lines of its list. */
    private static SlurmTree slurm(String... lines) {
        SlurmTree.Reader reader = new SlurmTree.Reader();
        List<String> all = new ArrayList<>(List.of("root|||||||||normal|", "root|root|||||||||"));
        all.addAll(List.of(lines));
        all.forEach(reader::line);
        return reader.done("nit", Set.of("normal"), COUNTED);
    }

    private static final String[] AS_DESIRED = {
        "farga|||root|||||||",
        "org-forja|||farga|||||||",
        "folding|||org-forja|||||||",
        "folding-1|||folding|cpu=6000,gres/gpu=600||||||",
        "folding-1|ana|||||||||"
    };

    private static SlurmTree slurmWith(String... replaced) {
        List<String> lines = new ArrayList<>(List.of(AS_DESIRED));
        for (String line : replaced) {
            String key = line.substring(0, line.indexOf('|', line.indexOf('|') + 1));
            lines.removeIf(l -> l.startsWith(key + "|"));
            lines.add(line);
        }
        return slurm(lines.toArray(String[]::new));
    }

    private static Plan plan(Desired desired, SlurmTree actual) {
        return Plan.between(desired, actual, Set.of("ana", "pau")::contains);
    }

    @Test
    void anEmptySlurmGetsTheTreeFromTheTopAndItsUsersLast() {
        Plan plan = plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), slurm());
        assertThat(plan.changes())
                .extracting(Change::subject)
                .containsExactly("farga", "org-forja", "folding", "folding-1", "folding-1");
        assertThat(plan.changes().getLast()).isEqualTo(new AddUser("folding-1", "ana"));
    }

    @Test
    void whatIsAsDesiredNeedsNothing() {
        assertThat(plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), slurmWith())
                        .changes())
                .isEmpty();
    }

    @Test
    void whatIsNeitherUnderOurAccountNorAdoptedIsNotTouched() {
        SlurmTree actual = slurmWith(
                "physics|||root|cpu=1||||||",
                "physics|eva|||||||||",
                "physics-2|||physics|||||||",
                "root|ana|||||||||");
        assertThat(plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), actual)
                        .changes())
                .isEmpty();
    }

    @Test
    void aNameThatSomebodyElsesAccountHasIsReportedAndNothingIsHungUnderIt() {
        SlurmTree actual = slurm("folding|||root|||||||", "folding|eva|||||||||");
        Plan plan = plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), actual);
        assertThat(plan.troubles()).containsExactly(new Plan.Trouble(Plan.Trouble.Kind.NAME_TAKEN, "folding"));
        assertThat(plan.changes()).extracting(Change::subject).containsExactly("farga", "org-forja");
    }

    @Test
    void anAdoptedAccountStaysAtItsPlaceAndKeepsUsersThatFargaDoesNotKnow() {
        SlurmTree actual =
                slurm("physics|||root|cpu=1,billing=7||||||", "physics|eva|||||||||", "physics|pau|||||||||");
        Plan plan = plan(desired(adopted("physics", "ana")), actual);
        assertThat(plan.changes())
                .hasSize(4)
                .contains(new AddUser("physics", "ana"), new CloseUser("physics", "pau"))
                .noneMatch(MoveAccount.class::isInstance)
                .noneMatch(c -> c.subject().equals("org-forja"));
    }

    @Test
    void anAdoptedAccountThatIsGoneIsReportedRatherThanMade() {
        Plan plan = plan(desired(adopted("physics", "ana")), slurm("farga|||root|||||||"));
        assertThat(plan.troubles()).containsExactly(new Plan.Trouble(Plan.Trouble.Kind.ADOPTED_GONE, "physics"));
        assertThat(plan.changes()).isEmpty();
    }

    @Test
    void whoeverLeftIsClosedRatherThanDeletedAndLetInAgainLater() {
        Desired without = desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE));
        assertThat(plan(without, slurmWith()).changes()).containsExactly(new CloseUser("folding-1", "ana"));
        SlurmTree closed = slurmWith("folding-1|ana||||||0|0||");
        assertThat(plan(without, closed).changes()).isEmpty();
        assertThat(plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), closed)
                        .changes())
                .containsExactly(new OpenUser("folding-1", "ana"));
    }

    @Test
    void aLimitThatAnOperatorGaveAUserStays() {
        assertThat(plan(
                                desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")),
                                slurmWith("folding-1|ana||||||3|10||"))
                        .changes())
                .isEmpty();
    }

    @Test
    void aLimitThatAnOperatorGaveAnAccountStaysUnlessItIsStopped() {
        SlurmTree actual = slurmWith("folding-1|||folding|cpu=6000,gres/gpu=600|10|50||||");
        assertThat(plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), actual)
                        .changes())
                .isEmpty();
        assertThat(SlurmCommand.clauses(only(
                        plan(desired(holding("folding-1", AllocationState.SUSPENDED, Step.NONE, "ana")), actual)
                                .changes())))
                .containsExactly("GrpJobs=0", "GrpSubmitJobs=0");
    }

    @Test
    void somebodyWhoseUnixAccountIsWaitedForIsNeitherAddedNorClosed() {
        Holding waits = new Holding(
                AllocationId.create(),
                "folding-1",
                false,
                "folding",
                "org-forja",
                AllocationState.ACTIVE,
                Step.NONE,
                6_000,
                600,
                Set.of(),
                Set.of("ana"));
        assertThat(plan(desired(waits), slurmWith()).changes()).isEmpty();
    }

    private static SetLimits only(Collection<Change> changes) {
        assertThat(changes).hasSize(1);
        return (SetLimits) changes.iterator().next();
    }

    @Test
    void whatIsHeldBackOrOverTakesNoJobAndStartsNone() {
        for (AllocationState state :
                List.of(AllocationState.SUSPENDED, AllocationState.EXPIRED, AllocationState.PLANNED)) {
            SetLimits set = only(plan(desired(holding("folding-1", state, Step.NONE, "ana")), slurmWith())
                    .changes());
            assertThat(SlurmCommand.clauses(set)).containsExactly("GrpJobs=0", "GrpSubmitJobs=0");
        }
        SetLimits back = only(plan(
                        desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")),
                        slurmWith("folding-1|||folding|cpu=6000,gres/gpu=600|0|0||||"))
                .changes());
        assertThat(SlurmCommand.clauses(back)).containsExactly("GrpJobs=-1", "GrpSubmitJobs=-1");
    }

    @Test
    void aBudgetThatIsUsedUpGoesOnSlowlyAndThenNotAtAll() {
        assertThat(SlurmCommand.clauses(only(
                        plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.SLOW, "ana")), slurmWith())
                                .changes())))
                .containsExactly("GrpJobs=1");
        assertThat(SlurmCommand.clauses(only(
                        plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.STOP, "ana")), slurmWith())
                                .changes())))
                .containsExactly("GrpJobs=0");
    }

    @Test
    void aStrayAccountUnderOursIsClosedAndNotDeleted() {
        Desired desired = desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana"));
        SetLimits set = only(plan(desired, slurmWith("odd|||folding|||||||")).changes());
        assertThat(set.subject()).isEqualTo("odd");
        assertThat(set.reason()).isEqualTo(Reason.STRAY);
        assertThat(plan(desired, slurmWith("odd|||folding||0|0||||")).changes()).isEmpty();
    }

    @Test
    void anAccountOfOursThatWasMovedIsMovedBack() {
        assertThat(plan(
                                desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")),
                                slurmWith("folding-1|||farga|cpu=6000,gres/gpu=600||||||"))
                        .changes())
                .containsExactly(new MoveAccount("folding-1", "farga", "folding"));
    }

    @Test
    void whatSlurmDoesNotCountIsReportedAndNotLimited() {
        SlurmTree.Reader reader = new SlurmTree.Reader();
        List.of(
                        "root|||||||||normal|",
                        AS_DESIRED[0],
                        AS_DESIRED[1],
                        AS_DESIRED[2],
                        "folding-1|||folding|cpu=6000||||||",
                        AS_DESIRED[4])
                .forEach(reader::line);
        SlurmTree actual = reader.done("nit", Set.of("normal"), Set.of("cpu"));
        Plan plan = plan(desired(holding("folding-1", AllocationState.ACTIVE, Step.NONE, "ana")), actual);
        assertThat(plan.changes()).isEmpty();
        assertThat(plan.troubles()).containsExactly(new Plan.Trouble(Plan.Trouble.Kind.NOT_COUNTED, "gres/gpu"));
    }

    // --- commands

    @Test
    void aHundredAccountsThatStopAreOneCommandAndBeforeWhatIsAdded() {
        List<Holding> holdings = new ArrayList<>();
        List<String> lines = new ArrayList<>(List.of(AS_DESIRED[0], AS_DESIRED[1], AS_DESIRED[2]));
        for (int n = 1; n <= 100; n++) {
            holdings.add(holding("folding-" + n, AllocationState.SUSPENDED, Step.NONE));
            lines.add("folding-" + n + "|||folding|cpu=6000,gres/gpu=600||||||");
        }
        holdings.add(holding("folding-101", AllocationState.ACTIVE, Step.NONE, "ana"));
        SlurmTree actual = slurm(lines.toArray(String[]::new));
        List<SlurmCommand> commands = SlurmCommand.of(plan(Holding.desired(WAY, holdings), actual), actual);
        assertThat(commands).hasSize(2);
        assertThat(commands.getFirst().arguments())
                .startsWith("sacctmgr", "-i", "modify", "account", "where")
                .endsWith("cluster=nit", "set", "GrpJobs=0", "GrpSubmitJobs=0");
        assertThat(commands.getFirst().changes()).hasSize(100);
        assertThat(commands.getLast().input())
                .isEqualTo("""
                Cluster - 'nit'
                Parent - 'folding'
                Account - 'folding-101':Description='Allocation %s':Organization='folding-101':GrpTRESMins=cpu=6000,gres/gpu=600
                Parent - 'folding-101'
                User - 'ana'
                """.formatted(holdings.getLast().allocation()));
    }

    @Test
    void everyChangeIsInExactlyOneCommandOfBoundedSize() {
        List<Holding> holdings = new ArrayList<>();
        for (int n = 1; n <= 700; n++) {
            holdings.add(holding("folding-" + n, AllocationState.ACTIVE, Step.NONE, "u" + n, "u" + (n + 1)));
        }
        SlurmTree actual = slurm();
        Plan plan = plan(Holding.desired(WAY, holdings), actual);
        List<SlurmCommand> commands = SlurmCommand.of(plan, actual);
        assertThat(commands).allMatch(c -> c.changes().size() <= SlurmCommand.MOST);
        List<Change> made = commands.stream().flatMap(c -> c.changes().stream()).toList();
        assertThat(made).hasSameSizeAs(plan.changes());
        assertThat(new HashSet<>(made)).isEqualTo(new HashSet<>(plan.changes()));
        assertThat(plan.changes().stream().filter(AddAccount.class::isInstance)).hasSize(703);
    }

    @Test
    void whatSlurmSaysIsToldFromWhatItComplainsOf() {
        assertThat(Reconciler.complaint(new SlurmCommands.Answer(1, " Nothing new added.\n", "")))
                .isNull();
        assertThat(Reconciler.complaint(new SlurmCommands.Answer(0, " Modified account associations...\n", "")))
                .isNull();
        assertThat(Reconciler.complaint(new SlurmCommands.Answer(
                        1,
                        "For cluster nit\n Problem with line(3)\n",
                        " line(7) You need to add this parent (x) as a child before you can add children to it.\n")))
                .contains("need to add this parent (x)")
                .contains("Problem with line(3)")
                .doesNotContain("For cluster");
        assertThat(Reconciler.complaint(new SlurmCommands.Answer(
                        0, "", "sacctmgr: error: slurm_persist_conn_open_without_init: failed to open\n")))
                .contains("slurm_persist_conn_open");
        assertThat(Reconciler.complaint(new SlurmCommands.Answer(9, "", ""))).isEqualTo("sacctmgr ended with 9");
    }

    /** Sixty thousand associations, of which a thousand differ, read from a file and compared. */
    @Test
    void aPlanForSixtyThousandAssociationsTakesLessThanThreeSeconds() {
        List<Holding> holdings = new ArrayList<>();
        for (int n = 0; n < 6_000; n++) {
            Set<String> users = new HashSet<>();
            for (int m = 0; m < 9; m++) {
                users.add(UnixAccount.name("fg", (n * 7 + m) % 20_000));
            }
            holdings.add(new Holding(
                    AllocationId.create(),
                    "p" + n + "-1",
                    false,
                    "p" + n,
                    "org-" + n / 10,
                    AllocationState.ACTIVE,
                    Step.NONE,
                    6_000 + n,
                    600,
                    users,
                    Set.of()));
        }
        String file = SlurmDump.write("nit", Holding.desired(WAY, holdings));
        for (int n = 0; n < 1_000; n++) {
            Holding one = holdings.get(n);
            holdings.set(
                    n,
                    new Holding(
                            one.allocation(),
                            one.account(),
                            false,
                            one.projectAccount(),
                            one.organisationAccount(),
                            AllocationState.SUSPENDED,
                            Step.NONE,
                            one.cpuMinutes(),
                            600,
                            one.users(),
                            Set.of()));
        }
        long began = System.nanoTime();
        SlurmTree tree = SlurmDump.read(file).tree();
        Plan plan = Plan.between(Holding.desired(WAY, holdings), tree, user -> true);
        List<SlurmCommand> commands = SlurmCommand.of(plan, tree);
        long milliseconds = (System.nanoTime() - began) / 1_000_000;
        assertThat(tree.associations()).isGreaterThan(60_000);
        assertThat(plan.changes()).hasSize(1_000);
        assertThat(commands).hasSize(2);
        System.out.println("plan for " + tree.associations() + " associations: " + milliseconds + " ms");
        assertThat(milliseconds)
                .as("with room for a machine as busy as it may be")
                .isLessThan(3_000);
    }
}
