package org.farga.compute;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is handed to the engine: a script that begins with {@code #!}, what it needs, who pays, which datasets it
 * may read, and variables added to its environment.
 */
record JobOrder(
        JobId id,
        String name,
        String script,
        Resources resources,
        String account,
        String user,
        List<Mount> mounts,
        Map<String, String> environment,
        @Nullable String partition,
        @Nullable String qos,
        List<After> after,
        @Nullable Task task) {

    /**
     * Which task of which array it is.
     *
     * @param array the array's own number, which is no job's
     * @param atOnce how many of its tasks may run at once; null for any number
     */
    record Task(JobId array, int index, @Nullable Integer atOnce) {}

    /** A job of the same engine that has to have come so far before this one may start. */
    record After(Dependency.Kind kind, String engineJobId) {}

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._+:()-]{0,99}");
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,99}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    /** What the engine sets itself, and an order may not change. */
    private static final Set<String> RESERVED = Set.of(
            "HOME",
            "TMPDIR",
            "CUDA_VISIBLE_DEVICES",
            "CUDA_DEVICE_ORDER",
            "FARGA_JOB_ID",
            "FARGA_JOB_FOLDER",
            "FARGA_ACCOUNT",
            "FARGA_OUTPUT",
            "FARGA_METRICS");

    /** What only the job itself may read. */
    static final Set<String> SECRET = Set.of(JobTokens.TOKEN);

    private static final int MAXIMUM_SCRIPT = 1 << 20;
    private static final int MAXIMUM_VALUE = 100_000;
    private static final int MAXIMUM_ENVIRONMENT = 1_000_000;
    /** Linux cuts the first line here, and would then run something else. */
    private static final int MAXIMUM_FIRST_LINE = 255;

    JobOrder {
        mounts = List.copyOf(mounts);
        environment = Map.copyOf(environment);
        after = List.copyOf(after);
    }

    /** One that stands for itself, wherever the engine puts it. */
    JobOrder(
            JobId id,
            String name,
            String script,
            Resources resources,
            String account,
            String user,
            List<Mount> mounts,
            Map<String, String> environment) {
        this(id, name, script, resources, account, user, mounts, environment, null, null, List.of(), null);
    }

    /** What a task finds in its environment, under Farga's names and Slurm's, whatever the engine. */
    Map<String, String> taskVariables() {
        return task == null
                ? Map.of()
                : Map.of(
                        "FARGA_ARRAY", task.array().toString(),
                        "FARGA_ARRAY_INDEX", Integer.toString(task.index()),
                        "SLURM_ARRAY_TASK_ID", Integer.toString(task.index()));
    }

    /** Why no engine may run this order, as a sentence for the person who sent it. */
    Optional<String> refusal() {
        if (!NAME.matcher(name).matches()) {
            return Optional.of("The job name must begin with a letter or digit and have at most 100 letters, digits,"
                    + " spaces and . _ + : ( ) -");
        }
        if (!LOGIN.matcher(account).matches() || !LOGIN.matcher(user).matches()) {
            return Optional.of("The account and the user must be at most 100 letters, digits and . _ @ -");
        }
        return refusalOfScript().or(this::refusalOfMounts).or(this::refusalOfEnvironment);
    }

    /** A script is never mended: its digest is part of the lineage of what it makes. */
    private Optional<String> refusalOfScript() {
        if (!script.startsWith("#!")) {
            return Optional.of("The script must begin with #! and its interpreter, for example #!/bin/bash");
        }
        if (script.indexOf('\r') >= 0) {
            return Optional.of("The script has Windows line ends (CRLF); convert it with: sed -i 's/\\r$//' FILE");
        }
        if (script.indexOf('\0') >= 0 || script.length() > MAXIMUM_SCRIPT) {
            return Optional.of("The script must be text of at most 1 MiB");
        }
        if (script.lines().findFirst().orElse("").length() > MAXIMUM_FIRST_LINE) {
            return Optional.of("The script's first line must have at most 255 characters");
        }
        return Optional.empty();
    }

    private Optional<String> refusalOfMounts() {
        Set<String> variables = new HashSet<>();
        for (Mount mount : mounts) {
            if (!mount.hasValidName()) {
                return Optional.of("A dataset's name must begin with a letter or digit and have at most 63 letters,"
                        + " digits and . _ -; this one does not: " + mount.name());
            }
            if (!variables.add(mount.variable())) {
                return Optional.of("Two datasets would both be called " + mount.variable() + "; rename one");
            }
        }
        return Optional.empty();
    }

    private Optional<String> refusalOfEnvironment() {
        long size = 0;
        for (Map.Entry<String, String> entry : environment.entrySet()) {
            String variable = entry.getKey();
            if (!VARIABLE.matcher(variable).matches()) {
                return Optional.of("This is not the name of an environment variable: " + variable);
            }
            if (RESERVED.contains(variable) || variable.startsWith("FARGA_DATASET_")) {
                return Optional.of("The environment variable " + variable + " is set by Farga; choose another name");
            }
            if (entry.getValue().indexOf('\0') >= 0 || entry.getValue().length() > MAXIMUM_VALUE) {
                return Optional.of("The environment variable " + variable + " must have at most 100,000 characters");
            }
            size += variable.length() + entry.getValue().length();
        }
        return size > MAXIMUM_ENVIRONMENT
                ? Optional.of("The environment variables together must have at most 1,000,000 characters")
                : Optional.empty();
    }
}
