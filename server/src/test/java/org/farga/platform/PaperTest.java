package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

class PaperTest {
    private static byte[] paper(String text) {
        try (Paper paper = new Paper("Títol", Locale.of("ca"), "Centre", "cap", "peu", Instant.EPOCH)) {
            return paper.heading("Secció").text(text).fact("Nom", text).space().bytes();
        }
    }

    private static String read(byte[] pdf) throws IOException {
        try (var document = Loader.loadPDF(pdf)) {
            return new PDFTextStripper().getText(document);
        }
    }

    @Test
    void lettersOfEuropesLanguagesAreWrittenAndOthersShowAsQuestionMarks() throws IOException {
        assertThat(read(paper("Paral·lel, Łódź, Αθήνα, Пловдив, 300.000 €")))
                .contains("Títol", "Secció", "Paral·lel, Łódź, Αθήνα, Пловдив, 300.000 €");
        assertThat(read(paper("a🙂b 中 \u0000\u202Ec"))).contains("a?b ? c");
    }

    @Test
    void aLongTextTakesAsManyPagesAsItNeedsAndALongWordIsCut() throws IOException {
        String words = "word ".repeat(3_000);
        byte[] pdf = paper(words);
        try (var document = Loader.loadPDF(pdf)) {
            assertThat(document.getNumberOfPages()).isBetween(4, 30);
            assertThat(document.getDocumentCatalog().getStructureTreeRoot().getParentTree())
                    .as("it is tagged for screen readers")
                    .isNotNull();
            assertThat(document.getDocumentCatalog().getMarkInfo().isMarked()).isTrue();
        }
        assertThat(read(paper("x".repeat(1_000))).replaceAll("\\s", "")).contains("x".repeat(1_000));
    }
}
