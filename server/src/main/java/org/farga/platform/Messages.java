package org.farga.platform;

import com.ibm.icu.text.MessageFormat;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * What Farga says, in the reader's language: one bundle a module ({@code messages/<module>[_es|_ca].properties}), in ICU
 * message format, because it leaves the apostrophes of Catalan alone and knows each language's plurals (CLDR).
 */
@Component
public class Messages {
    /** The languages that every text exists in; the first one is used for readers of any other. */
    public static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.of("es"), Locale.of("ca"));

    private final Map<Locale, Map<String, String>> patterns = new HashMap<>();
    private final Map<Locale, Map<String, MessageFormat>> formats = new ConcurrentHashMap<>();

    Messages() {
        for (Locale language : LANGUAGES) {
            Map<String, String> texts = new LinkedHashMap<>();
            String suffix = language.equals(Locale.ENGLISH) ? "" : "_" + language.getLanguage();
            for (Resource bundle : bundles()) {
                String name = String.valueOf(bundle.getFilename());
                String plain = name.substring(0, name.length() - ".properties".length());
                boolean wanted = suffix.isEmpty() ? plain.indexOf('_') < 0 : plain.endsWith(suffix);
                if (wanted) {
                    read(bundle, texts);
                }
            }
            patterns.put(language, texts);
        }
    }

    private static Resource[] bundles() {
        try {
            return new PathMatchingResourcePatternResolver().getResources("classpath*:messages/*.properties");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Resource bundle, Map<String, String> into) {
        Properties properties = new Properties();
        try (InputStreamReader reader = new InputStreamReader(bundle.getInputStream(), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        properties.forEach((key, text) -> {
            if (into.put((String) key, (String) text) != null) {
                throw new IllegalStateException("message " + key + " stands in two bundles");
            }
        });
    }

    /** Whether there is a text for this key. */
    public boolean has(String key) {
        return texts(Locale.ENGLISH).containsKey(key);
    }

    /** All keys of a language, for the test that compares them. */
    Map<String, String> texts(Locale language) {
        return patterns.getOrDefault(language, Map.of());
    }

    /**
     * The text for a key; values replace {@code {0}}, {@code {1}}… and numbers are written as the language does. A
     * missing key shows itself, so that it is seen; a test fails for it first.
     */
    public String text(Locale language, String key, Object... values) {
        Locale known = LANGUAGES.contains(language) ? language : Locale.ENGLISH;
        String pattern = texts(known).get(key);
        if (pattern == null) {
            pattern = texts(Locale.ENGLISH).get(key);
        }
        if (pattern == null) {
            return key;
        }
        if (values.length == 0 && pattern.indexOf('{') < 0 && pattern.indexOf('\'') < 0) {
            return pattern;
        }
        String found = pattern;
        MessageFormat format = formats.computeIfAbsent(known, l -> new ConcurrentHashMap<>())
                .computeIfAbsent(key, k -> new MessageFormat(found, known));
        // ICU's formats are not safe for use by several threads at once.
        return ((MessageFormat) format.clone()).format(readable(values));
    }

    /** The text for a key whose pattern names its values: {@code {organisation}}. A value that is missing shows its name. */
    public String text(Locale language, String key, Map<String, ?> values) {
        Locale known = LANGUAGES.contains(language) ? language : Locale.ENGLISH;
        String pattern = patterns.getOrDefault(known, Map.of()).get(key);
        if (pattern == null) {
            return key;
        }
        Map<String, Object> readable = new HashMap<>();
        values.forEach((name, value) -> readable.put(name, value instanceof Number ? value : String.valueOf(value)));
        return new MessageFormat(pattern, known).format(readable);
    }

    private static Object[] readable(Object[] values) {
        Object[] result = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            result[i] = value instanceof Number ? value : String.valueOf(value);
        }
        return result;
    }
}
