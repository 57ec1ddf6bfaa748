package org.farga.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** After the award: what is asked for an allocation, what an officer decides, and the final report. */
final class AllocationCommands {
    private AllocationCommands() {}

    static CommandLine line(Session session) {
        return new CommandLine(new Allocation())
                .addSubcommand("show", new Show(session))
                .addSubcommand("ask", new Ask(session))
                .addSubcommand("requests", new Requests(session))
                .addSubcommand("decide", new Decide(session));
    }

    static CommandLine report(Session session) {
        return new CommandLine(new Report())
                .addSubcommand("list", new ListReports(session))
                .addSubcommand("show", new ShowReport(session))
                .addSubcommand("pdf", new Pdf(session));
    }

    @Command(
            name = "allocation",
            description = "After the award: more time or hours, hours moved or given back, suspensions.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga allocation show",
                "  farga allocation ask extend --months 2 --reason \"The cluster was away\"",
                "  farga allocation ask give-back --gpu-hours 40 --reason \"We are done\"",
                "  farga allocation requests --json",
                "  farga allocation decide 0193… --grant --note \"It makes sense\""
            })
    static final class Allocation extends CommandGroup {}

    @Command(
            name = "report",
            description = "Final reports on awards.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga report list --json",
                "  farga report show PG-2026-0007",
                "  farga report pdf PG-2026-0007 report.pdf"
            })
    static final class Report extends CommandGroup {}

    /** The allocation that was meant, of all that the caller's projects have. */
    private abstract static class OfAllocation extends FargaCommand {
        @Option(
                names = {"-a", "--allocation"},
                paramLabel = "CODE",
                description = "The award's code or the allocation's identifier, where you have several.")
        private @Nullable String allocation;

        OfAllocation(Session session) {
            super(session);
        }

        final JsonNode allocation(Api api) {
            ArrayNode all = Api.JSON.createArrayNode();
            api.items("/api/v1/projects", MANY)
                    .forEach(p -> p.path("allocations").forEach(all::add));
            return pick(
                    all,
                    allocation,
                    "allocation",
                    "--allocation",
                    a -> List.of(
                            text(a, "proposalCode") + " " + text(a, "cluster"),
                            text(a, "proposalCode"),
                            text(a, "id")));
        }
    }

    @Command(name = "show", description = "What can be asked for an allocation, and what was.")
    private static final class Show extends OfAllocation {
        Show(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode picked = allocation(api);
            JsonNode all = api.get("/api/v1/allocations/" + text(picked, "id") + "/requests")
                    .json();
            if (printed(all)) {
                return Exit.DONE;
            }
            facts(
                    "award", text(picked, "proposalCode"),
                    "cluster", text(picked, "cluster"),
                    "until", text(picked, "to"),
                    "unused",
                            hours(all, "gpuHoursUnused") + " GPU-hours, " + hours(all, "cpuHoursUnused") + " CPU-hours",
                    "can be asked",
                            String.join(
                                    ", ",
                                    all.path("possible")
                                            .valueStream()
                                            .map(k -> typed(k.asString()))
                                            .toList()));
            table(all.path("requests")).print(screen);
            return Exit.DONE;
        }
    }

    private static String typed(String kind) {
        return kind.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Table table(JsonNode requests) {
        Table table = new Table("REQUEST", "KIND", "STATE", ">GPU-HOURS", ">CPU-HOURS", ">MONTHS", "DUE", "REASON");
        requests.forEach(r -> table.row(
                FargaCommand.text(r, "id"),
                typed(FargaCommand.text(r, "kind")),
                FargaCommand.text(r, "state"),
                FargaCommand.hours(r, "gpuHours"),
                FargaCommand.hours(r, "cpuHours"),
                FargaCommand.text(r, "months"),
                FargaCommand.text(r, "state").equals("ASKED") ? FargaCommand.text(r, "dueAt") : "",
                FargaCommand.text(r, "reason")));
        return table;
    }

    @Command(
            name = "ask",
            description = {
                "Asks an access officer for a change, as the project's lead. What the call's terms let happen at once is done:",
                "usually giving back hours."
            })
    private static final class Ask extends OfAllocation {
        @Parameters(
                paramLabel = "KIND",
                description = "extend, supplement, transfer, renew, give-back, suspend or resume.")
        private String kind = "";

        @Option(names = "--gpu-hours", paramLabel = "HOURS", description = "How many GPU-hours.")
        private @Nullable String gpuHours;

        @Option(names = "--cpu-hours", paramLabel = "HOURS", description = "How many CPU-hours.")
        private @Nullable String cpuHours;

        @Option(names = "--months", paramLabel = "MONTHS", description = "By how many months longer, or for how many.")
        private @Nullable Integer months;

        @Option(names = "--to", paramLabel = "CLUSTER", description = "Where to move hours.")
        private @Nullable String cluster;

        @Option(names = "--end", description = "Give back all that is unused and end the allocation.")
        private boolean ends;

        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
        private String reason = "";

        Ask(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode asked = api.post(
                            "/api/v1/allocations/" + text(allocation(api), "id") + "/requests",
                            Api.object(
                                    "kind",
                                    kind.toUpperCase(Locale.ROOT).replace('-', '_'),
                                    "gpuHours",
                                    gpuHours,
                                    "cpuHours",
                                    cpuHours,
                                    "months",
                                    months,
                                    "cluster",
                                    cluster,
                                    "ends",
                                    ends ? Boolean.TRUE : null,
                                    "reason",
                                    reason))
                    .json();
            if (!printed(asked)) {
                screen.say(
                        text(asked, "state").equals("GRANTED")
                                ? "Done."
                                : "Asked; an access officer decides until " + text(asked, "dueAt") + ".");
            }
            return Exit.DONE;
        }
    }

    @Command(name = "requests", description = "What waits for you to decide; for access officers.")
    private static final class Requests extends FargaCommand {
        Requests(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode open = session.api().get("/api/v1/allocation-requests").json();
            if (!printed(open)) {
                table(open).print(screen);
            }
            return Exit.DONE;
        }
    }

    @Command(name = "decide", description = "Grants or declines a request; for access officers.")
    private static final class Decide extends FargaCommand {
        @Parameters(paramLabel = "REQUEST", description = "Its identifier.")
        private String request = "";

        @Option(names = "--grant", description = "Grants it; without this it is declined.")
        private boolean grant;

        @Option(names = "--note", paramLabel = "TEXT", required = true, description = "Why.")
        private String note = "";

        @Option(names = "--gpu-hours", paramLabel = "HOURS", description = "Fewer than was asked for.")
        private @Nullable String gpuHours;

        @Option(names = "--cpu-hours", paramLabel = "HOURS", description = "Fewer than was asked for.")
        private @Nullable String cpuHours;

        @Option(names = "--months", paramLabel = "MONTHS", description = "Fewer than was asked for.")
        private @Nullable Integer months;

        Decide(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode decided = session.api()
                    .put(
                            "/api/v1/allocation-requests/" + Api.encoded(request) + "/decision",
                            Api.object(
                                    "grant",
                                    grant,
                                    "note",
                                    note,
                                    "gpuHours",
                                    gpuHours,
                                    "cpuHours",
                                    cpuHours,
                                    "months",
                                    months))
                    .json();
            if (!printed(decided)) {
                screen.say(typed(text(decided, "kind")) + ": " + text(decided, "state"));
            }
            return Exit.DONE;
        }
    }

    @Command(name = "list", description = "What your organisations have to write, and what waits for you to read.")
    private static final class ListReports extends FargaCommand {
        @Option(names = "--overdue", description = "What is overdue anywhere; for the centre's own.")
        private boolean overdue;

        ListReports(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            ArrayNode all = Api.JSON.createArrayNode();
            for (String which : overdue ? List.of("OVERDUE") : List.of("TO_WRITE", "TO_DECIDE")) {
                api.get("/api/v1/final-reports?which=" + which).json().forEach(all::add);
            }
            if (!printed(all)) {
                Table table = new Table("AWARD", "TITLE", "STATE", "DUE");
                all.forEach(r -> table.row(text(r, "code"), text(r, "title"), text(r, "state"), text(r, "dueOn")));
                table.print(screen);
            }
            return Exit.DONE;
        }
    }

    /** The proposal that was meant. */
    private abstract static class OfProposal extends FargaCommand {
        @Parameters(paramLabel = "PROPOSAL", description = "The award's code.")
        private @Nullable String proposal;

        OfProposal(Session session) {
            super(session);
        }

        final String path(Api api) {
            return "/api/v1/proposals/"
                    + text(
                            pick(
                                    api.items("/api/v1/proposals", MANY),
                                    proposal,
                                    "proposal",
                                    "its code",
                                    p -> List.of(text(p, "code"), text(p, "id"))),
                            "id");
        }
    }

    @Command(name = "show", description = "A final report: its state, what is written, hours used and granted.")
    private static final class ShowReport extends OfProposal {
        ShowReport(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode report = api.get(path(api) + "/report").json();
            if (printed(report)) {
                return Exit.DONE;
            }
            facts(
                    "state", text(report, "state"),
                    "due", text(report, "dueOn"),
                    "results", text(report.path("content"), "results"),
                    "note", text(report, "note"));
            Table table = new Table("CLUSTER", ">GPU USED", ">GPU GRANTED", ">CPU USED", ">CPU GRANTED");
            report.path("hours")
                    .forEach(h -> table.row(
                            text(h, "cluster"),
                            hours(h, "usedGpu"),
                            hours(h, "grantedGpu"),
                            hours(h, "usedCpu"),
                            hours(h, "grantedCpu")));
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(name = "pdf", description = "Saves a final report as PDF.")
    private static final class Pdf extends OfProposal {
        @Parameters(index = "1", paramLabel = "FILE", description = "Where to save it.")
        private Path file = Path.of("report.pdf");

        Pdf(Session session) {
            super(session);
        }

        @Override
        int run() throws Exception {
            Api api = session.api();
            Files.write(file, api.get(path(api) + "/report.pdf").body());
            screen.note("Saved to " + file + ".");
            return Exit.DONE;
        }
    }
}
