package org.farga.slurm;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;

/** The cluster that {@code ./farga lab up} brings up; {@code -Dfarga.slurm.lab=FOLDER} names another. */
record Lab(Path folder, String cluster, SlurmCommands commands) {
    /** Skips the test where there is none. */
    static Lab up() {
        Path folder = Path.of(System.getProperty("farga.slurm.lab", "../.farga/lab/debian12"));
        Path file = folder.resolve("lab.properties");
        Assumptions.assumeTrue(Files.isReadable(file), "no Slurm to try on: ./farga lab up brings one up");
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The newer one's commands live in a tree of its own.
        String via = properties.getProperty("via", "");
        SlurmCommands commands = new SlurmCommands(
                Path.of(properties.getProperty("slurmConf")), via.isEmpty() ? List.of() : List.of(via.split(",")));
        try {
            commands.run(Duration.ofSeconds(20), "sacctmgr", "-nP", "list", "cluster")
                    .good();
        } catch (UncheckedIOException e) {
            Assumptions.abort("no Slurm to try on: ./farga lab up brings one up (" + e.getMessage() + ")");
        }
        return new Lab(folder.toAbsolutePath().normalize(), properties.getProperty("cluster"), commands);
    }

    String run(String... command) {
        return commands.run(Duration.ofMinutes(2), command).good();
    }

    /** The same, and whatever it ended with is fine. */
    SlurmCommands.Answer tryTo(String... command) {
        return commands.run(Duration.ofMinutes(2), command);
    }
}
