package org.farga.cli;

import java.util.List;
import java.util.Locale;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** What one belongs to, what is open, what one asked for and what one was given. */
final class AccessCommands {
    private AccessCommands() {}

    @Command(
            name = "organisations",
            description = "The organisations you belong to.",
            footerHeading = "%nExamples:%n",
            footer = "  farga organisations")
    static final class Organisations extends FargaCommand {
        Organisations(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            ArrayNode items = api.items("/api/v1/organisations", MANY);
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note("You belong to none. Found one at " + api.server() + "/organisations");
                return Exit.DONE;
            }
            Table table = new Table("NAME", "COUNTRY", "ID");
            items.forEach(o -> table.row(text(o, "name"), text(o, "country"), text(o, "id")));
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(
            name = "calls",
            description = "The calls for proposals, and what they give.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga calls",
                "  farga calls PLAYGROUND",
                "  farga calls --who startup-or-sme --for train --gpu-hours 20000 --within 4"
            })
    static final class Calls extends FargaCommand {
        @Parameters(arity = "0..1", paramLabel = "CALL", description = "Show this one with its rules.")
        private @Nullable String wanted;

        @Option(
                names = "--who",
                description = "Name the call that fits: startup-or-sme, large-company, research, public-body.")
        private @Nullable String who;

        @Option(names = "--for", description = "What for, with --who: try, train, large, science.")
        private String purpose = "train";

        @Option(names = "--gpu-hours", description = "How many GPU-hours, with --who.")
        private String gpuHours = "0";

        @Option(names = "--within", paramLabel = "DAYS", description = "A decision within so many working days.")
        private @Nullable Integer within;

        Calls(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.openApi();
            if (who != null) {
                return advise(api, who);
            }
            ArrayNode items = api.items("/api/v1/calls", MANY);
            if (wanted != null) {
                JsonNode picked = pick(items, wanted, "call", "its code", Calls::names);
                show(api.get("/api/v1/calls/" + text(picked, "id")).json());
                return Exit.DONE;
            }
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note("There are no calls now.");
                return Exit.DONE;
            }
            Table table = new Table("CALL", "TITLE", "STATE", ">GPU-HOURS", ">CPU-HOURS", "CLOSES");
            items.forEach(c -> table.row(
                            text(c, "code"),
                            text(c, "title"),
                            text(c, "state"),
                            range(c, "GpuHours"),
                            range(c, "CpuHours"),
                            text(c, "closesAt").isEmpty() ? "stays open" : session.when(text(c, "closesAt")))
                    .look(2, look(text(c, "state"))));
            table.print(screen);
            return Exit.DONE;
        }

        private int advise(Api api, String asker) {
            JsonNode advice = api.get("/api/v1/call-advice?who=" + constant(asker) + "&purpose=" + constant(purpose)
                            + "&gpuHours=" + Api.encoded(gpuHours)
                            + (within == null ? "" : "&withinWorkingDays=" + within))
                    .json();
            if (printed(advice)) {
                return Exit.DONE;
            }
            advice.forEach(call -> {
                String fit = text(call, "fit");
                screen.say((fit.equals("NO")
                                ? faint("does not fit  ")
                                : fit.equals("BEST") ? "fits best     " : "fits, too     ")
                        + bold(text(call, "call")) + "  " + text(call, "title"));
                call.path("reasons")
                        .forEach(reason -> screen.say("    "
                                + (reason.path("holds").asBoolean() ? "+ " : "- ") + text(reason, "sentence")
                                + (text(reason, "change").isEmpty() ? "" : faint(" " + text(reason, "change")))));
            });
            return Exit.DONE;
        }

        private static String constant(String word) {
            return Api.encoded(word.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        private void show(JsonNode call) {
            if (printed(call)) {
                return;
            }
            screen.say(bold(text(call, "title")) + "  " + text(call, "code"));
            screen.say(text(call, "summary"));
            facts(
                    "state", text(call, "state").toLowerCase(Locale.ROOT),
                    "cluster", text(call, "cluster"),
                    "GPU-hours", range(call, "GpuHours"),
                    "CPU-hours", range(call, "CpuHours"),
                    "months", joined(call.path("durationsMonths")),
                    "next cut-off", text(call, "nextCutOff").isEmpty() ? "" : session.when(text(call, "nextCutOff")),
                    "decision",
                            (call.path("awardAtOnce").asBoolean() ? "at once by the rules, or within " : "within ")
                                    + text(call, "decisionWorkingDays") + " working days"
                                    + (call.path("awardAtOnce").asBoolean() ? " by a person" : ""));
            if (call.path("partitions").size() > 1) {
                screen.say("");
                Table table = new Table("PARTITION", ">GPU-HOURS", ">CPU-HOURS", "OPEN");
                call.path("partitions")
                        .forEach(p -> table.row(
                                text(p, "key"),
                                range(p, "GpuHours"),
                                range(p, "CpuHours"),
                                p.path("open").asBoolean() ? "yes" : "no " + text(p, "closedReason")));
                table.print(screen);
            }
            if (call.path("steps").size() > 1) {
                screen.say("");
                call.path("steps")
                        .forEach(step -> screen.say("  " + ProposalView.words(text(step, "kind")) + ": "
                                + text(step, "workingDays") + " working days"));
            }
            screen.say("");
            call.path("rules")
                    .forEach(rule -> screen.say("  - " + text(rule, "sentence")
                            + (text(rule, "source").isEmpty() ? "" : faint(" (" + text(rule, "source") + ")"))));
        }

        static List<String> names(JsonNode call) {
            return List.of(text(call, "code"), text(call, "title"), text(call, "id"));
        }

        static String range(JsonNode call, String what) {
            return text(call, "max" + what).isEmpty()
                    ? "-"
                    : hours(call, "min" + what) + " to " + hours(call, "max" + what);
        }

        private static String joined(JsonNode values) {
            StringBuilder all = new StringBuilder();
            values.forEach(v -> all.append(all.isEmpty() ? "" : ", ").append(v.asString()));
            return all.toString();
        }
    }

    @Command(
            name = "proposals",
            description = "Your proposals, and who holds them now.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga proposals",
                "  farga proposals PG-2026-0001",
                "  farga proposals LS-2026-0007 --answer \"The data is our own.\"",
                "  farga proposals LS-2026-0007 --accept",
                "  farga proposals --state SUBMITTED --json"
            })
    static final class Proposals extends FargaCommand {
        @Parameters(arity = "0..1", paramLabel = "CODE", description = "Show this one with the reasons of its rules.")
        private @Nullable String code;

        @Option(
                names = "--state",
                description = "Only those: DRAFT, SUBMITTED, WAITING, OFFERED, AWARDED, DECLINED, WITHDRAWN.")
        private @Nullable String state;

        @Option(names = "--answer", paramLabel = "TEXT", description = "Answer what the centre asked.")
        private @Nullable String answer;

        @Option(names = "--accept", description = "Accept what the centre offers.")
        private boolean accept;

        @Option(names = "--turn-down", description = "Turn down what the centre offers.")
        private boolean turnDown;

        Proposals(Session session) {
            super(session);
        }

        @Override
        int run() {
            if (code == null && (answer != null || accept || turnDown)) {
                throw new UsageException("which proposal? Name its code");
            }
            if (accept && turnDown) {
                throw new UsageException("accept it or turn it down, not both");
            }
            Api api = session.api();
            String filter = state == null ? "" : "?state=" + Api.encoded(state.toUpperCase(Locale.ROOT));
            ArrayNode items = api.items("/api/v1/proposals" + filter, MANY);
            if (code != null) {
                String path = "/api/v1/proposals/" + text(named(items, code), "id");
                if (answer != null) {
                    api.put(path + "/answer", Api.object("answer", answer));
                }
                if (accept || turnDown) {
                    api.put(path + "/acceptance", Api.object("accept", accept));
                }
                JsonNode proposal = api.get(path).json();
                if (!printed(proposal)) {
                    new ProposalView(this).show(proposal);
                }
                return Exit.DONE;
            }
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note("There are none. \"farga propose\" begins one.");
                return Exit.DONE;
            }
            Table table = new Table("PROPOSAL", "TITLE", "STATE", "HELD BY", "DUE", "SUBMITTED");
            items.forEach(p -> table.row(
                            text(p, "code"),
                            text(p, "title").isEmpty() ? "(no title yet)" : text(p, "title"),
                            text(p, "state"),
                            ProposalView.holder(text(p, "holder")),
                            session.when(text(p, "dueAt")),
                            session.when(text(p, "submittedAt")))
                    .look(2, look(text(p, "state"))));
            table.print(screen);
            return Exit.DONE;
        }

        static JsonNode named(ArrayNode items, String code) {
            return pick(items, code, "proposal", "its code", p -> List.of(text(p, "code"), text(p, "id")));
        }
    }

    @Command(
            name = "projects",
            description = "Your projects with what they were given.",
            footerHeading = "%nExamples:%n",
            footer = {"  farga projects", "  farga usage   (what is left)"})
    static final class Projects extends FargaCommand {
        Projects(Session session) {
            super(session);
        }

        @Override
        int run() {
            ArrayNode items = session.api().items("/api/v1/projects", MANY);
            if (printed(Api.object("items", items))) {
                return Exit.DONE;
            }
            if (items.isEmpty()) {
                screen.note("You are in none. An awarded proposal makes one: \"farga propose\".");
                return Exit.DONE;
            }
            Table table = new Table("PROJECT", "NAME", "ALLOCATION", "STATE", ">GPU-HOURS", ">CPU-HOURS", "UNTIL");
            for (JsonNode project : items) {
                if (project.path("allocations").isEmpty()) {
                    table.row(text(project, "slug"), text(project, "name"), "none", "-", "-", "-", "-");
                }
                project.path("allocations")
                        .forEach(a -> table.row(
                                        text(project, "slug"),
                                        text(project, "name"),
                                        text(a, "proposalCode"),
                                        text(a, "state"),
                                        hours(a, "gpuHours"),
                                        hours(a, "cpuHours"),
                                        session.day(text(a, "to")))
                                .look(3, look(text(a, "state"))));
            }
            table.print(screen);
            return Exit.DONE;
        }
    }
}
