package org.farga.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the machine as a scheduler does beyond the contract, at one isolation level. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LocalSchedulerContract extends SchedulerContract {

    private static final String TWO_GPUS = """
            #!/bin/sh
            echo '0, NVIDIA H100 80GB HBM3, 81559, GPU-aaaa'
            echo '1, NVIDIA H100 80GB HBM3, 81559, GPU-bbbb'
            """;

    Path root;
    LocalSettings settings;
    LocalScheduler scheduler;

    abstract IsolationLevel level();

    abstract boolean cgroups();

    @BeforeAll
    void open(@TempDir Path home) throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        Path nvidiaSmi = Files.writeString(home.resolve("nvidia-smi"), TWO_GPUS);
        Files.setPosixFilePermissions(nvidiaSmi, PosixFilePermissions.fromString("rwx------"));
        root = home.resolve("scheduler");
        settings = new LocalSettings(
                level(), cgroups(), List.of(), 8, 4096L, nvidiaSmi.toString(), 200, 1, Duration.ofSeconds(1));
        scheduler = new LocalScheduler(root, Clock.systemUTC(), settings);
    }

    @AfterAll
    void close() {
        scheduler.close();
    }

    @Override
    Scheduler scheduler() {
        return scheduler;
    }
}
