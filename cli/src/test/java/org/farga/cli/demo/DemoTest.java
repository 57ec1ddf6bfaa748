package org.farga.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.farga.cli.Screen;
import org.farga.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    @TempDir
    Path folder;

    @Test
    void wishesAreReadWithEqualsSignAndWithout() {
        Demo.Wishes wishes = Demo.Wishes.parse("--once", "--port=8090", "--data", "x");
        assertThat(wishes.once()).isTrue();
        assertThat(wishes.port()).isEqualTo(8090);
        assertThat(wishes.data()).isEqualTo(Path.of("x"));
        assertThat(wishes.patience()).isEqualTo(Duration.ofSeconds(60));
        assertThat(wishes.slurm()).isFalse();
        assertThat(Demo.Wishes.parse("--slurm", "--once").slurm()).isTrue();

        Demo.Wishes running =
                Demo.Wishes.parse("--base-url", "http://127.0.0.1:8080/", "--setup-link-file=l", "--patience", "5");
        assertThat(running.baseUrl()).isEqualTo(URI.create("http://127.0.0.1:8080"));
        assertThat(running.setupLink()).isEqualTo(Path.of("l"));
        assertThat(running.patience()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatIsNotKnownIsRefused() {
        for (String[] wrong : new String[][] {
            {"--twice"},
            {"--port"},
            {"--port", "0"},
            {"--port", "70000"},
            {"--port", "x"},
            {"--unknown", "1"},
            {"--base-url", "http://localhost", "--port", "8080"},
            {"--base-url", "http://localhost", "--slurm"}
        }) {
            assertThatThrownBy(() -> Demo.Wishes.parse(wrong)).isInstanceOf(UsageException.class);
        }
        assertThatThrownBy(() -> Demo.Wishes.parse("--base-url", "ftp://x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFreshFolderHoldsNothingOfAnEarlierDemo() throws IOException {
        Path data = folder.resolve("demo");
        Path closed = Files.createDirectories(data.resolve("dataset"));
        Files.writeString(closed.resolve("digits.csv"), "1");
        Files.createSymbolicLink(data.resolve("link"), Files.writeString(folder.resolve("outside"), "kept"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        DemoServer.makeFresh(data);
        try (var left = Files.list(data)) {
            assertThat(left).isEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
        assertThat(folder.resolve("outside")).hasContent("kept");
    }

    @Test
    void progressIsALineATenthWhereThereIsNoTerminal() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Narrator narrator = new Narrator(new Screen(stream, stream, "", Map.of()));
        for (int i = 0; i <= 300; i++) {
            narrator.progress(i / 300.0, "epoch " + i);
        }
        String told = out.toString(StandardCharsets.UTF_8);
        assertThat(told.lines()).hasSize(11).first().isEqualTo("             epoch 0");
        assertThat(told).endsWith("epoch 300\n").doesNotContain("\r", "\u001b");
    }
}
