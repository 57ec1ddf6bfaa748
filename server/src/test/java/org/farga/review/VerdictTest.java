package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Review.Criterion.EXCELLENCE;
import static org.farga.access.Review.Criterion.IMPACT;
import static org.farga.access.Review.Criterion.IMPLEMENTATION;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.farga.access.Review;
import org.farga.access.Review.Criterion;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Review TERMS = new Review(
            3,
            0,
            5,
            List.of(new Review.Threshold(EXCELLENCE, new BigDecimal("3.3333")), threshold(IMPACT, 3)),
            null,
            null);

    private static Review.Threshold threshold(Criterion criterion, long atLeast) {
        return new Review.Threshold(criterion, BigDecimal.valueOf(atLeast));
    }

    private static Map<Criterion, BigDecimal> scores(String excellence, String impact, String implementation) {
        return Map.of(
                EXCELLENCE, new BigDecimal(excellence),
                IMPACT, new BigDecimal(impact),
                IMPLEMENTATION, new BigDecimal(implementation));
    }

    @Test
    void eachCriterionsMeanIsHeldAgainstItsThreshold() {
        Verdict verdict =
                Verdict.of(TERMS, List.of(scores("5", "3", "0"), scores("4", "3", "0"), scores("4.5", "3", "0.5")));
        assertThat(verdict.means())
                .containsEntry(EXCELLENCE, new BigDecimal("4.50"))
                .containsEntry(IMPACT, new BigDecimal("3.00"))
                .containsEntry(IMPLEMENTATION, new BigDecimal("0.17"));
        assertThat(verdict.reached()).isTrue();
    }

    @Test
    void theComparisonIsExactWhereTheMeanShownIsRounded() {
        // 10 / 3 is above 3.3333 by less than what is shown; 3.33 as shown would be below it.
        Verdict above = Verdict.of(TERMS, List.of(scores("3", "3", "3"), scores("3", "3", "3"), scores("4", "3", "3")));
        assertThat(above.reached()).isTrue();
        assertThat(above.means().get(EXCELLENCE)).isEqualByComparingTo("3.33");
        Verdict below =
                Verdict.of(TERMS, List.of(scores("3", "3", "3"), scores("3", "2.9", "3"), scores("3.9", "3", "3")));
        assertThat(below.below()).containsExactly(EXCELLENCE, IMPACT);
    }

    @Test
    void theSpreadIsBetweenTheHighestAndTheLowestReview() {
        assertThat(Verdict.spread(List.of(scores("5", "5", "5"), scores("1", "2", "3"), scores("3", "3", "3"))))
                .isEqualByComparingTo("3");
        assertThat(Verdict.spread(List.of())).isEqualByComparingTo("0");
    }
}
