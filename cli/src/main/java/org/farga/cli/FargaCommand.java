package org.farga.cli;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.farga.cli.Screen.Look;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What all commands have: the options to say which server and how to answer, and the words for what they show. */
abstract class FargaCommand implements Callable<Integer> {
    static final int MANY = 1000;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server; else FARGA_SERVER, else the one signed in to last.")
    private @Nullable String server;

    @Option(names = "--json", description = "Answer with the API's JSON.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli asks for it
    private boolean help;

    final Session session;
    final Screen screen;

    FargaCommand(Session session) {
        this.session = session;
        this.screen = session.screen();
    }

    @Override
    public final Integer call() throws Exception {
        session.options(server, json);
        return run();
    }

    /** Does it; answers the exit code. */
    abstract int run() throws Exception;

    /** Prints the API's own words where they were asked for; says whether it did. */
    final boolean printed(JsonNode answer) {
        if (json) {
            screen.say(answer.toString());
        }
        return json;
    }

    /** The text of a property, or the empty string. */
    static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isNull() || value.isMissingNode() ? "" : value.isValueNode() ? value.asString() : value.toString();
    }

    /** Hours that the API wrote, as number or text. */
    static String hours(JsonNode node, String name) {
        String hours = text(node, name);
        return hours.isEmpty() ? "-" : Amounts.hours(new BigDecimal(hours));
    }

    final String bold(String text) {
        return screen.look(Look.BOLD, text);
    }

    final String faint(String text) {
        return screen.look(Look.FAINT, text);
    }

    /** Label and value, line by line; lines without a value are left out. */
    final void facts(String... labelsAndValues) {
        int width = 0;
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            width = Math.max(width, labelsAndValues[i + 1].isEmpty() ? 0 : labelsAndValues[i].length());
        }
        for (int i = 0; i < labelsAndValues.length; i += 2) {
            if (!labelsAndValues[i + 1].isEmpty()) {
                String label = labelsAndValues[i];
                screen.say("  " + faint(label + " ".repeat(width - label.length())) + "  " + labelsAndValues[i + 1]);
            }
        }
    }

    /** How a state of a proposal, allocation or job looks. */
    static Look look(String state) {
        return switch (state) {
            case "COMPLETED", "AWARDED", "ACTIVE", "OPEN", "MET" -> Look.GOOD;
            case "RUNNING", "SUBMITTED", "COMPLETING" -> Look.LIVE;
            case "PENDING", "CONFIGURING", "DRAFT", "PLANNED", "NEEDS_PERSON" -> Look.WARN;
            case "EXPIRED", "CLOSED", "WITHDRAWN" -> Look.FAINT;
            default -> Look.BAD;
        };
    }

    /**
     * The one of these that was meant: by identifier, name or the unique beginning of a name; where nothing was typed, the
     * only one. Throws {@link NotThere} or {@link UsageException}, which name the choice.
     */
    static JsonNode pick(
            JsonNode items,
            @Nullable String typed,
            String what,
            String option,
            Function<JsonNode, List<String>> names) {
        List<JsonNode> all = StreamSupport.stream(items.spliterator(), false).toList();
        if (typed == null || typed.isBlank()) {
            if (all.size() == 1) {
                return all.getFirst();
            }
            if (all.isEmpty()) {
                throw new NotThere("you have no " + what);
            }
            throw new UsageException("which " + what + "? Choose with " + option + ": " + choice(all, names));
        }
        String wanted = typed.strip().toLowerCase(Locale.ROOT);
        for (JsonNode item : all) {
            if (names.apply(item).stream()
                    .anyMatch(n -> n.toLowerCase(Locale.ROOT).equals(wanted))) {
                return item;
            }
        }
        List<JsonNode> begun = all.stream()
                .filter(item -> names.apply(item).stream()
                        .anyMatch(n -> n.toLowerCase(Locale.ROOT).startsWith(wanted)))
                .toList();
        if (begun.size() == 1) {
            return begun.getFirst();
        }
        throw begun.isEmpty()
                ? new NotThere("there is no " + what + " \"" + typed + "\""
                        + (all.isEmpty() ? "" : "; there is " + choice(all, names)))
                : new UsageException("\"" + typed + "\" could be " + choice(begun, names));
    }

    private static String choice(List<JsonNode> items, Function<JsonNode, List<String>> names) {
        return items.stream().limit(10).map(i -> names.apply(i).getFirst()).collect(Collectors.joining(", "))
                + (items.size() > 10 ? ", ..." : "");
    }

    static List<String> nameOf(JsonNode item) {
        return List.of(text(item, "name"));
    }

    static List<String> nameAndId(JsonNode item) {
        return List.of(text(item, "name"), text(item, "id"));
    }
}
