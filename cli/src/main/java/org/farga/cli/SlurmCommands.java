package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.farga.cli.Cli.Exit;
import org.farga.cli.Screen.Look;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The accounts, users and limits that Farga keeps in Slurm, for operators. */
final class SlurmCommands {
    private SlurmCommands() {}

    static CommandLine line(Session session) {
        return new CommandLine(new Slurm())
                .addSubcommand("plan", new Plan(session))
                .addSubcommand("apply", new Apply(session))
                .addSubcommand("switch", new Switch(session))
                .addSubcommand("dump", new Dump(session))
                .addSubcommand("import", new Import(session));
    }

    @Command(
            name = "slurm",
            description = "The accounts, users and limits that Farga keeps in Slurm; for operators.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga slurm plan",
                "  farga slurm plan --json | jq .read.changes",
                "  farga slurm apply",
                "  farga slurm switch on",
                "  farga slurm dump desired.cfg",
                "  farga slurm import --organisation forja --until 2027-12-31 --people people.csv"
            })
    static final class Slurm extends CommandGroup {}

    /** What all of them have: which cluster, and waiting for what was asked for. */
    private abstract static class OfCluster extends FargaCommand {
        private static final Duration PAUSE = Duration.ofMillis(500);
        private static final Duration PATIENCE = Duration.ofMinutes(10);

        @Option(
                names = "--cluster",
                paramLabel = "NAME",
                description = "The cluster; needed only where there are several.")
        private @Nullable String cluster;

        OfCluster(Session session) {
            super(session);
        }

        final String path() {
            JsonNode all = session.api().get("/api/v1/slurm-clusters").json().path("items");
            return "/api/v1/slurm-clusters/"
                    + Api.encoded(text(
                            pick(all, cluster, "Slurm cluster", "--cluster", c -> List.of(text(c, "name"))), "name"));
        }

        /** The cluster once nothing waits any more that was asked for. */
        final JsonNode settled(String path) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                JsonNode state = session.api().get(path).json();
                JsonNode applying = state.path("applying");
                if (applying.isObject() && screen.errIsTerminal()) {
                    screen.progress(text(applying, "done") + " of " + text(applying, "changes") + " changes made");
                }
                boolean waits = state.path("readingWaits").asBoolean(false)
                        || !text(state, "applicationWaitsSince").isEmpty();
                if (!waits || System.nanoTime() - end > 0) {
                    if (screen.errIsTerminal()) {
                        screen.progress("");
                    }
                    return state;
                }
                Thread.sleep(PAUSE);
            }
        }

        /** What a script learns: 0 only where Slurm could be read and is as it should be. */
        static int code(JsonNode state) {
            return text(state, "complaint").isEmpty()
                            && state.path("read").path("changes").asInt(0) == 0
                    ? Exit.DONE
                    : Exit.REFUSED;
        }

        final void say(JsonNode state) {
            String complaint = text(state, "complaint");
            if (!complaint.isEmpty()) {
                screen.say(screen.look(Look.BAD, "Slurm cannot be read or changed: ") + Table.plain(complaint));
            }
            JsonNode read = state.path("read");
            for (JsonNode trouble : read.path("troubles")) {
                screen.say(screen.look(
                                Look.WARN,
                                switch (text(trouble, "kind")) {
                                    case "NAME_TAKEN" -> "left alone, the name is somebody else's: ";
                                    case "ADOPTED_GONE" -> "taken over, and no longer in Slurm: ";
                                    default -> "not counted by Slurm, so not limited: ";
                                })
                        + Table.plain(text(trouble, "subject")));
            }
            for (JsonNode account : state.path("waiting")) {
                screen.say(screen.look(Look.WARN, "waits for a Unix account: ") + text(account, "userName") + " "
                        + Table.plain(text(account, "complaint")));
            }
            if (state.path("held").asBoolean(false)) {
                screen.say(screen.look(Look.WARN, "Held: ") + text(read, "stops")
                        + " changes would stop somebody. \"farga slurm apply\" makes them.");
            }
            if (read.isObject()) {
                int changes = read.path("changes").asInt(0);
                screen.say(
                        changes == 0
                                ? screen.look(Look.GOOD, "Slurm is as it should be") + " (" + text(read, "associations")
                                        + " associations)."
                                : bold(changes + (changes == 1 ? " change" : " changes")) + " to be made, "
                                        + text(read, "stops") + " of them stop somebody.");
            }
        }
    }

    @Command(
            name = "plan",
            description = {
                "What must change in Slurm so that it is as projects and allocations ask for. Changes nothing.",
                "Exit code 1 where something must."
            })
    static final class Plan extends OfCluster {
        Plan(Session session) {
            super(session);
        }

        @Override
        int run() throws InterruptedException {
            String path = path();
            session.api().post(path + "/readings", Api.object());
            JsonNode state = settled(path);
            List<JsonNode> lines = new ArrayList<>();
            session.api().items(path + "/plan?limit=200", 1_000_000).forEach(lines::add);
            ObjectNode answer = (ObjectNode) state;
            answer.set("plan", Api.JSON.valueToTree(lines));
            if (!printed(answer)) {
                Table table = new Table("WHAT", "ACCOUNT", "USER", "WHY", "IN SLURM", "SHALL BE");
                lines.forEach(l -> table.row(
                        text(l, "kind").toLowerCase(Locale.ROOT).replace('_', ' '),
                        text(l, "subject"),
                        text(l, "user"),
                        text(l, "reason").toLowerCase(Locale.ROOT),
                        text(l, "from"),
                        text(l, "to")));
                if (!table.isEmpty()) {
                    table.print(screen);
                    screen.say("");
                }
                say(state);
            }
            return code(state);
        }
    }

    @Command(
            name = "apply",
            description = {
                "Make the changes of the plan, now and once.",
                "Exit code 0 only where Slurm then is as it should be."
            })
    static final class Apply extends OfCluster {
        Apply(Session session) {
            super(session);
        }

        @Override
        int run() throws InterruptedException {
            String path = path();
            session.api().post(path + "/applications", Api.object());
            JsonNode state = settled(path);
            if (!printed(state)) {
                JsonNode applied = state.path("applied");
                if (applied.isObject()) {
                    screen.say("Made "
                            + (applied.path("changes").asInt(0)
                                    - applied.path("left").asInt(0)) + " of " + text(applied, "changes") + " changes.");
                    String complaint = text(applied, "complaint");
                    if (!complaint.isEmpty()) {
                        screen.say(screen.look(Look.BAD, "Slurm refused: ") + Table.plain(complaint));
                    }
                }
                say(state);
            }
            return code(state);
        }
    }

    @Command(name = "switch", description = "Say whether Farga makes the plan's changes by itself.")
    static final class Switch extends OfCluster {
        /** What it can be switched to. */
        enum To {
            ON,
            OFF
        }

        @Parameters(paramLabel = "on|off", description = "on: Farga makes them; off: it only shows them.")
        private To to = To.OFF;

        Switch(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode state = session.api()
                    .put(path() + "/mode", Api.object("mode", to == To.ON ? "APPLY" : "PLAN"))
                    .json();
            if (!printed(state)) {
                screen.say(
                        to == To.ON
                                ? "Farga now changes Slurm whenever that is not as it should be."
                                : "Farga now only shows what it would change.");
            }
            return Exit.DONE;
        }
    }

    @Command(name = "dump", description = "Write what Slurm should have as a file that \"sacctmgr load\" takes.")
    static final class Dump extends OfCluster {
        @Parameters(paramLabel = "FILE", description = "Where to write it.")
        private Path file = Path.of("");

        Dump(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            long bytes = session.api().download(path() + "/dump", file);
            if (!printed(Api.object("file", file.toString(), "bytes", bytes))) {
                screen.say("Wrote " + file + ". Slurm takes it with: sacctmgr load " + file);
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "import",
            description = {
                "Take over accounts that were in Slurm before Farga came: each becomes a project with an allocation.",
                "Shows what would become of them, unless --yes is given. Changes nothing in Slurm; for administrators."
            },
            footerHeading = "%nThe files are CSV with a heading line:%n",
            footer = {
                "  --people    user,email",
                "  --accounts  account,organisation,lead,gpuHours,cpuHours  (the identifier of an organisation, the",
                "              address of a lead; what is left empty is found from Slurm or the options)"
            })
    static final class Import extends OfCluster {
        @Option(
                names = "--organisation",
                paramLabel = "NAME|ID",
                required = true,
                description = "Whose projects they become, unless --accounts says otherwise.")
        private String organisation = "";

        @Option(
                names = "--until",
                paramLabel = "DATE",
                required = true,
                description = "The last day of the allocations, such as 2027-12-31.")
        private String until = "";

        @Option(names = "--people", paramLabel = "FILE", description = "Who the Unix users are.")
        private @Nullable Path people;

        @Option(names = "--accounts", paramLabel = "FILE", description = "Which accounts, and what of each; else all.")
        private @Nullable Path accounts;

        @Option(
                names = "--dump",
                paramLabel = "FILE",
                description = "A file of \"sacctmgr dump\", instead of asking Slurm.")
        private @Nullable Path dump;

        @Option(names = "--gpu-hours", paramLabel = "N", description = "For accounts that Slurm gives no limit.")
        private @Nullable String gpuHours;

        @Option(names = "--cpu-hours", paramLabel = "N", description = "For accounts that Slurm gives no limit.")
        private @Nullable String cpuHours;

        @Option(names = "--yes", description = "Do it, rather than show what would be done.")
        private boolean yes;

        Import(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            String path = path();
            JsonNode mine = pick(
                    session.api().items("/api/v1/organisations", MANY),
                    organisation,
                    "organisation",
                    "--organisation",
                    FargaCommand::nameAndId);
            ArrayNode persons = Api.JSON.createArrayNode();
            for (Map<String, String> row : rows(people)) {
                persons.add(Api.object("unixUser", row.get("user"), "email", row.get("email")));
            }
            ArrayNode wishes = Api.JSON.createArrayNode();
            for (Map<String, String> row : rows(accounts)) {
                wishes.add(Api.object(
                        "account",
                        row.get("account"),
                        "organisation",
                        row.get("organisation"),
                        "lead",
                        row.get("lead"),
                        "gpuHours",
                        row.get("gpuHours"),
                        "cpuHours",
                        row.get("cpuHours")));
            }
            JsonNode answer = session.api()
                    .post(
                            path + "/imports",
                            Api.object(
                                    "dryRun",
                                    !yes,
                                    "dump",
                                    dump == null ? null : Files.readString(dump, UTF_8),
                                    "organisation",
                                    text(mine, "id"),
                                    "until",
                                    end(until),
                                    "gpuHours",
                                    gpuHours,
                                    "cpuHours",
                                    cpuHours,
                                    "people",
                                    persons,
                                    "accounts",
                                    wishes))
                    .json();
            if (printed(answer)) {
                return Exit.DONE;
            }
            Table table = new Table("ACCOUNT", "BECOMES", ">GPU-HOURS", ">CPU-HOURS", ">PEOPLE", ">UNKNOWN");
            for (JsonNode account : answer.path("accounts")) {
                long known = account.path("users")
                        .valueStream()
                        .filter(u -> text(u, "match").equals("MATCHED"))
                        .count();
                boolean taken = text(account, "verdict").equals("TAKEN_OVER");
                table.row(
                                text(account, "account"),
                                !text(account, "project").isEmpty()
                                        ? "project " + text(account, "project")
                                        : taken ? "a project" : why(text(account, "verdict")),
                                hours(account, "gpuHours"),
                                hours(account, "cpuHours"),
                                String.valueOf(known),
                                String.valueOf(account.path("users").size() - known))
                        .look(1, taken ? Look.GOOD : Look.FAINT);
            }
            table.print(screen);
            if (!answer.path("unmatched").isEmpty()) {
                screen.say("");
                screen.say(
                        "Users who stay as they are in Slurm, because Farga does not know them or they do not belong to the"
                                + " organisation:");
                screen.say("  "
                        + String.join(
                                ", ",
                                answer.path("unmatched")
                                        .valueStream()
                                        .map(n -> Table.plain(n.asString()))
                                        .toList()));
            }
            screen.say("");
            screen.say(yes ? "Taken over." : "Nothing was done; --yes does it.");
            return Exit.DONE;
        }

        private static String why(String verdict) {
            return switch (verdict) {
                case "KNOWN" -> "taken over before";
                case "NOT_A_SITES" -> "not a site's";
                case "NO_USERS" -> "left: nobody charges it";
                case "NO_LEAD" -> "left: nobody known could lead it";
                case "NO_BUDGET" -> "left: no limit, see --gpu-hours";
                default -> "left: not asked for";
            };
        }

        /** The end of a day, in UTC. */
        private static String end(String day) {
            try {
                return LocalDate.parse(day)
                        .plusDays(1)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .toString();
            } catch (DateTimeParseException e) {
                throw new UsageException("--until is a day such as 2027-12-31, not \"" + day + "\"");
            }
        }

        /** The rows of a CSV file by the names of its heading; what is empty is left out. */
        private static List<Map<String, String>> rows(@Nullable Path file) throws IOException {
            List<Map<String, String>> rows = new ArrayList<>();
            if (file == null) {
                return rows;
            }
            List<String> lines = Files.readAllLines(file, UTF_8);
            if (lines.isEmpty()) {
                return rows;
            }
            String[] names = lines.getFirst().split(",", -1);
            for (String line : lines.subList(1, lines.size())) {
                if (line.isBlank()) {
                    continue;
                }
                String[] values = line.split(",", -1);
                if (values.length != names.length) {
                    throw new UsageException(file + " has a line with " + values.length + " fields instead of "
                            + names.length + ": " + line);
                }
                Map<String, String> row = new LinkedHashMap<>();
                for (int n = 0; n < names.length; n++) {
                    if (!values[n].isBlank()) {
                        row.put(names[n].strip(), values[n].strip());
                    }
                }
                rows.add(row);
            }
            return rows;
        }
    }
}
