package org.farga.review;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.alg.flow.mincost.CapacityScalingMinimumCostFlow;
import org.jgrapht.alg.flow.mincost.MinimumCostFlowProblem;
import org.jgrapht.alg.interfaces.MinimumCostFlowAlgorithm.MinimumCostFlow;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.DirectedWeightedMultigraph;

/** What is to be assigned, and what others make of it. */
record Case(int[] needs, int[] limits, int[][] affinity) {
    /** How good an answer is, in the order in which it counts: reviews, their evenness, affinity. */
    record Worth(int reviews, int unevenness, long affinity) implements Comparable<Worth> {
        @Override
        public int compareTo(Worth other) {
            return reviews != other.reviews
                    ? Integer.compare(reviews, other.reviews)
                    : unevenness != other.unevenness
                            ? Integer.compare(other.unevenness, unevenness)
                            : Long.compare(affinity, other.affinity);
        }
    }

    /** @param forbidden of a hundred pairs */
    static Case random(Random random, int proposals, int reviewers, int need, int limit, int forbidden, int most) {
        int[] needs = new int[proposals];
        int[] limits = new int[reviewers];
        int[][] affinity = new int[proposals][reviewers];
        Arrays.setAll(needs, p -> need > 0 ? need : random.nextInt(1 - need));
        Arrays.setAll(limits, r -> limit > 0 ? limit : random.nextInt(1 - limit));
        for (int[] row : affinity) {
            Arrays.setAll(row, r -> random.nextInt(100) < forbidden ? Matching.FORBIDDEN : random.nextInt(most + 1));
        }
        return new Case(needs, limits, affinity);
    }

    Matching.Answer solve(long seed) {
        return Matching.solve(needs, limits, affinity, seed);
    }

    /** What an answer is worth; throws where it breaks a rule. */
    Worth worth(Matching.Answer answer) {
        int[] load = new int[limits.length];
        int reviews = 0;
        int unevenness = 0;
        long sum = 0;
        for (int p = 0; p < needs.length; p++) {
            int[] given = answer.pairs()[p];
            Set<Integer> distinct = new HashSet<>();
            for (int r : given) {
                if (!distinct.add(r) || affinity[p][r] == Matching.FORBIDDEN || ++load[r] > limits[r]) {
                    throw new IllegalStateException("pair " + p + " " + r);
                }
                sum += affinity[p][r];
            }
            int lacking = needs[p] - given.length;
            if (lacking < 0) {
                throw new IllegalStateException("too many for " + p);
            }
            reviews += given.length;
            unevenness += lacking * (lacking - 1) / 2;
        }
        if (sum != answer.objective()) {
            throw new IllegalStateException("objective " + answer.objective() + " is not " + sum);
        }
        return new Worth(reviews, unevenness, sum);
    }

    /** The best of all answers, each looked at. */
    Worth bestOfAll() {
        return bestOfAll(0, limits.clone(), new Worth(0, 0, 0));
    }

    private Worth bestOfAll(int p, int[] left, Worth sofar) {
        if (p == needs.length) {
            return sofar;
        }
        Worth best = null;
        for (int set = 0; set < 1 << limits.length; set++) {
            int count = Integer.bitCount(set);
            if (count > needs[p]) {
                continue;
            }
            int[] next = left.clone();
            long sum = 0;
            boolean allowed = true;
            for (int r = 0; r < limits.length; r++) {
                if ((set >> r & 1) == 1) {
                    allowed &= affinity[p][r] != Matching.FORBIDDEN && --next[r] >= 0;
                    sum += affinity[p][r];
                }
            }
            if (allowed) {
                int lacking = needs[p] - count;
                Worth found = bestOfAll(
                        p + 1,
                        next,
                        new Worth(
                                sofar.reviews() + count,
                                sofar.unevenness() + lacking * (lacking - 1) / 2,
                                sofar.affinity() + sum));
                best = best == null || found.compareTo(best) > 0 ? found : best;
            }
        }
        if (best == null) {
            throw new IllegalStateException("to give nobody is always allowed");
        }
        return best;
    }

    /** The judge's: JGraphT's minimum cost flow by capacity scaling, which knows nothing of ours. */
    Worth judged() {
        int reviewers = limits.length;
        int sink = needs.length + reviewers;
        Graph<Integer, DefaultWeightedEdge> graph = new DirectedWeightedMultigraph<>(DefaultWeightedEdge.class);
        Map<DefaultWeightedEdge, Integer> capacity = new HashMap<>();
        for (int v = 0; v <= sink; v++) {
            graph.addVertex(v);
        }
        long best = Arrays.stream(affinity).flatMapToInt(Arrays::stream).max().orElse(0);
        int total = Arrays.stream(needs).sum();
        // A cycle passes each reviewer once at most, so this is enough for reviews to count first and evenness second.
        int most = Arrays.stream(needs).max().orElse(0);
        double uneven = 2.0 * (reviewers + most + 1) * (best + 1);
        double lacking = 2.0 * (most * most + 1) * uneven;
        if (lacking >= CapacityScalingMinimumCostFlow.COST_INF) {
            // The judge knows no greater costs. Evenness does not matter where all can be served.
            uneven = 0;
            lacking = CapacityScalingMinimumCostFlow.COST_INF * 0.99;
        }
        Map<DefaultWeightedEdge, int[]> pairs = new HashMap<>();
        Map<DefaultWeightedEdge, Integer> none = new HashMap<>();
        for (int p = 0; p < needs.length; p++) {
            for (int r = 0; r < reviewers; r++) {
                if (affinity[p][r] != Matching.FORBIDDEN) {
                    DefaultWeightedEdge edge = graph.addEdge(p, needs.length + r);
                    graph.setEdgeWeight(edge, best - affinity[p][r]);
                    capacity.put(edge, 1);
                    pairs.put(edge, new int[] {p, r});
                }
            }
            for (int n = 0; n < needs[p]; n++) {
                DefaultWeightedEdge edge = graph.addEdge(p, sink);
                graph.setEdgeWeight(edge, lacking + n * uneven);
                capacity.put(edge, 1);
                none.put(edge, p);
            }
        }
        for (int r = 0; r < reviewers; r++) {
            DefaultWeightedEdge edge = graph.addEdge(needs.length + r, sink);
            graph.setEdgeWeight(edge, 0);
            capacity.put(edge, limits[r]);
        }
        MinimumCostFlow<DefaultWeightedEdge> flow = new CapacityScalingMinimumCostFlow<Integer, DefaultWeightedEdge>()
                .getMinimumCostFlow(new MinimumCostFlowProblem.MinimumCostFlowProblemImpl<>(
                        graph, v -> v < needs.length ? needs[v] : v == sink ? -total : 0, capacity::get));
        int reviews = 0;
        long sum = 0;
        for (Map.Entry<DefaultWeightedEdge, int[]> pair : pairs.entrySet()) {
            if (flow.getFlow(pair.getKey()) > 0.5) {
                reviews++;
                sum += affinity[pair.getValue()[0]][pair.getValue()[1]];
            }
        }
        int[] lack = new int[needs.length];
        none.forEach((edge, p) -> lack[p] += flow.getFlow(edge) > 0.5 ? 1 : 0);
        return new Worth(reviews, Arrays.stream(lack).map(l -> l * (l - 1) / 2).sum(), sum);
    }
}
