package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Review.Criterion.EXCELLENCE;
import static org.farga.access.Review.Criterion.IMPACT;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.farga.review.Ranking.By;
import org.farga.review.Ranking.Place;
import org.farga.shared.GpuHours;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankingTest {
    private static final Ranking.Entry A = entry("A", 600, "4.00", "3.00", null, null);
    private static final Ranking.Entry B = entry("B", 500, "3.00", "5.00", null, 1);
    private static final Ranking.Entry C = entry("C", 300, "2.00", "2.00", "4.5", null);

    private static Ranking.Entry entry(
            String code,
            long hours,
            String excellence,
            String impact,
            @Nullable String panelScore,
            @Nullable Integer placing) {
        return new Ranking.Entry(
                ProposalId.create(),
                code,
                "acc",
                GpuHours.ofHours(hours),
                false,
                true,
                Map.of(EXCELLENCE, new BigDecimal(excellence), IMPACT, new BigDecimal(impact)),
                Map.of(EXCELLENCE, new BigDecimal(impact), IMPACT, new BigDecimal(impact)),
                panelScore == null ? null : new BigDecimal(panelScore),
                placing);
    }

    private static Ranking.Entry as(Ranking.Entry e, boolean granted, boolean eligible) {
        return new Ranking.Entry(
                e.id(),
                e.code(),
                e.partition(),
                e.asked(),
                granted,
                eligible,
                e.raw(),
                e.calibrated(),
                e.panelScore(),
                e.placing());
    }

    private static Ranking.WhatIf hours(long hours) {
        return new Ranking.WhatIf(By.RAW, Map.of(), Map.of("acc", GpuHours.ofHours(hours)), Map.of());
    }

    private static List<String> places(Ranking ranking) {
        return ranking.rows().stream()
                .map(r -> r.rank() + " " + r.entry().code() + " " + r.place())
                .toList();
    }

    @Test
    void theLineRunsWhereTheHoursEndAndWhatWouldFitBelowIsSaid() {
        // B has 4.00, A 3.50, C 2.00: B fits, A does not any more, C would fit into what B leaves.
        assertThat(places(Ranking.of(List.of(A, B, C), hours(1_000))))
                .containsExactly("1 B ABOVE", "2 A BELOW", "3 C WOULD_FIT");
        assertThat(places(Ranking.of(List.of(A, B, C), hours(1_100))))
                .containsExactly("1 B ABOVE", "2 A ABOVE", "3 C BELOW");
        assertThat(places(Ranking.of(List.of(A, B, C), hours(0))))
                .containsExactly("1 B BELOW", "2 A BELOW", "3 C BELOW");
    }

    @Test
    void whereNobodySaidHowManyHoursThereAreThereIsNoLine() {
        Ranking ranking = Ranking.of(List.of(A), new Ranking.WhatIf(By.RAW, Map.of(), Map.of(), Map.of()));
        assertThat(ranking.rows().getFirst().place()).isEqualTo(Place.NO_LINE);
        assertThat(ranking.partitions().get("acc").free()).isNull();
    }

    @Test
    void weightsAndTheScoreThatCountsChangeTheOrder() {
        Ranking.WhatIf excellence = new Ranking.WhatIf(
                By.RAW, Map.of(IMPACT, BigDecimal.ZERO), Map.of("acc", GpuHours.ofHours(1_000)), Map.of());
        assertThat(places(Ranking.of(List.of(A, B, C), excellence)))
                .containsExactly("1 A ABOVE", "2 B BELOW", "3 C WOULD_FIT");
        Ranking.WhatIf calibrated = new Ranking.WhatIf(By.CALIBRATED, Map.of(), Map.of(), Map.of());
        assertThat(Ranking.of(List.of(A, B, C), calibrated).rows().getFirst().score())
                .isEqualByComparingTo("5");
        // Who was placed comes first, then the panel's score, then those that it said nothing of.
        Ranking.WhatIf panel = new Ranking.WhatIf(By.PANEL, Map.of(), Map.of(), Map.of());
        assertThat(Ranking.of(List.of(A, B, C), panel).rows().stream()
                        .map(r -> r.entry().code()))
                .containsExactly("B", "C", "A");
    }

    @Test
    void equalScoresHaveTheSameRank() {
        Ranking.Entry twin = entry("A2", 10, "4.00", "3.00", null, null);
        assertThat(places(Ranking.of(List.of(C, twin, A), hours(10_000))))
                .containsExactly("1 A ABOVE", "1 A2 ABOVE", "3 C ABOVE");
    }

    @Test
    void aCutProposalUsesWhatItWouldGet() {
        Ranking.WhatIf half = new Ranking.WhatIf(
                By.RAW, Map.of(), Map.of("acc", GpuHours.ofHours(1_100)), Map.of(B.id(), 50, A.id(), 85));
        Ranking ranking = Ranking.of(List.of(A, B, C), half);
        assertThat(places(ranking)).containsExactly("1 B ABOVE", "2 A ABOVE", "3 C ABOVE");
        assertThat(ranking.rows().getFirst().hours()).isEqualTo(GpuHours.ofHours(250));
        assertThat(ranking.partitions().get("acc").free()).isEqualTo(GpuHours.ofHours(1_100 - 250 - 510 - 300));
        assertThat(Ranking.part(new GpuHours(7), 50)).isEqualTo(new GpuHours(3));
    }

    @Test
    void whatIsGrantedIsTakenFirstAndWhatCannotBeAwardedTakesNothing() {
        Ranking ranking = Ranking.of(List.of(as(C, true, true), as(B, false, false), A), hours(900));
        assertThat(places(ranking)).containsExactly("1 B OUT", "2 A ABOVE", "3 C GRANTED");
        assertThat(ranking.partitions().get("acc").free()).isEqualTo(GpuHours.ZERO);
        assertThat(Ranking.of(List.of(as(C, true, true), A), hours(899))
                        .rows()
                        .getFirst()
                        .place())
                .isEqualTo(Place.BELOW);
    }

    @Test
    void whateverIsTriedNoMoreIsAboveTheLineThanThereIs() {
        Random random = new Random(11);
        for (int round = 0; round < 500; round++) {
            List<Ranking.Entry> entries = new ArrayList<>();
            Map<ProposalId, Integer> percents = new java.util.HashMap<>();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                Ranking.Entry entry = entry(
                        "P" + i, 1 + random.nextInt(500), "" + random.nextInt(6), "" + random.nextInt(6), null, null);
                entries.add(as(entry, false, random.nextInt(5) > 0));
                if (random.nextBoolean()) {
                    percents.put(entry.id(), random.nextInt(101));
                }
            }
            GpuHours there = GpuHours.ofHours(random.nextInt(3_000));
            Ranking ranking = Ranking.of(entries, new Ranking.WhatIf(By.RAW, Map.of(), Map.of("acc", there), percents));
            assertThat(ranking.partitions().get("acc").above()).isLessThanOrEqualTo(there);
            assertThat(ranking.rows()).hasSameSizeAs(entries);
            List<Place> counted = ranking.rows().stream()
                    .map(Ranking.Row::place)
                    .filter(p -> p != Place.OUT)
                    .toList();
            int line = counted.indexOf(Place.BELOW);
            assertThat(counted.subList(0, line < 0 ? counted.size() : line)).allMatch(p -> p == Place.ABOVE);
        }
    }
}
