package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.farga.allocation.Allocation;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What storage costs, and whose it is. */
class StorageTest {
    private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T00:00:00Z");
    private static final StoredBytes.Owner OWNER = StoredBytes.Owner.of(ProjectId.create());

    private static StorageRate rate(StoredBytes.@Nullable Kind kind, Instant since, String price) {
        return new StorageRate(UUID.randomUUID(), kind, since, "EUR", new BigDecimal(price), PersonId.create(), since);
    }

    private static StoragePart part(int interval, long bytes, long seconds) {
        return new StoragePart(
                StoredBytes.Kind.PROJECT_FILES,
                OWNER,
                interval,
                new TerabyteHours(BigInteger.valueOf(bytes).multiply(BigInteger.valueOf(seconds))));
    }

    @Test
    void aTerabyteHourIsTenToTheTwelfthBytesForAnHour() {
        TerabyteHours one = part(0, 1_000_000_000_000L, 3_600).kept();
        assertThat(one.hours()).isEqualByComparingTo("1");
        // A petabyte for a year and a byte for a second more: not one is lost beyond 64 bits.
        TerabyteHours much = part(0, 1_000_000_000_000_000L, 365 * 86_400L)
                .kept()
                .plus(part(0, 1, 1).kept());
        assertThat(much.byteSeconds()).isEqualTo(new BigInteger("31536000000000000000001"));
        assertThat(much.hours()).isEqualByComparingTo("8760000");
        assertThat(part(0, 1_000_000, 3_600).kept().hours()).isEqualByComparingTo("0.000001");
    }

    @Test
    void aRateHoldsFromItsDayUntilTheNextAndAKindsOwnGoesFirst() {
        StorageRate first = rate(null, MAY, "0.03");
        StorageRate next = rate(null, JUNE, "0.02");
        StorageRate datasets = rate(StoredBytes.Kind.DATASETS, JUNE, "0.01");
        Tariff tariff = new Tariff(List.of(), List.of(first, next, datasets));
        assertThat(tariff.rate(StoredBytes.Kind.DATASETS, MAY.minusSeconds(1))).isEmpty();
        assertThat(tariff.rate(StoredBytes.Kind.DATASETS, MAY)).contains(first);
        assertThat(tariff.rate(StoredBytes.Kind.DATASETS, JUNE)).contains(datasets);
        assertThat(tariff.rate(StoredBytes.Kind.PROJECT_FILES, JUNE)).contains(next);
    }

    @Test
    void aPeriodIsCutWhereARateBeginsAndRoundedOnceForAll() {
        Instant middle = MAY.plusSeconds(86_400);
        Tariff tariff = new Tariff(List.of(), List.of(rate(null, MAY, "0.000001"), rate(null, middle, "1")));
        List<Instant> cuts = UsageReport.Storage.cuts(List.of(MAY, JUNE), tariff);
        assertThat(cuts).containsExactly(MAY, middle, JUNE);
        // Each of the first two alone is rounded to nothing.
        List<StoragePart> parts = List.of(part(0, 250_000_000_000L, 3_600), part(0, 250_000_000_000L, 3_600));
        assertThat(tariff.sum(List.of(), parts, cuts).get("EUR")).isEqualByComparingTo("0.000001");
        assertThat(tariff.sum(List.of(), List.of(part(1, 2_000_000_000_000L, 5_400)), cuts)
                        .get("EUR"))
                .isEqualByComparingTo("3");
    }

    @Test
    void whatRunsAndStorageAreChargedInOneUnitIsOneSum() {
        Rate gpus = new Rate(
                UUID.randomUUID(),
                "lab",
                null,
                MAY,
                "EUR",
                Rate.Formula.SUM,
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                BigDecimal.TWO,
                null,
                null,
                PersonId.create(),
                MAY);
        Tariff tariff = new Tariff(List.of(gpus), List.of(rate(null, MAY, "1")));
        UsageReport.Part run = new UsageReport.Part(AllocationId.create(), 0, "lab", null, MAY, 0, 1, 0, 3_600_000, 1);
        assertThat(tariff.sum(List.of(run), List.of(part(0, 500_000_000_000L, 3_600)), List.of(MAY, JUNE)))
                .containsExactly(java.util.Map.entry("EUR", new BigDecimal("2.500000")));
    }

    @Test
    void eachIntervalIsOfThePeriodThatItLiesIn() {
        ZoneId zone = ZoneId.of("Europe/Madrid");
        List<LocalDate> calendar =
                UsageReport.calendar(UsageReport.By.MONTH, LocalDate.of(2026, 5, 1), LocalDate.of(2026, 6, 1));
        Tariff tariff = new Tariff(List.of(), List.of(rate(null, Instant.parse("2026-05-10T00:00:00Z"), "1")));
        List<Instant> cuts = UsageReport.Storage.cuts(UsageReport.boundaries(calendar, zone), tariff);
        UsageReport report = UsageReport.of(
                UsageReport.By.MONTH,
                zone,
                calendar.getFirst(),
                calendar.get(1),
                calendar,
                List.of(),
                new UsageReport.Storage(
                        cuts,
                        List.of(
                                part(0, 1_000_000_000_000L, 3_600),
                                part(1, 2_000_000_000_000L, 3_600),
                                part(2, 4_000_000_000_000L, 3_600))),
                tariff);
        assertThat(report.periods())
                .extracting(l -> l.stored().hours().intValueExact())
                .containsExactly(3, 4);
        assertThat(report.periods().getFirst().charges().get("EUR")).isEqualByComparingTo("2");
        assertThat(report.whole().stored().hours()).isEqualByComparingTo("7");
        assertThat(report.holders()).singleElement().satisfies(h -> {
            assertThat(h.owner()).isEqualTo(OWNER);
            assertThat(h.charges().get("EUR")).isEqualByComparingTo("6");
        });
    }

    @Test
    void aProjectsFilesBelongToItsAwardThatBeganLast() {
        ProjectId project = ProjectId.create();
        Allocation first = award(project, MAY, JUNE.plusSeconds(86_400));
        Allocation second = award(project, JUNE, JUNE.plusSeconds(2 * 86_400));
        StoredBytes.Owner owner = StoredBytes.Owner.of(project);
        List<List<Allocation>> all = List.of(List.of(second, first));
        assertThat(StorageAsked.ofAwards(Set.of(first.id()), all).windows())
                .containsExactly(new StorageAsked.Window(owner, MAY, JUNE));
        // Also after its end: what is left behind is the last one's.
        assertThat(StorageAsked.ofAwards(Set.of(second.id()), all).windows())
                .containsExactly(new StorageAsked.Window(owner, JUNE, null));
        Allocation sameTime = award(project, JUNE, JUNE.plusSeconds(60));
        List<List<Allocation>> three = List.of(List.of(first, second, sameTime));
        assertThat(StorageAsked.ofAwards(Set.of(second.id(), sameTime.id()), three)
                        .windows())
                .containsExactly(new StorageAsked.Window(owner, JUNE, null));
    }

    @Test
    void anOrganisationsStorageIsItsOwnAndThatOfItsProjects() {
        OrganisationId organisation = OrganisationId.create();
        ProjectId project = ProjectId.create();
        assertThat(StorageAsked.of(organisation, List.of(project, project)).windows())
                .extracting(StorageAsked.Window::owner)
                .containsExactly(StoredBytes.Owner.ofProvider(organisation), StoredBytes.Owner.of(project));
    }

    @Test
    void aRateHasAUnitAndNoNegativePrice() {
        assertThat(rate(null, MAY, "0.027397").refusal()).isEmpty();
        assertThat(rate(null, MAY, "-1").refusal()).isPresent();
        assertThat(rate(null, MAY, "0.0000001").refusal()).isPresent();
        assertThat(new StorageRate(UUID.randomUUID(), null, MAY, " ", BigDecimal.ONE, PersonId.create(), MAY).refusal())
                .isPresent();
    }

    private static Allocation award(ProjectId project, Instant from, Instant to) {
        return new Allocation(
                AllocationId.create(),
                project,
                "lab",
                GpuHours.ZERO,
                CpuHours.ofHours(1),
                new Period(from, to),
                false,
                ProposalId.create(),
                "PG-1",
                "Call");
    }
}
