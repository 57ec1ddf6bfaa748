package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.junit.jupiter.api.Test;

class UsagePlotTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-11-01");
    private static final LocalDate LAST = LocalDate.parse("2026-11-10");
    private static final double FLOOR = UsagePlot.HEIGHT - UsagePlot.BOTTOM;

    @Test
    void theSumRunsFromTheFirstDayToToday() {
        UsagePlot plot = UsagePlot.of(Map.of(FIRST, 10.0, FIRST.plusDays(2), 30.0), FIRST, LAST, FIRST.plusDays(4), 80);
        String[] points = plot.line().split(" ");
        assertThat(points).hasSize(6);
        assertThat(points[0]).isEqualTo("56.00," + "212.00");
        // 40 of a scale that ends at 80: half of the way up.
        assertThat(Double.parseDouble(points[5].split(",")[1])).isEqualTo((FLOOR + UsagePlot.TOP) / 2, within(0.01));
        assertThat(plot.bars()).hasSize(2);
        assertThat(plot.awardShown()).isTrue();
        assertThat(plot.awardY()).isEqualTo(UsagePlot.TOP, within(0.01));
    }

    @Test
    void littleUseOfALargeAwardIsStillToBeSeen() {
        UsagePlot plot = UsagePlot.of(Map.of(FIRST, 0.003), FIRST, LAST, LAST, 1_000);
        assertThat(plot.awardShown()).isFalse();
        assertThat(plot.bars().getFirst().height()).isGreaterThan(100);
    }

    @Test
    void noUseShowsTheAward() {
        UsagePlot plot = UsagePlot.of(Map.of(), FIRST, LAST, FIRST, 100);
        assertThat(plot.bars()).isEmpty();
        assertThat(plot.awardShown()).isTrue();
    }

    @Test
    void useOutsideOfThePeriodWidensThePicture() {
        UsagePlot plot = UsagePlot.of(Map.of(FIRST.minusDays(3), 1.0), FIRST, LAST, LAST, 10);
        assertThat(plot.bars().getFirst().x()).isBetween((double) UsagePlot.LEFT, UsagePlot.LEFT + 40.0);
        assertThat(plot.days().getFirst().day()).isEqualTo(FIRST.minusDays(3));
    }

    @Test
    void axesEndAtShortNumbers() {
        assertThat(UsagePlot.niceAbove(0)).isEqualTo(1);
        assertThat(UsagePlot.niceAbove(100)).isEqualTo(100);
        assertThat(UsagePlot.niceAbove(101)).isEqualTo(200);
        assertThat(UsagePlot.niceAbove(0.03)).isEqualTo(0.04, within(1e-9));
        assertThat(UsagePlot.of(Map.of(FIRST, 0.03), FIRST, LAST, LAST, 1_000).decimals())
                .isEqualTo(2);
    }

    @Test
    void quartersOfAReportsAxisAreToldAsTheyAre() {
        assertThat(PeriodPlot.of(List.of(period()), line -> 9.7).decimals()).isEqualTo(1);
        assertThat(PeriodPlot.of(List.of(period()), line -> 3.2).decimals()).isZero();
    }

    private static UsageReport.Line period() {
        return new UsageReport.Line(
                "2026-11", FIRST, null, 1, GpuHours.ZERO, CpuHours.ZERO, TerabyteHours.ZERO, Map.of());
    }

    @Test
    void aBarIsWholeWhereMoreIsUsedThanAwarded() {
        BalanceBar bar = new BalanceBar(100, 150, 30, 20, -100);
        assertThat(bar.settledLength() + bar.inFlightLength() + bar.committedLength())
                .isEqualTo(BalanceBar.LENGTH, within(0.001));
        assertThat(bar.usedShare()).isEqualTo(1.8);
        assertThat(new BalanceBar(0, 0, 0, 0, 0).shown()).isFalse();
    }
}
