package org.farga.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Systemd takes the unit as it is; left out where there is no systemd. */
class UnitFileTest {
    private static final Path UNIT = Path.of("../packaging/farga.service");
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @TempDir
    private Path folder;

    @Test
    void systemdFindsNothingWrongWithTheUnit() throws Exception {
        assertThat(analyse(Files.readString(UNIT))).isEmpty();
        // It would tell: it warns of what it does not know, and goes on.
        assertThat(analyse(Files.readString(UNIT).replace("KillMode=process", "KillMode=gently")))
                .contains("kill mode");
    }

    private String analyse(String unit) throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "systemd is not installed");
        // The program is only there once the package is installed.
        Path file = folder.resolve("farga.service");
        Files.writeString(file, unit.replace("ExecStart=/usr/lib/farga/serve", "ExecStart=/bin/true"));
        Process process = new ProcessBuilder(ANALYZE.toString(), "verify", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said.lines().filter(line -> line.contains("farga.service")).reduce("", (all, line) -> all + line + "\n");
    }
}
