package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.farga.FargaTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Numbers, dates and percentages as the reader's language writes them (CLDR), and by nothing else. */
@FargaTest
class WrittenInTheReadersLanguageTest {
    private static final Instant AFTERNOON = Instant.parse("2026-11-03T14:05:00Z");

    @Autowired
    private Messages messages;

    @Autowired
    private Problems problems;

    @Autowired
    private Settings settings;

    @Test
    void numbersHaveTheSeparatorsOfTheLanguage() {
        assertThat(in("en").number(12_345.5)).isEqualTo("12,345.5");
        assertThat(in("es").number(12_345.5)).isEqualTo("12.345,5");
        assertThat(in("ca").number(12_345.5)).isEqualTo("12.345,5");
        assertThat(in("es").scientific(0.000_001_5, 4)).isEqualTo("1,5E-6");
        assertThat(in("es").percent(0.125)).isEqualTo("12,5\u00a0%");
        assertThat(in("en").percent(0.125)).isEqualTo("12.5%");
    }

    @Test
    void daysAreNamedInTheLanguageAndTheOrderOfEurope() {
        LocalDate day = LocalDate.of(2026, 11, 3);
        assertThat(in("en").dayOfMonth(day)).isEqualTo("3 Nov");
        assertThat(in("es").dayOfMonth(day)).isEqualTo("3 nov");
        assertThat(in("ca").dayOfMonth(day)).isEqualTo("3 de nov.");
        for (String language : List.of("en", "es", "ca")) {
            assertThat(in(language).date(day)).isEqualTo(in(language).date(AFTERNOON));
            assertThat(in(language).time(AFTERNOON)).matches("1[45]:05");
        }
    }

    @Test
    void durationsAreToldByTheirTwoLargestParts() {
        assertThat(in("en").span(Duration.ZERO)).isEqualTo("0 sec");
        assertThat(in("en").span(Duration.ofSeconds(61))).isEqualTo("1 min, 1 sec");
        assertThat(in("en").span(Duration.ofHours(48))).isEqualTo("2 days");
        assertThat(in("en").span(Duration.ofSeconds(86_400 + 3 * 3_600 + 59))).isEqualTo("1 day, 3 hr");
        assertThat(in("en").span(Duration.ofSeconds(3_659))).isEqualTo("1 hr");
        assertThat(in("es").span(Duration.ofHours(48))).isEqualTo("2 d");
        assertThat(in("ca").span(Duration.ofMinutes(90))).isEqualTo("1 h i 30 min");
    }

    /** A template that formats by itself would write the same in all languages. */
    @Test
    void noTemplateFormatsNumbersOrDatesByHand() throws IOException {
        // Coordinates of drawings are for machines; the exact instants of a statement are of the same form everywhere.
        Pattern byHand = Pattern.compile(
                "String\\.format\\((?!java\\.util\\.Locale\\.ROOT)|\\.formatted\\(|toPlainString\\(|DateTimeFormatter");
        List<String> found = new ArrayList<>();
        try (Stream<Path> templates = Files.walk(Path.of("src/main/resources/templates"))) {
            for (Path template :
                    templates.filter(t -> t.toString().endsWith(".jte")).toList()) {
                Files.readAllLines(template).stream()
                        .filter(line -> byHand.matcher(line).find())
                        .filter(line -> !line.contains("uuuu-MM-dd HH:mm:ss"))
                        .forEach(line -> found.add(template.getFileName() + ": " + line.strip()));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void theAccessibilityStatementTakesItsNamesAndDates() {
        for (Locale language : Messages.LANGUAGES) {
            assertThat(messages.text(language, "accessibility.commitment", "Centre", "https://farga.example"))
                    .contains("Centre", "https://farga.example");
        }
    }

    private Shell in(String language) {
        return new Shell(messages, problems, settings, null, Locale.of(language), "/", () -> null, null, 0, AFTERNOON);
    }
}
