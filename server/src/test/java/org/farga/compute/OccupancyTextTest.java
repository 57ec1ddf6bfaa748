package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.farga.compute.Occupancy.EngineJob;
import org.farga.compute.Occupancy.Gpus;
import org.farga.compute.Occupancy.Node;
import org.farga.compute.Occupancy.Partition;
import org.farga.compute.Occupancy.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Slurm 22.05 wrote of a cluster of seven nodes with work on all of them, read. */
class OccupancyTextTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_419_733);

    static Occupancy captured() {
        return OccupancyText.read(text("nodes.txt"), text("partitions.txt"), text("squeue.txt"), NOW);
    }

    static String text(String name) {
        try (InputStream in = OccupancyTextTest.class.getResourceAsStream("/slurm-22.05/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Node node(String name) {
        return captured().nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static EngineJob job(String name) {
        return captured().jobs().stream()
                .filter(job -> job.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNodeSaysWhatIsInUseOfIt() {
        assertThat(captured().nodes()).hasSize(7);
        Node gpu1 = node("gpu1");
        assertThat(gpu1.state()).isEqualTo(State.PARTLY);
        assertThat(gpu1.cpus()).isEqualTo(64);
        assertThat(gpu1.freeCpus()).isEqualTo(56);
        assertThat(gpu1.memoryMebibytes()).isEqualTo(512_000);
        assertThat(gpu1.usedMemoryMebibytes()).isEqualTo(8_000);
        assertThat(gpu1.gpus()).containsExactly(new Gpus("h100", 4, 4));
        assertThat(gpu1.freeGpus()).isZero();
        assertThat(gpu1.partitions()).containsExactly("gpu");
        assertThat(node("small1").state()).isEqualTo(State.FULL);
    }

    @Test
    void aNodeThatIsBeingEmptiedSaysWhyAndSinceWhen() {
        Node cpu2 = node("cpu2");
        assertThat(cpu2.state()).isEqualTo(State.DRAINING);
        assertThat(cpu2.word()).isEqualTo("MIXED+DRAIN");
        assertThat(cpu2.reason()).isEqualTo("disk replaced on Tuesday; ask Mireia");
        assertThat(cpu2.since()).isEqualTo(Instant.ofEpochSecond(1_795_419_729));
        // Nothing is free where nothing may start.
        assertThat(cpu2.freeCpus()).isZero();
        assertThat(cpu2.gpuCount()).isZero();
    }

    @Test
    void whatSomebodyWroteAsAReasonIsTakenForNothingElse() {
        Node odd = OccupancyText.node("NodeName=n1 CPUAlloc=0 CPUTot=8 State=IDLE+DRAIN RealMemory=1000 "
                + "Reason=was State=IDLE CPUTot=9 before [root@1795419729]");
        assertThat(odd.state()).isEqualTo(State.DRAINED);
        assertThat(odd.cpus()).isEqualTo(8);
        assertThat(odd.reason()).isEqualTo("was State=IDLE CPUTot=9 before");
    }

    @ParameterizedTest
    @CsvSource({
        "IDLE, 0, FREE",
        "IDLE+PLANNED, 0, FREE",
        "MIXED, 3, PARTLY",
        "ALLOCATED, 8, FULL",
        "IDLE+DRAIN, 0, DRAINED",
        "ALLOCATED+DRAIN, 8, DRAINING",
        "DOWN*, 0, DOWN",
        "DOWN*+DRAIN, 0, DOWN",
        "IDLE*, 0, SILENT",
        "MIXED+NOT_RESPONDING, 3, SILENT",
        "IDLE+POWERED_DOWN, 0, OFF",
        "IDLE+MAINTENANCE, 0, RESERVED",
        "RESERVED, 0, RESERVED",
        "UNKNOWN, 0, UNKNOWN"
    })
    void aNodesStateIsReadFromItsWordAndItsFlags(String word, int used, State state) {
        assertThat(OccupancyText.state(word, used, 8)).isEqualTo(state);
    }

    @Test
    void aPartitionSaysItsLimits() {
        Partition gpu = Objects.requireNonNull(captured().partition("gpu"));
        assertThat(gpu.standard()).isTrue();
        assertThat(gpu.open()).isTrue();
        assertThat(gpu.longest()).isEqualTo(Duration.ofDays(2));
        assertThat(gpu.usual()).isEqualTo(Duration.ofMinutes(10));
        assertThat(gpu.mostNodes()).isNull();
        assertThat(gpu.nodes()).isEqualTo(4);
        assertThat(gpu.accounts()).isEmpty();
        Partition few = OccupancyText.partition("PartitionName=vip AllowGroups=ALL AllowAccounts=a,b AllowQos=high"
                + " Default=NO MaxNodes=2 MaxTime=UNLIMITED State=DOWN TotalCPUs=8 TotalNodes=3");
        assertThat(few.open()).isFalse();
        assertThat(few.longest()).isNull();
        assertThat(few.mostNodes()).isEqualTo(2);
        assertThat(few.accounts()).containsExactlyInAnyOrder("a", "b");
        assertThat(few.qos()).containsExactly("high");
    }

    @Test
    void aJobThatRunsSaysWhereAndWithWhat() {
        EngineJob train = job("1");
        assertThat(train.running()).isTrue();
        assertThat(train.runsOn()).containsExactly("gpu1");
        assertThat(train.cpus()).isEqualTo(8);
        assertThat(train.memoryMebibytes()).isEqualTo(8_000);
        assertThat(train.gpus()).isEqualTo(4);
        assertThat(train.gpuModel()).isEqualTo("h100");
        assertThat(train.startsAt()).isEqualTo(Instant.ofEpochSecond(1_795_419_573));
        assertThat(train.limit()).isEqualTo(Duration.ofMinutes(5));
        assertThat(train.expectedAt()).isNull();
        assertThat(job("16").runsOn()).containsExactly("cpu1", "cpu2");
    }

    @Test
    void thoseInLineKnowHowManyAreBeforeThem() {
        assertThat(job("22").ahead()).isZero();
        assertThat(job("23").ahead()).isEqualTo(1);
        // Held back by a budget, a person or a limit, they stand in nobody's way.
        assertThat(job("24").ahead()).isNull();
        assertThat(job("25").ahead()).isNull();
        assertThat(job("18").ahead()).isNull();
        assertThat(captured().jobs().stream()
                        .filter(job -> !job.running())
                        .map(EngineJob::name)
                        .toList())
                .startsWith("22", "23", "26_[1-9%2]");
    }

    @Test
    void aWaitingArrayStandsForItsTasks() {
        assertThat(job("26_[1-9%2]").tasks()).isEqualTo(9);
        assertThat(OccupancyText.tasks("26_[1,4-5,10-20:5%3]")).isEqualTo(6);
        assertThat(OccupancyText.tasks("26_7")).isEqualTo(1);
        assertThat(OccupancyText.tasks("26")).isEqualTo(1);
    }

    @Test
    void anExpectedStartIsOnlyTakenFromThoseInLine() {
        assertThat(job("22").expectedAt()).isEqualTo(Instant.ofEpochSecond(1_795_419_873));
        // Slurm plans this one too, and does not look at the budget that holds it back.
        assertThat(job("24").startsAt()).isEqualTo(Instant.ofEpochSecond(1_795_419_873));
        assertThat(job("24").expectedAt()).isNull();
    }

    @Test
    void timesAreReadInAllTheirForms() {
        assertThat(OccupancyText.duration("2-00:00:00")).isEqualTo(Duration.ofDays(2));
        assertThat(OccupancyText.duration("1:00:00")).isEqualTo(Duration.ofHours(1));
        assertThat(OccupancyText.duration("2:00")).isEqualTo(Duration.ofMinutes(2));
        assertThat(OccupancyText.duration("UNLIMITED")).isNull();
    }

    @Test
    void whatIsNoJobIsPassedOver() {
        assertThat(OccupancyText.job("slurm_load_jobs error: Unable to contact slurm controller"))
                .isNull();
        assertThat(OccupancyText.read("", "", "", NOW).jobs()).isEmpty();
    }

    /** The questions themselves, on the cluster that is up. */
    @Test
    void aRealClusterAnswersAllThreeQuestions() {
        Occupancy occupancy = OccupancyText.ask(SlurmLab.up().commands(), NOW);
        assertThat(occupancy.nodes()).hasSizeGreaterThan(3).allSatisfy(node -> {
            assertThat(node.cpus()).isPositive();
            assertThat(node.state()).isNotEqualTo(State.UNKNOWN);
            assertThat(node.partitions()).isNotEmpty();
        });
        assertThat(occupancy.partitions())
                .allSatisfy(partition -> assertThat(partition.nodes()).isPositive());
        assertThat(occupancy.nodes().stream().mapToInt(Node::gpuCount).sum()).isPositive();
    }
}
