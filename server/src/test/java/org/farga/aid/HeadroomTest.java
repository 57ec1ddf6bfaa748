package org.farga.aid;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.farga.aid.FundingSource.MarketValue;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadroomTest {
    private static final Ceiling CEILING = new Ceiling(
            LocalDate.of(2024, 1, 1),
            LocalDate.of(2030, 12, 31),
            30_000_000,
            3,
            80,
            90,
            "Regulation (EU) 2023/2831",
            null,
            Instant.EPOCH);
    private static final OrganisationId COMPANY = OrganisationId.create();
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);

    private static Headroom.Line line(String day, long euros) {
        return line(day, euros, "ES", UUID.randomUUID(), null);
    }

    private static Headroom.Line line(
            String day, long euros, String state, @Nullable UUID grant, @Nullable String reference) {
        return new Headroom.Line(
                COMPANY, grant, LocalDate.parse(day), euros * 100, state, "Generalitat", reference, false);
    }

    private static Headroom of(LocalDate day, Headroom.Line... ledger) {
        return Headroom.of(day, "ES", CEILING, Arrays.asList(ledger), List.of());
    }

    @ParameterizedTest
    @CsvSource({
        // Both days of three years to the day would span three years and a day.
        "2023-11-23, 2026-11-22, true",
        "2023-11-23, 2026-11-23, false",
        "2023-11-24, 2026-11-23, true",
        "2026-11-23, 2026-11-23, true",
        "2026-11-24, 2026-11-23, false",
        // 29 February: its year has no such day three years on, and none has three years before one.
        "2024-02-29, 2027-02-28, true",
        "2024-02-29, 2027-03-01, false",
        "2024-02-28, 2027-02-28, false",
        "2025-02-28, 2028-02-27, true",
        "2025-02-28, 2028-02-28, false",
        "2025-02-28, 2028-02-29, false",
        "2025-03-01, 2028-02-29, true"
    })
    void aGrantCountsThreeYearsToTheDay(LocalDate granted, LocalDate day, boolean counts) {
        assertThat(CEILING.counts(granted, day)).isEqualTo(counts);
        assertThat(day.isBefore(CEILING.fallsOutOn(granted)) && !granted.isAfter(day))
                .as("the day on which it falls out says the same")
                .isEqualTo(counts);
    }

    @Test
    void onEveryDayOfFiveYearsTheDayOnWhichAGrantFallsOutIsTheFirstOnWhichItDoesNotCount() {
        for (LocalDate granted = LocalDate.of(2023, 1, 1);
                granted.isBefore(LocalDate.of(2028, 3, 2));
                granted = granted.plusDays(1)) {
            LocalDate out = CEILING.fallsOutOn(granted);
            assertThat(CEILING.counts(granted, out))
                    .as("%s on %s", granted, out)
                    .isFalse();
            assertThat(CEILING.counts(granted, out.minusDays(1)))
                    .as("%s the day before", granted)
                    .isTrue();
        }
    }

    @Test
    void theCeilingMayBeReachedAndNotPassed() {
        Headroom headroom = of(DAY, line("2025-05-01", 200_000), line("2026-05-01", 99_999));
        assertThat(headroom.leftCents()).isEqualTo(100);
        assertThat(headroom.level()).isEqualTo(Headroom.Level.WARNING);
        assertThat(headroom.level(30_000_000)).isEqualTo(Headroom.Level.REACHED);
        assertThat(of(DAY, line("2026-01-01", 239_999)).level()).isEqualTo(Headroom.Level.FREE);
        assertThat(of(DAY, line("2026-01-01", 240_000)).level()).isEqualTo(Headroom.Level.WARNING);
        assertThat(of(DAY, line("2026-01-01", 300_001)).leftCents()).isZero();
    }

    @Test
    void whatFellOutMakesRoom() {
        Headroom headroom = of(DAY, line("2023-11-23", 300_000));
        assertThat(headroom.leftCents()).isEqualTo(30_000_000);
        assertThat(headroom.leftCents(DAY.minusDays(1))).isZero();
    }

    @Test
    void aGrantOfAPastDayMayOverfillNoLaterWindowEither() {
        Headroom headroom = of(DAY, line("2026-06-01", 250_000));
        assertThat(headroom.usedCents(LocalDate.of(2025, 1, 1))).isZero();
        assertThat(headroom.leftCents(LocalDate.of(2025, 1, 1)))
                .as("the window that ends on 1 June 2026 holds both")
                .isEqualTo(5_000_000);
        assertThat(headroom.leftCents(LocalDate.of(2023, 6, 1)))
                .as("no window holds both")
                .isEqualTo(30_000_000);
        assertThat(headroom.leftCents(LocalDate.of(2023, 6, 2))).isEqualTo(5_000_000);
    }

    @Test
    void eachMemberStateHasACeilingOfItsOwn() {
        assertThat(of(DAY, line("2026-01-01", 300_000, "PT", UUID.randomUUID(), null))
                        .leftCents())
                .isEqualTo(30_000_000);
    }

    @Test
    void whatIsDeclaredTwiceOrStandsInTheLedgerCountsOnce() {
        Headroom.Line granted = line("2026-01-01", 1_000, "ES", UUID.randomUUID(), "PG-2026-0001");
        Headroom headroom = Headroom.of(
                DAY,
                "ES",
                CEILING,
                List.of(granted),
                List.of(
                        line("2026-01-01", 1_000, "ES", null, "pg-2026-0001 "),
                        line("2026-02-01", 2_000, "ES", null, "X-1"),
                        line("2026-02-01", 2_000, "ES", null, "x-1"),
                        line("2026-02-01", 2_000, "ES", null, null),
                        line("2026-02-01", 2_000, "ES", null, null)));
        assertThat(headroom.usedCents())
                .as("without a reference nobody knows that two are one")
                .isEqualTo(700_000);
        assertThat(headroom.lines().stream().filter(Headroom.Line::repeated)).hasSize(2);
    }

    @Test
    void theSumStepsUpWithEachGrantAndDownWhereItFallsOut() {
        Headroom headroom = of(DAY, line("2025-01-01", 100), line("2026-01-01", 50));
        assertThat(headroom.steps(LocalDate.of(2024, 1, 1), LocalDate.of(2029, 12, 31)))
                .containsExactly(
                        new Headroom.Step(LocalDate.of(2024, 1, 1), 0),
                        new Headroom.Step(LocalDate.of(2025, 1, 1), 10_000),
                        new Headroom.Step(LocalDate.of(2026, 1, 1), 15_000),
                        new Headroom.Step(LocalDate.of(2028, 1, 1), 5_000),
                        new Headroom.Step(LocalDate.of(2029, 1, 1), 0));
        assertThat(AidPlot.of(headroom).line()).isNotBlank();
    }

    @Test
    void theCeilingInForceIsTheLatestThatHasBegunAndNotEnded() {
        Ceiling later = new Ceiling(
                LocalDate.of(2027, 1, 1), null, 40_000_000, 3, 80, 90, "Another Regulation", null, Instant.EPOCH);
        assertThat(Ceiling.on(List.of(CEILING, later), LocalDate.of(2023, 12, 31)))
                .isEmpty();
        assertThat(Ceiling.on(List.of(CEILING, later), LocalDate.of(2026, 12, 31)))
                .contains(CEILING);
        assertThat(Ceiling.on(List.of(CEILING, later), LocalDate.of(2027, 1, 1)))
                .contains(later);
        assertThat(Ceiling.on(List.of(CEILING), LocalDate.of(2031, 1, 1))).isEmpty();
    }

    private static MarketValue value(String gpuCents, String cpuCents) {
        return new MarketValue(
                DAY,
                null,
                new BigDecimal(gpuCents),
                new BigDecimal(cpuCents),
                "offers",
                PersonId.create(),
                Instant.EPOCH);
    }

    @Test
    void theAidIsMarketValueTimesHoursTimesShareRoundedUpToACent() {
        assertThat(value("250", "3.5").aidCents(GpuHours.ofHours(100), CpuHours.ofHours(1_000), 10_000))
                .isEqualTo(28_500L);
        assertThat(value("250", "3.5").aidCents(GpuHours.ofHours(100), CpuHours.ofHours(1_000), 3_333))
                .isEqualTo(9_500L);
        assertThat(value("0.0001", "0").aidCents(new GpuHours(1), CpuHours.ZERO, 1))
                .isEqualTo(1L);
        assertThat(value("250", "3.5").aidCents(GpuHours.ZERO, CpuHours.ZERO, 10_000))
                .isZero();
    }

    @Test
    void anAidBeyondAnyScaleIsToldAsSuch() {
        assertThat(value("100000000", "0").aidCents(new GpuHours(Long.MAX_VALUE), CpuHours.ZERO, 10_000))
                .isNull();
        assertThat(Euro.cents(new BigDecimal("1e999999999"))).isNull();
        assertThat(Euro.cents(new BigDecimal("-1e999999999"))).isNull();
        assertThat(Euro.cents(new BigDecimal("1e-999999999"))).isNull();
        assertThat(Euro.cents(new BigDecimal("1000000000"))).isEqualTo(100_000_000_000L);
        assertThat(Euro.cents(new BigDecimal("1000000000.01"))).isNull();
        assertThat(Euro.typed("9".repeat(31))).isNull();
        assertThat(Euro.typed("1,5")).isEqualTo(new BigDecimal("1.5"));
    }

    @Test
    void sharesComeToTheWholeAndNameEachSourceOnce() {
        UUID a = UUID.randomUUID();
        UUID b = UUID.randomUUID();
        var known = java.util.Set.of(a, b);
        assertThat(FundingShare.refusal(List.of(new FundingShare(a, 6_000), new FundingShare(b, 4_000)), known))
                .isEmpty();
        assertThat(FundingShare.refusal(List.of(new FundingShare(a, 9_999)), known))
                .isPresent();
        assertThat(FundingShare.refusal(List.of(new FundingShare(a, 5_000), new FundingShare(a, 5_000)), known))
                .isPresent();
        assertThat(FundingShare.refusal(List.of(new FundingShare(UUID.randomUUID(), 10_000)), known))
                .isPresent();
        assertThat(FundingShare.refusal(List.of(), known)).isPresent();
        assertThat(FundingShare.basisPoints(new BigDecimal("33.33"))).isEqualTo(3_333);
        assertThat(FundingShare.basisPoints(new BigDecimal("33.333"))).isEqualTo(-1);
        assertThat(FundingShare.basisPoints(new BigDecimal("1e999999999"))).isEqualTo(-1);
    }

    @Test
    void circlesAndRepeatedLinksMakeOneGroup() {
        List<UUID> ids =
                java.util.stream.Stream.generate(UUID::randomUUID).limit(6).toList();
        Groups groups = new Groups(List.of(
                new Groups.Pair(ids.get(0), ids.get(1)),
                new Groups.Pair(ids.get(1), ids.get(2)),
                new Groups.Pair(ids.get(2), ids.get(0)),
                new Groups.Pair(ids.get(0), ids.get(1)),
                new Groups.Pair(ids.get(3), ids.get(3)),
                new Groups.Pair(ids.get(4), UUID.randomUUID())));
        assertThat(groups.of(ids).stream().map(java.util.Set::size).sorted()).containsExactly(1, 1, 1, 3);
    }
}
