package org.farga.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A reviewer's reviews: what is to write, what the proposal says, and handing one in. */
final class ReviewCommands {
    private static final String REVIEWS = "/api/v1/reviews";

    private ReviewCommands() {}

    static CommandLine line(Session session) {
        return new CommandLine(new Reviews())
                .addSubcommand("list", new ToWrite(session))
                .addSubcommand("show", new Show(session))
                .addSubcommand("submit", new Submit(session));
    }

    @Command(
            name = "reviews",
            description = "The proposals that you review: list, show, submit.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = {
                "  farga reviews list",
                "  farga reviews list --json",
                "  farga reviews show LS-2027-0004",
                "  farga reviews submit LS-2027-0004 review.json",
                "",
                "A review is a JSON file:",
                "  {\"scores\": {\"EXCELLENCE\": 4, \"IMPACT\": 3.5, \"IMPLEMENTATION\": 4}, \"comments\": \"...\",",
                "   \"confidential\": \"...\", \"recommendation\": \"AWARD\", \"confidence\": \"HIGH\"}",
                "A recommendation is AWARD, AWARD_WITH_CHANGES or DECLINE; confidence is LOW, MEDIUM or HIGH."
            })
    static final class Reviews extends CommandGroup {}

    /** The review that is meant, by the proposal's code. */
    private static JsonNode picked(Api api, String proposal) {
        return FargaCommand.pick(
                api.get(REVIEWS).json(),
                proposal,
                "review",
                "the proposal's code",
                r -> List.of(FargaCommand.text(r, "code"), FargaCommand.text(r, "proposal")));
    }

    @Command(name = "list", description = "What you are to review, the most urgent first, and what you have.")
    private static final class ToWrite extends FargaCommand {
        ToWrite(Session session) {
            super(session);
        }

        @Override
        int run() {
            JsonNode reviews = session.api().get(REVIEWS).json();
            if (printed(Api.object("items", reviews))) {
                return Exit.DONE;
            }
            if (reviews.isEmpty()) {
                screen.note("You have nothing to review.");
                return Exit.DONE;
            }
            Table table = new Table("PROPOSAL", "TITLE", "STATE", "UNTIL");
            reviews.forEach(r -> table.row(
                    text(r, "code"),
                    text(r, "title"),
                    r.path("submitted").asBoolean()
                            ? "submitted"
                            : r.path("open").asBoolean() ? "to write" : "over",
                    text(r, "dueAt").isEmpty() ? "" : session.when(text(r, "dueAt"))));
            table.print(screen);
            return Exit.DONE;
        }
    }

    @Command(name = "show", description = "What you may know of a proposal, and your review of it.")
    private static final class Show extends FargaCommand {
        @Parameters(paramLabel = "PROPOSAL", description = "Its code.")
        private String proposal = "";

        Show(Session session) {
            super(session);
        }

        @Override
        int run() {
            Api api = session.api();
            JsonNode review = api.get(REVIEWS + "/" + text(picked(api, proposal), "proposal"))
                    .json();
            if (printed(review)) {
                return Exit.DONE;
            }
            screen.say(bold(text(review, "title")));
            facts(
                    "proposal",
                    text(review, "code"),
                    "call",
                    text(review, "call"),
                    "organisation",
                    text(review, "organisation"),
                    "asks for",
                    hours(review, "gpuHours") + " GPU-hours, " + hours(review, "cpuHours") + " CPU-hours on "
                            + text(review, "partition") + " for " + text(review, "durationMonths") + " months",
                    "scores",
                    text(review, "lowest") + " to " + text(review, "highest"),
                    "until",
                    text(review, "dueAt").isEmpty() ? "" : session.when(text(review, "dueAt")),
                    "submitted",
                    text(review, "submittedAt").isEmpty() ? "" : session.when(text(review, "submittedAt")));
            screen.say("");
            screen.say(text(review, "summary"));
            review.path("texts").forEach(part -> {
                screen.say("");
                screen.say(bold(text(part, "heading")));
                screen.say(text(part, "text"));
            });
            if (!review.path("scores").isEmpty()) {
                screen.say("");
                screen.say(bold("Your review"));
                review.path("criteria").forEach(c -> {
                    String criterion = text(c, "criterion");
                    facts(criterion, text(review.path("scores"), criterion));
                });
                screen.say(text(review, "comments"));
            }
            if (!text(review, "rebuttal").isEmpty()) {
                screen.say("");
                screen.say(bold("What the applicant answered"));
                screen.say(text(review, "rebuttal"));
            }
            return Exit.DONE;
        }
    }

    @Command(name = "submit", description = "Hands in a review from a JSON file; with --draft it is only saved.")
    private static final class Submit extends FargaCommand {
        @Parameters(index = "0", paramLabel = "PROPOSAL", description = "Its code.")
        private String proposal = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "The review as JSON.")
        private @Nullable Path file;

        @Option(names = "--draft", description = "Save it, and submit it later.")
        private boolean draft;

        Submit(Session session) {
            super(session);
        }

        @Override
        int run() throws IOException {
            Path from = java.util.Objects.requireNonNull(file);
            JsonNode typed;
            try {
                typed = Api.JSON.readTree(Files.readString(from));
            } catch (JacksonException e) {
                throw new UsageException(from + " is no JSON: " + e.getOriginalMessage());
            }
            Api api = session.api();
            String path = REVIEWS + "/" + text(picked(api, proposal), "proposal");
            Api.Reply saved = api.put(path, typed, api.get(path).etag());
            JsonNode review = draft
                    ? saved.json()
                    : api.put(path + "/submission", null, saved.etag()).json();
            if (!printed(review)) {
                screen.note(draft ? "Saved as a draft." : "Submitted.");
            }
            return Exit.DONE;
        }
    }
}
