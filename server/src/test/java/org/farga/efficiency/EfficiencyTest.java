package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.farga.compute.JobWork;
import org.farga.compute.Measured;
import org.junit.jupiter.api.Test;

class EfficiencyTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** CPU time of so many cores over an hour. */
    private static Measured used(double cores, long peakMebibytes) {
        return new Measured(Math.round(cores * HOUR.toMillis()), peakMebibytes);
    }

    private static List<Advice> advice(JobWork work, GpuUse... gpus) {
        return Advice.of(Works.efficiency(work, gpus));
    }

    @Test
    void sharesAreThoseOfSeff() {
        // seff: CPU efficiency 3.1 h of 64 core-hours; memory 16 of 64 GiB.
        Efficiency job = Works.efficiency(Works.completed(64, HOUR, used(3.1, 16 * 1024)));
        assertThat(job.cpu().percent()).isEqualTo(new BigDecimal("4.8"));
        assertThat(job.coresUsed()).isEqualTo(new BigDecimal("3.1"));
        assertThat(job.memory().percent()).isEqualTo(new BigDecimal("25.0"));
        assertThat(job.time().percent()).isEqualTo(new BigDecimal("10.0"));
    }

    @Test
    void whatWasNotMeasuredIsNotNothing() {
        Efficiency job = Works.efficiency(Works.job(4, 2, HOUR, "COMPLETED", new Measured(null, null)));
        assertThat(job.cpu()).isNull();
        assertThat(job.memory()).isNull();
        assertThat(job.gpuPercent()).isNull();
        assertThat(job.gpusIdle()).isNull();
        assertThat(Advice.of(job)).extracting(Advice::name).containsExactly("time");
    }

    @Test
    void aJobThatNeverStartedHasNoShares() {
        JobWork ran = Works.completed(4, HOUR, new Measured(null, null));
        JobWork never = new JobWork(
                ran.id(),
                ran.name(),
                ran.project(),
                ran.submittedBy(),
                ran.cluster(),
                "gpu",
                "CANCELLED",
                true,
                null,
                ran.endedAt(),
                ran.asked(),
                null,
                ran.measured());
        Efficiency job = Works.efficiency(never);
        assertThat(job.time()).isNull();
        assertThat(Advice.of(job)).isEmpty();
        assertThat(Waste.of(job, java.time.ZoneOffset.UTC)).isEmpty();
    }

    @Test
    void whoAskedFor64CoresAndUsedThreeIsToldToAskForFour() {
        assertThat(advice(Works.completed(64, HOUR, used(3.1, 60 * 1024))))
                .contains(new Advice("cores", List.of(64, new BigDecimal("3.1"), 4)));
    }

    @Test
    void adviceThatSavesNothingIsNotGiven() {
        // Half of its cores: well enough. One core of one. Little memory in megabytes.
        assertThat(advice(Works.completed(8, HOUR, used(4, 40 * 1024))))
                .extracting(Advice::name)
                .doesNotContain("cores", "memory");
        assertThat(advice(Works.completed(1, HOUR, used(0.1, 40 * 1024))))
                .extracting(Advice::name)
                .doesNotContain("cores");
    }

    @Test
    void aJobOfSecondsSaysNothingAboutTheNext() {
        assertThat(advice(Works.completed(64, Duration.ofSeconds(59), new Measured(1L, 1L))))
                .isEmpty();
        assertThat(advice(Works.completed(64, Duration.ofSeconds(60), new Measured(1L, 1L))))
                .isNotEmpty();
    }

    @Test
    void memoryIsAskedForWithAQuarterMoreThanItsPeak() {
        // 10 GiB × 1.25 = 12.5 GiB, which is a multiple of 256 MiB.
        assertThat(advice(Works.completed(1, HOUR, used(1, 10 * 1024))))
                .contains(new Advice(
                        "memory", List.of(new BigDecimal("64.00"), new BigDecimal("10.00"), new BigDecimal("12.50"))));
    }

    @Test
    void memoryThatIsNearlyAllUsedGetsRoom() {
        assertThat(advice(Works.completed(1, HOUR, used(1, 63 * 1024))))
                .contains(new Advice("memory-tight", List.of(new BigDecimal("98.4"), new BigDecimal("78.75"))));
        assertThat(advice(Works.job(1, 0, HOUR, "OUT_OF_MEMORY", used(1, 64 * 1024))))
                .extracting(Advice::name)
                .containsExactly("out-of-memory");
    }

    @Test
    void timeIsAskedForWithAHalfMoreAndOnlyByJobsThatCompleted() {
        // 60 min × 1.5 = 90 min of 600.
        assertThat(advice(Works.completed(1, HOUR, used(1, 40 * 1024))))
                .containsExactly(new Advice("time", List.of(600L, 60L, 90L)));
        assertThat(advice(Works.job(1, 0, HOUR, "FAILED", used(1, 40 * 1024)))).isEmpty();
    }

    @Test
    void idleGpusAreTheFirstThingThatIsSaid() {
        JobWork work = Works.job(8, 2, HOUR, "COMPLETED", used(8, 40 * 1024));
        assertThat(advice(work, Works.gpu(0, 0, 0, 0), Works.gpu(1, 0, 0, 0)).getFirst())
                .isEqualTo(new Advice("gpus-idle", List.of(2)));
        assertThat(advice(work, Works.gpu(0, 90, 0, 0), Works.gpu(1, 0, 0, 0)).getFirst())
                .isEqualTo(new Advice("some-gpus-idle", List.of(2, 1, 1)));
        assertThat(advice(work, Works.gpu(0, 20, 0, 0), Works.gpu(1, 20, 0, 0)).getFirst())
                .isEqualTo(new Advice("gpus-slow", List.of(2, new BigDecimal("20.0"))));
        assertThat(advice(work, Works.gpu(0, 30, 0, 0), Works.gpu(1, 30, 0, 0)))
                .extracting(Advice::name)
                .containsExactly("time");
    }

    @Test
    void slurmsPeakShowsIdleGpusButIsNoMean() {
        JobWork busy = Works.job(8, 2, HOUR, "COMPLETED", new Measured(null, null, null, 150, 1000L));
        Efficiency job = Works.efficiency(busy);
        assertThat(job.gpuPercent()).isNull();
        assertThat(job.gpuPeakPercent()).isEqualTo(new BigDecimal("75.0"));
        assertThat(job.gpusIdle()).isZero();
        JobWork idle = Works.job(8, 2, HOUR, "COMPLETED", new Measured(null, null, null, 0, null));
        assertThat(advice(idle)).extracting(Advice::name).contains("gpus-idle");
    }

    @Test
    void aRunningJobIsToldOfIdleGpusButNotYetOfItsCores() {
        JobWork work = Works.job(64, 1, HOUR, "RUNNING", new Measured(null, null));
        assertThat(advice(work, Works.gpu(0, 0, 0, 0))).extracting(Advice::name).containsExactly("gpus-idle");
    }
}
