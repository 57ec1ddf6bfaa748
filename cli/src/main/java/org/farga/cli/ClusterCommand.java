package org.farga.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import org.farga.cli.Cli.Exit;
import org.farga.cli.Screen.Look;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "cluster",
        description = {
            "One cluster: what of it is free, its partitions, its nodes and what runs on them, and what waits and why.",
            "Jobs of your projects by name, those of others as counts."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  farga cluster",
            "  farga cluster mare --queue",
            "  farga cluster mare --json | jq '.nodes[] | select(.state == \"DOWN\") | .name'"
        })
final class ClusterCommand extends FargaCommand {
    private static final int SHOWN = 200;

    @Parameters(arity = "0..1", paramLabel = "CLUSTER", description = "Its name; where there is one only, that.")
    private @Nullable String cluster;

    @Option(names = "--queue", description = "Only what waits.")
    private boolean queueOnly;

    @Option(names = "--nodes", description = "Only the nodes.")
    private boolean nodesOnly;

    ClusterCommand(Session session) {
        super(session);
    }

    @Override
    int run() {
        Api api = session.api();
        JsonNode picked = pick(
                api.get("/api/v1/clusters").json().path("items"), cluster, "cluster", "its name", FargaCommand::nameOf);
        String path = "/api/v1/clusters/" + Api.encoded(text(picked, "name"));
        JsonNode found = api.get(path).json();
        boolean answers = found.path("answers").asBoolean(false);
        ArrayNode nodes =
                !answers || queueOnly ? Api.JSON.createArrayNode() : api.items(path + "/nodes?limit=200", MANY);
        ArrayNode queue = !answers || nodesOnly
                ? Api.JSON.createArrayNode()
                : api.items(path + "/queue?limit=200", SHOWN, session.language());
        ObjectNode all = ((ObjectNode) found.deepCopy());
        all.set("nodes", nodes);
        all.set("queue", queue);
        if (printed(all)) {
            return Exit.DONE;
        }
        if (!answers) {
            screen.say(bold(text(found, "name")) + "  " + screen.look(Look.BAD, "does not answer"));
            return Exit.DONE;
        }
        if (!queueOnly && !nodesOnly) {
            summary(found);
        }
        if (!queueOnly) {
            nodes(nodes);
        }
        if (!nodesOnly) {
            queue(queue);
        }
        return Exit.DONE;
    }

    private void summary(JsonNode found) {
        screen.say(bold(text(found, "name")) + "  " + text(found, "running") + " running, " + text(found, "inLine")
                + " in line, " + text(found, "heldBack") + " waiting for something else");
        facts(
                "cores free",
                use(found.path("cpus")),
                "memory free",
                Amounts.memory(found.path("memoryMebibytes").path("free").asLong(0)) + " of "
                        + Amounts.memory(
                                found.path("memoryMebibytes").path("all").asLong(0)),
                "GPUs free",
                found.path("gpus").path("all").asLong(0) == 0 ? "" : use(found.path("gpus")),
                "nodes",
                text(found, "nodes") + ", " + text(found, "nodesTakingJobs") + " taking jobs");
        JsonNode partitions = found.path("partitions");
        if (partitions.isEmpty()) {
            return;
        }
        screen.say("");
        Table table = new Table(
                "PARTITION", "STATE", "LONGEST", ">NODES", ">CORES FREE", ">GPUS FREE", ">RUNNING", ">WAITING");
        partitions.forEach(p -> table.row(
                        text(p, "name") + (p.path("standard").asBoolean(false) ? " (default)" : ""),
                        p.path("open").asBoolean(true) ? "open" : "closed",
                        text(p, "longestSeconds").isEmpty()
                                ? "-"
                                : Amounts.time(Duration.ofSeconds(
                                        p.path("longestSeconds").asLong(0))),
                        text(p, "nodesTakingJobs") + " of " + text(p, "nodes"),
                        text(p, "cpusFree"),
                        p.path("gpus").asLong(0) == 0 ? "-" : text(p, "gpusFree") + " of " + text(p, "gpus"),
                        text(p, "running"),
                        text(p, "waiting"))
                .look(1, p.path("open").asBoolean(true) ? Look.GOOD : Look.BAD));
        table.print(screen);
    }

    private static String use(JsonNode use) {
        return text(use, "free") + " of " + text(use, "all");
    }

    private void nodes(JsonNode nodes) {
        screen.say("");
        Table table = new Table("NODE", "STATE", ">CORES FREE", ">MEMORY FREE", ">GPUS FREE", "RUNS", "WHY");
        nodes.forEach(n -> {
            int gpus = 0;
            int used = 0;
            for (JsonNode kind : n.path("gpus")) {
                gpus += kind.path("count").asInt(0);
                used += kind.path("used").asInt(0);
            }
            StringJoiner runs = new StringJoiner(", ");
            n.path("jobs").forEach(j -> runs.add(text(j, text(j, "name").isEmpty() ? "engineJob" : "name")));
            int others = n.path("otherJobs").asInt(0);
            if (others > 0) {
                runs.add(others + " of others");
            }
            String state = text(n, "state");
            boolean takesJobs = state.matches("FREE|PARTLY|FULL");
            table.row(
                            text(n, "name"),
                            state.toLowerCase(Locale.ROOT),
                            use(n.path("cpus")),
                            Amounts.memory(
                                    n.path("memoryMebibytes").path("free").asLong(0)),
                            gpus == 0 ? "-" : (takesJobs ? gpus - used : 0) + " of " + gpus,
                            runs.toString(),
                            text(n, "reason"))
                    .look(1, lookOfNode(state));
        });
        table.print(screen);
    }

    private static Look lookOfNode(String state) {
        return switch (state) {
            case "FREE" -> Look.GOOD;
            case "PARTLY", "FULL" -> Look.LIVE;
            case "DRAINING", "DRAINED", "RESERVED" -> Look.WARN;
            case "OFF", "UNKNOWN" -> Look.FAINT;
            default -> Look.BAD;
        };
    }

    private void queue(JsonNode queue) {
        screen.say("");
        if (queue.isEmpty()) {
            screen.say("Nothing waits.");
            return;
        }
        Table table = new Table(">BEFORE IT", "JOB", ">JOBS", ">CPUS", ">GPUS", "EXPECTED", "WHY");
        queue.forEach(q -> {
            boolean known = !text(q, "engineJob").isEmpty();
            String why = text(q, "explanation");
            table.row(
                    text(q, "ahead").isEmpty() ? "-" : text(q, "ahead"),
                    known ? (text(q, "job") + " " + text(q, "name")).strip() : "of others",
                    text(q, "jobs"),
                    text(q, "cpus"),
                    text(q, "gpus"),
                    text(q, "expectedStartAt").isEmpty() ? "-" : session.when(text(q, "expectedStartAt")),
                    why.isEmpty() ? text(q, "reason") : why);
        });
        table.print(screen);
    }
}
