package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardTest {
    private static String html(String markdown) {
        return Card.html(markdown, Set.of("LICENCE.md", "a b.csv"), "/files");
    }

    @Test
    void theExamplesCardHasItsTablesAndNoTitleOfItsOwn() throws IOException {
        String html = html(Files.readString(DatasetsApiTest.EXAMPLE.resolve("CARD.md")));
        assertThat(html)
                .contains(
                        "<table>", "<h3>Columns</h3>", "href=\"/files/LICENCE.md\"", "https://doi.org/10.24432/C50P49")
                .doesNotContain("<h1>", "Handwritten digits, 8 x 8 pixels");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "a <b onclick='x()'>b</b>",
                "[x](javascript:alert(1))",
                "[x](JaVaScRiPt:alert(1))",
                "[x](data:text/html,<script>)",
                "[x](vbscript:x)",
                "[x](//evil.example/x)",
                "[x](/sign-out)",
                "[x](\\\\evil)",
                "<javascript:alert(1)>",
                "![x](https://evil.example/pixel.png)",
                "![x](javascript:alert(1))",
                "[x]: javascript:alert(1)\n\n[x]",
                "[x](https://a.example \"\\\" onmouseover=x\")"
            })
    void nothingInACardActs(String markdown) {
        assertThat(html(markdown).toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("<script", "<img", "<b ", "href=\"javascript", "href=\"data", "href=\"vbscript")
                .doesNotContain("href=\"//", "href=\"/sign-out", "\" onmouseover");
    }

    @Test
    void aPictureFromElsewhereBecomesALink() {
        assertThat(html("![A plot](https://example.org/plot.png)"))
                .isEqualTo("<p><a rel=\"nofollow\" href=\"https://example.org/plot.png\">A plot</a></p>\n");
    }

    @Test
    void aLinkToAFileThatIsNotThereIsOnlyText() {
        assertThat(html("see [the *notes*](notes.md), [licence](./LICENCE.md)"))
                .isEqualTo(
                        "<p>see the <em>notes</em>, <a rel=\"nofollow\" href=\"/files/LICENCE.md\">licence</a></p>\n");
    }

    @Test
    void headingsGoUnderThePages() {
        assertThat(html("# Title\n\n## Part\n\n# Again")).isEqualTo("<h3>Part</h3>\n<h2>Again</h2>\n");
    }
}
