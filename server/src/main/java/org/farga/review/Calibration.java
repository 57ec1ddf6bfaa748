package org.farga.review;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;

/**
 * How much of the scores is the reviewer's and how much the proposal's, in the scores' own unit: each score is taken as
 * {@code proposal + offset of the reviewer + noise}, and both are estimated together by least squares. Offsets are shrunk: a
 * reviewer with n scores is believed n / (n + 1) of the difference that they show, because with few scores a difference may as
 * well be the proposals'. The additive model is that of Ge, Welling and Ghahramani, "A Bayesian Model for Calibrating Conference
 * Review Scores" (2013); shrinkage of random effects as in Robinson, "That BLUP is a Good Thing", Statistical Science 6 (1991),
 * with as much variance among reviewers as in the noise.
 *
 * @param proposals the estimate for each proposal: the mean of its scores without their reviewers' offsets
 * @param offsets how much higher than others each reviewer scores the same proposals; they add up to 0
 * @param counts how many scores each offset comes from
 */
record Calibration(Map<ProposalId, Double> proposals, Map<PersonId, Double> offsets, Map<PersonId, Integer> counts) {
    /** As much as one score more, which says that the reviewer is like the others. */
    private static final double SHRINKAGE = 1;

    private static final double EXACT_ENOUGH = 1e-10;
    private static final int MOST_ROUNDS = 10_000;

    /** One reviewer's score of one proposal. */
    record Score(ProposalId proposal, PersonId reviewer, double score) {}

    /**
     * Estimates both by turns until nothing moves (Gauss–Seidel on the normal equations, which have one solution because of the
     * shrinkage). A proposal with one review only gets nearly all of its reviewer's offset from that reviewer's other scores.
     */
    static Calibration of(Collection<Score> scores) {
        Map<ProposalId, List<Score>> byProposal = new LinkedHashMap<>();
        Map<PersonId, List<Score>> byReviewer = new LinkedHashMap<>();
        for (Score score : scores) {
            byProposal
                    .computeIfAbsent(score.proposal(), id -> new ArrayList<>())
                    .add(score);
            byReviewer
                    .computeIfAbsent(score.reviewer(), id -> new ArrayList<>())
                    .add(score);
        }
        Map<ProposalId, Double> proposals = new LinkedHashMap<>();
        Map<PersonId, Double> offsets = new LinkedHashMap<>();
        byReviewer.keySet().forEach(reviewer -> offsets.put(reviewer, 0.0));
        double moved = Double.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS && moved > EXACT_ENOUGH; round++) {
            for (Map.Entry<ProposalId, List<Score>> of : byProposal.entrySet()) {
                double sum = 0;
                for (Score score : of.getValue()) {
                    sum += score.score() - offsets.getOrDefault(score.reviewer(), 0.0);
                }
                proposals.put(of.getKey(), sum / of.getValue().size());
            }
            moved = 0;
            for (Map.Entry<PersonId, List<Score>> by : byReviewer.entrySet()) {
                double sum = 0;
                for (Score score : by.getValue()) {
                    sum += score.score() - proposals.getOrDefault(score.proposal(), 0.0);
                }
                double offset = sum / (by.getValue().size() + SHRINKAGE);
                moved = Math.max(moved, Math.abs(offset - offsets.getOrDefault(by.getKey(), 0.0)));
                offsets.put(by.getKey(), offset);
            }
        }
        Map<PersonId, Integer> counts = new HashMap<>();
        byReviewer.forEach((reviewer, theirs) -> counts.put(reviewer, theirs.size()));
        return new Calibration(proposals, offsets, counts);
    }
}
