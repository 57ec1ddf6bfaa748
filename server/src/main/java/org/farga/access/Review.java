package org.farga.access;

import java.math.BigDecimal;
import java.util.List;

/**
 * What expert review asks for in a call.
 *
 * @param reviewersNeeded how many reviews each proposal needs
 * @param lowest and {@code highest}: the scale of scores, both ends included
 */
record Review(int reviewersNeeded, int lowest, int highest, List<Threshold> thresholds) {
    Review {
        thresholds = List.copyOf(thresholds);
    }

    enum Criterion {
        EXCELLENCE,
        IMPACT,
        IMPLEMENTATION
    }

    /** The score that a proposal needs at least in one criterion. */
    record Threshold(Criterion criterion, BigDecimal atLeast) {}
}
