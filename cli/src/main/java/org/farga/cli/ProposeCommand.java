package org.farga.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.farga.cli.Api.Reply;
import org.farga.cli.Cli.Exit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "propose",
        description = {
            "Ask for computing time. At a terminal it asks for what is missing, and saves each answer; in a script all is",
            "given by options. The rules answer at once; where all hold, so does the award."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  farga propose",
            "  farga propose --call PLAYGROUND --title \"Read digits\" --abstract \"We train ...\" --gpu-hours 0 \\",
            "      --cpu-hours 20 --months 3 --civilian --no-prohibited-practice --no-personal-data --submit",
            "  farga propose --proposal PG-2026-0001 --cpu-hours 30 --submit",
            "  farga propose --proposal LS-2026-0007 --answer partition=local/acc --answer sections.JOBS.checkpoint=yes",
            "  farga propose --proposal LS-2026-0007 --sections sections.json --attach plan.pdf",
            "  farga propose --proposal LS-2026-0007 --from PG-2026-0001",
            "  farga propose --proposal LS-2026-0007 --paper submitted.pdf",
            "  farga propose --proposal PG-2026-0001 --withdraw"
        })
final class ProposeCommand extends FargaCommand {
    private static final Map<String, String> PRACTICES = new LinkedHashMap<>();

    static {
        PRACTICES.put("MANIPULATION", "(a) manipulative or deceptive techniques that cause significant harm?");
        PRACTICES.put("EXPLOITATION", "(b) exploiting vulnerabilities of age, disability or situation?");
        PRACTICES.put("SOCIAL_SCORING", "(c) social scoring?");
        PRACTICES.put("CRIME_PREDICTION", "(d) predicting offences from profiling alone?");
        PRACTICES.put("FACE_SCRAPING", "(e) facial recognition databases from untargeted scraping?");
        PRACTICES.put("EMOTION_RECOGNITION", "(f) inferring emotions at work or in education?");
        PRACTICES.put("BIOMETRIC_CATEGORISATION", "(g) inferring race, opinions or sex life from biometric data?");
        PRACTICES.put("REMOTE_IDENTIFICATION", "(h) real-time biometric identification in public for law enforcement?");
    }

    private static final Set<String> NUMBERS = Set.of("gpuHours", "cpuHours", "durationMonths");
    private static final String SECTION = "sections.";
    private static final Set<String> YES_OR_NO = Set.of("civilianUse", "noProhibitedPractice", "personalData");

    @Option(names = "--call", description = "The call; the only open one where it is not given.")
    private @Nullable String call;

    @Option(
            names = "--organisation",
            paramLabel = "NAME",
            description = "Who asks; your only one where it is not given.")
    private @Nullable String organisation;

    @Option(names = "--proposal", paramLabel = "CODE", description = "Go on with this draft.")
    private @Nullable String proposal;

    @Option(names = "--title", description = "What it is called.")
    private @Nullable String title;

    @Option(names = "--abstract", paramLabel = "TEXT", description = "What is to be done, and what for.")
    private @Nullable String summary;

    @Option(names = "--gpu-hours", paramLabel = "N", description = "Hours of one GPU.")
    private @Nullable BigDecimal gpuHours;

    @Option(names = "--cpu-hours", paramLabel = "N", description = "Hours of one CPU core.")
    private @Nullable BigDecimal cpuHours;

    @Option(names = "--months", paramLabel = "N", description = "For how long.")
    private @Nullable Integer months;

    @Option(names = "--civilian", negatable = true, description = "The use is civilian only.")
    private @Nullable Boolean civilian;

    @Option(
            names = "--no-prohibited-practice",
            description = "It is none of the eight practices that Article 5(1) of the AI Act prohibits, (a) to (h).")
    private boolean noProhibitedPractice;

    @Option(names = "--personal-data", negatable = true, description = "It uses personal data, or it does not.")
    private @Nullable Boolean personalData;

    @Option(
            names = "--answer",
            paramLabel = "FIELD=VALUE",
            description = "Any other field that the call asks for, such as partition or sections.JOBS.checkpoint.")
    private Map<String, String> answers = Map.of();

    @Option(
            names = "--sections",
            paramLabel = "FILE",
            description = "JSON with sections and their answers, as \"farga proposals CODE --json\" shows them.")
    private @Nullable Path sections;

    @Option(names = "--attach", paramLabel = "FILE", description = "Add a document; may be given several times.")
    private List<Path> documents = List.of();

    @Option(names = "--from", paramLabel = "CODE", description = "Fill in what is empty from this earlier proposal.")
    private @Nullable String from;

    @Option(names = "--paper", paramLabel = "FILE", description = "Save what was submitted, as PDF.")
    private @Nullable Path paper;

    @Option(names = "--submit", description = "Submit it once nothing is missing.")
    private boolean submit;

    @Option(names = "--withdraw", description = "Withdraw it.")
    private boolean withdraw;

    ProposeCommand(Session session) {
        super(session);
    }

    @Override
    int run() {
        Api api = session.api();
        if (withdraw) {
            return withdraw(api);
        }
        if (paper != null) {
            return savePaper(api, paper);
        }
        ObjectNode given = given();
        boolean asking = screen.canAsk()
                && !session.wantsJson()
                && given.isEmpty()
                && !submit
                && from == null
                && documents.isEmpty();
        String path = "/api/v1/proposals/" + (proposal != null ? existing(api) : begun(api));
        documents.forEach(document -> attach(api, path, document));
        if (from != null) {
            String earlier = text(AccessCommands.Proposals.named(api.items("/api/v1/proposals", MANY), from), "id");
            api.put(path + "/prefill", Api.object("from", earlier));
        }
        Reply draft = api.get(path);
        if (!given.isEmpty()) {
            draft = api.patch(path, given, draft.etag());
        }
        if (asking) {
            draft = asked(api, path, draft);
        }
        boolean whole = draft.json().path("missing").isEmpty();
        boolean go = submit || (asking && whole && agreesToSubmit(draft.json()));
        if (go && whole) {
            api.put(path + "/submission", null, draft.etag());
            draft = api.get(path);
        }
        if (!printed(draft.json())) {
            new ProposalView(this).show(draft.json());
            String code = text(draft.json(), "code");
            screen.note(
                    switch (text(draft.json(), "state")) {
                        case "DRAFT" -> faint("Saved. \"farga propose --proposal " + code + " --submit\" submits it.");
                        case "AWARDED" -> faint("\"farga projects\" shows what you were given.");
                        default -> faint("\"farga proposals " + code + "\" shows how it goes.");
                    });
        }
        return submit && !whole ? Exit.REFUSED : Exit.DONE;
    }

    private boolean agreesToSubmit(JsonNode draft) {
        new ProposalView(this).eligibility(draft);
        screen.flush();
        return screen.agrees("Nothing is missing. Submit it?");
    }

    private String existing(Api api) {
        return text(
                AccessCommands.Proposals.named(api.items("/api/v1/proposals", MANY), String.valueOf(proposal)), "id");
    }

    private String begun(Api api) {
        ArrayNode open = Api.JSON.createArrayNode();
        api.items("/api/v1/calls", MANY).forEach(c -> {
            // Open, but without a cut-off left, it takes nothing any more.
            boolean takes = c.path("intake").path("rolling").asBoolean(true) || c.has("nextCutOff");
            if (text(c, "state").equals("OPEN") && takes) {
                open.add(c);
            }
        });
        JsonNode chosenCall = pick(open, call, "open call", "--call", AccessCommands.Calls::names);
        JsonNode asker = pick(
                api.items("/api/v1/organisations", MANY),
                organisation,
                "organisation",
                "--organisation",
                FargaCommand::nameAndId);
        JsonNode made = api.post(
                        "/api/v1/proposals",
                        Api.object("call", text(chosenCall, "id"), "organisation", text(asker, "id")))
                .json();
        screen.note("Draft " + text(made, "code") + " of " + text(asker, "name") + " for " + text(chosenCall, "title")
                + ". What you answer is saved at once.");
        return text(made, "id");
    }

    private ObjectNode given() {
        ObjectNode given = Api.object(
                "title", title,
                "abstract", summary,
                "gpuHours", gpuHours,
                "cpuHours", cpuHours,
                "durationMonths", months,
                "civilianUse", civilian,
                "noProhibitedPractice", noProhibitedPractice ? true : null,
                "personalData", personalData);
        if (sections != null) {
            given.set("sections", json(sections.toString(), new String(content(sections), StandardCharsets.UTF_8)));
        }
        new LinkedHashMap<>(answers).forEach((field, value) -> answer(given, field, value));
        return given;
    }

    /** Asks for what is missing, field by field, until nothing is or an answer is left empty. */
    private Reply asked(Api api, String path, Reply draft) {
        Reply now = draft;
        while (!now.json().path("missing").isEmpty()) {
            JsonNode missing = now.json().path("missing").get(0);
            String field = text(missing, "field");
            screen.note(text(missing, "sentence"));
            if (field.equals("noProhibitedPractice")) {
                if (!practices(api, path, now)) {
                    return now;
                }
                now = api.get(path);
                continue;
            }
            String answer = screen.ask("  " + field, "");
            if (answer.isEmpty()) {
                return now;
            }
            try {
                ObjectNode change = Api.JSON.createObjectNode();
                answer(change, field, answer);
                now = api.patch(path, change, now.etag());
            } catch (Problem e) {
                if (e.status() != 422) {
                    throw e;
                }
                screen.note("  " + e.line());
            }
        }
        return now;
    }

    /** Asks for each practice of Article 5(1) of the AI Act by itself; says whether all were answered. */
    private boolean practices(Api api, String path, Reply draft) {
        ObjectNode said = Api.JSON.createObjectNode();
        for (Map.Entry<String, String> practice : PRACTICES.entrySet()) {
            String answer = screen.ask("  " + practice.getValue() + " (yes, no, unsure)", "")
                    .strip()
                    .toLowerCase(Locale.ROOT);
            if (answer.isEmpty()) {
                return false;
            }
            said.put(practice.getKey(), answer.startsWith("y") ? "YES" : answer.startsWith("n") ? "NO" : "UNSURE");
        }
        api.put(path + "/prohibited-practices", said, draft.etag());
        return true;
    }

    /**
     * Sections of the form are named as what is missing names them: {@code sections.JOBS.checkpoint=yes}; a section or a list as a
     * whole is JSON, and a section given as anything else is one text.
     */
    private static void answer(ObjectNode change, String field, String typed) {
        if (!field.startsWith(SECTION)) {
            change.set(field, value(field, typed));
            return;
        }
        String[] path = field.substring(SECTION.length()).split("\\.", 2);
        String section = path[0].toUpperCase(Locale.ROOT).replace('-', '_');
        String text = typed.strip();
        JsonNode value = text.startsWith("{") || text.startsWith("[") ? json(field, text) : Api.JSON.valueToTree(text);
        ObjectNode sections = change.withObject("sections");
        if (path.length == 1) {
            sections.set(section, value);
        } else {
            JsonNode begun = sections.path(section);
            ObjectNode answers = begun instanceof ObjectNode object ? object : sections.putObject(section);
            answers.set(path[1], yesOrNo(value));
        }
    }

    private static JsonNode yesOrNo(JsonNode value) {
        return switch (value.isString() ? value.asString().toLowerCase(Locale.ROOT) : "") {
            case "y", "yes" -> Api.JSON.valueToTree(true);
            case "n", "no" -> Api.JSON.valueToTree(false);
            default -> value;
        };
    }

    private static JsonNode json(String field, String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (JacksonException e) {
            throw new UsageException(field + " is not readable as JSON: " + e.getOriginalMessage());
        }
    }

    private static JsonNode value(String field, String typed) {
        String text = typed.strip();
        if (YES_OR_NO.contains(field)) {
            return Api.JSON.valueToTree(Set.of("y", "yes", "true").contains(text.toLowerCase(Locale.ROOT)));
        }
        if (NUMBERS.contains(field)) {
            try {
                return Api.JSON.valueToTree(new BigDecimal(text));
            } catch (NumberFormatException e) {
                throw new UsageException(field + " is a number, not \"" + typed + "\"");
            }
        }
        return Api.JSON.valueToTree(text);
    }

    private void attach(Api api, String path, Path document) {
        String name = String.valueOf(document.getFileName());
        api.upload(path + "/attachments/" + Api.encoded(name), content(document), "application/octet-stream");
        screen.note("Added " + name + ".");
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UsageException("cannot read " + file + ": " + e.getMessage());
        }
    }

    private int savePaper(Api api, Path file) {
        if (proposal == null) {
            throw new UsageException("which proposal? Name it with --proposal");
        }
        try {
            long bytes = api.download("/api/v1/proposals/" + existing(api) + "/paper", file);
            screen.note("Saved " + file + ", " + bytes + " bytes.");
            return Exit.DONE;
        } catch (IOException e) {
            throw new UsageException("cannot write " + file + ": " + e.getMessage());
        }
    }

    private int withdraw(Api api) {
        if (proposal == null) {
            throw new UsageException("which proposal? Name it with --proposal");
        }
        String path = "/api/v1/proposals/" + existing(api);
        api.delete(path + "/submission");
        JsonNode withdrawn = api.get(path).json();
        if (!printed(withdrawn)) {
            screen.say(text(withdrawn, "code") + " is withdrawn.");
        }
        return Exit.DONE;
    }
}
