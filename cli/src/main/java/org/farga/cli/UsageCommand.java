package org.farga.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

@Command(
        name = "usage",
        description = {
            "What your projects were given, used and have left, in hours of one GPU or one CPU core.",
            "Settled: jobs that ended. Running: jobs until now. Reserved: the rest of what they may still use.",
            "And what the projects keep: bytes now, and TB-hours (10^12 bytes for an hour) since their beginning."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  farga usage",
            "  farga usage forja-vision --jobs",
            "  farga usage forja-vision --csv > statement.csv",
            "  farga usage import sacct.txt --cluster mn5"
        })
final class UsageCommand extends FargaCommand {
    @Parameters(arity = "0..1", paramLabel = "PROJECT", description = "Only this project.")
    private @Nullable String project;

    @Option(names = "--jobs", description = "The statement: each job with what it used.")
    private boolean jobs;

    @Option(names = "--csv", description = "The statement of the project's only allocation as CSV.")
    private boolean csv;

    UsageCommand(Session session) {
        super(session);
    }

    @Override
    int run() {
        Api api = session.api();
        ArrayNode projects = api.items("/api/v1/projects", MANY);
        if (project != null || csv) {
            JsonNode picked = pick(
                    projects,
                    project,
                    "project",
                    "its name",
                    p -> List.of(text(p, "slug"), text(p, "name"), text(p, "id")));
            projects = Api.JSON.createArrayNode().add(picked);
        }
        if (csv) {
            ArrayNode allocations = Api.JSON.createArrayNode();
            projects.get(0).path("allocations").forEach(allocations::add);
            JsonNode allocation = pick(
                    allocations, null, "allocation", "the API", a -> List.of(text(a, "proposalCode"), text(a, "id")));
            screen.write(api.get("/api/v1/allocations/" + text(allocation, "id") + "/statement.csv")
                    .text());
            return Exit.DONE;
        }
        ArrayNode usages = Api.JSON.createArrayNode();
        for (JsonNode each : projects) {
            usages.add(api.get("/api/v1/usage?project=" + text(each, "id")).json());
        }
        if (printed(Api.object("items", usages))) {
            return Exit.DONE;
        }
        if (projects.isEmpty()) {
            screen.note("You have no projects. An awarded proposal makes one: \"farga propose\".");
            return Exit.DONE;
        }
        Table table =
                new Table("PROJECT", "ALLOCATION", "HOURS OF", ">GIVEN", ">SETTLED", ">RUNNING", ">RESERVED", ">LEFT");
        for (int i = 0; i < projects.size(); i++) {
            String slug = text(projects.get(i), "slug");
            for (JsonNode allocation : usages.get(i).path("allocations")) {
                row(table, slug, allocation, "GPU", "gpu");
                row(table, slug, allocation, "CPU", "cpu");
            }
        }
        table.print(screen);
        storage(projects, usages);
        if (jobs) {
            for (JsonNode usage : usages) {
                usage.path("allocations").forEach(a -> statement(api, a));
            }
        }
        return Exit.DONE;
    }

    private void storage(ArrayNode projects, ArrayNode usages) {
        Table table = new Table("PROJECT", ">STORED NOW", ">TB-HOURS", "CHARGE");
        boolean any = false;
        for (int i = 0; i < projects.size(); i++) {
            JsonNode storage = usages.get(i).path("storage");
            if (storage.path("bytes").asLong(0) > 0
                    || !text(storage, "byteSeconds").matches("0?")) {
                any = true;
                table.row(
                        text(projects.get(i), "slug"),
                        Amounts.bytes(storage.path("bytes").asLong(0)),
                        text(storage, "terabyteHours"),
                        storage.path("charges").properties().stream()
                                .map(c -> c.getValue().asString() + " " + c.getKey())
                                .collect(Collectors.joining(", ")));
            }
        }
        if (any) {
            screen.say("");
            screen.say("Storage, in TB-hours: 10^12 bytes kept for an hour");
            table.print(screen);
        }
    }

    private static void row(Table table, String slug, JsonNode allocation, String unit, String prefix) {
        JsonNode balance = allocation.path("balance");
        table.row(
                slug,
                text(allocation, "proposalCode"),
                unit,
                hours(balance, prefix + "Awarded"),
                hours(balance, prefix + "Settled"),
                hours(balance, prefix + "InFlight"),
                hours(balance, prefix + "Committed"),
                hours(balance, prefix + "Left"));
    }

    private void statement(Api api, JsonNode allocation) {
        screen.say("");
        screen.say("Statement of " + bold(text(allocation, "proposalCode")) + ", the latest 200 jobs");
        Table table =
                new Table(">JOB", "NAME", "BY", "STARTED", ">SECONDS", ">GPUS", ">CPUS", ">GPU-HOURS", ">CPU-HOURS");
        api.get("/api/v1/allocations/" + text(allocation, "allocation") + "/statement?limit=200")
                .json()
                .path("lines")
                .forEach(l -> table.row(
                        l.has("job") ? text(l, "job") : text(l.path("engine"), "job"),
                        text(l, "jobName"),
                        text(l, "personName"),
                        session.when(text(l, "startedAt")),
                        text(l, "seconds"),
                        text(l, "gpus"),
                        text(l, "cpus"),
                        hours(l, "gpuHours"),
                        hours(l, "cpuHours")));
        table.print(screen);
    }
}
