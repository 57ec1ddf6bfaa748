package org.farga.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Finding data, reading their card, accepting their terms, getting them. */
final class DatasetCommands {
    private DatasetCommands() {}

    @Command(
            name = "datasets",
            description = "The datasets of the catalogue.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga datasets", "  farga datasets handwritten"})
    static final class Datasets extends FargaCommand {
        @Parameters(arity = "0..*", paramLabel = "WORDS", description = "Only those that speak of these.")
        private List<String> words = List.of();

        Datasets(Session session) {
            super(session);
        }

        @Override
        int run() {
            String query = words.isEmpty() ? "" : "?q=" + Api.encoded(String.join(" ", words));
            ArrayNode items = session.openApi().items("/api/v1/datasets" + query, MANY);
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note(words.isEmpty() ? "There are none yet." : "None speaks of that.");
                return Exit.DONE;
            }
            Table table = new Table("DATASET", "TITLE", "LICENCE", ">VERSION", ">SIZE", ">ROWS");
            items.forEach(d -> {
                JsonNode latest = d.path("latest");
                table.row(
                        text(d, "slug"),
                        text(d, "title"),
                        text(d, "licence"),
                        text(latest, "number"),
                        latest.isMissingNode()
                                ? "-"
                                : Amounts.bytes(latest.path("bytes").asLong(0)),
                        text(latest, "rows"));
            });
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(
            name = "dataset",
            description = "A dataset's card, files, columns and first rows; or get its files.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga dataset digits",
                "  farga dataset digits --terms",
                "  farga dataset digits --download ./data"
            })
    static final class Dataset extends FargaCommand {
        private static final int COLUMNS = 8;
        private static final int ROWS = 5;

        @Parameters(paramLabel = "DATASET", description = "Its short name.")
        private String slug = "";

        @Option(names = "--version", paramLabel = "N", description = "This version; the newest where it is not given.")
        private @Nullable Integer version;

        @Option(names = "--terms", description = "The terms in full.")
        private boolean terms;

        @Option(
                names = "--download",
                paramLabel = "FOLDER",
                description = "Get the files into this folder, and check them.")
        private @Nullable Path folder;

        Dataset(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            Api api = session.openApi();
            String path = "/api/v1/datasets/" + Api.encoded(slug);
            JsonNode dataset = api.get(path).json();
            if (terms) {
                screen.say(text(dataset.path("terms"), "text"));
                return Exit.DONE;
            }
            Integer number = version != null ? version : newest(dataset);
            if (number == null) {
                if (!printed(dataset)) {
                    head(dataset);
                    screen.note("It has no published version yet.");
                }
                return Exit.DONE;
            }
            JsonNode details = api.get(path + "/versions/" + number).json();
            if (folder != null) {
                return download(api, path + "/versions/" + number, details, folder);
            }
            if (printed(Api.object("dataset", dataset, "version", details))) {
                return Exit.DONE;
            }
            head(dataset);
            screen.say("");
            Table files = new Table("FILE OF VERSION " + number, ">SIZE", "SHA-256");
            details.path("files")
                    .forEach(f -> files.row(
                            text(f, "path"), Amounts.bytes(f.path("bytes").asLong(0)), text(f, "sha256")));
            files.print(screen);
            preview(api, path + "/versions/" + number);
            screen.say("");
            screen.say(text(dataset, "card"));
            return Exit.DONE;
        }

        private void head(JsonNode d) {
            List<String> accepted = new ArrayList<>();
            d.path("accepted")
                    .forEach(a -> accepted.add(text(a, "organisationName") + " " + session.when(text(a, "at"))));
            screen.say(bold(text(d, "slug")) + "  " + text(d, "title"));
            screen.say(text(d, "summary"));
            facts(
                    "licence",
                            text(d, "licence")
                                    + (text(d, "licenceName").isEmpty() ? "" : ", " + text(d, "licenceName")),
                    "terms",
                            "version " + text(d.path("terms"), "version") + " (farga dataset " + text(d, "slug")
                                    + " --terms)",
                    "accepted",
                            accepted.isEmpty()
                                    ? "not by you yet (farga accept " + text(d, "slug") + ")"
                                    : String.join(", ", accepted));
        }

        private void preview(Api api, String path) {
            JsonNode preview;
            try {
                preview = api.get(path + "/preview").json();
            } catch (Problem e) {
                if (e.status() == 404) {
                    throw e;
                }
                screen.say(faint("Rows: " + e.getMessage()));
                return;
            }
            int all = preview.path("columns").size();
            if (all == 0) {
                return;
            }
            List<Integer> shown = new ArrayList<>();
            for (int i = 0; i < all; i++) {
                if (all <= COLUMNS || i < COLUMNS - 2 || i == all - 1) {
                    shown.add(i);
                }
            }
            screen.say("");
            Table table = new Table(shown.stream()
                    .map(i -> text(preview.path("columns").get(i), "name"))
                    .toArray(String[]::new));
            for (int r = 0; r < Math.min(ROWS, preview.path("rows").size()); r++) {
                JsonNode row = preview.path("rows").get(r);
                table.row(shown.stream()
                        .map(i -> i < row.size() ? row.get(i).asString() : "")
                        .toArray(String[]::new));
            }
            table.print(screen);
            if (shown.size() < all) {
                screen.say(faint("... " + (all - shown.size()) + " more columns before the last"));
            }
        }

        private int download(Api api, String path, JsonNode details, Path target) throws IOException {
            Path root = target.toAbsolutePath().normalize();
            for (JsonNode file : details.path("files")) {
                Path to = root.resolve(text(file, "path")).normalize();
                if (!to.startsWith(root)) {
                    throw new IOException("the server names a file outside the folder: " + text(file, "path"));
                }
                byte[] bytes = api.get(path + "/files/" + encodedPath(text(file, "path")))
                        .body();
                if (!sha256(bytes).equals(text(file, "sha256"))) {
                    throw new IOException(text(file, "path") + " came damaged; get it again");
                }
                Files.createDirectories(to.getParent());
                Files.write(to, bytes);
                screen.note(to + "  " + Amounts.bytes(bytes.length) + "  sha256 is right");
            }
            return Exit.DONE;
        }

        static @Nullable Integer newest(JsonNode dataset) {
            Integer newest = null;
            for (JsonNode v : dataset.path("versions")) {
                boolean published =
                        text(v, "state").isEmpty() || text(v, "state").equals("PUBLISHED");
                int number = v.path("number").asInt(0);
                if (published && (newest == null || number > newest)) {
                    newest = number;
                }
            }
            return newest;
        }
    }

    /** A path of several parts in an address. */
    static String encodedPath(String path) {
        return Api.encoded(path).replace("%2F", "/");
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Command(
            name = "accept",
            description = "Accept a dataset's terms for your organisation, so that its jobs may read it.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga accept digits", "  farga accept digits --organisation \"Forja Vision\" --yes"})
    static final class Accept extends FargaCommand {
        @Parameters(paramLabel = "DATASET", description = "Its short name.")
        private String slug = "";

        @Option(
                names = "--organisation",
                paramLabel = "NAME",
                description = "The one that accepts; your only one where it is not given.")
        private @Nullable String organisation;

        @Option(names = "--yes", description = "The terms were read; do not show them and ask.")
        private boolean yes;

        Accept(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            String path = "/api/v1/datasets/" + Api.encoded(slug);
            JsonNode terms = api.get(path).json().path("terms");
            JsonNode accepting = pick(
                    api.items("/api/v1/organisations", MANY),
                    organisation,
                    "organisation",
                    "--organisation",
                    FargaCommand::nameAndId);
            if (!yes) {
                screen.note(text(terms, "text"));
                screen.note("");
                if (!screen.agrees("Does " + text(accepting, "name") + " accept these terms?")) {
                    screen.note("Nothing was accepted.");
                    return Exit.REFUSED;
                }
            }
            JsonNode agreement = api.post(
                            path + "/agreements",
                            Api.object("organisation", text(accepting, "id"), "termsSha256", text(terms, "sha256")))
                    .json();
            if (!printed(agreement)) {
                screen.say(text(accepting, "name") + " accepted version " + text(terms, "version") + " of the terms of "
                        + bold(slug) + ".");
            }
            return Exit.DONE;
        }
    }
}
