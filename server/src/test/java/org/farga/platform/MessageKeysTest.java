package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.MessageFormat;
import com.ibm.icu.text.MessagePattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sources ask for is written, and what is written is asked for: no key is missing, and none is dead. */
class MessageKeysTest {
    private static final Path MAIN = Path.of("src/main");
    private static final Path BUNDLES = MAIN.resolve("resources/messages");

    /** How a key's literal is made into the key of its text. */
    private static final Map<Pattern, String> CALLS = calls();

    /** Names in the sources that begin as a key does, but are none: MLflow's own tags, fields of a call's form. */
    private static final Pattern NO_KEY = Pattern.compile(
            "mlflow\\.[a-zA-Z.-]+|review\\.(reviewersNeeded|lowest|highest|thresholds|blind|rebuttalWorkingDays)");

    /** Texts that are rightly the same in two languages although they have several words. */
    private static final Set<String> SAME_IN_ALL_LANGUAGES = Set.of();

    private final Messages messages = new Messages();
    private final Set<String> keys = messages.texts(Locale.ENGLISH).keySet();
    private final Map<Path, String> sources = sources();

    /** Everything between quotes that a key, or a part of one, could be made of. */
    private final Set<String> literals =
            found(Pattern.compile("\"([A-Za-z.-][A-Za-z0-9_.-]*)\"")).collect(Collectors.toSet());

    /** Beginnings and ends that keys are put together with: {@code "access.state." + name}, {@code key + ".advice"}. */
    private final List<String> beginnings =
            literals.stream().filter(l -> l.endsWith(".") || l.endsWith("-")).toList();

    private final List<String> ends =
            literals.stream().filter(l -> l.matches("[.-][A-Za-z].*")).toList();

    /** Constants and components, whose names are put behind such a beginning. */
    private final Set<String> words =
            found(Pattern.compile("\\b([A-Za-z][A-Za-z0-9_]*)\\b")).collect(Collectors.toSet());

    @Test
    void everyKeyThatIsAskedForHasAText() {
        Map<String, Path> missing = new TreeMap<>();
        CALLS.forEach((call, key) -> sources.forEach((file, source) -> call.matcher(source)
                .results()
                .map(m -> key.formatted(m.group(1)))
                .filter(k -> !keys.contains(k))
                // In SQL, text("e.name") is a column.
                .filter(k -> !file.toString().endsWith("Table.java"))
                .forEach(k -> missing.put(k, file))));
        // Keys are also handed on, as of attention items and notifications: any literal that reads as one must be one.
        String modules =
                keys.stream().map(k -> k.replaceFirst("\\..*", "")).distinct().collect(Collectors.joining("|"));
        Pattern readsAsKey = Pattern.compile("\"((?:" + modules + ")\\.[A-Za-z0-9_.-]+)\"");
        sources.forEach((file, source) -> readsAsKey
                .matcher(source)
                .results()
                // In SQL such a literal is a column.
                .filter(m -> !file.toString().endsWith("Table.java"))
                .map(m -> m.group(1))
                .filter(l -> !keys.contains(l)
                        && !keys.contains("audit." + l)
                        && !NO_KEY.matcher(l).matches())
                .filter(l -> !(l.matches(".*[.-]") && keys.stream().anyMatch(k -> k.startsWith(l))))
                .forEach(l -> missing.put(l, file)));
        assertThat(missing).as("keys without a text").isEmpty();
    }

    @Test
    void everyTextIsAskedForSomewhere() {
        assertThat(keys.stream().filter(k -> !asked(k)).sorted().toList())
                .as("texts that nothing in the sources asks for: remove them")
                .isEmpty();
    }

    @Test
    void aKeyThatNothingAsksForIsNoticed() {
        assertThat(asked("access.state.DRAFT")).isTrue();
        assertThat(asked("access.state.NEVER_HEARD_OF")).isFalse();
        assertThat(asked("people.organisation.never-heard-of")).isFalse();
    }

    /** A key that stands twice in one file: the later one would win in silence. */
    @Test
    void noBundleHasAKeyTwice() {
        List<String> twice = new ArrayList<>();
        for (Path bundle : files(BUNDLES, ".properties")) {
            Set<String> seen = new TreeSet<>();
            lines(bundle).stream()
                    .filter(line -> line.matches("[a-z].*=.*"))
                    .map(line -> line.replaceFirst("\\s*=.*", ""))
                    .filter(key -> !seen.add(key))
                    .forEach(key -> twice.add(bundle.getFileName() + ": " + key));
        }
        assertThat(twice).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"es", "ca"})
    void noTextIsEnglishLeftStanding(String language) {
        Pattern words = Pattern.compile("\\p{L}{2,}");
        assertThat(messages.texts(Locale.of(language)).entrySet().stream()
                        .filter(e -> e.getValue()
                                .equals(messages.texts(Locale.ENGLISH).get(e.getKey())))
                        .filter(e -> words.matcher(e.getValue().replaceAll("\\{[^{}]*}", " "))
                                        .results()
                                        .count()
                                > 2)
                        .map(Map.Entry::getKey)
                        .filter(k -> !SAME_IN_ALL_LANGUAGES.contains(k))
                        .toList())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "es", "ca"})
    void everyTextCanBeSaidOfNoneOneAndMany(String language) {
        Locale locale = Locale.of(language);
        messages.texts(locale).forEach((key, text) -> {
            MessageFormat format = new MessageFormat(text, locale);
            for (long count : new long[] {0, 1, 2, 1_234_567}) {
                Map<String, Object> values = new HashMap<>();
                for (String name : arguments(text)) {
                    values.put(name, isChosen(text, name) ? "x" : count);
                }
                String said = format.format(values);
                assertThat(said).as(key).isNotBlank().doesNotContain("{").doesNotContain("}");
            }
        });
    }

    /** What is counted reads differently for one, unless the number stands alone. */
    @ParameterizedTest
    @ValueSource(strings = {"en", "es", "ca"})
    void everyPluralKnowsOneAndOther(String language) {
        messages.texts(Locale.of(language)).forEach((key, text) -> {
            MessagePattern pattern = new MessagePattern(text);
            for (int i = 0; i < pattern.countParts(); i++) {
                MessagePattern.Part part = pattern.getPart(i);
                if (part.getType() == MessagePattern.Part.Type.ARG_START
                        && part.getArgType().hasPluralStyle()) {
                    Map<String, String> forms = forms(pattern, i);
                    assertThat(forms).as(key).containsKey("other");
                    String many = forms.getOrDefault("other", "");
                    if (many.contains("#") && many.chars().anyMatch(Character::isLetter)) {
                        assertThat(forms.keySet()).as(key).containsAnyOf("one", "=1");
                    }
                }
            }
        });
    }

    /** Also translations of arguments that stand within others, as in a plural's form, take the same values. */
    @ParameterizedTest
    @ValueSource(strings = {"es", "ca"})
    void translationsTakeTheSameValuesWhereverTheyStand(String language) {
        messages.texts(Locale.ENGLISH)
                .forEach((key, english) -> assertThat(
                                arguments(messages.texts(Locale.of(language)).getOrDefault(key, english)))
                        .as(key)
                        .isEqualTo(arguments(english)));
    }

    private static Map<String, String> forms(MessagePattern pattern, int start) {
        Map<String, String> forms = new TreeMap<>();
        for (int i = start + 1; i < pattern.getLimitPartIndex(start); i++) {
            MessagePattern.Part part = pattern.getPart(i);
            if (part.getType() == MessagePattern.Part.Type.ARG_SELECTOR) {
                int message = i + 1;
                while (pattern.getPartType(message) != MessagePattern.Part.Type.MSG_START) {
                    message++;
                }
                int limit = pattern.getLimitPartIndex(message);
                forms.put(
                        pattern.getSubstring(part),
                        pattern.getPatternString()
                                .substring(
                                        pattern.getPart(message).getLimit(),
                                        pattern.getPart(limit).getIndex()));
                i = limit;
            }
        }
        return forms;
    }

    /** The names of all values that a text takes, also of those within its plurals. */
    private static Set<String> arguments(String text) {
        MessagePattern pattern = new MessagePattern(text);
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < pattern.countParts(); i++) {
            MessagePattern.Part part = pattern.getPart(i);
            if (part.getType() == MessagePattern.Part.Type.ARG_NUMBER
                    || part.getType() == MessagePattern.Part.Type.ARG_NAME) {
                names.add(pattern.getSubstring(part));
            }
        }
        return names;
    }

    private static boolean isChosen(String text, String argument) {
        return text.matches("(?s).*\\{" + argument + "\\s*,\\s*select\\s*,.*");
    }

    /** Whether the sources say this key, or say what it is put together of. */
    private boolean asked(String key) {
        if (literals.contains(key)) {
            return true;
        }
        for (String role : List.of("problem.field.", "problem.", "audit.")) {
            if (key.startsWith(role) && literals.contains(key.substring(role.length()))) {
                return true;
            }
        }
        return ends.stream().anyMatch(e -> key.endsWith(e) && asked(key.substring(0, key.length() - e.length())))
                || beginnings.stream()
                        .anyMatch(b ->
                                key.length() > b.length() && key.startsWith(b) && isNamed(key.substring(b.length())));
    }

    /** Whether the sources name what stands behind a key's beginning: a literal, a constant, or several in a row. */
    private boolean isNamed(String rest) {
        return literals.contains(rest)
                || words.contains(rest)
                || words.contains(rest.toUpperCase(Locale.ROOT).replace('-', '_'))
                || beginnings.stream()
                        .anyMatch(b ->
                                b.length() < rest.length() && rest.startsWith(b) && isNamed(rest.substring(b.length())))
                || (rest.contains(".") && Arrays.stream(rest.split("\\.")).allMatch(this::isNamed));
    }

    private static Map<Pattern, String> calls() {
        Map<Pattern, String> calls = new LinkedHashMap<>();
        // shell.t("key", …), messages.text(language, "key", …)
        calls.put(
                Pattern.compile("\\b(?:t|text)\\(\\s*(?:[\\w.()]+\\s*,\\s*)?\"([a-z][\\w.-]*\\.[\\w-]+)\"(?!\\s*\\+)"),
                "%s");
        calls.put(
                Pattern.compile("\\b(?:invalid|conflict|forbidden|tooMany)\\(\\s*\"([a-z0-9-]+)\"(?!\\s*\\+)"),
                "problem.%s");
        calls.put(Pattern.compile("\\bnew FieldProblem\\(\\s*[^,()]+,\\s*\"([a-z0-9-]+)\""), "problem.field.%s");
        calls.put(
                Pattern.compile("\\.rule\\(\\s*[^,;]+,(?:[^\";]|\"\"|\"[^\"]*\"\\s*[).])*?,\\s*\"([a-z0-9-]+)\""),
                "problem.field.%s");
        calls.put(Pattern.compile("\\brecord\\(\\s*[^,;()]+(?:\\(\\))?,\\s*\"([a-z-]+\\.[a-z-]+)\""), "audit.%s");
        calls.put(Pattern.compile("\\brecordByRule\\(\\s*\"([a-z-]+\\.[a-z-]+)\""), "audit.%s");
        return calls;
    }

    private Stream<String> found(Pattern pattern) {
        return sources.values().stream()
                .flatMap(s -> pattern.matcher(s).results())
                .map(m -> Objects.requireNonNull(m.group(1)));
    }

    private static Map<Path, String> sources() {
        return Stream.of(
                        files(MAIN.resolve("java"), ".java"),
                        files(MAIN.resolve("resources/templates"), ".jte"),
                        files(MAIN.resolve("resources/static/js"), ".js"))
                .flatMap(Collection::stream)
                .collect(Collectors.toMap(
                        Function.identity(), file -> String.join("\n", lines(file)), (a, b) -> a, TreeMap::new));
    }

    private static List<Path> files(Path folder, String end) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> f.toString().endsWith(end)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
