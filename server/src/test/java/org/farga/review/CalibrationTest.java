package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final Offset<Double> EXACTLY = within(1e-7);

    private static List<ProposalId> proposals(int count) {
        return java.util.stream.Stream.generate(ProposalId::create).limit(count).toList();
    }

    private static List<PersonId> reviewers(int count) {
        return java.util.stream.Stream.generate(PersonId::create).limit(count).toList();
    }

    @Test
    void whoScoresLikeTheOthersHasNoOffset() {
        ProposalId one = ProposalId.create();
        PersonId ana = PersonId.create();
        PersonId eva = PersonId.create();
        Calibration found =
                Calibration.of(List.of(new Calibration.Score(one, ana, 4), new Calibration.Score(one, eva, 4)));
        assertThat(found.offsets().get(ana)).isCloseTo(0, EXACTLY);
        assertThat(found.proposals().get(one)).isCloseTo(4, EXACTLY);
    }

    @Test
    void aHarshReviewersProposalsRise() {
        // Two reviewers of the same three proposals, one a whole mark below the other: half of it each, of which three
        // scores
        // believe 3 / 4.
        List<ProposalId> three = proposals(3);
        PersonId harsh = PersonId.create();
        PersonId mild = PersonId.create();
        List<Calibration.Score> scores = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            scores.add(new Calibration.Score(three.get(i), harsh, i + 1.0));
            scores.add(new Calibration.Score(three.get(i), mild, i + 2.0));
        }
        Calibration found = Calibration.of(scores);
        assertThat(found.offsets().get(harsh)).isCloseTo(-0.375, EXACTLY);
        assertThat(found.offsets().get(mild)).isCloseTo(0.375, EXACTLY);
        assertThat(found.proposals().get(three.getFirst())).isCloseTo(1.5, EXACTLY);
    }

    @Test
    void theSolutionIsThatOfTheNormalEquations() {
        Random random = new Random(5);
        List<ProposalId> proposals = proposals(40);
        List<PersonId> reviewers = reviewers(12);
        List<Calibration.Score> scores = new ArrayList<>();
        for (int p = 0; p < 40; p++) {
            for (int k = 0; k < 3; k++) {
                int r = (p * 5 + k * 7 + random.nextInt(3)) % 12;
                scores.add(new Calibration.Score(proposals.get(p), reviewers.get(r), 1 + random.nextInt(9) / 2.0));
            }
        }
        Calibration found = Calibration.of(scores);
        int n = 52;
        double[][] equations = new double[n][n + 1];
        for (Calibration.Score s : scores) {
            int p = proposals.indexOf(s.proposal());
            int r = 40 + reviewers.indexOf(s.reviewer());
            equations[p][p]++;
            equations[p][r]++;
            equations[p][n] += s.score();
            equations[r][r]++;
            equations[r][p]++;
            equations[r][n] += s.score();
        }
        for (int r = 40; r < n; r++) {
            equations[r][r] += 1;
        }
        double[] exact = solve(equations);
        for (int p = 0; p < 40; p++) {
            assertThat(found.proposals().get(proposals.get(p))).isCloseTo(exact[p], EXACTLY);
        }
        for (int r = 0; r < 12; r++) {
            assertThat(found.offsets().get(reviewers.get(r))).isCloseTo(exact[40 + r], EXACTLY);
        }
        assertThat(found.offsets().values().stream().mapToDouble(d -> d).sum()).isCloseTo(0, EXACTLY);
    }

    /** Gaussian elimination with pivots: another way to the same numbers. */
    private static double[] solve(double[][] a) {
        int n = a.length;
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int row = column + 1; row < n; row++) {
                pivot = Math.abs(a[row][column]) > Math.abs(a[pivot][column]) ? row : pivot;
            }
            double[] swapped = a[column];
            a[column] = a[pivot];
            a[pivot] = swapped;
            for (int row = 0; row < n; row++) {
                double factor = row == column ? 0 : a[row][column] / a[column][column];
                for (int k = column; factor != 0 && k <= n; k++) {
                    a[row][k] -= factor * a[column][k];
                }
            }
        }
        double[] solution = new double[n];
        for (int row = 0; row < n; row++) {
            solution[row] = a[row][n] / a[row][row];
        }
        return solution;
    }

    @Test
    void itBringsTheOrderNearerToTheTruthThanRawScoresDo() {
        // 300 proposals, three reviews each, by 30 reviewers whose offsets are as large as the proposals' own
        // differences.
        Random random = new Random(29);
        List<ProposalId> proposals = proposals(300);
        List<PersonId> reviewers = reviewers(30);
        double[] truth = random.doubles(300, 2, 4).toArray();
        double[] offset = random.doubles(30, -1, 1).toArray();
        List<Calibration.Score> scores = new ArrayList<>();
        double[] raw = new double[300];
        for (int p = 0; p < 300; p++) {
            for (int k = 0; k < 3; k++) {
                int r = (p + k * 11 + random.nextInt(5)) % 30;
                double score = truth[p] + offset[r] + random.nextGaussian() * 0.3;
                raw[p] += score / 3;
                scores.add(new Calibration.Score(proposals.get(p), reviewers.get(r), score));
            }
        }
        Calibration found = Calibration.of(scores);
        double[] calibrated =
                proposals.stream().mapToDouble(p -> found.proposals().get(p)).toArray();
        assertThat(wrongPairs(calibrated, truth)).isLessThan(wrongPairs(raw, truth) * 2 / 3);
    }

    private static int wrongPairs(double[] found, double[] truth) {
        int wrong = 0;
        for (int i = 0; i < truth.length; i++) {
            for (int j = 0; j < i; j++) {
                wrong += (found[i] - found[j]) * (truth[i] - truth[j]) < 0 ? 1 : 0;
            }
        }
        return wrong;
    }

    @Test
    void nothingIsFoundInNothing() {
        assertThat(Calibration.of(List.of()).proposals()).isEmpty();
    }
}
