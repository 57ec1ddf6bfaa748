package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.farga.shared.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizingTest {
    private static BigDecimal n(String number) {
        return new BigDecimal(number);
    }

    @Test
    void aBillionParametersOnTwentyBillionTokensTakeEightyToOneHundredAndTwentyHoursOfAnH100() {
        Sizing found = Sizing.estimated(n("1"), n("20"), "H100", n("30"), n("45"), n("1"))
                .orThrow();
        assertThat(found.flop()).isEqualByComparingTo("1.2e20");
        // 1.2e20 / 989e12 / 3600 s = 33.7 h at peak.
        assertThat(found.leastGpuHours()).isEqualByComparingTo("75");
        assertThat(found.mostGpuHours()).isEqualByComparingTo("113");
        assertThat(found.isSystemic()).isFalse();
    }

    @Test
    void fromTenToTheTwentyFiveOnSystemicRiskIsPresumed() {
        assertThat(Sizing.estimated(n("100"), n("16666.7"), "H200", n("40"), n("40"), n("1"))
                        .orThrow()
                        .isSystemic())
                .isTrue();
    }

    @Test
    void whatWasMeasuredIsScaledToTheWholeWork() {
        // 20,000 million tokens at 50,000 a second on 4 GPUs: 111.1 h × 4.
        Sizing found =
                Sizing.measured(n("50000"), n("4"), n("20000"), n("80"), n("2")).orThrow();
        assertThat(found.flop()).isNull();
        assertThat(found.leastGpuHours()).isEqualByComparingTo("889");
        assertThat(found.mostGpuHours()).isEqualByComparingTo("1112");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, 20, H100, 30, 45, 1",
                "1, 0, H100, 30, 45, 1",
                "1, 20, ABACUS, 30, 45, 1",
                "1, 20, H100, 0, 45, 1",
                "1, 20, H100, 50, 45, 1",
                "1e99, 20, H100, 30, 45, 1",
                "1, 20, H100, 30, 45, 0"
            })
    void whatMakesNoSenseIsRefused(
            BigDecimal parameters, BigDecimal tokens, String gpu, BigDecimal least, BigDecimal most, BigDecimal runs) {
        assertThat(Sizing.estimated(parameters, tokens, gpu, least, most, runs)).isInstanceOf(Outcome.Refused.class);
    }
}
