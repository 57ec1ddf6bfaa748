package org.farga.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The lab's Slurm, as one uses it without Farga: its commands and its bare REST interface. */
final class Slurm {
    private final Properties lab = new Properties();
    private final URI rest;
    private final String token;

    private Slurm(Path folder) throws IOException, InterruptedException {
        try (Reader reader = Files.newBufferedReader(folder.resolve("lab.properties"))) {
            lab.load(reader);
        }
        this.rest = URI.create(lab.getProperty("rest"));
        this.token = run("scontrol", "token", "username=" + user(), "lifespan=86400")
                .strip()
                .split("=", 2)[1];
    }

    /** The one whose {@code lab.properties} lies in the folder. */
    static Slurm open(Path folder) throws IOException, InterruptedException {
        return new Slurm(folder);
    }

    String version() {
        return lab.getProperty("version");
    }

    String cluster() {
        return lab.getProperty("cluster");
    }

    String user() {
        return lab.getProperty("user");
    }

    String account() {
        return lab.getProperty("account");
    }

    String partition() {
        return lab.getProperty("partition");
    }

    /** What a command prints; throws where it fails. */
    String run(String... command) throws IOException, InterruptedException {
        return feed(null, command);
    }

    /** The same with something for it to read. */
    String feed(@Nullable String input, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
        builder.environment().put("SLURM_CONF", lab.getProperty("slurmConf"));
        builder.environment().put("TZ", "UTC");
        Path complaint = Files.createTempFile("farga-bench", ".txt");
        try {
            Process process = builder.redirectError(complaint.toFile()).start();
            try (OutputStream in = process.getOutputStream()) {
                if (input != null) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(
                        command[0] + " failed: " + Files.readString(complaint).strip()
                                + output.lines().limit(5).toList());
            }
            return output;
        } finally {
            Files.delete(complaint);
        }
    }

    /** Submits with {@code sbatch}; Slurm's number of the job. */
    String sbatch(String script, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "sbatch",
                "--uid=" + user(),
                "--account=" + account(),
                "--partition=" + partition(),
                "--job-name=bench",
                "--comment=bench " + UUID.randomUUID(),
                "--nodes=1",
                "--ntasks=1",
                "--cpus-per-task=1",
                "--mem=100M",
                "--time=1",
                "--export=NONE",
                "--parsable",
                "--chdir=/tmp",
                "--output=/dev/null"));
        command.addAll(List.of(options));
        return feed(script, command.toArray(String[]::new)).strip();
    }

    /** A connection to slurmrestd. */
    Wire wire() throws IOException {
        return new Wire(rest.getPort());
    }

    /** Submits by bare slurmrestd, over a connection that stays open. */
    void submit(Wire wire, String script) throws IOException {
        String body = """
                {"script": "%s", "job": {"name": "bench", "comment": "bench %s", "account": "%s", "partition": "%s", "tasks": 1,
                 "cpus_per_task": 1, "nodes": 1, "memory_per_node": 100, "time_limit": 1, "environment": {"PATH": "/usr/bin:/bin"},
                 "current_working_directory": "/tmp", "standard_output": "/dev/null"}}""".formatted(script.replace("\n", "\\n"), UUID.randomUUID(), account(), partition());
        Wire.Answer answer = wire.send(
                "POST",
                "/slurm/v0.0.38/job/submit",
                "X-SLURM-USER-NAME: " + user() + "\r\nX-SLURM-USER-TOKEN: " + token + "\r\n",
                body);
        if (!answer.body().contains("job_id")) {
            throw new IOException("slurmrestd answers " + answer.status() + ": " + answer.body());
        }
    }

    /** How many jobs of the bench's partition wait. */
    int waiting() throws IOException, InterruptedException {
        return (int) run("squeue", "-h", "-t", "PD", "-p", partition(), "-o", "%i")
                .lines()
                .count();
    }

    /** Takes back what waits. */
    void sweep() throws IOException, InterruptedException {
        run("scancel", "--partition=" + partition(), "--state=PENDING");
    }
}
