package org.farga.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.farga.shared.JobId;

/** Finds out how well this machine can isolate jobs, by running one that does nothing. */
final class Trial {

    private static final System.Logger LOG = System.getLogger(Trial.class.getName());
    private static final long PATIENCE_SECONDS = 30;
    private static final long MEMORY_MEBIBYTES = 64;

    private Trial() {}

    /** The strongest isolation that works, or the one the settings ask for; throws when that does not work. */
    static Isolation strongest(Path root, LocalSettings settings, Machine machine) throws IOException {
        IsolationLevel wanted = settings.isolation();
        List<IsolationLevel> levels = wanted == null ? List.of(IsolationLevel.values()) : List.of(wanted);
        String complaint = "";
        for (IsolationLevel level : levels) {
            Isolation isolation = Isolation.of(level, root);
            complaint = complaint(root, isolation, settings, machine);
            if (complaint.isEmpty()) {
                return isolation;
            }
            LOG.log(System.Logger.Level.WARNING, "jobs cannot be run with isolation {0}: {1}", level, complaint);
        }
        throw new IllegalStateException("This machine cannot run jobs: " + complaint);
    }

    private static String complaint(Path root, Isolation isolation, LocalSettings settings, Machine machine)
            throws IOException {
        Path closed = Isolation.closedAncestor(root.resolve("jobs"));
        if (isolation.level() == IsolationLevel.PLAIN && isolation.firstUser() != null && closed != null) {
            return "the users that jobs run under may not pass through " + closed + "; allow it with chmod o+x";
        }
        Path folder = JobFolders.closed(root.resolve("trial-" + UUID.randomUUID()));
        try {
            Path dataset = Files.createDirectories(folder.resolve("dataset"));
            JobOrder order = new JobOrder(
                    new JobId(1),
                    "trial",
                    "#!/bin/sh\n! touch datasets/trial/file 2>/dev/null && touch output/file\n",
                    new Resources(1, MEMORY_MEBIBYTES, 0, Duration.ofSeconds(PATIENCE_SECONDS), MEMORY_MEBIBYTES),
                    "trial",
                    "trial",
                    List.of(new Mount("trial", dataset)),
                    Map.of());
            JobFolder job = new JobFolder(order.id(), folder);
            Note.write(folder.resolve("script"), order.script());
            // Not as a user of its own: job 1, which may be running, has the same.
            Isolation shared = new Isolation(isolation.level(), isolation.firstUser(), false);
            Process process = new Launch(root, shared, settings, machine.cpuNumbers())
                    .start(
                            job,
                            order,
                            new JobFolder.Claim(false, List.of(0), List.of(), MEMORY_MEBIBYTES, machine.name()));
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "a job that does nothing did not end";
            }
            JobFolder.End end = job.end();
            return end != null && end.state() == JobState.COMPLETED ? "" : said(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } finally {
            JobFolders.discard(folder);
        }
    }

    private static String said(Path folder) throws IOException {
        StringBuilder said = new StringBuilder("a job that does nothing failed;");
        for (String log : List.of("log.txt", "runner.log")) {
            if (Files.exists(folder.resolve(log))) {
                said.append(' ').append(Files.readString(folder.resolve(log)).strip());
            }
        }
        return said.toString();
    }
}
