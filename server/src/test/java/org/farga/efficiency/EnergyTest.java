package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.farga.compute.JobWork;
import org.farga.compute.Measured;
import org.farga.efficiency.Energy.Kind;
import org.farga.efficiency.Energy.Of;
import org.farga.efficiency.Energy.Part;
import org.farga.efficiency.EnergySetting.GpuPower;
import org.junit.jupiter.api.Test;

class EnergyTest {
    private static final ZoneId ZONE = ZoneId.of("Europe/Madrid");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long WATT_HOUR = 3_600_000;

    /** 10 W a core, 0.5 W a GiB, 700 W a GPU; PUE 1.5, 200 g/kWh. */
    private static EnergySetting setting(String from, Integer pue, Long grid) {
        return new EnergySetting(
                UUID.randomUUID(),
                "local",
                LocalDate.parse(from),
                10_000L,
                500L,
                List.of(new GpuPower("NVIDIA H100", 700_000), new GpuPower("*", 300_000)),
                pue,
                grid,
                "data sheet",
                Instant.EPOCH);
    }

    private static final List<EnergySetting> SETTINGS = List.of(setting("2026-01-01", 1500, 200_000L));

    private static Energy energy(JobWork work, List<EnergySetting> settings, GpuUse... gpus) {
        return Energy.of(Works.efficiency(work, gpus), settings, null, ZONE);
    }

    private static Measured used(double cores) {
        return new Measured(Math.round(cores * HOUR.toMillis()), 1024L);
    }

    @Test
    void whatNothingMeasuredIsTimeByWattsByHowBusyItWas() {
        Energy energy = energy(Works.completed(8, HOUR, used(2)), SETTINGS);
        // 2 busy cores × 10 W, and 64 GiB × 0.5 W.
        assertThat(energy.parts())
                .containsExactly(new Part(Of.CPUS, false, 20 * WATT_HOUR), new Part(Of.MEMORY, false, 32 * WATT_HOUR));
        assertThat(energy.kind()).isEqualTo(Kind.ESTIMATED);
        // 52 Wh × 1.5 × 200 g/kWh
        assertThat(energy.gramsCo2e()).isEqualByComparingTo("15.6");
    }

    @Test
    void whatWasNotLookedAtCountsAsBusyAllTheTime() {
        Energy energy = energy(Works.job(8, 2, HOUR, "COMPLETED", new Measured(null, null)), SETTINGS);
        assertThat(energy.parts())
                .contains(new Part(Of.CPUS, false, 80 * WATT_HOUR), new Part(Of.GPUS, false, 600 * WATT_HOUR));
    }

    @Test
    void theNodesOwnMetersAreTakenWhereThereAreAny() {
        Energy energy = energy(Works.job(8, 2, HOUR, "COMPLETED", new Measured(1L, 1L, 3600L, null, null)), SETTINGS);
        assertThat(energy.parts()).containsExactly(new Part(Of.NODES, true, WATT_HOUR));
        assertThat(energy.kind()).isEqualTo(Kind.MEASURED);
        assertThat(energy.gramsCo2e()).isEqualByComparingTo("0.3");
    }

    @Test
    void aGpusMeterIsStretchedOverTheTimeItWasNotRead() {
        // 100 Wh in 50 of 60 minutes: 20 Wh more in the rest.
        JobWork work = Works.job(1, 1, HOUR, "COMPLETED", used(1));
        Energy energy = energy(work, SETTINGS, Works.gpu(0, 90, 100 * WATT_HOUR, 50 * 60_000));
        assertThat(energy.parts())
                .contains(new Part(Of.GPUS, true, 100 * WATT_HOUR), new Part(Of.GPUS, false, 20 * WATT_HOUR));
        assertThat(energy.kind()).isEqualTo(Kind.PARTLY_MEASURED);
    }

    @Test
    void aGpuWithoutAMeterIsReckonedByItsModelAndUse() {
        JobWork work = Works.job(1, 1, HOUR, "COMPLETED", used(1));
        assertThat(energy(work, SETTINGS, Works.gpu(0, 50, 0, 0)).parts())
                .contains(new Part(Of.GPUS, false, 350 * WATT_HOUR));
    }

    @Test
    void withoutFiguresItIsUnknownAndNotNothing() {
        JobWork work = Works.job(1, 1, HOUR, "COMPLETED", used(1));
        Energy energy = energy(work, List.of());
        assertThat(energy.kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(energy.unknown()).containsExactlyInAnyOrder(Of.GPUS, Of.CPUS, Of.MEMORY);
        assertThat(energy.gramsCo2e()).isNull();
        // The GPU's meter is known all the same, and the whole is more than that.
        Energy some = energy(work, List.of(), Works.gpu(0, 50, WATT_HOUR, HOUR.toMillis()));
        assertThat(some.millijoules()).isEqualTo(WATT_HOUR);
        assertThat(some.unknown()).containsExactlyInAnyOrder(Of.CPUS, Of.MEMORY);
        assertThat(some.kind()).isEqualTo(Kind.PARTLY_MEASURED);
        assertThat(some.gramsCo2e()).isNull();
    }

    @Test
    void aJobAcrossTwoSettingsHasEachForItsTime() {
        // Midnight in Madrid is 23:00 UTC: 13 of 26 hours lie before it.
        JobWork work = Works.completed(1, Duration.ofHours(26), new Measured(null, null, 3_600_000L, null, null));
        List<EnergySetting> two = List.of(setting("2026-11-21", 1000, 300_000L), setting("2026-01-01", 2000, 100_000L));
        // 1 kWh: half × 2 × 100 g + half × 1 × 300 g.
        assertThat(energy(work, two).gramsCo2e()).isEqualByComparingTo("250");
    }

    @Test
    void aTimeWithoutAFactorLeavesTheWholeUnknown() {
        JobWork work = Works.completed(1, Duration.ofHours(26), new Measured(null, null, 3_600_000L, null, null));
        assertThat(energy(work, List.of(setting("2026-11-21", 1000, 300_000L))).gramsCo2e())
                .isNull();
        assertThat(energy(work, List.of(setting("2026-01-01", null, 300_000L))).gramsCo2e())
                .isNull();
        // One that begins after its end does not touch it.
        assertThat(energy(work, List.of(setting("2026-01-01", 1000, 300_000L), setting("2026-12-01", null, null)))
                        .gramsCo2e())
                .isEqualByComparingTo("300");
    }

    @Test
    void aDraftIsRefusedWithAllThatIsWrong() {
        EnergySetting.Draft draft = new EnergySetting.Draft(
                "elsewhere",
                null,
                new BigDecimal("1E+999999999"),
                null,
                List.of(
                        new EnergySetting.Draft.Gpu("H100", new BigDecimal("700")),
                        new EnergySetting.Draft.Gpu("H100", null)),
                new BigDecimal("0.9"),
                new BigDecimal("0.0001"),
                " ");
        assertThat(draft.refusal(List.of("local")).orElseThrow().fields())
                .extracting(problem -> problem.field() + " " + problem.name())
                .containsExactlyInAnyOrder(
                        "validFrom missing",
                        "source missing",
                        "cluster unknown-choice",
                        "cpuCoreWatts out-of-range",
                        "pue out-of-range",
                        "gridGramsPerKilowattHour three-decimals",
                        "gpus missing",
                        "gpus model-twice");
    }
}
