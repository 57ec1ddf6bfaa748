package org.farga.slurm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Slurm's commands on this machine, or on one that can be reached from it: {@code squeue}, {@code sacct}, {@code sacctmgr} and
 * {@code scontrol}, which answer lists far faster than slurmrestd does. No shell takes part, so nothing has to be quoted. Instants
 * come as seconds since 1970 wherever a command heeds {@code SLURM_TIME_FORMAT}, and in UTC elsewhere.
 *
 * @param conf the cluster's slurm.conf
 * @param via what stands before each command, such as a program that runs it on a login node; it must hand its arguments on as they
 *     are
 */
public record SlurmCommands(Path conf, List<String> via) {

    /** Characters of a complaint that are kept. */
    private static final int MOST_COMPLAINT = 4_000;

    public SlurmCommands {
        via = List.copyOf(via);
    }

    /** What a command wrote, and how it ended. */
    public record Answer(int status, String output, String complaint) {

        /** What it wrote; throws {@link UncheckedIOException} with its complaint where it failed. */
        public String good() {
            if (status != 0) {
                throw new UncheckedIOException(
                        new IOException("Slurm's command ended with " + status + ": " + complaint.strip()));
            }
            return output;
        }
    }

    /**
     * Runs a command to its end. Throws {@link UncheckedIOException} where it cannot be started or takes longer than
     * {@code limit}; then it is ended.
     */
    public Answer run(Duration limit, String... command) {
        return run(limit, null, List.of(command));
    }

    /** The same with something for it to read. */
    public Answer run(Duration limit, @Nullable String input, List<String> command) {
        StringBuilder output = new StringBuilder();
        Ended ended = start(limit, input, command, line -> output.append(line).append('\n'));
        return new Answer(ended.status(), output.toString(), ended.complaint());
    }

    /**
     * Gives each line a command writes to {@code taker} as it comes, so that a list of any length can be read. Throws as
     * {@link #run} does, and where the command fails; what {@code taker} throws ends the command and is passed on.
     */
    public void lines(Duration limit, List<String> command, Consumer<String> taker) {
        Ended ended = start(limit, null, command, taker);
        new Answer(ended.status(), "", ended.complaint()).good();
    }

    private record Ended(int status, String complaint) {}

    private Ended start(Duration limit, @Nullable String input, List<String> command, Consumer<String> taker) {
        List<String> whole = new ArrayList<>(via);
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("SLURM_") || name.startsWith("SQUEUE_"));
        environment.keySet().removeIf(name -> name.startsWith("SACCT_") || name.startsWith("SBATCH_"));
        environment.put("SLURM_CONF", conf.toString());
        environment.put("SLURM_TIME_FORMAT", "%s");
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TZ", "UTC");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            CompletableFuture<String> complaint =
                    CompletableFuture.supplyAsync(() -> complaint(process), Thread::startVirtualThread);
            Thread.startVirtualThread(() -> feed(process, input));
            CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
                    .execute(() -> end(process));
            long started = System.nanoTime();
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1 << 16)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    taker.accept(line);
                }
            }
            int status = process.waitFor();
            if (System.nanoTime() - started > limit.toNanos()) {
                throw new IOException(command.getFirst() + " took longer than " + limit.toSeconds() + " s");
            }
            return new Ended(status, complaint.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while " + command.getFirst() + " ran", e));
        } finally {
            end(process);
        }
    }

    /** With what it started, which would otherwise keep its output open. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static void feed(Process process, @Nullable String input) {
        try (Writer to = process.outputWriter(StandardCharsets.UTF_8)) {
            if (input != null) {
                to.write(input);
            }
        } catch (IOException e) {
            // It did not care to read; its status says whether that mattered.
        }
    }

    private static String complaint(Process process) {
        StringBuilder kept = new StringBuilder();
        try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (kept.length() < MOST_COMPLAINT) {
                    kept.append(line).append('\n');
                }
            }
        } catch (IOException e) {
            // It was ended while it complained.
        }
        return kept.toString();
    }
}
