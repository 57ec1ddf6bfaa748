package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.farga.shared.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathTest {
    /** A trick, and the name of the refusal it must meet. */
    record Trick(String path, String refusal) {}

    static List<Trick> tricks() {
        return List.of(
                new Trick("", "path-missing"),
                new Trick("/", "path-absolute"),
                new Trick("/etc/passwd", "path-absolute"),
                new Trick("//host/share", "path-absolute"),
                new Trick(".", "path-segment"),
                new Trick("..", "path-segment"),
                new Trick("../up.csv", "path-segment"),
                new Trick("a/../../up.csv", "path-segment"),
                new Trick("a/..", "path-segment"),
                new Trick("a/./b", "path-segment"),
                new Trick("./a", "path-segment"),
                new Trick("a//b", "path-segment"),
                new Trick("a/", "path-segment"),
                new Trick("a/ /b", "path-edge"),
                new Trick("...", "path-edge"),
                new Trick("a...", "path-edge"),
                new Trick(".. /a", "path-edge"),
                new Trick(" a", "path-edge"),
                new Trick("a ", "path-edge"),
                new Trick("a /b", "path-edge"),
                new Trick("a./b", "path-edge"),
                new Trick("-rf", "path-edge"),
                new Trick("data/--help", "path-edge"),
                new Trick("..\\up.csv", "path-character"),
                new Trick("a\\b", "path-character"),
                new Trick("C:\\data.csv", "path-character"),
                new Trick("C:data.csv", "path-character"),
                new Trick("data.csv:stream", "path-character"),
                new Trick("a*b", "path-character"),
                new Trick("a?b", "path-character"),
                new Trick("a<b>c", "path-character"),
                new Trick("a|b", "path-character"),
                new Trick("a\"b", "path-character"),
                new Trick("a;b", "path-character"),
                new Trick("%2e%2e/up", "path-character"),
                new Trick("a\0b", "path-unreadable"),
                new Trick("a\nb", "path-unreadable"),
                new Trick("a\tb", "path-unreadable"),
                new Trick("a\u001bb", "path-unreadable"),
                new Trick("a\u007fb", "path-unreadable"),
                new Trick("a\u0085b", "path-unreadable"),
                new Trick("\u202egpj.exe", "path-unreadable"),
                new Trick("a\u200bb", "path-unreadable"),
                new Trick("\ufeffa", "path-unreadable"),
                new Trick("a\u2028b", "path-unreadable"),
                new Trick("a\u00a0b", "path-unreadable"),
                new Trick("a\ud800b", "path-unreadable"),
                new Trick("a\ufffdb", "path-unreadable"),
                new Trick("a\ue000b", "path-unreadable"),
                new Trick("CON", "path-reserved"),
                new Trick("nul", "path-reserved"),
                new Trick("aux.csv", "path-reserved"),
                new Trick("a/prn.tar.gz", "path-reserved"),
                new Trick("com1", "path-reserved"),
                new Trick("COM¹.txt", "path-reserved"),
                new Trick("lpt9/a", "path-reserved"),
                new Trick("conin$", "path-reserved"),
                new Trick(".git/config", "path-reserved"),
                new Trick(".Farga", "path-reserved"),
                new Trick("a/".repeat(16) + "a", "path-too-deep"),
                new Trick("x".repeat(256), "path-too-long"),
                new Trick("x".repeat(100_000), "path-too-long"),
                new Trick("語".repeat(86), "path-too-long"));
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void aPathTrickIsRefusedByName(Trick trick) {
        assertThat(FilePath.parse(trick.path())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.refusal().name()).isEqualTo(trick.refusal());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "digits.csv",
                "train/part-0001.parquet",
                ".gitattributes",
                "données/été 2024.csv",
                "語/データ.jsonl",
                "a.b.c/..d",
                "console.log",
                "nullable.csv",
                "com10.txt",
                "a+b=c,d@e&f#g!~'(1)[2]{3}"
            })
    void anHonestPathIsTaken(String path) {
        assertThat(FilePath.parse(path)).isEqualTo(Outcome.done(new FilePath(path)));
    }

    @Test
    void theLongestPathIsTaken() {
        String path = "x".repeat(125) + "/" + "y".repeat(129);
        assertThat(path).hasSize(255);
        assertThat(FilePath.parse(path)).isEqualTo(Outcome.done(new FilePath(path)));
    }

    @Test
    void bothFormsOfAnAccentAreOnePath() {
        assertThat(FilePath.parse("e\u0301te\u0301.csv")).isEqualTo(FilePath.parse("\u00e9t\u00e9.csv"));
    }

    @ParameterizedTest
    @CsvSource({
        "README.md, readme.MD",
        "straße.csv, STRASSE.csv",
        "ﬁle.csv, file.csv",
        "data①.csv, data1.csv",
        "Ａ.csv, a.csv"
    })
    void whatSomeFileSystemTakesForOneFileHasOneKey(String one, String other) {
        assertThat(new FilePath(one).key()).isEqualTo(new FilePath(other).key());
    }

    @Test
    void foldersAreNamedOutermostFirst() {
        assertThat(new FilePath("a/b/c.csv").folders()).containsExactly("a", "a/b");
        assertThat(new FilePath("c.csv").folders()).isEmpty();
    }

    @Test
    void theNameTellsTheMediaType() {
        assertThat(new FilePath("a/DIGITS.CSV").mediaType()).isEqualTo("text/csv");
        assertThat(new FilePath("weights").mediaType()).isEqualTo("application/octet-stream");
        assertThat(new FilePath("page.html").mediaType()).isEqualTo("application/octet-stream");
    }
}
