package org.farga.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The Slurm cluster that the demo's jobs run on: the lab's, brought up for it and ended with it, unless it was up before. */
final class Lab implements AutoCloseable {
    /** What Farga calls it. */
    static final String CLUSTER = "lab";

    private final Path program;
    private final boolean ours;

    private Lab(Path program, boolean ours) {
        this.program = program;
        this.ours = ours;
    }

    /** Brings it up, or finds it up. Throws {@link StepFailed} with what the lab says where it cannot be. */
    static Lab up(Path home, Narrator narrator) throws IOException {
        Path program = home.resolve("lab/lab");
        List<String> before = new ArrayList<>();
        run(program, before::add, "status", "--debian12");
        Lab lab = new Lab(program, before.stream().anyMatch(line -> line.endsWith("not up.")));
        List<String> said = new ArrayList<>();
        int status = run(
                program,
                line -> {
                    said.add(line);
                    // Its last lines are what to type where nobody plays.
                    if (!line.startsWith("  ")) {
                        narrator.tell(line);
                    }
                },
                "up");
        if (status != 0) {
            lab.close();
            throw new StepFailed(said.isEmpty() ? "the lab ended with " + status : said.getLast());
        }
        return lab;
    }

    /** Whether it ends with the demo. */
    boolean isOurs() {
        return ours;
    }

    /** Farga's settings for it. */
    List<String> settings() throws IOException {
        return good("settings", CLUSTER);
    }

    /** What a command answers, such as sinfo. */
    List<String> ask(String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("run"));
        whole.addAll(List.of(command));
        return good(whole.toArray(String[]::new));
    }

    private List<String> good(String... arguments) throws IOException {
        List<String> lines = new ArrayList<>();
        int status = run(program, lines::add, arguments);
        if (status != 0) {
            throw new StepFailed("./farga lab " + String.join(" ", arguments) + " ended with " + status + ": "
                    + String.join("; ", lines));
        }
        return lines;
    }

    private static int run(Path program, Consumer<String> heard, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            reader.lines().forEach(heard);
        }
        return process.onExit().join().exitValue();
    }

    @Override
    public void close() {
        if (!ours) {
            return;
        }
        try {
            Process down = new ProcessBuilder(program.toString(), "down", "--debian12")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!down.waitFor(3, TimeUnit.MINUTES)) {
                down.destroy();
            }
        } catch (IOException e) {
            System.err.println("farga: Slurm could not be stopped (" + e.getMessage() + "): ./farga lab down");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
