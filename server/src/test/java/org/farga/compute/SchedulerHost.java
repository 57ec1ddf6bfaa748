package org.farga.compute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.farga.shared.JobId;

/** A process that is nothing but a scheduler, for tests that kill it: submits one script, then waits to be killed. */
final class SchedulerHost {

    private SchedulerHost() {}

    /** Arguments: the scheduler's root, the isolation level, whether control groups are used, the script's file. */
    public static void main(String[] arguments) throws Exception {
        LocalSettings settings = new LocalSettings(
                IsolationLevel.valueOf(arguments[1]),
                Boolean.parseBoolean(arguments[2]),
                List.of(),
                8,
                4096L,
                "no-nvidia-smi",
                60,
                1,
                Duration.ofSeconds(1));
        LocalScheduler scheduler = new LocalScheduler(Path.of(arguments[0]), Clock.systemUTC(), settings);
        Resources resources = new Resources(1, 64, 0, Duration.ofMinutes(2), 64);
        String script = Files.readString(Path.of(arguments[3]));
        scheduler.submit(new JobOrder(new JobId(1), "hosted", script, resources, "acme-1", "ada", List.of(), Map.of()));
        Thread.sleep(Duration.ofMinutes(5));
    }
}
