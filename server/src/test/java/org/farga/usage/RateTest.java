package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateTest {
    private static final Instant YEAR = Instant.parse("2026-01-01T00:00:00Z");

    private static Rate rate(
            Rate.Formula formula,
            String cpu,
            String memory,
            String gpu,
            @Nullable Integer cpus,
            @Nullable Integer gib) {
        return rate("lab", null, YEAR, formula, cpu, memory, gpu, cpus, gib);
    }

    private static Rate rate(
            String cluster,
            @Nullable String partition,
            Instant since,
            Rate.Formula formula,
            String cpu,
            String memory,
            String gpu,
            @Nullable Integer cpus,
            @Nullable Integer gib) {
        return new Rate(
                UUID.randomUUID(),
                cluster,
                partition,
                since,
                "units",
                formula,
                new BigDecimal(cpu),
                new BigDecimal(memory),
                new BigDecimal(gpu),
                cpus,
                gib,
                PersonId.create(),
                since);
    }

    private static String units(Rate rate, int cpus, long gib, int gpus, long seconds) {
        return Rate.units(rate.unitMilliseconds(cpus, gib * 1_024, gpus, seconds * 1_000))
                .stripTrailingZeros()
                .toPlainString();
    }

    @Test
    void aSumIsOfAllThatIsHeld() {
        Rate rate = rate(Rate.Formula.SUM, "1", "0.25", "16", null, null);
        assertThat(units(rate, 8, 64, 2, 3_600)).isEqualTo("56");
        assertThat(units(rate, 8, 64, 2, 1)).isEqualTo("0.015556");
    }

    @Test
    void aMaximumIsTheDearest() {
        Rate rate = rate(Rate.Formula.MAX, "1", "0.25", "16", null, null);
        assertThat(units(rate, 8, 64, 2, 3_600)).isEqualTo("32");
        assertThat(units(rate, 8, 256, 2, 3_600)).isEqualTo("64");
    }

    @Test
    void aPartOfAUnitIsNotLost() {
        // Slurm's own billing of one CPU at this weight is 0.
        assertThat(units(rate(Rate.Formula.SUM, "0.0625", "0", "0", null, null), 1, 1, 0, 3_600))
                .isEqualTo("0.0625");
    }

    @Test
    void slicesAreAsLumiCountsThem() {
        Rate rate = rate(Rate.Formula.SLICES, "0", "0", "0.5", 8, 64);
        assertThat(units(rate, 8, 64, 1, 3_600)).isEqualTo("0.5");
        assertThat(units(rate, 9, 64, 1, 3_600)).isEqualTo("1");
        assertThat(units(rate, 8, 65, 1, 3_600)).isEqualTo("1");
        assertThat(units(rate, 1, 1, 8, 3_600)).isEqualTo("4");
    }

    @Test
    void thePartitionsOwnRateGoesBeforeTheClustersAndTheLatestBeforeTheEarlier() {
        Rate all = rate("lab", null, YEAR, Rate.Formula.SUM, "1", "0", "0", null, null);
        Rate later = rate("lab", null, YEAR.plusSeconds(1_000), Rate.Formula.SUM, "2", "0", "0", null, null);
        Rate gpu = rate("lab", "gpu", YEAR.plusSeconds(500), Rate.Formula.SUM, "3", "0", "0", null, null);
        Tariff tariff = new Tariff(List.of(all, later, gpu), List.of());
        assertThat(tariff.rate("lab", "cpu", YEAR.minusMillis(1))).isEmpty();
        assertThat(tariff.rate("lab", "cpu", YEAR)).contains(all);
        assertThat(tariff.rate("lab", null, YEAR.plusSeconds(1_000))).contains(later);
        assertThat(tariff.rate("lab", "gpu", YEAR.plusSeconds(499))).contains(all);
        assertThat(tariff.rate("lab", "gpu", YEAR.plusSeconds(5_000))).contains(gpu);
        assertThat(tariff.rate("other", "gpu", YEAR.plusSeconds(5_000))).isEmpty();
    }

    @Test
    void aRateHasNoNegativePriceAndNoHalfSlice() {
        assertThat(rate(Rate.Formula.SUM, "-1", "0", "0", null, null).refusal()).isPresent();
        assertThat(rate(Rate.Formula.SUM, "0.0000001", "0", "0", null, null).refusal())
                .isPresent();
        assertThat(rate(Rate.Formula.SUM, "1", "0", "0", 8, 64).refusal()).isPresent();
        assertThat(rate(Rate.Formula.SLICES, "0", "0", "1", 8, null).refusal()).isPresent();
        assertThat(rate(Rate.Formula.SLICES, "0", "0", "1", 8, 64).refusal()).isEmpty();
    }
}
