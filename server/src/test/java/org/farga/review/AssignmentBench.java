package org.farga.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** How long a whole round takes, and whether it is as good as an independent solver's. {@code ./farga bench assignment}. */
@EnabledIfSystemProperty(named = "farga.bench.assignment", matches = "true")
class AssignmentBench {
    private static final int PROPOSALS = Integer.getInteger("farga.bench.proposals", 2_000);
    private static final int REVIEWERS = Integer.getInteger("farga.bench.reviewers", 300);
    private static final int REVIEWS = 3;
    private static final double AIM_SECONDS = 10;

    /** Experts know one of nine fields well, others hardly; one pair of fifty is a conflict of interest; nearly all are busy. */
    private static Case round(double room, int whole) {
        Random random = new Random(2026);
        int[] needs = new int[PROPOSALS];
        int[] limits = new int[REVIEWERS];
        int[][] affinity = new int[PROPOSALS][REVIEWERS];
        Arrays.fill(needs, REVIEWS);
        Arrays.fill(limits, (int) Math.ceil(room * PROPOSALS * REVIEWS / REVIEWERS));
        int[] sector = new int[REVIEWERS];
        Arrays.setAll(sector, r -> random.nextInt(9));
        for (int[] row : affinity) {
            int asked = (int) Math.abs(random.nextGaussian() * 3) % 9;
            Arrays.setAll(
                    row,
                    r -> random.nextInt(50) == 0
                            ? Matching.FORBIDDEN
                            : (sector[r] == asked ? whole * 2 / 5 : 0) + random.nextInt(whole * 3 / 5));
        }
        return new Case(needs, limits, affinity);
    }

    @Test
    void measure() {
        round(1.1, Affinity.WHOLE).solve(1);
        boolean well = true;
        for (double room : new double[] {1.5, 1.05, 0.95}) {
            // Where not all can be served, the judge's costs need room for what counts more than affinity.
            Case one = round(room, room < 1 ? 1_000 : Affinity.WHOLE);
            long since = System.nanoTime();
            Matching.Answer answer = one.solve(1);
            double ours = (System.nanoTime() - since) / 1e9;
            Case.Worth worth = one.worth(answer);
            since = System.nanoTime();
            Case.Worth judged = one.judged();
            double theirs = (System.nanoTime() - since) / 1e9;
            boolean same = worth.reviews() == judged.reviews() && worth.affinity() == judged.affinity();
            boolean reached = same && ours < AIM_SECONDS;
            well &= reached;
            System.out.println(String.format(
                    Locale.ROOT,
                    "bench: %d proposals x %d reviewers x %d reviews, room %.2f: %d reviews, objective %d in %.2f s; JGraphT %d reviews, objective %d in %.2f s: %s",
                    PROPOSALS,
                    REVIEWERS,
                    REVIEWS,
                    room,
                    worth.reviews(),
                    worth.affinity(),
                    ours,
                    judged.reviews(),
                    judged.affinity(),
                    theirs,
                    reached ? "ok" : "NOT REACHED"));
        }
        assertThat(well).isTrue();
    }
}
