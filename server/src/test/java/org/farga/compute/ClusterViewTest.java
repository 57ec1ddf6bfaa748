package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.farga.compute.ClusterView.NodeRow;
import org.farga.compute.ClusterView.Row;
import org.farga.compute.ClusterView.Shown;
import org.farga.compute.Occupancies.Seen;
import org.farga.compute.Occupancy.EngineJob;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A cluster as its readers may see it: what is theirs by name, what is others' as counts. */
class ClusterViewTest {
    private static final Function<EngineJob, @Nullable Shown> NOBODYS = job -> null;

    private static Function<EngineJob, @Nullable Shown> knows(String... names) {
        return job -> Set.of(names).contains(job.name()) ? new Shown(job, null) : null;
    }

    private static NodeRow node(ClusterView view, String name) {
        return view.nodes().stream()
                .filter(row -> row.node().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void othersAreCountsAndSizesOnly() {
        ClusterView view = ClusterView.of(OccupancyTextTest.captured(), NOBODYS);
        assertThat(view.nodes()).allSatisfy(row -> assertThat(row.jobs()).isEmpty());
        assertThat(node(view, "small1").others()).isEqualTo(2);
        assertThat(view.queue()).containsExactly(new Row.Others(11, 68, 6, true), new Row.Others(7, 12, 4, false));
    }

    @Test
    void oneKnownAmongOthersStandsInItsPlace() {
        ClusterView view = ClusterView.of(OccupancyTextTest.captured(), knows("1", "16", "23"));
        assertThat(view.queue()).hasSize(4);
        assertThat(view.queue().get(1)).isInstanceOf(Row.One.class);
        NodeRow gpu1 = node(view, "gpu1");
        assertThat(gpu1.jobs()).hasSize(1);
        assertThat(gpu1.others()).isZero();
        assertThat(gpu1.shownCpus()).isEqualTo(8);
        assertThat(gpu1.shownGpus()).isEqualTo(4);
        // Of one that runs on two nodes each has its half.
        assertThat(node(view, "cpu1").shownCpus()).isEqualTo(20);
        assertThat(node(view, "cpu2").shownCpus()).isEqualTo(20);
    }

    @Test
    void sumsCountWhatIsFreeOnlyWhereJobsMayStart() {
        ClusterView.Sums sums =
                ClusterView.of(OccupancyTextTest.captured(), NOBODYS).sums();
        assertThat(sums.nodes()).isEqualTo(7);
        assertThat(sums.nodesTakingJobs()).isEqualTo(6);
        assertThat(sums.cpus()).isEqualTo(392);
        assertThat(sums.usedCpus()).isEqualTo(104);
        assertThat(sums.freeCpus()).isEqualTo(392 - 104 - 44);
        assertThat(sums.gpus()).isEqualTo(18);
        assertThat(sums.running()).isEqualTo(7);
        assertThat(sums.inLine()).isEqualTo(11);
        assertThat(sums.heldBack()).isEqualTo(7);
    }

    @Test
    void aPartitionSaysWhatOfItIsFree() {
        ClusterView.PartitionRow cpu = ClusterView.of(OccupancyTextTest.captured(), NOBODYS).partitions().stream()
                .filter(row -> row.partition().name().equals("cpu"))
                .findFirst()
                .orElseThrow();
        assertThat(cpu.nodesTakingJobs()).isEqualTo(1);
        assertThat(cpu.freeCpus()).isEqualTo(44);
        assertThat(cpu.gpus()).isZero();
        assertThat(cpu.running()).isEqualTo(1);
        assertThat(cpu.waiting()).isEqualTo(4);
    }

    @Test
    void ourJobsAreFoundByTheEnginesNumberAlsoAsTasksOfArrays() {
        Job waits = job("26_3", new Job.Stage.Pending("Resources"));
        Job first = job("26_0", new Job.Stage.Running(Instant.EPOCH, new Allocation("small1", 4, 4000, 0, List.of())));
        Job plain = job("22", new Job.Stage.Pending("Resources"));
        Seen seen =
                new Seen(OccupancyTextTest.captured(), Map.of("26_3", waits, "26_0", first, "22", plain, "26", plain));
        assertThat(seen.of(plain)).isEqualTo(OccupancyTextTest.job("22"));
        assertThat(seen.of(first)).isEqualTo(OccupancyTextTest.job("26_0"));
        assertThat(seen.of(waits)).isEqualTo(OccupancyTextTest.job("26_[1-9%2]"));
        assertThat(seen.job(OccupancyTextTest.job("26_[1-9%2]"))).isEqualTo(waits);
        assertThat(seen.job(OccupancyTextTest.job("26_0"))).isEqualTo(first);
        assertThat(seen.of(job("4711", new Job.Stage.Pending("Priority")))).isNull();
    }

    private static Job job(String engineJob, Job.Stage stage) {
        Job job = JobTest.at(stage, null);
        return new Job(
                job.id(),
                job.name(),
                job.project(),
                job.allocation(),
                job.cluster(),
                job.submittedBy(),
                job.submittedAt(),
                job.scriptSha256(),
                job.resources(),
                job.environment(),
                job.inputs(),
                job.model(),
                job.stage(),
                engineJob,
                null);
    }

    @Test
    void waitsAreDrawnBetweenTheFirstDayAndTheLast() {
        LocalDate last = LocalDate.of(2026, 11, 23);
        WaitTimes.Day early =
                new WaitTimes.Day("gpu", last.minusDays(13), 2, Duration.ofSeconds(10), Duration.ofMinutes(40));
        WaitTimes.Day late = new WaitTimes.Day("gpu", last, 5, Duration.ZERO, Duration.ofMinutes(60));
        WaitTimes waits = new WaitTimes(last.minusDays(13), last, List.of(early, late));
        WaitTimes.Plot plot = waits.plot(waits.byPartition().get("gpu"));
        assertThat(plot.top()).isEqualTo(Duration.ofHours(1));
        assertThat(plot.dots().getFirst().x()).isEqualTo(WaitTimes.Plot.LEFT);
        assertThat(plot.dots().getLast().x()).isEqualTo(WaitTimes.Plot.WIDTH - WaitTimes.Plot.RIGHT);
        assertThat(plot.dots().getLast().p90()).isEqualTo(WaitTimes.Plot.TOP);
        assertThat(plot.dots().getLast().median()).isEqualTo(WaitTimes.Plot.HEIGHT - WaitTimes.Plot.BOTTOM);
    }
}
