package org.farga.compute;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.farga.slurm.SlurmCommands;
import org.farga.slurm.SlurmSettings;
import org.junit.jupiter.api.Assumptions;

/**
 * The cluster that {@code ./farga lab up} brings up, as tests use it: each in a folder of its own, by which its jobs are known.
 * {@code -Dfarga.slurm.lab=FOLDER} names another than the checkout's, by the folder that holds its {@code lab.properties}.
 */
record SlurmLab(SlurmSettings settings, SlurmCommands commands, String mark) {

    /** Skips the test, with a reason, where no cluster is up. */
    static SlurmLab up() {
        Path lab = Path.of(System.getProperty("farga.slurm.lab", "../.farga/lab/debian12"));
        Path file = lab.resolve("lab.properties");
        Assumptions.assumeTrue(Files.isReadable(file), "no Slurm to try on: ./farga lab up brings one up");
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            String mark = UUID.randomUUID().toString();
            SlurmSettings settings = new SlurmSettings(
                    URI.create(properties.getProperty("rest")),
                    Path.of(properties.getProperty("jwtKey")),
                    JobFolders.open(Path.of(properties.getProperty("shared")).resolve(mark)),
                    properties.getProperty("user"),
                    "slurm",
                    properties.getProperty("account"),
                    properties.getProperty("partition"),
                    true,
                    Duration.ofMillis(200),
                    Duration.ofMinutes(2));
            // The newer one's commands live in a tree of its own.
            String via = properties.getProperty("via", "");
            SlurmCommands commands = new SlurmCommands(
                    Path.of(properties.getProperty("slurmConf")), via.isEmpty() ? List.of() : List.of(via.split(",")));
            SlurmLab found = new SlurmLab(settings, commands, mark);
            found.scheduler().describe();
            return found;
        } catch (UncheckedIOException e) {
            return Assumptions.abort("no Slurm to try on: ./farga lab up brings one up (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SlurmScheduler scheduler() {
        return scheduler(settings.rest());
    }

    SlurmScheduler scheduler(URI rest) {
        return new SlurmScheduler(
                new SlurmSettings(
                        rest,
                        settings.jwtKey(),
                        settings.folder(),
                        settings.user(),
                        settings.observer(),
                        settings.account(),
                        settings.partition(),
                        settings.sameSoftware(),
                        settings.freshness(),
                        settings.patience()),
                mark,
                Optional.of(commands),
                order -> Optional.empty(),
                Clock.systemUTC());
    }
}
