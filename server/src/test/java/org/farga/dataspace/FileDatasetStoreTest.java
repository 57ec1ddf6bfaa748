package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.farga.shared.DatasetVersionId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDatasetStoreTest {
    private static final long MOST = 1 << 20;

    @TempDir
    private Path root;

    private FileDatasetStore store;

    @BeforeEach
    void open() throws IOException {
        store = new FileDatasetStore(root, 0);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private DatasetStore.Content taken(String text) throws IOException {
        return store.take(stream(text), DatasetStore.Announced.NOTHING, MOST).orThrow();
    }

    private DatasetFile file(String path, String text) throws IOException {
        return DatasetFile.of(new FilePath(path), taken(text), DatasetTest.STEWARD, DatasetTest.NOW);
    }

    private List<Path> filesIn(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private String refused(InputStream bytes, DatasetStore.Announced announced, long most) throws IOException {
        String name = DatasetTest.refusal(store.take(bytes, announced, most)).name();
        assertThat(filesIn(".")).as("nothing is left").isEmpty();
        return name;
    }

    @Test
    void contentIsKeptOnceUnderItsDigestAndCannotBeWritten() throws IOException {
        DatasetStore.Content content = taken("hello");
        assertThat(content).isEqualTo(new DatasetStore.Content(Sha256.ofText("hello"), 5));
        assertThat(taken("hello")).isEqualTo(content);
        assertThat(filesIn(".")).hasSize(1);
        assertThat(store.content(content.sha256())).hasContent("hello");
        assertThat(Files.getPosixFilePermissions(store.content(content.sha256())))
                .noneMatch(p -> p.name().endsWith("WRITE"));
    }

    @Test
    void contentThatWasDamagedIsPutRightByItsNextUpload() throws IOException {
        Path kept = store.content(taken("hello").sha256());
        Files.delete(kept);
        Files.writeString(kept, "he");
        taken("hello");
        assertThat(kept).hasContent("hello");
    }

    @Test
    void whatIsNotWhatWasAnnouncedIsRefused() throws IOException {
        assertThat(refused(stream("hello"), new DatasetStore.Announced(OptionalLong.of(6), null), MOST))
                .isEqualTo("length-mismatch");
        assertThat(refused(stream("hello"), new DatasetStore.Announced(OptionalLong.of(4), null), MOST))
                .isEqualTo("length-mismatch");
        assertThat(refused(
                        stream("hello"),
                        new DatasetStore.Announced(OptionalLong.empty(), Sha256.ofText("hallo")),
                        MOST))
                .isEqualTo("digest-mismatch");
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItComesOrWhileItComes() throws IOException {
        InputStream unread = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("it was read");
            }

            @Override
            public int read(byte[] into, int from, int most) {
                return read();
            }
        };
        assertThat(refused(unread, new DatasetStore.Announced(OptionalLong.of(6), null), 5))
                .isEqualTo("file-too-large");
        assertThat(refused(stream("hello!"), DatasetStore.Announced.NOTHING, 5)).isEqualTo("file-too-large");
    }

    @Test
    void aFullDiskIsSaidToBeFull() throws IOException {
        store = new FileDatasetStore(root, Long.MAX_VALUE / 2);
        assertThat(refused(stream("hello"), DatasetStore.Announced.NOTHING, MOST))
                .isEqualTo("store-full");
        store = new FileDatasetStore(root, 0);
        assertThat(refused(
                        stream("hello"),
                        new DatasetStore.Announced(OptionalLong.of(Long.MAX_VALUE / 2), null),
                        Long.MAX_VALUE))
                .isEqualTo("store-full");
    }

    @Test
    void aSenderThatGoesAwayLeavesNothing() {
        InputStream broken = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("connection reset");
                }
                return 'x';
            }

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                into[from] = (byte) read();
                return 1;
            }
        };
        assertThatThrownBy(() -> store.take(broken, DatasetStore.Announced.NOTHING, MOST))
                .isInstanceOf(IOException.class)
                .hasMessage("connection reset");
        assertThat(root).isDirectoryNotContaining("regex:.*upload-.*");
    }

    @Test
    void aVersionIsAFolderOfLinksThatCannotBeWritten() throws IOException {
        DatasetVersionId version = DatasetVersionId.create();
        List<DatasetFile> files = List.of(file("a.csv", "1"), file("deep/er/b.csv", "2"), file("deep/c.csv", "1"));
        DatasetStore.Layout layout = store.layOut(version, files).orThrow();
        assertThat(store.folder(version)).doesNotExist();
        store.place(layout);
        assertThat(store.folder(version).resolve("deep/er/b.csv")).hasContent("2");
        assertThat(Files.isSameFile(
                        store.folder(version).resolve("a.csv"),
                        store.content(files.getFirst().sha256())))
                .isTrue();
        for (String folder : List.of("", "deep", "deep/er")) {
            assertThat(Files.getPosixFilePermissions(store.folder(version).resolve(folder)))
                    .noneMatch(p -> p.name().endsWith("WRITE"));
        }
        assertThat(filesIn("temporary")).isEmpty();
    }

    @Test
    void placingReplacesWhatACrashHasLeftThere() throws IOException {
        DatasetVersionId version = DatasetVersionId.create();
        store.place(store.layOut(version, List.of(file("old/a.csv", "old"))).orThrow());
        store.place(store.layOut(version, List.of(file("new.csv", "new"))).orThrow());
        assertThat(store.folder(version)).isDirectoryNotContaining("glob:**/old");
        assertThat(store.folder(version).resolve("new.csv")).hasContent("new");
    }

    @Test
    void aLayoutThatIsNotToBePlacedIsForgotten() throws IOException {
        DatasetStore.Layout layout = store.layOut(DatasetVersionId.create(), List.of(file("a/b.csv", "1")))
                .orThrow();
        store.discard(layout);
        assertThat(layout.folder()).doesNotExist();
        assertThat(store.holds(Sha256.ofText("1"))).isTrue();
    }

    @Test
    void aLayoutOfContentThatIsGoneFailsWhole() throws IOException {
        DatasetFile file = file("a.csv", "1");
        store.remove(file.sha256());
        assertThatThrownBy(() -> store.layOut(DatasetVersionId.create(), List.of(file("b.csv", "2"), file)))
                .isInstanceOf(IOException.class);
        try (Stream<Path> left = Files.list(root.resolve("temporary"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void sweepingTakesOldLeftoversAndNothingElse() throws IOException {
        Instant old = Instant.parse("2026-01-01T00:00:00Z");
        Path crashed = Files.createDirectories(root.resolve("temporary/layout-x/deep"));
        Files.writeString(crashed.resolve("a"), "1");
        crashed.toFile().setWritable(false);
        Files.setLastModifiedTime(root.resolve("temporary/layout-x"), FileTime.from(old));
        Path running = Files.writeString(root.resolve("temporary/upload-y"), "2");
        store.sweep(old.plusSeconds(1));
        assertThat(root.resolve("temporary/layout-x")).doesNotExist();
        assertThat(running).exists();

        DatasetStore.Content content = taken("old");
        Files.setLastModifiedTime(store.content(content.sha256()), FileTime.from(old));
        taken("young");
        assertThat(store.contentsBefore(old.plusSeconds(1))).containsExactly(content.sha256());
        // Taken again, it is young again.
        taken("old");
        assertThat(store.contentsBefore(old.plusSeconds(1))).isEmpty();
    }
}
