package org.farga.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.farga.models.MetricsLines.Parameter;
import org.farga.models.MetricsLines.Point;
import org.farga.models.Run.Remark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsLinesTest {
    private static MetricsLines read(String text) {
        return MetricsLines.read(text.getBytes(UTF_8), 0, false);
    }

    @Test
    void aLineIsAPointOrAParameter() {
        MetricsLines lines = read("""
                {"name":"loss","step":3,"value":0.12}
                {"param":"seed","value":"42"}
                {"param":"rate","value":0.002}

                {"name":"loss","value":1}
                """);
        assertThat(lines.points())
                .containsExactly(
                        new Point(0, "loss", OptionalLong.of(3), 0.12),
                        new Point(100, "loss", OptionalLong.empty(), 1.0));
        assertThat(lines.parameters()).containsExactly(new Parameter("seed", "42"), new Parameter("rate", "0.002"));
        assertThat(lines.garbageLines()).isZero();
        assertThat(lines.nextOffset()).isEqualTo(126);
    }

    @Test
    void aLineThatIsStillBeingWrittenIsLeftForTheNextRead() {
        String first = """
                {"name":"loss","step":1,"value":0.5}
                {"name":"loss","st""";
        MetricsLines lines = MetricsLines.read(first.getBytes(UTF_8), 1_000, false);
        assertThat(lines.points()).hasSize(1);
        assertThat(lines.nextOffset()).isEqualTo(1_000 + 37);
        MetricsLines rest = MetricsLines.read("""
                {"name":"loss","step":2,"value":0.4}
                """.getBytes(UTF_8), lines.nextOffset(), false);
        assertThat(rest.points()).containsExactly(new Point(1_037, "loss", OptionalLong.of(2), 0.4));
    }

    @Test
    void whenNothingFollowsTheLastLineNeedsNoEnd() {
        byte[] piece = "{\"name\":\"loss\",\"step\":1,\"value\":0.5}".getBytes(UTF_8);
        assertThat(MetricsLines.read(piece, 0, false).points()).isEmpty();
        MetricsLines last = MetricsLines.read(piece, 0, true);
        assertThat(last.points()).hasSize(1);
        assertThat(last.nextOffset()).isEqualTo(piece.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loss: 0.12                                    | line-not-json",
                "{\"name\":\"loss\",\"value\":0.1                  | line-not-json",
                "{\"name\":\"a\",\"value\":1}{\"name\":\"b\",\"value\":2} | line-not-json",
                "{\"name\":\"a\",\"value\":1,\"value\":2}          | line-not-json",
                "[1,2]                                         | line-neither",
                "42                                            | line-neither",
                "null                                          | line-neither",
                "{\"name\":7,\"value\":1}                        | line-neither",
                "{\"name\":\" \",\"value\":1}                    | line-name",
                "{\"name\":\"a\\u0000b\",\"value\":1}            | line-name",
                "{\"name\":\"a\\ud800\",\"value\":1}             | line-name",
                "{\"param\":\"\",\"value\":\"x\"}                | line-name",
                "{\"name\":\"loss\"}                             | line-value",
                "{\"name\":\"loss\",\"value\":\"0.1\"}           | line-value",
                "{\"name\":\"loss\",\"value\":1e999}             | line-value",
                "{\"name\":\"loss\",\"value\":NaN}               | line-not-json",
                "{\"param\":\"p\",\"value\":{\"a\":1}}           | line-value",
                "{\"param\":\"p\",\"value\":null}                | line-value",
                "{\"param\":\"p\",\"value\":\"\\u0000\"}         | line-value",
                "{\"name\":\"loss\",\"step\":1.5,\"value\":1}    | line-step",
                "{\"name\":\"loss\",\"step\":\"1\",\"value\":1}  | line-step",
                "{\"name\":\"loss\",\"step\":1e300,\"value\":1}  | line-step",
            })
    void anythingElseIsLeftOutWithItsReasonAndStopsNothing(String garbage, String reason) {
        MetricsLines lines = read(garbage + "\n{\"name\":\"loss\",\"step\":1,\"value\":0.5}\n");
        assertThat(lines.garbage()).containsExactly(new Remark(reason, "0"));
        assertThat(lines.garbageLines()).isEqualTo(1);
        assertThat(lines.points()).hasSize(1);
        assertThat(lines.parameters()).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreLeftOut() {
        MetricsLines lines = MetricsLines.read(new byte[] {'{', (byte) 0xff, '}', '\n'}, 0, false);
        assertThat(lines.garbage()).containsExactly(new Remark("line-not-utf-8", "0"));
    }

    @Test
    void namesAndValuesHaveBounds() {
        String name = "n".repeat(250);
        assertThat(read("{\"name\":\"%s\",\"value\":1}\n".formatted(name)).points())
                .hasSize(1);
        assertThat(read("{\"name\":\"%sn\",\"value\":1}\n".formatted(name)).points())
                .isEmpty();
        String value = "v".repeat(6_000);
        assertThat(read("{\"param\":\"p\",\"value\":\"%s\"}\n".formatted(value)).parameters())
                .hasSize(1);
        assertThat(read("{\"param\":\"p\",\"value\":\"%sv\"}\n".formatted(value))
                        .parameters())
                .isEmpty();
    }

    @Test
    void aLineWithoutEndDoesNotHoldUpTheFile() {
        byte[] endless = new byte[MetricsLines.LONGEST_LINE_BYTES + 1];
        Arrays.fill(endless, (byte) 'x');
        MetricsLines lines = MetricsLines.read(endless, 10, false);
        assertThat(lines.nextOffset()).isEqualTo(10 + endless.length);
        assertThat(lines.garbage()).containsExactly(new Remark("line-too-long", "10"));
        assertThat(MetricsLines.read(new byte[MetricsLines.LONGEST_LINE_BYTES], 10, false)
                        .nextOffset())
                .isEqualTo(10);
    }

    @Test
    void muchGarbageIsCountedAndOnlyItsStartIsTold() {
        MetricsLines lines = read("garbage\n".repeat(10_000));
        assertThat(lines.garbageLines()).isEqualTo(10_000);
        assertThat(lines.garbage()).hasSize(5);
    }

    @Test
    void deepJsonAndLongNumbersAreGarbageNotTrouble() {
        assertThat(read("[".repeat(30_000) + "\n").garbageLines()).isEqualTo(1);
        assertThat(read("{\"name\":\"a\",\"value\":" + "9".repeat(30_000) + "}\n")
                        .garbageLines())
                .isEqualTo(1);
    }

    @Test
    void howeverAFileIsCutIntoPiecesTheSameComesOut() {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            file.append("{\"name\":\"loss·%d\",\"step\":%d,\"value\":%d}%n".formatted(i % 7, i, i));
            if (i % 13 == 0) {
                file.append("garbage\n");
            }
        }
        byte[] bytes = file.toString().getBytes(UTF_8);
        MetricsLines whole = MetricsLines.read(bytes, 0, true);
        Random random = new Random(7);
        for (int attempt = 0; attempt < 50; attempt++) {
            List<Point> points = new java.util.ArrayList<>();
            long garbage = 0;
            int offset = 0;
            int seen = 0;
            while (offset < bytes.length) {
                // The file grows by a few bytes, and is read from where it was understood so far.
                seen = Math.min(bytes.length, seen + 1 + random.nextInt(300));
                MetricsLines piece =
                        MetricsLines.read(Arrays.copyOfRange(bytes, offset, seen), offset, seen == bytes.length);
                points.addAll(piece.points());
                garbage += piece.garbageLines();
                offset = (int) piece.nextOffset();
            }
            assertThat(points).isEqualTo(whole.points());
            assertThat(garbage).isEqualTo(whole.garbageLines());
        }
    }
}
