package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.farga.compute.SlurmPartition.Choice;
import org.farga.compute.SlurmPartition.Found;
import org.farga.compute.SlurmPartition.Placed;
import org.farga.compute.SlurmPartition.Rights;
import org.junit.jupiter.api.Test;

/** Where a job goes, by lines that Slurm 22.05.8 wrote; and its list, by lines of {@code squeue} and {@code scontrol}. */
class SlurmPartitionTest {

    private static final String LINE = "PartitionName=%s AllowGroups=ALL AllowAccounts=%s AllowQos=%s AllocNodes=ALL"
            + " Default=%s QoS=N/A DefaultTime=00:10:00 DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO"
            + " MaxNodes=UNLIMITED MaxTime=%s MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED Nodes=gpu[1-4] RootOnly=NO"
            + " ReqResv=NO OverSubscribe=NO OverTimeLimit=NONE PreemptMode=REQUEUE State=%s TotalCPUs=256";

    private static SlurmPartition partition(String name, String accounts, String qos, String longest, String state) {
        return SlurmPartition.parse(LINE.formatted(name, accounts, qos, "NO", longest, state))
                .orElseThrow();
    }

    private static Placed node(String partition, int cpus, int gpus) {
        List<Cluster.Gpu> all = IntStream.range(0, gpus)
                .mapToObj(index -> new Cluster.Gpu(index, "h100", null, null, true))
                .toList();
        return new Placed(new Cluster.Node("n", true, cpus, cpus, 100_000, 100_000, all), List.of(partition));
    }

    private static final List<SlurmPartition> ALL = List.of(
            partition("gpu", "ALL", "ALL", "2-00:00:00", "UP"),
            partition("cpu", "ALL", "ALL", "2-00:00:00", "UP"),
            partition("quick", "ALL", "ALL", "01:00:00", "UP"),
            partition("rich", "acme", "gold", "UNLIMITED", "UP"),
            partition("broken", "ALL", "ALL", "UNLIMITED", "DOWN"));
    private static final List<Placed> NODES = List.of(
            node("gpu", 64, 4), node("cpu", 64, 0), node("quick", 64, 0), node("rich", 128, 8), node("broken", 8, 0));
    private static final Rights NORMAL = SlurmPartition.rights(List.of("|normal|"));

    private static Found choose(String account, Rights rights, Resources wanted, String partition, String qos) {
        return SlurmPartition.choose(ALL, NODES, account, rights, wanted, partition, qos);
    }

    private static Found on(String partition, String qos) {
        return new Found.Chosen(new Choice(partition, qos));
    }

    private static Resources wanted(int cpus, int gpus, int hours) {
        return new Resources(cpus, 100, gpus, Duration.ofHours(hours), 100);
    }

    @Test
    void theNarrowestThatFitsIsTaken() {
        assertThat(choose("lab", NORMAL, wanted(1, 0, 1), null, null)).isEqualTo(on("quick", null));
        assertThat(choose("lab", NORMAL, wanted(1, 0, 2), null, null)).isEqualTo(on("cpu", null));
        assertThat(choose("lab", NORMAL, wanted(1, 1, 2), null, null)).isEqualTo(on("gpu", null));
    }

    @Test
    void whatTheAccountMayNotUseIsNotTakenAndTheRefusalSaysWhatItMay() {
        assertThat(choose("lab", NORMAL, wanted(1, 8, 2), null, null))
                .isInstanceOfSatisfying(
                        Found.None.class, none -> assertThat(none.reason()).contains("cpu, gpu, quick", "8 GPUs"));
        assertThat(choose("lab", NORMAL, wanted(1, 0, 2), "rich", null))
                .isInstanceOfSatisfying(
                        Found.None.class, none -> assertThat(none.reason()).contains("may not use the partition rich"));
        assertThat(choose("lab", NORMAL, wanted(1, 0, 2), "broken", null)).isInstanceOf(Found.None.class);
    }

    @Test
    void theQosIsOneThatThePartitionTakes() {
        Rights both = SlurmPartition.rights(List.of("|normal,gold|normal"));
        assertThat(choose("acme", both, wanted(1, 8, 2), null, null)).isEqualTo(on("rich", "gold"));
        assertThat(choose("acme", both, wanted(1, 1, 2), null, null)).isEqualTo(on("gpu", null));
        assertThat(choose("acme", both, wanted(1, 1, 2), "gpu", "gold")).isEqualTo(on("gpu", "gold"));
        assertThat(choose("acme", NORMAL, wanted(1, 8, 2), "rich", null)).isInstanceOf(Found.None.class);
        assertThat(choose("acme", both, wanted(1, 1, 2), null, "platinum"))
                .isInstanceOfSatisfying(
                        Found.None.class, none -> assertThat(none.reason()).contains("normal, gold"));
    }

    @Test
    void anAssociationMayBeNarrowedToPartitions() {
        Rights narrowed = SlurmPartition.rights(List.of("cpu|normal|"));
        assertThat(choose("lab", narrowed, wanted(1, 0, 1), null, null)).isEqualTo(on("cpu", null));
        assertThat(choose(
                        "lab", SlurmPartition.rights(List.of("cpu|normal|", "|normal|")), wanted(1, 0, 1), null, null))
                .isEqualTo(on("quick", null));
    }

    @Test
    void timesAreReadInEverySpelling() {
        assertThat(SlurmPartition.duration("2-00:00:00")).isEqualTo(Duration.ofDays(2));
        assertThat(SlurmPartition.duration("1-12")).isEqualTo(Duration.ofHours(36));
        assertThat(SlurmPartition.duration("2:00")).isEqualTo(Duration.ofMinutes(2));
        assertThat(SlurmPartition.duration("01:00:00")).isEqualTo(Duration.ofHours(1));
        assertThat(SlurmPartition.duration("30")).isEqualTo(Duration.ofMinutes(30));
        assertThat(SlurmPartition.duration("UNLIMITED")).isNull();
    }

    @Test
    void aLineOfTheListIsAJobWhateverItsNameHolds() {
        SlurmJob job = SlurmQueue.job(
                "1_0|RUNNING|None|small1|1795419932|1795420052|1795419932|lab|lab-ana|small|hi|there|a b");
        assertThat(job)
                .isEqualTo(new SlurmJob(
                        "1_0",
                        JobState.RUNNING,
                        "None",
                        "small1",
                        Instant.ofEpochSecond(1795419932),
                        null,
                        Instant.ofEpochSecond(1795419932),
                        null,
                        null,
                        "lab",
                        "lab-ana",
                        "small",
                        "hi|there",
                        "a b"));
        SlurmJob waiting = SlurmQueue.job(
                "7|PENDING|ReqNodeNotAvail, UnavailableNodes:small1||N/A|N/A|1795419932|lab|lab-ana|small|(null)|wrap");
        assertThat(waiting.reason()).isEqualTo("ReqNodeNotAvail");
        assertThat(waiting.hasStarted()).isFalse();
        assertThat(waiting.comment()).isEmpty();
        assertThat(SlurmQueue.job("of a name's own line")).isNull();
    }

    @Test
    void theIndexesOfAJobsGpusAreFoundInItsDetails() {
        Map<String, List<Integer>> found = new HashMap<>();
        SlurmQueue.indexes(
                "JobId=10008 ArrayJobId=10007 ArrayTaskId=0 JobName=arr JOB_GRES=gpu:h100:2 Nodes=small1 CPU_IDs=0 Mem=100"
                        + " GRES=gpu:h100:2(IDX:0,3) MinCPUsNode=1",
                found);
        SlurmQueue.indexes("JobId=11 JobName=x Nodes=gpu1 CPU_IDs=0 Mem=1 GRES=gpu:h100:1(IDX:2) A=1", found);
        assertThat(found).isEqualTo(Map.of("10007_0", List.of(0, 3), "11", List.of(2)));
    }

    @Test
    void someAreDenied() {
        SlurmPartition one = SlurmPartition.parse(
                        "PartitionName=p State=UP DenyAccounts=lab DenyQos=slow MaxTime=UNLIMITED")
                .orElseThrow();
        assertThat(one.denyAccounts()).isEqualTo(Set.of("lab"));
        assertThat(SlurmPartition.choose(
                        List.of(one), List.of(node("p", 8, 0)), "lab", NORMAL, wanted(1, 0, 1), null, null))
                .isInstanceOf(Found.None.class);
        assertThat(SlurmPartition.choose(
                        List.of(one), List.of(node("p", 8, 0)), "acme", NORMAL, wanted(1, 0, 1), null, null))
                .isEqualTo(on("p", "normal"));
    }
}
