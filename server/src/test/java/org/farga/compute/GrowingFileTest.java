package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingFileTest {
    @TempDir
    Path folder;

    private Path file;
    private GrowingFile.Opener opener;

    @BeforeEach
    void name() {
        file = folder.resolve("log");
        opener = () -> Files.newByteChannel(file);
    }

    private void write(byte[] bytes) throws IOException {
        Files.write(file, bytes);
    }

    @Test
    void aFileThatIsNotThereYetIsEmpty() throws IOException {
        assertThat(GrowingFile.text(opener, 0, 100, false)).isEqualTo(new GrowingFile.Piece("", 0));
        assertThat(GrowingFile.length(opener)).isZero();
    }

    @Test
    void piecesOfAnyLengthGiveTheWholeTextAndNoHalfCharacters() throws IOException {
        String text = "aé€😀".repeat(50);
        write(text.getBytes(StandardCharsets.UTF_8));
        for (int most = 4; most < 20; most++) {
            StringBuilder read = new StringBuilder();
            long at = 0;
            for (GrowingFile.Piece piece = GrowingFile.text(opener, at, most, true);
                    piece.next() > at;
                    piece = GrowingFile.text(opener, at, most, true)) {
                read.append(piece.text());
                at = piece.next();
            }
            assertThat(read.toString()).isEqualTo(text);
        }
    }

    @Test
    void halfACharacterAtTheEndWaitsForItsOtherHalf() throws IOException {
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
        write(new byte[] {'a', euro[0], euro[1]});
        assertThat(GrowingFile.text(opener, 0, 100, false)).isEqualTo(new GrowingFile.Piece("a", 1));
        assertThat(GrowingFile.text(opener, 0, 100, true)).isEqualTo(new GrowingFile.Piece("a\uFFFD", 3));
        write(new byte[] {'a', euro[0], euro[1], euro[2]});
        assertThat(GrowingFile.text(opener, 1, 100, false)).isEqualTo(new GrowingFile.Piece("€", 4));
    }

    @Test
    void bytesThatAreNoTextAreReplacedAndPassed() throws IOException {
        write(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0xFF, 'a'});
        assertThat(GrowingFile.text(opener, 0, 4, false).next()).isEqualTo(4);
        assertThat(GrowingFile.text(opener, 4, 4, false)).isEqualTo(new GrowingFile.Piece("\uFFFDa", 6));
    }

    @Test
    void linesComeWhole() throws IOException {
        write("one\ntwo\nthr".getBytes(StandardCharsets.UTF_8));
        assertThat(GrowingFile.lines(opener, 0, 100, false)).isEqualTo(new GrowingFile.Piece("one\ntwo\n", 8));
        assertThat(GrowingFile.lines(opener, 8, 100, false)).isEqualTo(new GrowingFile.Piece("", 8));
        assertThat(GrowingFile.lines(opener, 8, 100, true)).isEqualTo(new GrowingFile.Piece("thr", 11));
        assertThat(GrowingFile.lines(opener, 0, 3, false)).isEqualTo(new GrowingFile.Piece("", 3));
    }

    @Test
    void anOffsetBehindTheEndIsNothing() throws IOException {
        write("one".getBytes(StandardCharsets.UTF_8));
        assertThat(GrowingFile.text(opener, 10, 100, true)).isEqualTo(new GrowingFile.Piece("", 10));
    }
}
