package org.farga.cli;

import org.farga.cli.Screen.Look;
import tools.jackson.databind.JsonNode;

/** A proposal as a person wants to read it: where it stands, what is missing, and why each rule answers as it does. */
final class ProposalView {
    private final FargaCommand command;
    private final Screen screen;
    private final Session session;

    ProposalView(FargaCommand command) {
        this.command = command;
        this.screen = command.screen;
        this.session = command.session;
    }

    void show(JsonNode proposal) {
        String state = FargaCommand.text(proposal, "state");
        screen.say(command.bold(FargaCommand.text(proposal, "code")) + "  " + FargaCommand.text(proposal, "title")
                + "  " + screen.look(FargaCommand.look(state), state));
        JsonNode decision = proposal.path("decision");
        String due = FargaCommand.text(proposal, "dueAt");
        command.facts(
                "GPU-hours", orEmpty(FargaCommand.hours(proposal, "gpuHours")),
                "CPU-hours", orEmpty(FargaCommand.hours(proposal, "cpuHours")),
                "months", FargaCommand.text(proposal, "durationMonths"),
                "step", words(FargaCommand.text(proposal, "step")),
                "cut-off",
                        FargaCommand.text(proposal, "cutOffAt").isEmpty()
                                ? ""
                                : session.when(FargaCommand.text(proposal, "cutOffAt")),
                "held by", holder(FargaCommand.text(proposal, "holder")),
                "due", due.isEmpty() ? "" : session.when(due) + " (" + session.day(due) + ")",
                "decided",
                        FargaCommand.text(proposal, "decidedAt").isEmpty()
                                ? ""
                                : session.when(FargaCommand.text(proposal, "decidedAt")) + " by "
                                        + (FargaCommand.text(decision, "by").equals("RULES")
                                                ? "the rules"
                                                : FargaCommand.text(decision, "by")),
                "reason", FargaCommand.text(decision, "reason"));
        if (state.equals("WAITING")) {
            proposal.path("timeline").forEach(e -> {
                if (FargaCommand.text(e, "event").equals("ASKED")) {
                    screen.say("The centre asks: " + FargaCommand.text(e, "note"));
                }
            });
        }
        eligibility(proposal);
        missing(proposal);
        if (proposal.path("rulesChanges").size() > 0) {
            screen.say("The rules have changed since you began");
            proposal.path("rulesChanges")
                    .forEach(c -> screen.say("  " + FargaCommand.text(c, "what") + ": " + FargaCommand.text(c, "before")
                            + " -> " + FargaCommand.text(c, "after")));
        }
    }

    /** A constant as words: {@code EXPERT_REVIEW} is expert review. */
    static String words(String constant) {
        return constant.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    void eligibility(JsonNode proposal) {
        if (proposal.path("eligibility").isEmpty()) {
            return;
        }
        screen.say("Eligibility");
        proposal.path("eligibility").forEach(rule -> {
            String answer = FargaCommand.text(rule, "answer");
            String mark = switch (answer) {
                case "MET" -> screen.look(Look.GOOD, "met      ");
                case "NOT_MET" -> screen.look(Look.BAD, "not met  ");
                default -> screen.look(Look.WARN, "a person ");
            };
            screen.say("  " + mark + " " + FargaCommand.text(rule, "reason"));
            JsonNode ruling = rule.path("ruling");
            if (ruling.isObject()) {
                screen.say(
                        "            " + FargaCommand.text(ruling, "by") + ": " + FargaCommand.text(ruling, "reason"));
            } else if (!FargaCommand.text(rule, "toSend").isEmpty()) {
                screen.say(command.faint("            What helps: " + FargaCommand.text(rule, "toSend")));
            }
        });
    }

    void missing(JsonNode proposal) {
        if (proposal.path("missing").isEmpty()) {
            return;
        }
        screen.say("Still missing");
        proposal.path("missing")
                .forEach(m -> screen.say("  " + screen.look(Look.WARN, FargaCommand.text(m, "field")) + "  "
                        + FargaCommand.text(m, "sentence")));
    }

    private static String orEmpty(String hours) {
        return hours.equals("-") ? "" : hours;
    }

    static String holder(String holder) {
        return switch (holder) {
            case "APPLICANT" -> "you";
            case "RULES" -> "the rules";
            case "ACCESS_OFFICER" -> "an access officer";
            case "ASSESSOR" -> "an assessor";
            case "EXPERTS" -> "the experts";
            case "PANEL" -> "the panel";
            case "NOBODY", "" -> "-";
            default -> holder;
        };
    }
}
