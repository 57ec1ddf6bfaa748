package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.farga.allocation.AllocationState;
import org.farga.shared.AllocationId;
import org.farga.slurm.Ladder.Step;
import org.farga.slurm.SlurmDump.Unreadable;
import org.farga.slurm.SlurmTree.Limits;
import org.farga.slurm.SlurmTree.UserLimits;
import org.junit.jupiter.api.Test;

class SlurmDumpTest {
    /** Lines as Slurm 22.05.8 wrote them. */
    private static final String DUMP = """
            # To edit this file start with a cluster line for the new cluster
            Cluster - 'farga-lab':Fairshare=1:QOS='normal'
            Parent - 'root'
            User - 'root':DefaultAccount='root':AdminLevel='Administrator':Fairshare=1
            Account - 'lab':Description='no_budget':Organization='lab':Fairshare=1
            Account - 'o7':Description='with: a colon':Organization='farga':DefaultQOS='farga-slow':Fairshare=1:QOS='farga-slow,normal'
            Parent - 'o7'
            Account - 'p7':Description='x':Organization='farga':Fairshare=1:GrpTRESMins=cpu=6007,gres/gpu=7,gres/gpu:h100=9:GrpTRES=cpu=5:GrpJobs=0:GrpSubmitJobs=0:GrpWall=100:MaxWallDurationPerJob=60:QOS='+farga-slow'
            Parent - 'p7'
            User - 'fg00015':Partition='gpu':DefaultAccount='p4':Coordinator='p7':Fairshare=1
            User - 'fg00016':DefaultAccount='p4':Fairshare=1:MaxTRESPerJob=cpu=4:MaxJobs=3
            User - 'fg00017':DefaultAccount='p7':Fairshare=1:MaxJobs=0:MaxSubmitJobs=0
            """;

    @Test
    void aFileOfSlurmsIsReadWithItsTreeLimitsAndUsers() {
        SlurmDump dump = SlurmDump.read(DUMP);
        SlurmTree tree = dump.tree();
        assertThat(tree.cluster()).isEqualTo("farga-lab");
        assertThat(tree.accounts().keySet()).containsExactly("root", "lab", "o7", "p7");
        assertThat(dump.descriptions()).containsEntry("o7", "with: a colon");
        SlurmTree.Account seven = tree.accounts().get("p7");
        assertThat(seven.parent()).isEqualTo("o7");
        assertThat(seven.limits()).isEqualTo(new Limits(6_007L, 7L, 0, 0, null, Set.of("farga-slow")));
        assertThat(tree.accounts().get("o7").limits().defaultQos()).isEqualTo("farga-slow");
        assertThat(seven.users().keySet())
                .as("who may only in one partition is not looked at")
                .containsExactlyInAnyOrder("fg00016", "fg00017");
        assertThat(seven.users().get("fg00016")).isEqualTo(new UserLimits(3, null));
        assertThat(seven.users().get("fg00017").isClosed()).isTrue();
        assertThat(tree.accounts().get("root").users()).containsOnlyKeys("root");
    }

    @Test
    void whatFargaWritesIsReadAsItWasMeant() {
        Holding holding = new Holding(
                AllocationId.create(),
                "folding-1",
                false,
                "folding",
                "org-forja",
                AllocationState.SUSPENDED,
                Step.NONE,
                6_000,
                600,
                Set.of("ana", "pau"),
                Set.of("eva"));
        Desired desired = Holding.desired(new Holding.Way("farga", Set.of(), 1, null), List.of(holding));
        SlurmTree tree = SlurmDump.read(SlurmDump.write("nit", desired)).tree();
        Plan plan = Plan.between(desired, tree, user -> true);
        assertThat(plan.changes()).isEmpty();
        assertThat(plan.troubles()).isEmpty();
        assertThat(tree.accounts().get("folding-1").users()).containsOnlyKeys("ana", "pau");
    }

    @Test
    void aLineThatIsNoneIsNamedByItsNumber() {
        assertThatThrownBy(() -> SlurmDump.read("Cluster - 'nit'\nParent - 'nobody'\n"))
                .isInstanceOf(Unreadable.class)
                .hasMessage("line 2: the account nobody was not named before");
        assertThatThrownBy(() -> SlurmDump.read("hello\n")).hasMessageStartingWith("line 1: ");
        assertThatThrownBy(() -> SlurmDump.read("Cluster - 'nit'\nAccount - 'a':GrpJobs=many\n"))
                .hasMessageStartingWith("line 2: a limit that is not a whole number");
        assertThatThrownBy(() -> SlurmDump.read("Cluster - 'nit'\nAccount - 'a':Description='open\n"))
                .hasMessage("line 2: a quotation mark is missing");
        assertThatThrownBy(() -> SlurmDump.read("Cluster - 'nit'\nCluster - 'dia'\n"))
                .hasMessage("line 2: a second cluster");
        assertThatThrownBy(() -> SlurmDump.read("# nothing\n")).hasMessage("line 1: the file names no cluster");
    }
}
