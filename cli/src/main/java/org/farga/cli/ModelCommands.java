package org.farga.cli;

import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The models that came of the jobs. */
final class ModelCommands {
    private ModelCommands() {}

    @Command(
            name = "models",
            description = "Your projects' models.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga models", "  farga models --project forja-vision"})
    static final class Models extends FargaCommand {
        @Option(names = "--project", paramLabel = "PROJECT", description = "Only this project's.")
        private @Nullable String project;

        Models(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            String query = project == null
                    ? ""
                    : "?project="
                            + text(
                                    api.get("/api/v1/projects/" + Api.encoded(project))
                                            .json(),
                                    "id");
            ArrayNode items = api.items("/api/v1/models" + query, MANY);
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note("There are none. \"farga submit --model NAME\" registers what a job makes.");
                return Exit.DONE;
            }
            Table table = new Table("MODEL", ">VERSION", "REGISTERED", "METRICS", "ID");
            items.forEach(m -> table.row(
                    text(m, "name"),
                    text(m, "newest"),
                    session.when(text(m, "registeredAt")),
                    LineageTree.metrics(m.path("metrics")),
                    text(m, "id")));
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(
            name = "model",
            description = "A model's version, and where it came from: job, script, data, allocation, call.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga model digits", "  farga model digits --version 2 --json | jq .lineage.datasets"})
    static final class Model extends FargaCommand {
        @Parameters(paramLabel = "MODEL", description = "Its name or identifier.")
        private String wanted = "";

        @Option(names = "--version", paramLabel = "N", description = "This version; the newest where it is not given.")
        private @Nullable Integer number;

        Model(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode picked =
                    pick(api.items("/api/v1/models", MANY), wanted, "model", "its name", FargaCommand::nameAndId);
            String path = "/api/v1/models/" + text(picked, "id");
            JsonNode model = api.get(path).json();
            JsonNode version = newest(model);
            if (number != null) {
                for (JsonNode v : model.path("versions")) {
                    version = v.path("number").asInt(0) == number ? v : version;
                }
                if (version.path("number").asInt(0) != number) {
                    throw new NotThere("model " + text(model, "name") + " has no version " + number);
                }
            }
            JsonNode lineage = api.get(path + "/versions/" + text(version, "number") + "/lineage")
                    .json();
            if (printed(Api.object("model", model, "lineage", lineage))) {
                return Exit.DONE;
            }
            screen.say(bold(text(model, "name")) + "  version " + text(version, "number") + ", registered "
                    + session.when(text(version, "registeredAt")));
            new LineageTree(lineage).lines().forEach(screen::say);
            return Exit.DONE;
        }
    }

    static JsonNode newest(JsonNode model) {
        JsonNode newest = Api.JSON.missingNode();
        for (JsonNode v : model.path("versions")) {
            if (newest.isMissingNode()
                    || v.path("number").asInt(0) > newest.path("number").asInt(0)) {
                newest = v;
            }
        }
        return newest;
    }
}
