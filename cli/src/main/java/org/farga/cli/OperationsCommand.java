package org.farga.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.farga.cli.Cli.Exit;
import org.farga.cli.Screen.Look;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** What is wrong with the installation and what to do, for whoever is on call. */
@Command(
        name = "operations",
        description = {
            "What is wrong with the installation and what to do, the worst first; for operators.",
            "Exit code 1 where something is wrong, so that a script can watch."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  farga operations", "  farga operations --json | jq -r '.findings[] | .name'"})
final class OperationsCommand extends FargaCommand {
    OperationsCommand(Session session) {
        super(session);
    }

    @Override
    int run() {
        JsonNode answer = session.api().get("/api/v1/operations").json();
        String status = text(answer, "status");
        int code = status.equals("OK") ? Exit.DONE : Exit.REFUSED;
        if (printed(answer)) {
            return code;
        }
        for (JsonNode finding : answer.path("findings")) {
            String severity = text(finding, "severity");
            Look look = switch (severity) {
                case "CRITICAL" -> Look.BAD;
                case "WARNING" -> Look.WARN;
                default -> Look.FAINT;
            };
            String hosts = finding.path("hosts").isEmpty()
                    ? ""
                    : " on "
                            + String.join(
                                    ", ",
                                    finding.path("hosts")
                                            .valueStream()
                                            .map(JsonNode::asString)
                                            .toList());
            screen.say(screen.look(look, severity.toLowerCase(java.util.Locale.ROOT)) + "  "
                    + bold(Table.plain(text(finding, "sentence")))
                    + faint(age(text(answer, "at"), text(finding, "since")) + hosts));
            screen.say("  " + Table.plain(text(finding, "advice")));
            finding.path("commands").forEach(c -> screen.say("    " + Table.plain(c.asString())));
        }
        screen.say(
                switch (status) {
                    case "OK" -> screen.look(Look.GOOD, "Nothing is wrong.");
                    case "WARNING" -> screen.look(Look.WARN, "Something needs looking after.");
                    default -> screen.look(Look.BAD, "Act now.");
                });
        Table table = new Table("PROCESS", ">PID", "VERSION", "STATE", "STARTED");
        answer.path("processes").forEach(p -> {
            boolean lost = p.path("lost").asBoolean(false);
            String state = text(p, "state");
            if (!state.equals("STOPPED")) {
                table.row(
                                text(p, "host") + ":" + text(p, "port"),
                                text(p, "pid"),
                                text(p, "version"),
                                lost ? "LOST" : state,
                                text(p, "startedAt"))
                        .look(3, lost ? Look.BAD : Look.GOOD);
            }
        });
        if (!table.isEmpty()) {
            screen.say("");
            table.print(screen);
        }
        return code;
    }

    private static String age(String at, String since) {
        try {
            return ", for "
                    + Amounts.time(Duration.between(Instant.parse(since), Instant.parse(at))
                            .abs()
                            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
        } catch (DateTimeParseException e) {
            return "";
        }
    }
}
