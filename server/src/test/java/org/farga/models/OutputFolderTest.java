package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.farga.models.OutputFolder.Bounds;
import org.farga.models.OutputFolder.Taken;
import org.farga.models.Run.Remark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile job may leave, and what is taken of it. */
class OutputFolderTest {
    private static final Bounds BOUNDS = new Bounds(1_000, 1_000_000);

    @TempDir
    private Path working;

    private Path output;

    @BeforeEach
    void makeFolder() throws IOException {
        output = Files.createDirectory(working.resolve("output"));
    }

    private Taken take(Bounds bounds) throws IOException {
        return OutputFolder.take(output, bounds, OutputFolderTest::read);
    }

    private static RunFile read(String path, SeekableByteChannel content, long most) throws IOException {
        java.nio.ByteBuffer all = java.nio.ByteBuffer.allocate(1 << 16);
        while (content.read(all) > 0) {
            // On to the end.
        }
        return RunFile.of(path, all.position(), new byte[32]);
    }

    @Test
    void plainFilesAreTakenInOrderWithTheirFolders() throws IOException {
        Files.createDirectories(output.resolve("a/b"));
        Files.writeString(output.resolve("model.json"), "{}");
        Files.writeString(output.resolve("a/b/weights.bin"), "12345");
        Files.writeString(output.resolve(".hidden"), "");
        Taken taken = take(BOUNDS);
        assertThat(taken.files()).extracting(RunFile::path).containsExactly(".hidden", "a/b/weights.bin", "model.json");
        assertThat(taken.files()).extracting(RunFile::bytes).containsExactly(0L, 5L, 2L);
        assertThat(taken.leftOut()).isEmpty();
    }

    @Test
    void linksAreNeverFollowed() throws IOException {
        Path secret = Files.writeString(working.resolve("secret"), "secret");
        Files.createSymbolicLink(output.resolve("password"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(output.resolve("secret"), secret);
        Files.createSymbolicLink(output.resolve("folder"), Path.of("/etc"));
        Files.createSymbolicLink(output.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(output.resolve("self"), output);
        Taken taken = take(BOUNDS);
        assertThat(taken.files()).isEmpty();
        assertThat(taken.leftOut())
                .containsExactlyInAnyOrder(
                        new Remark("file-link", "password"),
                        new Remark("file-link", "secret"),
                        new Remark("file-link", "folder"),
                        new Remark("file-link", "dangling"),
                        new Remark("file-link", "self"));
    }

    @Test
    void anOutputFolderThatIsALinkIsNone() throws IOException {
        Files.delete(output);
        Files.createSymbolicLink(output, Path.of("/etc"));
        assertThat(take(BOUNDS).files()).isEmpty();
        Files.delete(output);
        assertThat(take(BOUNDS).files()).isEmpty();
        Files.writeString(output, "a file");
        assertThat(take(BOUNDS).files()).isEmpty();
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void pipesAreNotOpened() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", output.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        Taken taken = take(BOUNDS);
        assertThat(taken.files()).isEmpty();
        assertThat(taken.leftOut()).containsExactly(new Remark("file-special", "pipe"));
    }

    @Test
    void ofTwoThousandFilesAThousandAreTakenAndTheSameOnesAgain() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            Files.createFile(output.resolve("file-%04d".formatted(i)));
        }
        Taken taken = take(BOUNDS);
        assertThat(taken.files()).hasSize(1_000);
        assertThat(taken.files().getLast().path()).isEqualTo("file-0999");
        assertThat(taken.leftOut()).containsExactly(new Remark("too-many-files", "1000"));
        assertThat(take(BOUNDS).files()).isEqualTo(taken.files());
    }

    @Test
    void aFileThatDoesNotFitIsLeftOutAndSmallerOnesAreTaken() throws IOException {
        Files.write(output.resolve("a"), new byte[60]);
        Files.write(output.resolve("b"), new byte[50]);
        Files.write(output.resolve("c"), new byte[40]);
        Taken taken = take(new Bounds(10, 100));
        assertThat(taken.files()).extracting(RunFile::path).containsExactly("a", "c");
        assertThat(taken.leftOut()).containsExactly(new Remark("file-too-large", "b"));
    }

    @Test
    void namesThatPlayTricksAreLeftOut() throws IOException {
        for (String name : List.of("a\nb", "c\\d", "e\u0007", "..\\..\\etc")) {
            Files.createFile(output.resolve(name));
        }
        Files.createFile(output.resolve("..."));
        Files.createFile(output.resolve("<script>"));
        Taken taken = take(BOUNDS);
        assertThat(taken.files()).extracting(RunFile::path).containsExactly("...", "<script>");
        assertThat(taken.leftOut())
                .hasSize(4)
                .allSatisfy(remark -> assertThat(remark.where()).doesNotContain("\n", "\\", "\u0007"));
    }

    @Test
    void foldersMayNotNestForEver() throws IOException {
        Path deep = output;
        for (int i = 0; i < 60; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }
        Files.createFile(deep.resolve("bottom"));
        Taken taken = take(BOUNDS);
        assertThat(taken.files()).isEmpty();
        assertThat(taken.leftOut()).extracting(Remark::reason).containsExactly("file-too-deep");
    }

    @Test
    void whereOurOwnDiskFailsNothingIsSilentlyLeftOut() throws IOException {
        Files.createFile(output.resolve("model.json"));
        assertThatThrownBy(() -> OutputFolder.take(output, BOUNDS, (path, content, most) -> {
                    throw new java.nio.file.FileSystemException("store", null, "No space left on device");
                }))
                .isInstanceOf(IOException.class);
    }
}
