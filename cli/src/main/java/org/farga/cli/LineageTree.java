package org.farga.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Where a model came from, drawn as a tree: the run and its job, what paid for it, and the data with their terms. */
public final class LineageTree {
    private record Node(String text, List<Node> below) {
        Node(String text) {
            this(text, new ArrayList<>());
        }
    }

    private final JsonNode lineage;

    public LineageTree(JsonNode lineage) {
        this.lineage = lineage;
    }

    /** The tree's lines, the model's version first. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        Node root = tree();
        lines.add(root.text());
        draw(root.below(), "", lines);
        return lines;
    }

    private Node tree() {
        JsonNode model = lineage.path("model");
        Node root = new Node("model " + name(model, "name") + suffix(" version ", FargaCommand.text(model, "version")));
        JsonNode run = lineage.path("run");
        Node ran = root;
        if (!run.isMissingNode()) {
            ran = new Node("run " + name(run, "id") + inBrackets(metrics(run.path("metrics"))));
            root.below().add(ran);
        }
        JsonNode job = lineage.path("job");
        Node jobNode = ran;
        // What was trained on a laptop has no job, and nothing that paid for one.
        if (!job.isMissingNode()) {
            jobNode = new Node("job " + name(job, "id") + suffix(" ", FargaCommand.text(job, "name")));
            ran.below().add(jobNode);
            jobNode.below()
                    .add(new Node("script sha256 " + shortened(FargaCommand.text(lineage.path("script"), "sha256"))));
        }
        JsonNode allocation = lineage.path("allocation");
        Node paid = jobNode;
        if (!allocation.isMissingNode()) {
            paid = new Node("allocation of proposal " + text("proposalCode"));
            jobNode.below().add(paid);
            if (!allocation.path("cluster").asString("").isEmpty()) {
                paid.below().add(new Node("on " + FargaCommand.text(allocation, "cluster")));
            }
            paid.below().add(new Node("call " + text("callTitle")));
        }
        paid.below()
                .add(new Node("project " + name(lineage.path("project"), "name") + " of "
                        + name(lineage.path("organisation"), "name")));
        for (JsonNode d : lineage.path("datasets")) {
            Node data = new Node(
                    "dataset " + FargaCommand.text(d, "slug") + suffix(" version ", FargaCommand.text(d, "number"))
                            + suffix(", licence ", FargaCommand.text(d, "licence")));
            String accepted = FargaCommand.text(d, "acceptedAt");
            if (!accepted.isEmpty()) {
                data.below()
                        .add(new Node("terms accepted " + accepted.replaceFirst("\\.\\d+Z$", "Z")
                                + suffix(", agreement ", shortened(FargaCommand.text(d, "agreement")))));
            }
            ran.below().add(data);
        }
        return root;
    }

    private String text(String property) {
        return FargaCommand.text(lineage, property);
    }

    /** What names it: a property where it is an object, or the value itself. */
    private static String name(JsonNode node, String property) {
        return node.isValueNode() ? shortened(node.asString()) : shortened(FargaCommand.text(node, property));
    }

    private static String suffix(String before, String text) {
        return text.isEmpty() ? "" : before + text;
    }

    private static String inBrackets(String text) {
        return text.isEmpty() || text.equals("-") ? "" : " (" + text + ")";
    }

    /** An identifier or digest, as much of it as tells two apart at a glance. */
    private static String shortened(String text) {
        return text.matches("[0-9a-f]{64}")
                ? text.substring(0, 12)
                : text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}") ? text.substring(24) : text;
    }

    /** Metrics with their last values: an object of numbers, a list of names, or of name and value. */
    static String metrics(JsonNode metrics) {
        StringJoiner all = new StringJoiner(", ");
        if (metrics.isObject()) {
            metrics.properties().forEach(m -> all.add(m.getKey() + " " + value(m.getValue())));
        } else {
            for (JsonNode m : metrics) {
                all.add(
                        m.isValueNode()
                                ? m.asString()
                                : FargaCommand.text(m, "name") + suffix(" ", value(m.path("value"))));
            }
        }
        return all.length() == 0 ? "-" : all.toString();
    }

    private static String value(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4g", value.asDouble()) : value.asString("");
    }

    private static void draw(List<Node> nodes, String indent, List<String> lines) {
        for (int i = 0; i < nodes.size(); i++) {
            boolean last = i == nodes.size() - 1;
            lines.add(indent + (last ? "└─ " : "├─ ") + nodes.get(i).text());
            draw(nodes.get(i).below(), indent + (last ? "   " : "│  "), lines);
        }
    }
}
