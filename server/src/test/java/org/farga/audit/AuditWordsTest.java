package org.farga.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.farga.FargaTest;
import org.farga.platform.Messages;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An auditor reads words, not the names and capitals of the program. */
@FargaTest
class AuditWordsTest {
    private static final Pattern KEY =
            Pattern.compile("(?:Map\\.of\\(|[,(]|details\\.put\\()\\s*\"([a-z][A-Za-z0-9]*)\",");

    @Autowired
    private AuditWords words;

    @Autowired
    private Messages messages;

    @Test
    void statesRolesCountriesAndDatesAreInTheReadersLanguage() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("role", "MEMBER");
        details.put("country", "ES");
        details.put("until", "2026-11-03T14:05:00Z");
        details.put("year", "2025");
        details.put("findings", List.of(Map.of("answer", "NEEDS_PERSON")));
        details.put("asOf", "2025-11-10");
        assertThat(said(details, "es"))
                .containsExactly(
                        "Función: Miembro",
                        "País: España",
                        "Hasta: 3 nov 2026, 15:05",
                        "Año: 2025",
                        "Lo que respondieron las reglas: Respuesta: necesita que lo mire una persona",
                        "A fecha de: 10 nov 2025");
        assertThat(said(Map.of("until", "2026-11-03T14:05:00Z"), "en")).containsExactly("Until: 3 Nov 2026, 15:05");
        assertThat(said(Map.of("verdict", "NOT_JUSTIFIED"), "ca")).containsExactly("Veredicte: no justificat");
    }

    /** A new detail needs its word in {@code audit.properties}. */
    @Test
    void everyDetailThatIsRecordedHasAName() throws IOException {
        Map<String, Path> without = new TreeMap<>();
        int calls = 0;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                for (String recorded : recorded(source)) {
                    calls++;
                    KEY.matcher(recorded)
                            .results()
                            .map(m -> m.group(1))
                            .filter(key -> !messages.has("audit.detail." + key))
                            .forEach(key -> without.put(key, file.getFileName()));
                }
            }
        }
        assertThat(calls).as("records found in the sources").isGreaterThan(50);
        assertThat(without).as("details without a word").isEmpty();
    }

    /** The maps that are handed to the audit log, as they stand in the source. */
    private static List<String> recorded(String source) {
        return Pattern.compile("\\.record(?:By|ByRule)?\\(")
                .matcher(source)
                .results()
                .map(m -> source.substring(m.start(), end(source, m.end())))
                .filter(call -> call.contains("Map.of("))
                .map(call -> call.substring(call.indexOf("Map.of(")))
                .toList();
    }

    private static int end(String source, int from) {
        int depth = 1;
        int at = from;
        while (depth > 0 && at < source.length()) {
            depth += source.charAt(at) == '(' ? 1 : source.charAt(at) == ')' ? -1 : 0;
            at++;
        }
        return at;
    }

    private List<String> said(Map<String, Object> details, String language) {
        AuditEntry entry = new AuditEntry(1, Instant.EPOCH, null, "x.done", "x", "1", details, Map.of());
        return words.details(entry, List.of(), Map.of(), Locale.of(language)).stream()
                .map(d -> d.label() + ": " + d.value())
                .collect(Collectors.toList());
    }
}
