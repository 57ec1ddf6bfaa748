package org.farga.dataspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.farga.dataspace.Preview.Column;
import org.farga.dataspace.Preview.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreviewTest {
    private static Preview csv(String text) {
        return Preview.read(text.getBytes(UTF_8), Form.CSV);
    }

    @Test
    void theExampleIsReadWhole() throws IOException {
        Preview digits = Preview.read(DatasetsApiTest.EXAMPLE.resolve("digits.csv"), Form.CSV);
        assertThat(digits.trouble()).isNull();
        assertThat(digits.whole()).isTrue();
        assertThat(digits.rowsRead()).isEqualTo(1797);
        assertThat(digits.rows()).hasSize(20);
        assertThat(digits.columns()).hasSize(65);
        Column digit = digits.columns().getLast();
        assertThat(digit.name()).isEqualTo("digit");
        assertThat(digit.histogram())
                .extracting(Column.Bin::count)
                .containsExactly(178L, 182L, 177L, 183L, 181L, 182L, 181L, 179L, 174L, 180L);
        assertThat(digits.columns().getFirst().distinct()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,-2,3|INTEGER|-2|3",
                "1,2.50,-3e2|DECIMAL|-300|2.5",
                "true,FALSE|BOOLEAN||",
                "2024-02-29,1999-12-31T23:59:59Z|DATE|1999-12-31T23:59:59Z|2024-02-29",
                "2024-02-30|TEXT||",
                "1,two|TEXT||",
                "NA,NULL|EMPTY||"
            })
    void theTypeIsWhatAllValuesCanBeReadAs(String values, Column.Type type, String min, String max) {
        Column column = csv("x,y\n" + String.join(",_\n", values.split(",")) + ",_\n")
                .columns()
                .getFirst();
        assertThat(column.type()).isEqualTo(type);
        assertThat(column.min()).isEqualTo(min);
        assertThat(column.max()).isEqualTo(max);
    }

    @Test
    void whatIsMissingIsCountedAndLeftOutOfTheMean() {
        Column column = csv("x,y\n1,a\n,b\nNA,c\n4,d\n").columns().getFirst();
        assertThat(column.missing()).isEqualTo(2);
        assertThat(column.mean()).isEqualTo(2.5);
        assertThat(column.distinct()).isEqualTo(2);
    }

    @Test
    void theCommonestTextsComeFirst() {
        Column column = csv("x,y\nb,_\na,_\nb,_\n").columns().getFirst();
        assertThat(column.histogram()).containsExactly(new Column.Bin("b", "b", 2), new Column.Bin("a", "a", 1));
    }

    @Test
    void valuesThatAllStandThereOnceHaveNoDistribution() {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int i = 0; i < 40; i++) {
            text.append("id-").append(i).append(",_\n");
        }
        Column column = csv(text.toString()).columns().getFirst();
        assertThat(column.histogram()).isEmpty();
        assertThat(column.distinct()).isEqualTo(40);
    }

    @Test
    void everyValueLiesInABin() {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int i = 0; i <= 1000; i++) {
            text.append(i / 10.0).append(",_\n");
        }
        Column column = csv(text.toString()).columns().getFirst();
        assertThat(column.histogram()).hasSize(16);
        assertThat(column.histogram().stream().mapToLong(Column.Bin::count).sum())
                .isEqualTo(1001);
    }

    @Test
    void hugeNumbersDoNoHarm() {
        Column column = csv("x,y\n1e999999999,_\n1,_\n").columns().getFirst();
        assertThat(column.type()).isEqualTo(Column.Type.TEXT);
        assertThat(csv("x,y\n1e300,_\n-1e300,_\n").columns().getFirst().histogram())
                .isNotEmpty();
        assertThat(csv("x,y\n1e308,_\n-1e308,_\n").columns().getFirst().histogram())
                .isNotNull();
    }

    @Test
    void aFileWithoutAHeaderGetsNumbers() {
        Preview preview = csv("1,2\n3,4\n");
        assertThat(preview.columns()).extracting(Column::name).containsExactly("#1", "#2");
        assertThat(preview.rowsRead()).isEqualTo(2);
    }

    @Test
    void europeanSpreadsheetsWriteSemicolonsAndAMark() {
        Preview preview = csv("\uFEFFnom;edat\nAna;31\n");
        assertThat(preview.columns()).extracting(Column::name).containsExactly("nom", "edat");
        assertThat(preview.rows()).containsExactly(List.of("Ana", "31"));
    }

    @Test
    void quotedCellsMayHoldSeparatorsAndLines() {
        Preview preview = csv("a,b\n\"x, \"\"y\"\"\nz\",2\n");
        assertThat(preview.rows()).containsExactly(List.of("x, \"y\"\nz", "2"));
    }

    @Test
    void aQuoteThatIsNeverClosedShowsWhatStandsBeforeIt() {
        Preview preview = csv("a,b\n1,2\n3,\"4\n5,6\n");
        assertThat(preview.trouble()).isEqualTo("broken-row");
        assertThat(preview.troubleLine()).isPositive();
        assertThat(preview.whole()).isFalse();
        assertThat(preview.rows()).containsExactly(List.of("1", "2"));
    }

    @Test
    void raggedRowsAreCountedAndFilledUp() {
        Preview preview = csv("a,b\n1\n1,2,3\n1,2\n");
        assertThat(preview.raggedRows()).isEqualTo(2);
        assertThat(preview.rows()).containsExactly(List.of("1", ""), List.of("1", "2"), List.of("1", "2"));
    }

    @Test
    void whatIsNoTextIsSaidToBeNone() {
        assertThat(Preview.read("a,é\n".getBytes(ISO_8859_1), Form.CSV).trouble())
                .isEqualTo("not-utf8");
        assertThat(csv("a,b\n\0,1\n").trouble()).isEqualTo("not-text");
        assertThat(csv("").trouble()).isEqualTo("no-rows");
        assertThat(csv("x,".repeat(2001)).trouble()).isEqualTo("too-many-columns");
    }

    @Test
    void ofALargeFileOnlyTheBeginningIsReadUpToALineEnd() {
        String line = "1,2,é\n";
        Preview preview = csv("a,b,c\n" + line.repeat(400_000));
        assertThat(preview.trouble()).isNull();
        assertThat(preview.whole()).isFalse();
        assertThat(preview.rowsRead()).isBetween(290_000L, 300_000L);
        assertThat(preview.raggedRows()).isZero();
        assertThat(csv("x".repeat(Preview.MOST_BYTES + 1)).trouble()).isEqualTo("line-too-long");
    }

    @Test
    void aLargeFileThatIsCutInsideAQuoteIsNotCalledBroken() {
        Preview preview = csv("a,b\n1,2\n3,\"" + "x\n".repeat(Preview.MOST_BYTES));
        assertThat(preview.trouble()).isNull();
        assertThat(preview.rows()).containsExactly(List.of("1", "2"));
    }

    @Test
    void longCellsAreCut() {
        assertThat(csv("a,b\n" + "😀".repeat(300) + ",2\n").rows().getFirst().getFirst())
                .isEqualTo("😀".repeat(200) + "…");
    }

    @Test
    void linesOfJsonHaveTheirFieldsForColumns() {
        Preview preview = Preview.read("""
                {"text": "hola", "label": 1}

                {"label": 2, "tags": ["a", "b"], "text": null}
                """.getBytes(UTF_8), Form.JSON_LINES);
        assertThat(preview.columns()).extracting(Column::name).containsExactly("text", "label", "tags");
        assertThat(preview.rows()).containsExactly(List.of("hola", "1", ""), List.of("", "2", "[\"a\",\"b\"]"));
        assertThat(preview.columns().get(1).mean()).isEqualTo(1.5);
        assertThat(Preview.read("{\"a\":1}\n[1]\n".getBytes(UTF_8), Form.JSON_LINES))
                .satisfies(broken -> {
                    assertThat(broken.trouble()).isEqualTo("not-an-object");
                    assertThat(broken.troubleLine()).isEqualTo(2);
                    assertThat(broken.rows()).hasSize(1);
                });
        assertThat(Preview.read("{\"a\":".getBytes(UTF_8), Form.JSON_LINES).trouble())
                .isEqualTo("broken-row");
    }
}
