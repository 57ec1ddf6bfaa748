package org.farga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.List;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** State aid: what a company may still be granted, and the centre's register. */
final class AidCommands {
    private AidCommands() {}

    static CommandLine line(Session session) {
        return new CommandLine(new Aid())
                .addSubcommand("headroom", new Headroom(session))
                .addSubcommand("register", new Register(session));
    }

    @Command(
            name = "aid",
            description = "State aid: what a company may still be granted, and the centre's register.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga aid headroom",
                "  farga aid headroom forja --day 2027-03-01 --json",
                "  farga aid register --overdue",
                "  farga aid register --csv > register.csv"
            })
    static final class Aid extends CommandGroup {}

    @Command(
            name = "headroom",
            description = {
                "What de minimis aid your company has had in each Member State and what is left of the ceiling,",
                "together with the enterprises that are linked to it."
            })
    private static final class Headroom extends FargaCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "ORGANISATION",
                description = "Which one, where you belong to several.")
        private @Nullable String organisation;

        @Option(names = "--day", paramLabel = "DATE", description = "As of this day, such as 2027-03-01; else today.")
        private @Nullable String day;

        Headroom(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode picked = pick(
                    api.items("/api/v1/organisations", MANY),
                    organisation,
                    "organisation",
                    "its name",
                    o -> List.of(text(o, "name"), text(o, "id")));
            JsonNode aid = api.get("/api/v1/organisations/" + text(picked, "id") + "/aid"
                            + (day == null ? "" : "?day=" + URLEncoder.encode(day, UTF_8)))
                    .json();
            if (printed(aid)) {
                return Exit.DONE;
            }
            Table table = new Table("STATE", ">CEILING", ">USED", ">LEFT", "");
            aid.path("headrooms")
                    .forEach(h -> table.row(
                            text(h, "memberState"),
                            text(h, "ceilingEuros"),
                            text(h, "usedEuros"),
                            text(h, "leftEuros"),
                            switch (text(h, "level")) {
                                case "WARNING" -> "near the ceiling";
                                case "REACHED" -> "ceiling reached";
                                default -> "";
                            }));
            table.print(screen);
            String until = text(aid, "declarationValidUntil");
            screen.note(
                    until.isEmpty()
                            ? "No other aid has been declared; aid can be granted once it has."
                            : "Other aid was declared; that is good until " + until + ".");
            return Exit.DONE;
        }
    }

    @Command(name = "register", description = "The centre's register of aid; for access officers and auditors.")
    private static final class Register extends FargaCommand {
        @Option(names = "--open", description = "Only what is not in the central register yet.")
        private boolean open;

        @Option(names = "--overdue", description = "Only what should be there by now.")
        private boolean overdue;

        @Option(names = "--find", paramLabel = "TEXT", description = "By beneficiary, tax number or reference.")
        private @Nullable String find;

        @Option(names = "--csv", description = "All of it as CSV, with the central register's fields.")
        private boolean csv;

        Register(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            String asked = "?open=" + open + "&overdue=" + overdue
                    + (find == null ? "" : "&text=" + URLEncoder.encode(find, UTF_8));
            if (csv) {
                screen.write(api.get("/api/v1/aid/register.csv" + asked).text());
                return Exit.DONE;
            }
            JsonNode answer =
                    api.get("/api/v1/aid/register" + asked + "&limit=200").json();
            if (printed(answer)) {
                return Exit.DONE;
            }
            Table table = new Table("NUMBER", "BENEFICIARY", "GRANTED", ">EUROS", "REGIME", "REFERENCE", "REGISTER");
            answer.path("items")
                    .forEach(e -> table.row(
                            text(e, "number"),
                            text(e, "beneficiary"),
                            text(e, "grantedOn"),
                            text(e, "amountEuros"),
                            text(e, "regime") + " " + text(e, "memberState"),
                            text(e, "reference"),
                            text(e, "enteredOn").isEmpty() ? "due " + text(e, "registerDueOn") : text(e, "enteredOn")));
            table.print(screen);
            if (!text(answer, "next").isEmpty()) {
                screen.note("The latest 200; \"farga aid register --csv\" has all.");
            }
            return Exit.DONE;
        }
    }
}
