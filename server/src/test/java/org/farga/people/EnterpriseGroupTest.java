package org.farga.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.people.SizeDeclaration.Counted.AUTONOMOUS;
import static org.farga.people.SizeDeclaration.Counted.LINKED;
import static org.farga.people.SizeDeclaration.Counted.PARTNER;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.farga.people.EnterpriseGroup.Holding;
import org.farga.people.EnterpriseGroup.Share;
import org.farga.people.SizeDeclaration.Counted;
import org.farga.people.SizeDeclaration.Relation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnterpriseGroupTest {
    private static Holding holds(int one, int other, Relation relation, String percent) {
        return new Holding(one, other, relation, new BigDecimal(percent));
    }

    private static Holding holds(int one, int other, String percent) {
        return holds(one, other, Relation.PARTNER, percent);
    }

    private static Share share(int enterprise, Holding... holdings) {
        int size = 1;
        for (Holding h : holdings) {
            size = Math.max(size, 1 + Math.max(h.one(), h.other()));
        }
        return new EnterpriseGroup(size, List.of(holdings)).shares().get(enterprise);
    }

    @ParameterizedTest
    @CsvSource({
        "PARTNER, 24.99, AUTONOMOUS, 0",
        "PARTNER, 25, PARTNER, 25",
        "PARTNER, 50, PARTNER, 50",
        "PARTNER, 50.01, LINKED, 100",
        "PARTNER, 100, LINKED, 100",
        "LINKED, 0, LINKED, 100",
        "INVESTOR, 25, AUTONOMOUS, 0",
        "INVESTOR, 50, AUTONOMOUS, 0",
        "INVESTOR, 50.01, LINKED, 100",
        "PUBLIC_BODY, 60, AUTONOMOUS, 0"
    })
    void theBordersAreAQuarterAndAHalf(Relation relation, String percent, Counted counted, String counts) {
        Share share = share(1, holds(0, 1, relation, percent));
        assertThat(share.counted()).isEqualTo(counted);
        assertThat(share.percent()).isEqualByComparingTo(counts);
    }

    @Test
    void whatIsLinkedThroughOthersCountsInFullAndItsPartnersByTheirShare() {
        Holding[] chain = {holds(0, 1, "60"), holds(1, 2, Relation.LINKED, "10"), holds(2, 3, "40"), holds(3, 4, "45")};
        assertThat(share(2, chain)).isEqualTo(new Share(LINKED, EnterpriseGroup.HUNDRED));
        assertThat(share(3, chain)).isEqualTo(new Share(PARTNER, new BigDecimal("40")));
        // The partner of a partner.
        assertThat(share(4, chain).counted()).isEqualTo(AUTONOMOUS);
    }

    @Test
    void withAPartnerCountWhatIsLinkedToItAndNoPartnerOfThose() {
        Holding[] held = {holds(0, 1, "30"), holds(1, 2, "80"), holds(2, 3, "30")};
        assertThat(share(2, held)).isEqualTo(new Share(PARTNER, new BigDecimal("30")));
        assertThat(share(3, held).counted()).isEqualTo(AUTONOMOUS);
    }

    @Test
    void inADiamondSharesOfOneGroupAddUpAndNothingCountsTwice() {
        // 1 and 2 are linked to 0; each holds 20 of 3: together a partner of 40, and with 31 each a majority.
        assertThat(share(3, holds(0, 1, "60"), holds(0, 2, "60"), holds(1, 3, "20"), holds(2, 3, "20")))
                .isEqualTo(new Share(PARTNER, new BigDecimal("40")));
        assertThat(share(3, holds(0, 1, "60"), holds(0, 2, "60"), holds(1, 3, "31"), holds(2, 3, "31")))
                .isEqualTo(new Share(LINKED, EnterpriseGroup.HUNDRED));
        // 1 and 2 are partners, 3 is linked to both: it counts once, by the larger share.
        assertThat(share(3, holds(0, 1, "30"), holds(0, 2, "45"), holds(1, 3, "90"), holds(2, 3, "90")))
                .isEqualTo(new Share(PARTNER, new BigDecimal("45")));
    }

    @Test
    void betweenTwoTheHigherShareCounts() {
        assertThat(share(1, holds(0, 1, "30"), holds(1, 0, "20"))).isEqualTo(new Share(PARTNER, new BigDecimal("30")));
    }

    @Test
    void publicHandsAddUp() {
        EnterpriseGroup group = new EnterpriseGroup(
                4,
                List.of(
                        holds(0, 1, Relation.PUBLIC_BODY, "15"),
                        holds(0, 2, "60"),
                        holds(2, 3, Relation.PUBLIC_BODY, "10")));
        assertThat(group.publicPercent()).isEqualByComparingTo("25");
    }

    /** Whatever the graph: it ends, and what holds of the law holds of the answer. Reproducible: the seeds are the numbers. */
    @Test
    @Timeout(30)
    void whateverTheGraphItEndsAndTheAnswerIsSound() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(9);
            List<Holding> holdings = new ArrayList<>();
            for (int i = random.nextInt(3 * size); i > 0; i--) {
                // Circles, and even an enterprise that holds itself, are as likely as anything.
                holdings.add(holds(
                        random.nextInt(size),
                        random.nextInt(size),
                        Relation.values()[random.nextInt(Relation.values().length)],
                        String.valueOf(random.nextInt(101))));
            }
            EnterpriseGroup group = new EnterpriseGroup(size, holdings);
            List<Share> shares = group.shares();
            assertThat(shares).as("seed %s", seed).hasSize(size);
            assertThat(shares.getFirst()).isEqualTo(new Share(LINKED, EnterpriseGroup.HUNDRED));
            for (int e = 1; e < size; e++) {
                Share share = shares.get(e);
                switch (share.counted()) {
                    case LINKED -> assertThat(share.percent()).isEqualByComparingTo("100");
                    case PARTNER -> assertThat(share.percent()).isBetween(new BigDecimal(25), new BigDecimal(50));
                    case AUTONOMOUS -> assertThat(share.percent()).isZero();
                }
                int one = e;
                // Whatever is linked to something that counts in full counts in full itself.
                boolean linked = holdings.stream()
                        .filter(h -> h.relation() == Relation.LINKED)
                        .anyMatch(h -> (h.one() == one && shares.get(h.other()).counted() == LINKED)
                                || (h.other() == one && shares.get(h.one()).counted() == LINKED));
                assertThat(share.counted() == LINKED || !linked)
                        .as("seed %s, enterprise %s", seed, e)
                        .isTrue();
            }
            // Who holds whom, and in which order it was told, makes no difference.
            List<Holding> turned = new ArrayList<>(holdings.reversed().stream()
                    .map(h -> new Holding(h.other(), h.one(), h.relation(), h.sharePercent()))
                    .toList());
            assertThat(new EnterpriseGroup(size, turned).shares())
                    .as("seed %s", seed)
                    .isEqualTo(shares);
            // One relation more makes nothing count less.
            int more = random.nextInt(size);
            turned.add(holds(0, more, "30"));
            List<Share> grown = new EnterpriseGroup(size, turned).shares();
            for (int e = 0; e < size; e++) {
                assertThat(grown.get(e).percent())
                        .as("seed %s", seed)
                        .isGreaterThanOrEqualTo(shares.get(e).percent());
            }
        }
    }
}
