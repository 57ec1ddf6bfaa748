package org.farga.journeys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands as an operator types them. */
final class Shell {
    private static final long LIMIT_SECONDS = 180;

    private Shell() {}

    /** How a command ended, and what it said on both its outputs. */
    record Said(int exit, String text) {}

    static Said run(Map<String, String> environment, List<String> command) {
        try {
            Path out = Files.createTempFile("said-", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean over = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!over) {
                process.destroyForcibly();
            }
            String text = Files.readString(out, StandardCharsets.UTF_8);
            Files.delete(out);
            return new Said(over ? process.exitValue() : -1, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * The launcher as it is, beside the programs as they were just built, in a folder of its own: there it takes them for
     * what they are, and builds nothing while tests run on them.
     */
    static Path launcher(Path folder) throws IOException {
        Files.createDirectories(folder.resolve(".farga"));
        Path launcher = folder.resolve("farga");
        Files.copy(FargaProcess.ROOT.resolve("farga"), launcher);
        launcher.toFile().setExecutable(true);
        for (String part : List.of("server", "cli", "pom.xml", ".mvn", "mvnw")) {
            Files.createSymbolicLink(folder.resolve(part), FargaProcess.ROOT.resolve(part));
        }
        for (String program : List.of("server", "cli")) {
            Path stamp = Files.createFile(folder.resolve(".farga/built-farga-" + program + ".jar"));
            Files.setLastModifiedTime(stamp, FileTime.from(Instant.now()));
        }
        return launcher;
    }
}
