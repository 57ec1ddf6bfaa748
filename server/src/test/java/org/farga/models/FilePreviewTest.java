package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilePreviewTest {
    private static FilePreview of(String name, String text, boolean cut) {
        return FilePreview.of(name, text.getBytes(StandardCharsets.UTF_8), cut);
    }

    @Test
    void aTableIsShownByItsRowsAndHalfARowIsNone() {
        FilePreview.Rows rows = (FilePreview.Rows) of("a.csv", "x,y\n1,\"a,b\"\n2,c\n3", true);
        assertThat(rows.header()).containsExactly("x", "y");
        assertThat(rows.rows()).containsExactly(List.of("1", "a,b"), List.of("2", "c"));
        assertThat(rows.cut()).isTrue();
        assertThat(((FilePreview.Rows) of("a.tsv", "x\ty\n1\t2\n", false)).rows())
                .containsExactly(List.of("1", "2"));
    }

    @Test
    void manyRowsAreCutAndSaidToBe() {
        FilePreview.Rows rows = (FilePreview.Rows) of("a.csv", "x\n" + "1\n".repeat(500), false);
        assertThat(rows.rows()).hasSize(FilePreview.Rows.MOST_ROWS);
        assertThat(rows.cut()).isTrue();
    }

    @Test
    void jsonIsLaidOutWithItsNumbersAsTheyAre() {
        FilePreview.Text text = (FilePreview.Text) of("a.json", "{\"a\":[1,0.1000000000000000055]}", false);
        assertThat(text.text()).contains("\n").contains("0.1000000000000000055");
        assertThat(((FilePreview.Text) of("a.json", "{\"a\":", false)).text()).isEqualTo("{\"a\":");
    }

    @Test
    void aLogIsShownWithoutTheColoursOfTerminals() {
        assertThat(of("train.log", "\u001B[32mok\u001B[0m 50 %\r", false))
                .isEqualTo(new FilePreview.Text("ok 50 %\r", false));
    }

    @Test
    void aCharacterThatTheCutSplitsIsNoFault() {
        byte[] bytes = "año".getBytes(StandardCharsets.UTF_8);
        byte[] half = java.util.Arrays.copyOf(bytes, 2);
        assertThat(FilePreview.of("a.txt", half, true)).isEqualTo(new FilePreview.Text("a", true));
        assertThat(FilePreview.of("a.txt", half, false)).isEqualTo(new FilePreview.Nothing());
        assertThat(FilePreview.of("a.txt", new byte[] {1, 2, 3}, false)).isEqualTo(new FilePreview.Nothing());
    }

    @Test
    void aPictureIsOneByItsBytesAndSvgNeverIs() {
        assertThat(FilePreview.imageType(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0}))
                .contains("image/png");
        assertThat(FilePreview.imageType("RIFF1234WEBPVP8 ".getBytes(StandardCharsets.US_ASCII)))
                .contains("image/webp");
        assertThat(FilePreview.imageType("<svg onload='alert(1)'/>".getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
        assertThat(of("a.svg", "<svg/>", false)).isEqualTo(new FilePreview.Text("<svg/>", false));
    }

    @Test
    void foldersAreBrowsedOneByOne() {
        List<RunFile> files = List.of(
                new RunFile("a/b/one.txt", 1, "00"),
                new RunFile("a/two.txt", 2, "00"),
                new RunFile("three.txt", 3, "00"));
        RunFolder top = RunFolder.of(files, "").orElseThrow();
        assertThat(top.folders()).containsExactly(new RunFolder.Sub("a", 2, 3));
        assertThat(top.files()).containsExactly(files.get(2));
        RunFolder b = RunFolder.of(files, "a/b").orElseThrow();
        assertThat(b.trail()).extracting(RunFolder.Sub::path).containsExactly("a", "a/b");
        assertThat(b.files()).containsExactly(files.getFirst());
        assertThat(RunFolder.of(files, "a/two.txt")).isEmpty();
        assertThat(RunFolder.of(files, "c")).isEmpty();
    }
}
