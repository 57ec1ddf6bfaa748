package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whether what reviewers are given is the best that there is. */
class MatchingTest {
    @Test
    void noAnswerToASmallCaseIsBetter() {
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            Case one = Case.random(
                    random,
                    1 + random.nextInt(4),
                    1 + random.nextInt(4),
                    -3,
                    -4,
                    random.nextInt(70),
                    random.nextBoolean() ? 3 : 1_000_000);
            assertThat(one.worth(one.solve(i))).as("case %d", i).isEqualTo(one.bestOfAll());
        }
    }

    /** With conflicts and tight limits; every third case cannot be served whole. */
    @Test
    void aNetworkFlowOfOthersFindsTheSameWorth() {
        Random random = new Random(7);
        for (int i = 0; i < 6; i++) {
            Case one = Case.random(random, 150, 30, 3, i % 3 == 0 ? 14 : 16, 15, 1_000);
            Case.Worth worth = one.worth(one.solve(i));
            assertThat(worth).as("case %d", i).isEqualTo(one.judged());
            assertThat(worth.reviews()).isEqualTo(i % 3 == 0 ? 420 : 450);
        }
    }

    @Test
    void theSameSeedGivesTheSamePairsAndAnotherOneAsGood() {
        // Few different affinities: many answers are equally good.
        Case one = Case.random(new Random(1), 40, 12, 3, 11, 20, 2);
        Matching.Answer first = one.solve(42);
        assertThat(Arrays.deepEquals(one.solve(42).pairs(), first.pairs())).isTrue();
        assertThat(Arrays.deepEquals(one.solve(43).pairs(), first.pairs())).isFalse();
        assertThat(one.worth(one.solve(43))).isEqualTo(one.worth(first));
    }

    @Test
    void whereThereAreTooFewReviewersEveryProposalHasOneBeforeAnyHasTwo() {
        int[][] affinity = new int[6][2];
        Arrays.setAll(affinity, p -> new int[] {p < 2 ? 1_000_000 : 1, p < 2 ? 1_000_000 : 1});
        Case one = new Case(new int[] {2, 2, 2, 2, 2, 2}, new int[] {3, 3}, affinity);
        assertThat(List.of(one.solve(1).pairs()))
                .allSatisfy(pairs -> assertThat(pairs).hasSize(1));
    }

    @Test
    void thereMayBeNobodyAndNothing() {
        assertThat(Matching.solve(new int[0], new int[] {3}, new int[0][], 1).pairs())
                .isEmpty();
        assertThat(Matching.solve(new int[] {2}, new int[0], new int[1][0], 1).pairs()[0])
                .isEmpty();
        assertThat(Matching.solve(new int[] {2}, new int[] {1}, new int[][] {{Matching.FORBIDDEN}}, 1)
                        .pairs()[0])
                .isEmpty();
    }
}
