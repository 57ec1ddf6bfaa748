package org.farga.access;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What expert review asks for in a call.
 *
 * @param reviewersNeeded how many reviews each proposal needs
 * @param lowest and {@code highest}: the scale of scores, both ends included
 * @param blind what reviewers know of who applies; null, as in versions from before there was a choice, is {@link Blind#SINGLE}
 * @param rebuttalWorkingDays how long applicants may answer the reviews before they count; null where they are not asked
 */
public record Review(
        int reviewersNeeded,
        int lowest,
        int highest,
        List<Threshold> thresholds,
        @Nullable Blind blind,
        @Nullable Integer rebuttalWorkingDays) {
    public Review {
        thresholds = List.copyOf(thresholds);
    }

    Review(int reviewersNeeded, int lowest, int highest, List<Threshold> thresholds) {
        this(reviewersNeeded, lowest, highest, thresholds, null, null);
    }

    public enum Criterion {
        EXCELLENCE,
        IMPACT,
        IMPLEMENTATION
    }

    /** What reviewers are told; that applicants never learn who reviewed is the same for both. */
    public enum Blind {
        /** Reviewers see the organisation and its people. */
        SINGLE,
        /** Reviewers see neither. */
        DOUBLE
    }

    /** The score that a proposal needs at least in one criterion. */
    public record Threshold(Criterion criterion, BigDecimal atLeast) {}

    public boolean hidesApplicant() {
        return blind == Blind.DOUBLE;
    }
}
