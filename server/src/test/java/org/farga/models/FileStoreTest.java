package org.farga.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Set;
import java.util.UUID;
import org.farga.platform.Settings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
    private static final Instant YESTERDAY = Instant.now().minus(Duration.ofDays(1));

    @TempDir
    private Path data;

    private FileStore store;

    @BeforeEach
    void open() {
        store = new FileStore(new Settings(
                data,
                "http://localhost",
                "Centre",
                ZoneId.of("UTC"), java.time.Duration.ofSeconds(10),
                new Settings.Database(null, null, null, true, 1)));
    }

    private RunFile keep(String content, long most) throws IOException {
        return store.keep("a.txt", Channels.newChannel(new ByteArrayInputStream(content.getBytes())), most);
    }

    private void age(RunFile file) throws IOException {
        Files.setLastModifiedTime(store.place(file.sha256()), FileTime.from(YESTERDAY.minusSeconds(60)));
    }

    @Test
    void moreThanAllowedLeavesNothing() throws IOException {
        assertThatThrownBy(() -> keep("12345", 4)).isInstanceOf(FileStore.TooLargeException.class);
        assertThat(Files.walk(data).filter(Files::isRegularFile)).isEmpty();
        assertThat(keep("1234", 4).bytes()).isEqualTo(4);
    }

    @Test
    void whatIsOldAndNobodysIsSweptAndNothingElse() throws IOException {
        RunFile named = keep("named", 10);
        RunFile nobodys = keep("nobody's", 10);
        RunFile fresh = keep("fresh", 10);
        RunFile again = keep("again", 10);
        age(named);
        age(nobodys);
        age(again);
        keep("again", 10);
        assertThat(store.sweep(YESTERDAY, asked -> Set.of(named.sha256()))).isEqualTo(1);
        assertThat(store.place(nobodys.sha256())).doesNotExist();
        assertThat(store.place(named.sha256())).exists();
        assertThat(store.place(fresh.sha256())).exists();
        assertThat(store.place(again.sha256())).as("it was kept again meanwhile").exists();
    }

    @Test
    void piecesOfAnUploadGoTogether() throws IOException {
        UUID upload = UUID.randomUUID();
        store.keepPart(upload, 1, Channels.newChannel(new ByteArrayInputStream("ab".getBytes())), 10);
        store.keepPart(upload, 1, Channels.newChannel(new ByteArrayInputStream("cd".getBytes())), 10);
        assertThat(store.part(upload, 1)).hasContent("cd");
        store.forgetParts(upload);
        store.forgetParts(upload);
        assertThat(Files.walk(data).filter(Files::isRegularFile)).isEmpty();
    }
}
