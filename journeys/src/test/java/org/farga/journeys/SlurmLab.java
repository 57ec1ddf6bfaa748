package org.farga.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/**
 * The Slurm cluster that {@code ./farga lab up} brings up, for one class of tests alone: they stop its programs.
 * {@code -Dfarga.slurm.lab=FOLDER} names another than the checkout's.
 */
final class SlurmLab implements AutoCloseable {
    private static final Path PROGRAM = FargaProcess.ROOT.resolve("lab/lab");

    private final Path folder;
    private final FileChannel lock;
    private boolean whole = true;

    private SlurmLab(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Takes it once no other class has it; skips the tests where there is none. */
    static SlurmLab take() {
        Path folder = Path.of(System.getProperty(
                        "farga.slurm.lab",
                        FargaProcess.ROOT.resolve(".farga/lab/debian12").toString()))
                .toAbsolutePath()
                .normalize();
        Assumptions.assumeTrue(
                Files.isReadable(folder.resolve("lab.properties")), "no Slurm to try on: ./farga lab up brings one up");
        try {
            FileChannel lock =
                    FileChannel.open(folder.resolve("tests.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock.lock();
            SlurmLab lab = new SlurmLab(folder, lock);
            if (lab.call("run", "scontrol", "ping").status() != 0) {
                lock.close();
                Assumptions.abort("no Slurm to try on: ./farga lab up brings one up");
            }
            return lab;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    /** Where its own slurmrestd listens. */
    URI rest() {
        return URI.create(settings().get("farga.cluster.slurm.lab.rest"));
    }

    /** Farga's settings for it as the cluster {@code lab}, but with another address of slurmrestd, and others; as environment. */
    Map<String, String> environment(URI rest, Map<String, String> others) {
        Map<String, String> settings = settings();
        settings.put("farga.cluster.slurm.lab.rest", rest.toString());
        settings.putAll(others);
        return Map.of("SPRING_APPLICATION_JSON", Api.write(settings));
    }

    /** Farga's settings for it as the cluster {@code lab}. */
    Map<String, String> settings() {
        return new HashMap<>(good("settings", "lab")
                .lines()
                .map(line -> line.substring(2).split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1])));
    }

    /** Starts whatever of it does not run. */
    void up() {
        good("up");
        whole = true;
    }

    /** The same where anything was ended. */
    void mend() {
        if (!whole) {
            up();
        }
    }

    /** Stops one program of it. */
    void stop(String program) {
        whole = false;
        good("stop", program);
    }

    /** Ends a node and what runs on it without a warning. */
    void killNode(String node) {
        whole = false;
        good("kill", "slurmd-" + node);
    }

    /** What a command of Slurm's prints. */
    String run(String... command) {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(Arrays.asList(command));
        return good(all.toArray(String[]::new));
    }

    /** A run of a job as accounting has it. */
    record Run(long job, String state, long seconds, long cpus) {}

    /** Every run of every job of this name. */
    List<Run> runs(String name) {
        return run(
                        "sacct",
                        "-D",
                        "-X",
                        "-n",
                        "-P",
                        "-S",
                        "now-1days",
                        "--name=" + name,
                        "-o",
                        "JobIDRaw,State,ElapsedRaw,AllocCPUS")
                .lines()
                .map(line -> line.split("\\|", -1))
                .map(fields -> new Run(
                        Long.parseLong(fields[0]), fields[1], Long.parseLong(fields[2]), Long.parseLong(fields[3])))
                .toList();
    }

    /** The same, whatever comes of it. */
    void tryTo(String... command) {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(Arrays.asList(command));
        call(all.toArray(String[]::new));
    }

    /**
     * Makes slurmctld forget every job there was, as it does minutes after their ends, and accounting those of this name,
     * as purging does. slurmctld must not run.
     */
    void forget(String name) {
        good("forget", name);
    }

    private String good(String... arguments) {
        Ended ended = call(arguments);
        assertThat(ended.status())
                .as("./farga lab %s: %s", String.join(" ", arguments), ended.output())
                .isZero();
        return ended.output();
    }

    private record Ended(int status, String output) {}

    private Ended call(String... arguments) {
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), arguments[0]));
        if (folder.endsWith("debian13")) {
            command.add("--debian13");
        }
        command.addAll(Arrays.asList(arguments).subList(1, arguments.length));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("FARGA_LAB", String.valueOf(folder.getParent()));
        try {
            // What it says of itself is not what it answers.
            Path said = Files.createTempFile("farga-lab-", ".txt");
            try {
                Process process = builder.redirectError(said.toFile()).start();
                process.getOutputStream().close();
                String output = new String(process.getInputStream().readAllBytes(), UTF_8);
                int status = process.onExit().join().exitValue();
                return new Ended(status, status == 0 ? output : output + Files.readString(said));
            } finally {
                Files.delete(said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves it as it was found. */
    @Override
    public void close() throws IOException {
        try (lock) {
            mend();
        }
    }
}
