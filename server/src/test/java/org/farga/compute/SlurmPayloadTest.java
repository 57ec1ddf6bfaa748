package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell around a job on a node of Slurm's, without a Slurm. */
class SlurmPayloadTest {
    @TempDir
    private Path folder;

    @Test
    void leavesNothingBehindThatSlurmWouldWaitFor() throws Exception {
        // The watchers' rest would outlast this test.
        program("sleep", "[ \"$1\" = 0.05 ] || set 600; exec /bin/sleep \"$1\"");

        Process payload = run("echo trained");
        String log = new String(payload.getInputStream().readAllBytes());

        assertThat(payload.waitFor()).isZero();
        assertThat(log).isEqualTo("trained\n");
        SchedulerFixture.await(() -> inSession(payload.pid()).isEmpty(), "its watchers to be gone");
    }

    @Test
    void endsAsItsScriptDoes() throws Exception {
        Process payload = run("exit 7");
        payload.getInputStream().readAllBytes();

        assertThat(payload.waitFor()).isEqualTo(7);
    }

    /** In a session of its own, as slurmstepd begins it. */
    private Process run(String script) throws IOException {
        Path payload = Launch.install(folder, List.of("slurm-payload.sh")).resolve("slurm-payload.sh");
        Files.createDirectory(folder.resolve("work"));
        Files.writeString(
                folder.resolve("run"),
                "farga_disk_mib=64\nfarga_log_mib=1\nexport PATH='" + folder.resolve("bin") + ":/usr/bin:/bin'\n");
        Path given = Files.writeString(folder.resolve("given"), "1\n2\n#!/bin/sh\n" + script + "\n");
        return new ProcessBuilder("setsid", "/bin/sh", payload.toString(), folder.toString(), given.toString())
                .redirectErrorStream(true)
                .start();
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The processes of a session that have not ended, by {@code proc(5)}. */
    private static List<String> inSession(long session) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .map(process -> {
                        try {
                            return Files.readString(process.resolve("stat"));
                        } catch (IOException e) {
                            return ""; // it has just ended
                        }
                    })
                    .filter(stat -> {
                        String[] fields = stat.substring(stat.lastIndexOf(')') + 1)
                                .strip()
                                .split(" ");
                        return fields.length > 3 && !fields[0].equals("Z") && fields[3].equals(Long.toString(session));
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
