package org.farga.lineage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one thing came from and what came of it: nodes, and an edge from each to what came of it.
 *
 * @param more what is left out because there is too much of it
 */
record LineageGraph(LineageNode centre, List<LineageNode> nodes, List<Edge> edges, List<More> more) {
    LineageGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
        more = List.copyOf(more);
    }

    record Edge(LineageNode.Id from, LineageNode.Id to) implements Comparable<Edge> {
        @Override
        public int compareTo(Edge other) {
            int first = from.compareTo(other.from);
            return first != 0 ? first : to.compareTo(other.to);
        }
    }

    /**
     * How many more of a kind there are that the one who asks may see.
     *
     * @param exact whether they were counted to the end; otherwise there are more than {@code count}
     * @param next asks for those after the ones that are shown; null where they cannot be asked for
     */
    record More(
            LineageKind kind,
            int count,
            boolean exact,
            @Nullable String next) {}

    /** Keeps the edges whose ends are both there, each once, in an order that does not depend on how they were found. */
    static LineageGraph of(LineageNode centre, Collection<LineageNode> nodes, Collection<Edge> edges, List<More> more) {
        Map<LineageNode.Id, LineageNode> byId = new LinkedHashMap<>();
        nodes.stream()
                .sorted(java.util.Comparator.comparing(LineageNode::id))
                .forEach(node -> byId.put(node.id(), node));
        Set<Edge> kept = new TreeSet<>();
        edges.stream()
                .filter(e -> byId.containsKey(e.from()) && byId.containsKey(e.to()))
                .forEach(kept::add);
        return new LineageGraph(centre, List.copyOf(byId.values()), List.copyOf(kept), more);
    }

    LineageNode node(LineageNode.Id id) {
        return nodes.stream().filter(n -> n.id().equals(id)).findFirst().orElseThrow();
    }

    /** A node with what follows it in one direction; a node met a second time has nothing below it. */
    record Branch(LineageNode node, List<Branch> below, boolean again) {}

    /** What the centre came from, as a tree. */
    List<Branch> origins() {
        return branches(centre.id(), false, new HashSet<>());
    }

    /** What came of the centre, as a tree. */
    List<Branch> results() {
        return branches(centre.id(), true, new HashSet<>());
    }

    private List<Branch> branches(LineageNode.Id of, boolean forward, Set<LineageNode.Id> met) {
        List<Branch> branches = new ArrayList<>();
        for (Edge edge : edges) {
            if ((forward ? edge.from() : edge.to()).equals(of)) {
                LineageNode.Id next = forward ? edge.to() : edge.from();
                boolean first = met.add(next);
                branches.add(new Branch(node(next), first ? branches(next, forward, met) : List.of(), !first));
            }
        }
        return branches;
    }
}
