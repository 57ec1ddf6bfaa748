package org.farga.review;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Gives each proposal its reviewers: as many reviews as there can be, spread as evenly over the proposals as can be, and among
 * those the greatest sum of affinities. Exact; reproducible from its seed, which only decides between equally good answers.
 *
 * <p>A transportation problem, solved by successive shortest augmenting paths (Jewell 1958; Ahuja, Magnanti, Orlin: Network Flows,
 * 9.7). What is special is that paths run over reviewers alone: the edge from one to another is the cheapest proposal that could be
 * handed on between them, so that a path costs a Dijkstra search over some hundred nodes and not over all pairs. What a proposal
 * lacks is given to stand-ins without a limit, which are dear enough to be taken last.
 */
final class Matching {
    /** In an {@code affinity}: this pair must not be. */
    static final int FORBIDDEN = -1;

    private static final long UNREACHED = Long.MAX_VALUE;

    private final int proposals;
    private final int reviewers;
    /** Reviewers and stand-ins. */
    private final int nodes;

    /** What it costs that a node reviews a proposal; {@link #UNREACHED} where it must not. By proposal. */
    private final long[][] cost;

    private final boolean[][] has;
    private final List<List<Integer>> held;
    private final int[] left;
    /** The cheapest way to hand a proposal on from one node to another, and which proposal that is. */
    private final long[][] handOn;

    private final int[][] handed;
    private final long[] potential;

    private final long[] distance;
    private final int[] before;
    private final boolean[] settled;

    /** @param pairs the reviewers of each proposal, by their numbers; {@code objective} the sum of their affinities */
    record Answer(int[][] pairs, long objective) {}

    /**
     * Solves it.
     *
     * @param needs how many reviewers each proposal needs
     * @param limits how many proposals each reviewer takes at most
     * @param affinity by proposal and reviewer, at least 0; {@link #FORBIDDEN} where the pair must not be
     */
    static Answer solve(int[] needs, int[] limits, int[][] affinity, long seed) {
        Random random = new Random(seed);
        int[] rows = shuffled(needs.length, random);
        int[] columns = shuffled(limits.length, random);
        Matching matching = new Matching(needs, limits, affinity, rows, columns);
        // A first reviewer for everyone before a second for anyone: paths stay short while there is room.
        int most = Arrays.stream(needs).max().orElse(0);
        for (int unit = 0; unit < most; unit++) {
            for (int i = 0; i < rows.length; i++) {
                if (needs[rows[i]] > unit) {
                    matching.add(i);
                }
            }
        }
        int[][] pairs = new int[needs.length][];
        long objective = 0;
        for (int i = 0; i < rows.length; i++) {
            int proposal = rows[i];
            int[] found = new int[needs[proposal]];
            int count = 0;
            for (int c = 0; c < columns.length; c++) {
                if (matching.has[i][c]) {
                    found[count++] = columns[c];
                    objective += affinity[proposal][columns[c]];
                }
            }
            pairs[proposal] = Arrays.copyOf(found, count);
            Arrays.sort(pairs[proposal]);
        }
        return new Answer(pairs, objective);
    }

    private static int[] shuffled(int count, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private Matching(int[] needs, int[] limits, int[][] affinity, int[] rows, int[] columns) {
        int most = Arrays.stream(needs).max().orElse(0);
        proposals = rows.length;
        reviewers = columns.length;
        nodes = reviewers + most;
        cost = new long[proposals][nodes];
        has = new boolean[proposals][nodes];
        held = new ArrayList<>();
        left = new int[nodes];
        handOn = new long[nodes][nodes];
        handed = new int[nodes][nodes];
        potential = new long[nodes];
        distance = new long[nodes];
        before = new int[nodes];
        settled = new boolean[nodes];
        long best = 0;
        for (int[] row : affinity) {
            for (int value : row) {
                best = Math.max(best, value);
            }
        }
        // A cycle passes each node once at most; so no cycle gains as much affinity as one step in evenness costs, and
        // no cycle
        // as much evenness as one review that is lacking.
        long uneven = 2 * (nodes + 1L) * (best + 1);
        long lacking = 2 * ((long) most * most + 1) * uneven;
        for (int c = 0; c < nodes; c++) {
            held.add(new ArrayList<>());
            left[c] = c < reviewers ? Math.max(0, limits[columns[c]]) : Integer.MAX_VALUE;
            Arrays.fill(handOn[c], UNREACHED);
        }
        for (int i = 0; i < proposals; i++) {
            for (int c = 0; c < nodes; c++) {
                if (c >= reviewers) {
                    cost[i][c] = lacking + (c - reviewers) * uneven;
                } else {
                    int value = affinity[rows[i]][columns[c]];
                    cost[i][c] = value == FORBIDDEN ? UNREACHED : best - value;
                }
            }
        }
    }

    /** Gives a proposal one reviewer more, by the cheapest chain of changes. */
    private void add(int proposal) {
        search(proposal);
        int target = -1;
        long least = UNREACHED;
        for (int c = 0; c < nodes; c++) {
            if (left[c] > 0 && distance[c] != UNREACHED && distance[c] + potential[c] < least) {
                least = distance[c] + potential[c];
                target = c;
            }
        }
        if (target < 0) {
            throw new IllegalStateException("stand-ins have no limit");
        }
        long farthest = 0;
        for (long d : distance) {
            farthest = d == UNREACHED ? farthest : Math.max(farthest, d);
        }
        for (int c = 0; c < nodes; c++) {
            potential[c] += distance[c] == UNREACHED ? farthest : distance[c];
        }
        left[target]--;
        List<Integer> moved = new ArrayList<>();
        int at = target;
        while (before[at] >= 0) {
            int from = before[at];
            int passed = handed[from][at];
            has[passed][from] = false;
            has[passed][at] = true;
            held.get(from).remove((Integer) passed);
            held.get(at).add(passed);
            moved.add(passed);
            at = from;
        }
        has[proposal][at] = true;
        held.get(at).add(proposal);
        moved.add(proposal);
        boolean[] touched = new boolean[nodes];
        for (int c = target; c >= 0; c = before[c]) {
            touched[c] = true;
        }
        for (int passed : moved) {
            for (int c = 0; c < nodes; c++) {
                touched[c] |= has[passed][c];
            }
        }
        for (int c = 0; c < nodes; c++) {
            if (touched[c]) {
                reckon(c);
            }
        }
    }

    /** Dijkstra's search from a proposal over all nodes, in costs reduced by the potentials, which makes them not negative. */
    private void search(int proposal) {
        Arrays.fill(settled, false);
        Arrays.fill(before, -1);
        for (int c = 0; c < nodes; c++) {
            distance[c] =
                    cost[proposal][c] == UNREACHED || has[proposal][c] ? UNREACHED : cost[proposal][c] - potential[c];
        }
        // What the source's own edges cost may be less than nothing: they are all there from the start, so only
        // differences count.
        while (true) {
            int nearest = -1;
            for (int c = 0; c < nodes; c++) {
                if (!settled[c] && distance[c] != UNREACHED && (nearest < 0 || distance[c] < distance[nearest])) {
                    nearest = c;
                }
            }
            if (nearest < 0) {
                return;
            }
            settled[nearest] = true;
            long[] row = handOn[nearest];
            long here = distance[nearest] + potential[nearest];
            for (int c = 0; c < nodes; c++) {
                if (!settled[c] && row[c] != UNREACHED && here + row[c] - potential[c] < distance[c]) {
                    distance[c] = here + row[c] - potential[c];
                    before[c] = nearest;
                }
            }
        }
    }

    /** Finds anew what a node could hand on, and to whom. */
    private void reckon(int node) {
        long[] row = handOn[node];
        int[] which = handed[node];
        Arrays.fill(row, UNREACHED);
        for (int proposal : held.get(node)) {
            long[] costs = cost[proposal];
            boolean[] holding = has[proposal];
            long here = costs[node];
            for (int c = 0; c < nodes; c++) {
                if (!holding[c] && costs[c] != UNREACHED && costs[c] - here < row[c]) {
                    row[c] = costs[c] - here;
                    which[c] = proposal;
                }
            }
        }
    }
}
