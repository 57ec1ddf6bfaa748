package org.farga.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What something came from and what came of it, both ways, as trees. */
@Command(
        name = "lineage",
        description = {
            "What a model, run, dataset or job came from, and what came of it.",
            "THING is the number of a job, the name or identifier of a model, the identifier of a run, or the name of a"
                    + " dataset; NAME@N is one version of a model or dataset. Where that could be several things, write the"
                    + " kind before it: model:digits, run:ID, dataset:digits, job:17, project:forja-vision."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  farga lineage 17",
            "  farga lineage model:digits@2",
            "  farga lineage dataset:digits --json | jq '.nodes[] | select(.kind == \"model\")'"
        })
final class LineageCommand extends FargaCommand {
    private static final String IDENTIFIER = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

    @Parameters(paramLabel = "THING", description = "What to look at.")
    private String wanted = "";

    @Option(
            names = "--before",
            paramLabel = "KIND:ID",
            description = "Show those of a kind that come after the ones shown, as the last line says.")
    private @Nullable String before;

    LineageCommand(Session session) {
        super(session);
    }

    @Override
    int run() {
        Api api = session.api();
        JsonNode graph = find(api, wanted.strip());
        if (printed(graph)) {
            return Exit.DONE;
        }
        JsonNode centre = graph.path("centre");
        screen.say(bold(words(centre)));
        Trees trees = new Trees(graph);
        say("came from", "nothing that you may see", trees.lines(centre, false));
        say("led to", "nothing yet that you may see", trees.lines(centre, true));
        for (JsonNode more : graph.path("more")) {
            String next = text(more, "before");
            screen.note(
                    (more.path("exact").asBoolean(true) ? "And " : "And over ") + text(more, "count") + " more of kind "
                            + text(more, "kind")
                            + (next.isEmpty()
                                    ? "."
                                    : ": farga lineage " + text(centre, "kind") + ":" + text(centre, "id")
                                            + " --before " + next));
        }
        return Exit.DONE;
    }

    private void say(String what, String nothing, List<String> lines) {
        screen.say("");
        screen.say(faint(what));
        if (lines.isEmpty()) {
            screen.say("  " + nothing);
        }
        lines.forEach(screen::say);
    }

    /** Throws {@link NotThere} or {@link UsageException}, which say how to name it. */
    private JsonNode find(Api api, String typed) {
        int colon = typed.indexOf(':');
        if (colon > 0) {
            return named(api, typed.substring(0, colon), typed.substring(colon + 1));
        }
        List<String> kinds = typed.matches("[0-9]+")
                ? List.of("job")
                : typed.matches(IDENTIFIER) ? List.of("run", "model") : List.of("model", "dataset");
        Map<String, JsonNode> found = new HashMap<>();
        for (String kind : kinds) {
            try {
                found.put(kind, named(api, kind, typed));
            } catch (NotThere e) {
                // Perhaps it is of another kind.
            }
        }
        if (found.size() > 1) {
            throw new UsageException(
                    "\"" + typed + "\" is a model and a dataset: write model:" + typed + " or dataset:" + typed);
        }
        if (found.isEmpty()) {
            throw new NotThere("there is no " + String.join(" or ", kinds) + " \"" + typed
                    + "\" that you may see; write the kind before it, as in job:17 or run:ID");
        }
        return found.values().iterator().next();
    }

    private JsonNode named(Api api, String kind, String id) {
        return switch (kind) {
            case "model" -> graph(api, "model", model(api, id));
            case "dataset" -> graph(api, id.contains("@") ? "dataset-version" : "dataset", id);
            case "project" ->
                graph(
                        api,
                        "project",
                        id.matches(IDENTIFIER)
                                ? id
                                : text(
                                        api.get("/api/v1/projects/" + Api.encoded(id))
                                                .json(),
                                        "id"));
            default -> graph(api, kind, id);
        };
    }

    private JsonNode graph(Api api, String kind, String id) {
        try {
            return api.get("/api/v1/lineage/" + Api.encoded(kind) + "/" + Api.encoded(id)
                            + (before == null ? "" : "?before=" + Api.encoded(before)))
                    .json();
        } catch (Problem e) {
            if (e.status() == 404) {
                throw new NotThere("there is no " + kind + " \"" + id + "\" that you may see");
            }
            throw e;
        }
    }

    /** A version of a model as addresses have it: its newest where none is named. */
    private static String model(Api api, String typed) {
        int at = typed.lastIndexOf('@');
        String name = at < 0 ? typed : typed.substring(0, at);
        if (at > 0 && name.matches(IDENTIFIER)) {
            return typed;
        }
        for (JsonNode model : api.items("/api/v1/models", MANY)) {
            if (nameAndId(model).stream().anyMatch(name::equalsIgnoreCase)) {
                return text(model, "id") + "@" + (at < 0 ? text(model, "newest") : typed.substring(at + 1));
            }
        }
        throw new NotThere("there is no model \"" + name + "\" that you may see");
    }

    /** Kind, name, and what tells it from others of its name. */
    private static String words(JsonNode node) {
        String detail = text(node, "detail");
        return text(node, "kind").replace('-', ' ') + " " + text(node, "title")
                + (detail.isEmpty() || detail.equals(text(node, "title")) ? "" : ", " + detail)
                + (node.path("deleted").asBoolean(false) ? " (deleted)" : "");
    }

    /** The graph seen from its centre as two trees; what is met a second time has nothing below it. */
    private static final class Trees {
        private final Map<String, JsonNode> nodes = new HashMap<>();
        private final JsonNode edges;

        Trees(JsonNode graph) {
            graph.path("nodes").forEach(node -> nodes.put(key(node), node));
            this.edges = graph.path("edges");
        }

        private static String key(JsonNode node) {
            return text(node, "kind") + ":" + text(node, "id");
        }

        List<String> lines(JsonNode centre, boolean forward) {
            List<String> lines = new ArrayList<>();
            draw(key(centre), forward, "", lines, new HashSet<>());
            return lines;
        }

        private void draw(String of, boolean forward, String indent, List<String> lines, Set<String> met) {
            List<String> below = new ArrayList<>();
            for (JsonNode edge : edges) {
                if (key(edge.path(forward ? "from" : "to")).equals(of)) {
                    below.add(key(edge.path(forward ? "to" : "from")));
                }
            }
            for (int i = 0; i < below.size(); i++) {
                boolean last = i == below.size() - 1;
                boolean first = met.add(below.get(i));
                lines.add(indent
                        + (last ? "└─ " : "├─ ")
                        + words(nodes.getOrDefault(below.get(i), Api.object()))
                        + (first ? "" : " (see above)"));
                if (first) {
                    draw(below.get(i), forward, indent + (last ? "   " : "│  "), lines, met);
                }
            }
        }
    }
}
