package org.farga.lineage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final int MARGIN = 4;
    private static final int SWEEPS = 6;

    /**
     * A node, or what says how many more there are.
     *
     * @param node null for the latter
     */
    record Box(int x, int y, @Nullable LineageNode node, LineageGraph.@Nullable More more) {}

    /** From the right side of one box to the left side of another, as an SVG path. */
    record Curve(String path, boolean ofCentre) {}

    static LineagePicture of(LineageGraph graph) {
        TreeMap<Integer, List<LineageNode>> columns = new TreeMap<>();
        graph.nodes().stream()
                .sorted(Comparator.comparing((LineageNode n) -> n.id().kind())
                        .thenComparing(LineageNode::title)
                        .thenComparing(LineageNode::id))
                .forEach(node -> columns.computeIfAbsent(node.id().kind().layer(), l -> new ArrayList<>())
                        .add(node));
        Map<LineageNode.Id, List<LineageNode.Id>> neighbours = new HashMap<>();
        for (LineageGraph.Edge edge : graph.edges()) {
            neighbours.computeIfAbsent(edge.from(), n -> new ArrayList<>()).add(edge.to());
            neighbours.computeIfAbsent(edge.to(), n -> new ArrayList<>()).add(edge.from());
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            Map<LineageNode.Id, Double> places = places(columns);
            var inTurn =
                    sweep % 2 == 0 ? columns.values() : columns.descendingMap().values();
            for (List<LineageNode> column : inTurn) {
                // Sorting is stable: what has no pull of its own, or an equal one, stays where it was.
                Map<LineageNode.Id, Double> pull = new HashMap<>();
                column.forEach(node -> pull.put(
                        node.id(),
                        neighbours.getOrDefault(node.id(), List.of()).stream()
                                .mapToDouble(n -> places.getOrDefault(n, 0.5))
                                .average()
                                .orElse(places.getOrDefault(node.id(), 0.5))));
                column.sort(Comparator.comparingDouble(node -> pull.getOrDefault(node.id(), 0.5)));
                places.putAll(places(new TreeMap<>(Map.of(0, column))));
            }
        }
        return draw(graph, columns);
    }

    /** Where each node stands in its column: from 0 at the top to 1 at the foot. */
    private static Map<LineageNode.Id, Double> places(TreeMap<Integer, List<LineageNode>> columns) {
        Map<LineageNode.Id, Double> places = new HashMap<>();
        for (List<LineageNode> column : columns.values()) {
            for (int i = 0; i < column.size(); i++) {
                places.put(column.get(i).id(), (i + 0.5) / column.size());
            }
        }
        return places;
    }

    private static LineagePicture draw(LineageGraph graph, TreeMap<Integer, List<LineageNode>> columns) {
        graph.more().forEach(more -> columns.computeIfAbsent(more.kind().layer(), l -> new ArrayList<>()));
        int rows = 1;
        for (Map.Entry<Integer, List<LineageNode>> column : columns.entrySet()) {
            rows = Math.max(
                    rows,
                    column.getValue().size() + more(graph, column.getKey()).size());
        }
        int height = rows * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN;
        List<Box> boxes = new ArrayList<>();
        Map<LineageNode.Id, Box> byId = new LinkedHashMap<>();
        int x = MARGIN;
        for (Map.Entry<Integer, List<LineageNode>> column : columns.entrySet()) {
            List<LineageGraph.More> more = more(graph, column.getKey());
            int count = column.getValue().size() + more.size();
            int y = (height - count * (BOX_HEIGHT + ROW_GAP) + ROW_GAP) / 2;
            for (LineageNode node : column.getValue()) {
                Box box = new Box(x, y, node, null);
                boxes.add(box);
                byId.put(node.id(), box);
                y += BOX_HEIGHT + ROW_GAP;
            }
            for (LineageGraph.More one : more) {
                boxes.add(new Box(x, y, null, one));
                y += BOX_HEIGHT + ROW_GAP;
            }
            x += BOX_WIDTH + COLUMN_GAP;
        }
        List<Curve> curves = new ArrayList<>();
        for (LineageGraph.Edge edge : graph.edges()) {
            Box from = byId.get(edge.from());
            Box to = byId.get(edge.to());
            if (from != null && to != null) {
                curves.add(curve(from, to, edge, graph.centre().id()));
            }
        }
        return new LineagePicture(x - COLUMN_GAP + MARGIN, height, List.copyOf(boxes), List.copyOf(curves));
    }

    private static List<LineageGraph.More> more(LineageGraph graph, int layer) {
        return graph.more().stream().filter(m -> m.kind().layer() == layer).toList();
    }

    private static Curve curve(Box from, Box to, LineageGraph.Edge edge, LineageNode.Id centre) {
        int x1 = from.x() + BOX_WIDTH;
        int y1 = from.y() + BOX_HEIGHT / 2;
        int x2 = to.x();
        int y2 = to.y() + BOX_HEIGHT / 2;
        int bend = Math.max(COLUMN_GAP / 2, (x2 - x1) / 2);
        return new Curve(
                "M%d %dC%d %d %d %d %d %d".formatted(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2),
                edge.from().equals(centre) || edge.to().equals(centre));
    }
}
