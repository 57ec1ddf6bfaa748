package org.farga.models;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.farga.shared.Fields;
import org.farga.shared.ModelId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/**
 * What a model version is, is for and came from, in the form of Hugging Face's model cards: YAML between two lines of
 * {@code ---}, then Markdown (<a href="https://huggingface.co/docs/hub/model-cards">their description</a>).
 *
 * @param edition counts the writings from 1 on; 0 for the draft made from lineage
 * @param writtenBy null for a draft
 */
record ModelCard(
        ModelId model,
        int number,
        int edition,
        String text,
        @Nullable PersonId writtenBy,
        @Nullable Instant writtenAt) {
    static final int LONGEST_BYTES = 200_000;
    private static final int LONGEST_FRONT_MATTER = 50_000;
    private static final int DEEPEST = 20;
    private static final Pattern FRONT = Pattern.compile(
            "\\A\\uFEFF?---[ \\t]*\\R(.*?)(?:^)---[ \\t]*(?:\\R|\\z)(.*)\\z", Pattern.DOTALL | Pattern.MULTILINE);
    // The licences that the hub knows are in lower case; others are "other" with a name.
    private static final Pattern LICENCE = Pattern.compile("[a-z0-9][a-z0-9.+-]{0,99}");
    private static final List<String> TEXTS =
            List.of("library_name", "pipeline_tag", "license_name", "license_link", "inference");
    private static final List<String> LISTS = List.of("datasets", "tags", "metrics");
    private static final List<String> TEXT_OR_LIST = List.of("language", "base_model", "license", "new_version");

    boolean isDraft() {
        return edition == 0;
    }

    /** The two parts of a card. */
    record Parts(String frontMatter, String body) {}

    /** Nothing for a text that does not begin with front matter. */
    static Optional<Parts> split(String text) {
        var matcher = FRONT.matcher(text);
        return matcher.matches() ? Optional.of(new Parts(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    static String join(Map<String, ?> frontMatter, String body) {
        return "---\n" + dump(frontMatter) + "---\n\n" + body.strip() + "\n";
    }

    /** The front matter's values; throws {@link YAMLException} for what is no YAML mapping or tries to be too much. */
    static Map<String, Object> parse(String frontMatter) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(LONGEST_FRONT_MATTER);
        options.setMaxAliasesForCollections(10);
        options.setNestingDepthLimit(DEEPEST);
        options.setAllowRecursiveKeys(false);
        Object loaded = new Yaml(new SafeConstructor(options)).load(frontMatter);
        Map<String, Object> values = new LinkedHashMap<>();
        if (loaded instanceof Map<?, ?> map) {
            map.forEach((key, value) -> values.put(String.valueOf(key), value));
        } else if (loaded != null) {
            throw new YAMLException("lines of the form “key: value” are expected");
        }
        return values;
    }

    static String dump(Map<String, ?> values) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndicatorIndent(0);
        options.setSplitLines(false);
        options.setAllowUnicode(true);
        return new Yaml(new Representer(options), options).dump(values);
    }

    /** Checks a card that somebody wrote: each fault is a problem of the field {@code text} that says what to change. */
    static Outcome<String> check(@Nullable String typed) {
        Fields fields = new Fields().text("text", typed, LONGEST_BYTES);
        if (typed == null || fields.refusal().isPresent()) {
            return Outcome.refused(fields.refusal().orElseThrow());
        }
        String text = typed.replace("\r\n", "\n").strip() + "\n";
        fields.rule(
                "text",
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= LONGEST_BYTES,
                "model-card-too-large",
                LONGEST_BYTES / 1000);
        Optional<Parts> parts = split(text);
        fields.rule("text", parts.isPresent(), "card-without-front-matter");
        parts.ifPresent(p -> {
            fields.rule("text", !p.body().isBlank(), "card-without-text");
            checkFrontMatter(fields, p.frontMatter());
        });
        Optional<Refusal> refusal = fields.refusal();
        return refusal.isPresent() ? Outcome.refused(refusal.get()) : Outcome.done(text);
    }

    private static void checkFrontMatter(Fields fields, String frontMatter) {
        Map<String, Object> values;
        try {
            values = parse(frontMatter);
        } catch (MarkedYAMLException e) {
            // The first line of the file is the dashes.
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 2;
            String problem = e.getProblem();
            fields.rule("text", false, "card-yaml", line, problem == null ? "" : problem);
            return;
        } catch (YAMLException e) {
            String message = e.getMessage();
            fields.rule("text", false, "card-yaml", 1, message == null ? "" : message);
            return;
        } catch (StackOverflowError | ClassCastException | NumberFormatException e) {
            fields.rule("text", false, "card-yaml", 1, "");
            return;
        }
        fields.rule("text", values.get("license") != null, "card-licence-missing");
        for (String key : TEXTS) {
            fields.rule("text", !values.containsKey(key) || isText(values.get(key)), "card-key-text", key);
        }
        for (String key : LISTS) {
            fields.rule("text", !values.containsKey(key) || isTexts(values.get(key)), "card-key-list", key);
        }
        for (String key : TEXT_OR_LIST) {
            Object value = values.get(key);
            fields.rule("text", value == null || isText(value) || isTexts(value), "card-key-text", key);
        }
        if (values.get("license") instanceof String licence) {
            fields.rule("text", LICENCE.matcher(licence).matches(), "card-licence", shortened(licence));
            fields.rule("text", !licence.equals("other") || isText(values.get("license_name")), "card-licence-name");
        }
        if (values.containsKey("model-index")) {
            fields.rule("text", isModelIndex(values.get("model-index")), "card-model-index");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static boolean isText(@Nullable Object value) {
        return value instanceof String text && !text.isBlank();
    }

    private static boolean isTexts(@Nullable Object value) {
        return value instanceof List<?> list && list.stream().allMatch(ModelCard::isText);
    }

    /** {@code - name: …} with {@code results}, each with {@code task: {type}}, {@code dataset: {name, type}} and metrics. */
    private static boolean isModelIndex(@Nullable Object value) {
        return value instanceof List<?> models
                && models.stream().allMatch(model -> isText(at(model, "name")) && isResults(at(model, "results")));
    }

    private static boolean isResults(@Nullable Object value) {
        return value instanceof List<?> results
                && results.stream()
                        .allMatch(result -> isText(at(at(result, "task"), "type"))
                                && isText(at(at(result, "dataset"), "name"))
                                && isText(at(at(result, "dataset"), "type"))
                                && at(result, "metrics") instanceof List<?> metrics
                                && metrics.stream()
                                        .allMatch(metric -> isText(at(metric, "type")) && at(metric, "value") != null));
    }

    private static @Nullable Object at(@Nullable Object map, String key) {
        return map instanceof Map<?, ?> values ? values.get(key) : null;
    }
}
