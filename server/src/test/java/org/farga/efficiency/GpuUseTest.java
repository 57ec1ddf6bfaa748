package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.farga.shared.JobId;
import org.junit.jupiter.api.Test;

class GpuUseTest {
    private static final Instant START = Works.START;
    private static final JobId JOB = new JobId(7);

    private static GpuReading reading(int percent, long mebibytes, OptionalLong millijoules, OptionalLong milliwatts) {
        return new GpuReading(
                0,
                "GPU-0",
                "NVIDIA H100",
                OptionalLong.of(81_559),
                OptionalInt.of(percent),
                OptionalLong.of(mebibytes),
                millijoules,
                milliwatts);
    }

    private static GpuReading metered(int percent, long mebibytes, long millijoules) {
        return reading(percent, mebibytes, OptionalLong.of(millijoules), OptionalLong.of(300_000));
    }

    @Test
    void looksAddUpToMeansPeaksAndJoules() {
        GpuUse use = GpuUse.first(JOB, START, metered(0, 500, 1_000_000), START.plusSeconds(1))
                .with(START, metered(100, 40_000, 1_400_000), START.plusSeconds(2))
                .with(START, metered(80, 30_000, 1_900_000), START.plusSeconds(4));
        assertThat(use.samples()).isEqualTo(3);
        assertThat(use.percent()).isEqualTo(new BigDecimal("60.0"));
        assertThat(use.peakMemoryMebibytes()).isEqualTo(40_000);
        assertThat(use.energyMillijoules()).isEqualTo(900_000);
        assertThat(use.energyMilliseconds()).isEqualTo(3000);
        assertThat(use.isIdle()).isFalse();
    }

    @Test
    void theMeterCountsOnWhileNobodyLooks() {
        GpuUse use = GpuUse.first(JOB, START, metered(10, 1, 1_000_000), START)
                .with(START, metered(10, 1, 61_000_000), START.plusSeconds(200));
        assertThat(use.energyMillijoules()).isEqualTo(60_000_000);
        assertThat(use.energyMilliseconds()).isEqualTo(200_000);
    }

    @Test
    void aMeterThatBeganAnewTellsNothingAboutBefore() {
        GpuUse use = GpuUse.first(JOB, START, metered(10, 1, 9_000_000), START)
                .with(START, metered(10, 1, 50_000), START.plusSeconds(200))
                .with(START, metered(10, 1, 80_000), START.plusSeconds(201));
        assertThat(use.energyMillijoules()).isEqualTo(30_000);
        assertThat(use.energyMilliseconds()).isEqualTo(1000);
    }

    @Test
    void whereThereIsNoMeterPowerTimesTimeStandsForIt() {
        GpuReading powered = reading(10, 1, OptionalLong.empty(), OptionalLong.of(200_000));
        GpuUse use = GpuUse.first(JOB, START, powered, START).with(START, powered, START.plusSeconds(1));
        assertThat(use.energyMillijoules()).isEqualTo(200_000);
        // A minute without a look is not known to have been like its ends.
        assertThat(use.with(START, powered, START.plusSeconds(61)).energyMilliseconds())
                .isEqualTo(1000);
    }

    @Test
    void whatAGpuDoesNotTellStaysUnknown() {
        GpuReading mute = new GpuReading(
                0,
                "GPU-0",
                "NVIDIA H100 MIG",
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
        GpuUse use = GpuUse.first(JOB, START, mute, START).with(START, mute, START.plusSeconds(1));
        assertThat(use.samples()).isEqualTo(2);
        assertThat(use.percent()).isNull();
        assertThat(use.isIdle()).isFalse();
        assertThat(use.memory()).isNull();
        assertThat(use.energyMilliseconds()).isZero();
        assertThat(use.series().points()).isEmpty();
    }

    @Test
    void aLongJobGetsLongerSpansAndNoMoreOfThem() {
        GpuSeries series = GpuSeries.NONE;
        long percent = 0;
        long looks = 0;
        // Ten days, looked at each minute: busy in every second hour.
        for (long second = 0; second < 864_000; second += 60) {
            int busy = second / 3600 % 2 == 0 ? 100 : 0;
            series = series.with(second, busy, 1000L);
            percent += busy;
            looks++;
        }
        assertThat(series.spans()).hasSizeLessThanOrEqualTo(GpuSeries.MOST).hasSizeGreaterThan(GpuSeries.MOST / 3);
        assertThat(series.spans().stream().mapToLong(GpuSeries.Span::percentSum).sum())
                .isEqualTo(percent);
        assertThat(series.spans().stream()
                        .mapToLong(GpuSeries.Span::busySamples)
                        .sum())
                .isEqualTo(looks);
        assertThat(series.points().getLast().second()).isBetween(850_000L, 870_000L);
    }

    @Test
    void aCurveHasAGapWhereNobodyLooked() {
        GpuSeries series = GpuSeries.NONE
                .with(1, 50, 100L)
                .with(12, 60, 100L)
                .with(500, 70, 100L)
                .with(511, 80, null);
        GpuUse use =
                new GpuUse(JOB, 0, "GPU-0", "H100", 1000L, START, START, 4, 4, 260, 100L, null, null, 0, 0, series);
        assertThat(GpuPlot.ofUse(java.util.List.of(use), 520).lines()).hasSize(2);
        assertThat(series.points()).extracting(GpuSeries.Point::second).containsExactly(5L, 15L, 505L, 515L);
    }
}
