package org.farga.review;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.farga.access.Review;

/**
 * What the reviews of a proposal say together: the mean of the scores in each criterion, held against the call's thresholds. The
 * comparison is exact; only what is shown is rounded.
 *
 * @param means to two decimals, half up
 * @param below the criteria whose mean is below their threshold
 */
record Verdict(Map<Review.Criterion, BigDecimal> means, List<Review.Criterion> below, int reviews) {
    Verdict {
        below = List.copyOf(below);
    }

    static Verdict of(Review terms, Collection<Map<Review.Criterion, BigDecimal>> scores) {
        Map<Review.Criterion, BigDecimal> means = new EnumMap<>(Review.Criterion.class);
        List<Review.Criterion> below = new ArrayList<>();
        for (Review.Criterion criterion : Review.Criterion.values()) {
            List<BigDecimal> given = scores.stream()
                    .map(s -> s.get(criterion))
                    .filter(java.util.Objects::nonNull)
                    .toList();
            if (given.isEmpty()) {
                continue;
            }
            BigDecimal sum = given.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            BigDecimal count = BigDecimal.valueOf(given.size());
            means.put(criterion, sum.divide(count, 2, RoundingMode.HALF_UP));
            boolean reached = terms.thresholds().stream()
                    .filter(t -> t.criterion() == criterion)
                    .allMatch(t -> sum.compareTo(t.atLeast().multiply(count)) >= 0);
            if (!reached) {
                below.add(criterion);
            }
        }
        return new Verdict(means, below, scores.size());
    }

    boolean reached() {
        return below.isEmpty();
    }

    /** How far apart the overall scores of the reviews are: the highest less the lowest, to two decimals. */
    static BigDecimal spread(Collection<Map<Review.Criterion, BigDecimal>> scores) {
        List<BigDecimal> overall =
                scores.stream().map(Verdict::overall).sorted().toList();
        return overall.isEmpty() ? BigDecimal.ZERO : overall.getLast().subtract(overall.getFirst());
    }

    /** The mean over the criteria of one review, each counted alike, to two decimals. */
    static BigDecimal overall(Map<Review.Criterion, BigDecimal> scores) {
        return scores.isEmpty()
                ? BigDecimal.ZERO
                : scores.values().stream()
                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                        .divide(BigDecimal.valueOf(scores.size()), 2, RoundingMode.HALF_UP);
    }
}
