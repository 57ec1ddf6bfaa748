package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import org.farga.compute.JobWork;
import org.farga.compute.Measured;
import org.junit.jupiter.api.Test;

class WasteTest {
    private static final ZoneId ZONE = ZoneId.of("Europe/Madrid");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long MILLIS = HOUR.toMillis();

    private static Waste waste(JobWork work, GpuUse... gpus) {
        return Waste.of(Works.efficiency(work, gpus), ZONE).orElseThrow();
    }

    @Test
    void whatWasHeldAndNotUsedIsWaste() {
        Waste waste = waste(
                Works.job(4, 2, HOUR, "COMPLETED", new Measured(MILLIS, 16 * 1024L)),
                Works.gpu(0, 75, 0, 0),
                Works.gpu(1, 0, 0, 0));
        assertThat(waste.sums())
                .isEqualTo(new Waste.Sums(
                        1,
                        4 * MILLIS,
                        4 * MILLIS,
                        3 * MILLIS,
                        64 * 1024 * 3600L,
                        64 * 1024 * 3600L,
                        48 * 1024 * 3600L,
                        2 * MILLIS,
                        2 * MILLIS,
                        MILLIS / 4 + MILLIS,
                        MILLIS,
                        36_000,
                        32_400));
    }

    @Test
    void whatWasNotMeasuredIsHeldButNotUnused() {
        Waste.Sums sums =
                waste(Works.job(4, 2, HOUR, "FAILED", new Measured(null, null))).sums();
        assertThat(sums.cpuHeldMilliseconds()).isEqualTo(4 * MILLIS);
        assertThat(sums.gpuHeldMilliseconds()).isEqualTo(2 * MILLIS);
        assertThat(sums.cpuUnused()).isNull();
        assertThat(sums.memoryUnused()).isNull();
        assertThat(sums.gpuUnused()).isNull();
        assertThat(sums.timeUnused()).isNull();
    }

    @Test
    void ofThePeakAloneOnlyIdleGpusAreTold() {
        assertThat(waste(Works.job(1, 2, HOUR, "COMPLETED", new Measured(null, null, null, 0, null)))
                        .sums()
                        .gpuIdleMilliseconds())
                .isEqualTo(2 * MILLIS);
        assertThat(waste(Works.job(1, 2, HOUR, "COMPLETED", new Measured(null, null, null, 3, null)))
                        .sums()
                        .gpuMeasuredMilliseconds())
                .isZero();
    }

    @Test
    void whoBorrowedCoresWastedNone() {
        assertThat(waste(Works.completed(1, HOUR, new Measured(2 * MILLIS, 1L)))
                        .sums()
                        .cpuUnusedMilliseconds())
                .isZero();
    }

    @Test
    void aJobBelongsToTheMonthOfItsEndInTheCentresCalendar() {
        // From 20 November 10:00 UTC for 253 hours: 30 November 23:00 UTC, which is December in Madrid.
        assertThat(waste(Works.completed(1, Duration.ofHours(253), new Measured(null, null)))
                        .month())
                .isEqualTo(LocalDate.of(2026, 12, 1));
        assertThat(waste(Works.completed(1, Duration.ofHours(252), new Measured(null, null)))
                        .month())
                .isEqualTo(LocalDate.of(2026, 11, 1));
    }
}
