package org.farga.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.cli.Api.Reply;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Editions of calls, for access officers: copied, changed, compared and published. */
final class CallCommands {
    private CallCommands() {}

    static CommandLine line(Session session) {
        return new CommandLine(new Call())
                .addSubcommand("list", new ListCalls(session))
                .addSubcommand("show", new Show(session))
                .addSubcommand("copy", new Copy(session))
                .addSubcommand("change", new Change(session))
                .addSubcommand("publish", new Publish(session))
                .addSubcommand("diff", new Diff(session));
    }

    @Command(
            name = "call",
            description = "Editions of calls, for access officers: copy, change, compare and publish them.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga call list --json",
                "  farga call copy FAST-LANE FAST-LANE-2027 --title \"Fast Lane 2027\"",
                "  farga call change FAST-LANE-2027 --rule STARTUP=exception --startup 10/20 --fund 200000",
                "  farga call change FAST-LANE-2027 --file rules.json",
                "  farga call diff FAST-LANE-2027",
                "  farga call publish FAST-LANE-2027"
            })
    static final class Call extends CommandGroup {}

    private abstract static class OfCall extends FargaCommand {
        @Parameters(paramLabel = "CALL", description = "Its code.")
        private String code = "";

        OfCall(Session session) {
            super(session);
        }

        final String path() {
            return "/api/v1/calls/" + Api.encoded(code.strip());
        }
    }

    @Command(name = "list", description = "All editions, those that are prepared as well.")
    private static final class ListCalls extends FargaCommand {
        ListCalls(Session session) {
            super(session);
        }

        @Override
        int run() {
            ArrayNode items = session.api().items("/api/v1/calls", MANY);
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            Table table = new Table("CALL", "TITLE", "MODE", "STATE", ">RULES", "OPENS", "CLOSES");
            items.forEach(c -> table.row(
                            text(c, "code"),
                            text(c, "title"),
                            ProposalView.words(text(c, "mode")),
                            text(c, "state"),
                            "v" + text(c, "rulesVersion"),
                            session.day(text(c, "opensAt")),
                            text(c, "closesAt").isEmpty() ? "stays open" : session.day(text(c, "closesAt")))
                    .look(3, look(text(c, "state"))));
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(
            name = "show",
            description = "One edition with its rules, how much each weighs, and what it compares with.")
    private static final class Show extends OfCall {
        Show(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode call = session.api().get(path()).json();
            if (!printed(call)) {
                print(this, call);
            }
            return Exit.DONE;
        }
    }

    private static void print(FargaCommand command, JsonNode call) {
        Screen screen = command.screen;
        screen.say(command.bold(FargaCommand.text(call, "code")) + "  " + FargaCommand.text(call, "title"));
        JsonNode startup = call.path("parameters").path("startup");
        command.facts(
                "mode", ProposalView.words(FargaCommand.text(call, "mode")),
                "state", FargaCommand.text(call, "state").toLowerCase(Locale.ROOT),
                "rules", "version " + FargaCommand.text(call, "rulesVersion"),
                "months", words(call.path("durationsMonths")),
                "for", words(call.path("audience")),
                "startup",
                        startup.isObject()
                                ? "at most " + FargaCommand.text(startup, "mostYears") + " years, fewer than "
                                        + FargaCommand.text(startup, "fewerEmployees") + " staff"
                                : "",
                "sectors", words(call.path("parameters").path("sectors")));
        Table partitions = new Table("PARTITION", ">GPU-HOURS", ">CPU-HOURS", "OPEN");
        call.path("partitions")
                .forEach(p -> partitions.row(
                        FargaCommand.text(p, "key"),
                        AccessCommands.Calls.range(p, "GpuHours"),
                        AccessCommands.Calls.range(p, "CpuHours"),
                        p.path("open").asBoolean() ? "yes" : "no " + FargaCommand.text(p, "closedReason")));
        screen.say("");
        partitions.print(screen);
        if (!call.path("parameters").path("funds").isEmpty()) {
            screen.say("");
            Table funds = new Table("TO GIVE ON", ">GPU-HOURS", ">CPU-HOURS");
            call.path("parameters")
                    .path("funds")
                    .forEach(f -> funds.row(
                            FargaCommand.text(f, "partition").isEmpty() ? "all" : FargaCommand.text(f, "partition"),
                            FargaCommand.hours(f, "gpuHours"),
                            FargaCommand.hours(f, "cpuHours")));
            funds.print(screen);
        }
        screen.say("");
        Table rules = new Table("RULE", "WEIGHT", "WHAT IT ASKS");
        call.path("rules")
                .forEach(r -> rules.row(
                        FargaCommand.text(r, "rule"),
                        FargaCommand.text(r, "kind").toLowerCase(Locale.ROOT),
                        FargaCommand.text(r, "sentence")));
        rules.print(screen);
    }

    private static String words(JsonNode values) {
        List<String> all = new ArrayList<>();
        values.forEach(v -> all.add(ProposalView.words(v.asString())));
        return String.join(", ", all);
    }

    @Command(
            name = "copy",
            description =
                    "Makes a new edition with the words and rules of another; nobody else sees it until it is published.")
    private static final class Copy extends OfCall {
        @Parameters(index = "1", paramLabel = "NEW", description = "The code of the new one.")
        private String made = "";

        @Option(names = "--title", description = "Its title; that of the other where it is not given.")
        private @Nullable String title;

        Copy(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode source = api.get(path()).json();
            JsonNode edition = api.post(
                            "/api/v1/calls",
                            Api.object("copyOf", text(source, "code"), "code", made.strip(), "title", title))
                    .json();
            if (!printed(edition)) {
                screen.say(bold(text(edition, "code")) + " is prepared.");
                screen.note(
                        faint("\"farga call change " + text(edition, "code") + "\" changes it, \"farga call publish "
                                + text(edition, "code") + "\" shows it to everybody."));
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "change",
            description = {
                "Changes an edition's rules: a new version, which is judged by from then on. What is submitted stays under the",
                "version it was submitted under. What is not given stays as it is."
            })
    private static final class Change extends OfCall {
        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "Any part of the rules, as the API takes it: PATCH /api/v1/calls/{call}.")
        private @Nullable Path file;

        @Option(
                names = "--rule",
                paramLabel = "RULE=WEIGHT",
                description = "Ask a rule as must, should or exception, or ask it no more with off.")
        private Map<String, String> rules = Map.of();

        @Option(names = "--months", split = ",", paramLabel = "N", description = "The durations, such as 1,2,3.")
        private @Nullable List<Integer> months;

        @Option(names = "--live-awards", paramLabel = "N", description = "So many at once for each organisation.")
        private @Nullable Integer liveAwards;

        @Option(
                names = "--startup",
                paramLabel = "YEARS/STAFF",
                description = "What a startup is, such as 10/20: at most 10 years old, fewer than 20 staff.")
        private @Nullable String startup;

        @Option(names = "--sectors", split = ",", paramLabel = "CODE", description = "Sectors that it is for first.")
        private @Nullable List<String> sectors;

        @Option(
                names = "--fund",
                paramLabel = "[PARTITION=]GPU[/CPU]",
                description = "Hours to give, together or on a partition; - for no limit. All funds are given anew.")
        private @Nullable List<String> funds;

        @Option(names = "--title", description = "A new title.")
        private @Nullable String title;

        Change(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            Api api = session.api();
            Reply before = api.get(path());
            ObjectNode body = file == null ? Api.JSON.createObjectNode() : read(file);
            put(body, before.json());
            if (body.isEmpty() && title == null) {
                throw new UsageException(
                        "change what? Give an option or a file; \"farga call change --help\" names them");
            }
            Reply now = before;
            if (!body.isEmpty()) {
                api.patch(path(), body, now.etag());
                now = api.get(path());
            }
            if (title != null) {
                api.patch(path() + "/description", Api.object("title", title), now.etag());
                now = api.get(path());
            }
            if (printed(now.json())) {
                return Exit.DONE;
            }
            String was = text(before.json(), "rulesVersion");
            String is = text(now.json(), "rulesVersion");
            screen.say(
                    was.equals(is)
                            ? text(now.json(), "code") + " keeps version " + is + " of its rules."
                            : bold(text(now.json(), "code")) + " is under version " + is + " of its rules now.");
            if (!was.equals(is)) {
                JsonNode newest = api.get(path() + "/versions").json().get(0);
                changes(this, newest);
            }
            return Exit.DONE;
        }

        private static ObjectNode read(Path file) throws IOException {
            try {
                JsonNode read = Api.JSON.readTree(Files.readString(file));
                if (read instanceof ObjectNode rules) {
                    return rules;
                }
            } catch (JacksonException e) {
                throw new UsageException(file + " is no JSON: " + e.getOriginalMessage());
            }
            throw new UsageException(file + " holds no JSON object");
        }

        private void put(ObjectNode body, JsonNode call) {
            if (!rules.isEmpty()) {
                body.set("rules", weighed(call));
            }
            if (months != null) {
                body.set("durationsMonths", Api.JSON.valueToTree(months));
            }
            if (liveAwards != null) {
                body.put("liveAwardsPerOrganisation", liveAwards);
            }
            if (startup != null) {
                String[] numbers = startup.split("/", -1);
                if (numbers.length != 2) {
                    throw new UsageException("--startup is YEARS/STAFF, such as 10/20");
                }
                body.withObject("parameters")
                        .set(
                                "startup",
                                Api.object(
                                        "mostYears", whole(numbers[0]),
                                        "fewerEmployees", whole(numbers[1])));
            }
            if (sectors != null) {
                body.withObject("parameters").set("sectors", Api.JSON.valueToTree(sectors));
            }
            if (funds != null) {
                ArrayNode all = Api.JSON.createArrayNode();
                funds.forEach(f -> all.add(fund(f)));
                body.withObject("parameters").set("funds", all);
            }
        }

        /** The rules as they are with those that were given anew, in their order; new ones after them. */
        private ArrayNode weighed(JsonNode call) {
            Map<String, String> given = new java.util.LinkedHashMap<>();
            rules.forEach((rule, weight) -> given.put(
                    rule.strip().toUpperCase(Locale.ROOT).replace('-', '_'),
                    weight.strip().toUpperCase(Locale.ROOT)));
            ArrayNode all = Api.JSON.createArrayNode();
            call.path("rules").forEach(r -> {
                String weight = given.remove(text(r, "rule"));
                if (weight == null || !weight.equals("OFF")) {
                    all.add(Api.object("rule", text(r, "rule"), "kind", weight == null ? text(r, "kind") : weight));
                }
            });
            given.forEach((rule, weight) -> {
                if (!weight.equals("OFF")) {
                    all.add(Api.object("rule", rule, "kind", weight));
                }
            });
            return all;
        }

        private static ObjectNode fund(String typed) {
            int equals = typed.indexOf('=');
            String[] hours = typed.substring(equals + 1).split("/", -1);
            // A partition's own key may hold a slash, so it stands before the equals sign.
            return Api.object(
                    "partition", equals < 0 ? null : typed.substring(0, equals).strip(),
                    "gpuHours", hours(hours[0]),
                    "cpuHours", hours.length > 1 ? hours(hours[1]) : null);
        }

        private static @Nullable BigDecimal hours(String typed) {
            try {
                return typed.strip().equals("-") ? null : new BigDecimal(typed.strip());
            } catch (NumberFormatException e) {
                throw new UsageException("hours are a number, not \"" + typed + "\"");
            }
        }

        private static int whole(String typed) {
            try {
                return Integer.parseInt(typed.strip());
            } catch (NumberFormatException e) {
                throw new UsageException("--startup is YEARS/STAFF, such as 10/20");
            }
        }
    }

    @Command(name = "publish", description = "Shows a prepared edition to everybody.")
    private static final class Publish extends OfCall {
        @Option(names = "--yes", description = "Without asking.")
        private boolean yes;

        Publish(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            Reply call = api.get(path());
            if (!yes && screen.canAsk() && !session.wantsJson()) {
                print(this, call.json());
                screen.flush();
                if (!screen.agrees("Show it to everybody?")) {
                    return Exit.DONE;
                }
            }
            JsonNode published =
                    api.put(path() + "/publication", null, call.etag()).json();
            if (!printed(published)) {
                screen.say(bold(text(published, "code")) + " is published: "
                        + text(published, "state").toLowerCase(Locale.ROOT) + ".");
            }
            return Exit.DONE;
        }
    }

    @Command(name = "diff", description = "What the versions of an edition's rules changed, the newest first.")
    private static final class Diff extends OfCall {
        @Option(names = "--version", paramLabel = "N", description = "Only what this version changed.")
        private @Nullable Integer version;

        Diff(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode versions = session.api().get(path() + "/versions").json();
            ArrayNode wanted = Api.JSON.createArrayNode();
            versions.forEach(v -> {
                if (version == null || v.path("version").asInt() == version) {
                    wanted.add(v);
                }
            });
            if (wanted.isEmpty()) {
                throw new NotThere("there is no version " + version);
            }
            if (printed(wanted)) {
                return Exit.DONE;
            }
            wanted.forEach(v -> {
                screen.say(bold("version " + text(v, "version")) + "  since " + session.day(text(v, "since"))
                        + (v.path("byFarga").asBoolean() ? "  (came with Farga)" : ""));
                changes(this, v);
            });
            return Exit.DONE;
        }
    }

    private static void changes(FargaCommand command, JsonNode version) {
        version.path("changes")
                .forEach(c -> command.screen.say("  " + FargaCommand.text(c, "what") + ": "
                        + orNothing(FargaCommand.text(c, "before")) + " -> "
                        + orNothing(FargaCommand.text(c, "after"))));
    }

    private static String orNothing(String text) {
        return text.isEmpty() ? "nothing" : text;
    }
}
