package org.farga.lineage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A lineage graph laid out in columns from left to right, each node as near to its neighbours as the order of its column
 * allows. The same graph always makes the same picture. All lengths are in pixels.
 */
record LineagePicture(int width, int height, List<Box> boxes, List<Curve> curves) {
    static final int BOX_WIDTH = 164;
    static final int BOX_HEIGHT = 60;
    private static final int COLUMN_GAP = 40;
    private static final int ROW_GAP = 14;
    /** How high the way is on which edges pass a column. */
    private static final int WAY_HEIGHT = 8;

    private static final int MARGIN = 4;
    private static final int SWEEPS = 6;

    /**
     * A node, or what says how many more there are.
     *
     * @param node null for the latter
     */
    record Box(int x, int y, @Nullable LineageNode node, LineageGraph.@Nullable More more) {}

    /** From the right side of one box to the left side of another, past the columns between, as an SVG path. */
    record Curve(String path, boolean ofCentre) {}

    /** A place in a column: a node, or, where {@code node} is null, the way past it of all edges from the node {@code of}. */
    private record Slot(LineageNode.Id of, @Nullable LineageNode node, int layer) {
        static Slot of(LineageNode node) {
            return new Slot(node.id(), node, node.id().kind().layer());
        }

        int height() {
            return node == null ? WAY_HEIGHT : BOX_HEIGHT;
        }
    }

    static LineagePicture of(LineageGraph graph) {
        TreeMap<Integer, List<Slot>> columns = new TreeMap<>();
        graph.nodes().stream()
                .sorted(Comparator.comparing((LineageNode n) -> n.id().kind())
                        .thenComparing(LineageNode::title)
                        .thenComparing(LineageNode::id))
                .map(Slot::of)
                .forEach(slot -> columns.computeIfAbsent(slot.layer(), l -> new ArrayList<>())
                        .add(slot));
        graph.more().forEach(more -> columns.computeIfAbsent(more.kind().layer(), l -> new ArrayList<>()));
        Map<LineageGraph.Edge, List<Slot>> ways = new LinkedHashMap<>();
        Map<Slot, Set<Slot>> neighbours = new HashMap<>();
        for (LineageGraph.Edge edge : graph.edges()) {
            List<Slot> way = way(graph, edge, columns);
            ways.put(edge, way);
            for (int i = 1; i < way.size(); i++) {
                neighbours
                        .computeIfAbsent(way.get(i - 1), n -> new LinkedHashSet<>())
                        .add(way.get(i));
                neighbours
                        .computeIfAbsent(way.get(i), n -> new LinkedHashSet<>())
                        .add(way.get(i - 1));
            }
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            Map<Slot, Double> places = places(columns);
            var inTurn =
                    sweep % 2 == 0 ? columns.values() : columns.descendingMap().values();
            for (List<Slot> column : inTurn) {
                // Sorting is stable: what has no pull of its own, or an equal one, stays where it was.
                Map<Slot, Double> pull = new HashMap<>();
                column.forEach(slot -> pull.put(
                        slot,
                        neighbours.getOrDefault(slot, Set.of()).stream()
                                .mapToDouble(n -> places.getOrDefault(n, 0.5))
                                .average()
                                .orElse(places.getOrDefault(slot, 0.5))));
                column.sort(Comparator.comparingDouble(slot -> pull.getOrDefault(slot, 0.5)));
                places.putAll(places(new TreeMap<>(Map.of(0, column))));
            }
        }
        return draw(graph, columns, ways);
    }

    /** The slots that an edge leads through; what passes a column gets a way there, one for all edges from a node. */
    private static List<Slot> way(LineageGraph graph, LineageGraph.Edge edge, TreeMap<Integer, List<Slot>> columns) {
        Slot from = Slot.of(graph.node(edge.from()));
        Slot to = Slot.of(graph.node(edge.to()));
        List<Slot> way = new ArrayList<>(List.of(from));
        if (from.layer() < to.layer()) {
            columns.subMap(from.layer(), false, to.layer(), false).forEach((layer, column) -> {
                Slot passing = new Slot(edge.from(), null, layer);
                if (!column.contains(passing)) {
                    column.add(passing);
                }
                way.add(passing);
            });
        }
        way.add(to);
        return way;
    }

    /** Where each slot stands in its column: from 0 at the top to 1 at the foot. */
    private static Map<Slot, Double> places(TreeMap<Integer, List<Slot>> columns) {
        Map<Slot, Double> places = new HashMap<>();
        for (List<Slot> column : columns.values()) {
            for (int i = 0; i < column.size(); i++) {
                places.put(column.get(i), (i + 0.5) / column.size());
            }
        }
        return places;
    }

    private static int height(List<Slot> column, List<LineageGraph.More> more) {
        return column.stream().mapToInt(slot -> slot.height() + ROW_GAP).sum()
                + more.size() * (BOX_HEIGHT + ROW_GAP)
                - ROW_GAP;
    }

    private static LineagePicture draw(
            LineageGraph graph, TreeMap<Integer, List<Slot>> columns, Map<LineageGraph.Edge, List<Slot>> ways) {
        int height = BOX_HEIGHT;
        for (Map.Entry<Integer, List<Slot>> column : columns.entrySet()) {
            height = Math.max(height, height(column.getValue(), more(graph, column.getKey())));
        }
        height += 2 * MARGIN;
        List<Box> boxes = new ArrayList<>();
        Map<Slot, Box> bySlot = new HashMap<>();
        int x = MARGIN;
        for (Map.Entry<Integer, List<Slot>> column : columns.entrySet()) {
            List<LineageGraph.More> more = more(graph, column.getKey());
            int y = (height - height(column.getValue(), more)) / 2;
            for (Slot slot : column.getValue()) {
                Box box = new Box(x, y, slot.node(), null);
                if (slot.node() != null) {
                    boxes.add(box);
                }
                bySlot.put(slot, box);
                y += slot.height() + ROW_GAP;
            }
            for (LineageGraph.More one : more) {
                boxes.add(new Box(x, y, null, one));
                y += BOX_HEIGHT + ROW_GAP;
            }
            x += BOX_WIDTH + COLUMN_GAP;
        }
        List<Curve> curves = new ArrayList<>();
        ways.forEach((edge, way) -> curves.add(new Curve(
                path(way, bySlot),
                edge.from().equals(graph.centre().id())
                        || edge.to().equals(graph.centre().id()))));
        return new LineagePicture(x - COLUMN_GAP + MARGIN, height, List.copyOf(boxes), List.copyOf(curves));
    }

    private static List<LineageGraph.More> more(LineageGraph graph, int layer) {
        return graph.more().stream().filter(m -> m.kind().layer() == layer).toList();
    }

    private static String path(List<Slot> way, Map<Slot, Box> bySlot) {
        StringBuilder path = new StringBuilder();
        int fromX = 0;
        int fromY = 0;
        for (Slot slot : way) {
            Box box = bySlot.get(slot);
            if (box == null) {
                throw new IllegalStateException("every slot has its place");
            }
            int y = box.y() + slot.height() / 2;
            if (path.isEmpty()) {
                path.append("M%d %d".formatted(box.x() + BOX_WIDTH, y));
            } else {
                int bend = Math.max(COLUMN_GAP / 2, (box.x() - fromX) / 2);
                path.append("C%d %d %d %d %d %d".formatted(fromX + bend, fromY, box.x() - bend, y, box.x(), y));
                if (slot.node() == null) {
                    path.append("H%d".formatted(box.x() + BOX_WIDTH));
                }
            }
            fromX = box.x() + BOX_WIDTH;
            fromY = y;
        }
        return path.toString();
    }
}
