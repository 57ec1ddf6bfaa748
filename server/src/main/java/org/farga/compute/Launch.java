package org.farga.compute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/** Starts the supervisor of a claimed job: writes the job's settings as shell text, and runs {@code job-runner.sh}. */
final class Launch {

    private static final List<String> SCRIPTS = List.of("job-runner.sh", "job-payload.sh");
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    /** Where a job's programs are looked for: first the Java that Farga itself runs on. */
    static final String PATH = JAVA_HOME.resolve("bin") + ":/usr/local/bin:/usr/bin:/bin";

    private static final String SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path root;
    private final Isolation isolation;
    private final LocalSettings settings;
    private final List<Integer> machineCpus;
    private final Path scripts;

    /** Jobs with {@code machineCpus} to share, under {@code root}. */
    Launch(Path root, Isolation isolation, LocalSettings settings, List<Integer> machineCpus) throws IOException {
        this.root = root;
        this.isolation = isolation;
        this.settings = settings;
        this.machineCpus = machineCpus;
        this.scripts = install(root, SCRIPTS);
    }

    /** Starts the supervisor, which outlives this process. The caller owns the job's claim. */
    Process start(JobFolder folder, JobOrder order, JobFolder.Claim claim) throws IOException {
        // It holds the job's token.
        Note.writeClosed(folder.path().resolve("run"), settingsOf(folder, order, claim));
        return runner("run", folder);
    }

    /** Ends what is left of a job whose supervisor died. */
    void sweep(JobFolder folder) throws IOException, InterruptedException {
        if (Files.exists(folder.path().resolve("run"))) {
            runner("sweep", folder).waitFor();
        }
    }

    private Process runner(String mode, JobFolder folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "setsid",
                "sh",
                scripts.resolve("job-runner.sh").toString(),
                mode,
                folder.path().toString());
        builder.environment().clear();
        builder.environment().put("PATH", SYSTEM_PATH);
        builder.environment().put("LC_ALL", "C");
        return builder.directory(root.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.path().resolve("runner.log").toFile()))
                .start();
    }

    /** Copies the scripts to a folder named by their content, so that running supervisors keep theirs at an upgrade. */
    static Path install(Path root, List<String> scripts) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        CRC32 sum = new CRC32();
        for (String script : scripts) {
            try (InputStream resource = Launch.class.getResourceAsStream("/compute/" + script)) {
                if (resource == null) {
                    throw new IllegalStateException(script + " is missing from the program");
                }
                byte[] content = resource.readAllBytes();
                contents.put(script, content);
                sum.update(content);
            }
        }
        Path folder = root.resolve("bin").resolve(HexFormat.of().toHexDigits(sum.getValue(), 8));
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> script : contents.entrySet()) {
            Path whole = folder.resolve(script.getKey() + "." + UUID.randomUUID());
            Files.write(whole, script.getValue());
            Files.move(whole, folder.resolve(script.getKey()), StandardCopyOption.ATOMIC_MOVE);
        }
        return folder;
    }

    private String settingsOf(JobFolder folder, JobOrder order, JobFolder.Claim claim) {
        Long user = isolation.user(order.id());
        Resources resources = order.resources();
        StringBuilder text = new StringBuilder("# written by Farga; read by job-runner.sh and job-payload.sh\n");
        set(text, "isolation", isolation.level());
        set(text, "user", user == null ? "" : user);
        set(text, "own_user", user != null && isolation.ownUsers() ? user : "");
        set(text, "group", settings.cgroups() ? group(folder) : "");
        set(text, "cpus", cpus(claim.cpus()));
        set(text, "memory_kib", resources.memoryMebibytes() * 1024);
        set(text, "disk_bytes", resources.diskMebibytes() << 20);
        set(text, "limit_ms", resources.timeLimit().toMillis());
        set(text, "grace_ms", settings.grace().toMillis());
        set(text, "tasks", settings.maximumTasks());
        set(text, "log_bytes", settings.logMebibytes() << 20);
        function(
                text,
                "each_dataset",
                order.mounts().stream()
                        .map(mount ->
                                quote(mount.name()) + " " + quote(mount.source().toString()))
                        .toList());
        List<Path> shown = List.of(folder.path().resolve("work"), folder.files().metrics(), JAVA_HOME);
        function(
                text,
                "each_cover",
                isolation.covers(root, settings.hidden(), shown).entrySet().stream()
                        .map(cover -> quote(cover.getKey().toString()) + " " + cover.getValue())
                        .toList());
        function(
                text,
                "each_shown",
                shown.stream().map(path -> quote(path.toString())).toList());
        text.append("with_job() {\n  \"$@\" -i");
        environment(folder, order, claim)
                .forEach((name, value) -> text.append(" \\\n    ").append(quote(name + "=" + value)));
        text.append(" \\\n    ")
                .append(quote(folder.path().resolve("work/script").toString()))
                .append("\n}\n");
        return text.toString();
    }

    /** All a job's environment: nothing is inherited from Farga's own. */
    private static Map<String, String> environment(JobFolder folder, JobOrder order, JobFolder.Claim claim) {
        Path work = folder.path().resolve("work");
        Map<String, String> environment = new TreeMap<>(surroundings());
        environment.putAll(order.environment());
        environment.put("HOME", work.toString());
        environment.put("TMPDIR", work.resolve("tmp").toString());
        environment.put("FARGA_JOB_ID", order.id().toString());
        environment.put("FARGA_JOB_FOLDER", folder.path().toString());
        environment.put("FARGA_ACCOUNT", order.account());
        environment.put("FARGA_OUTPUT", folder.files().output().toString());
        environment.put("FARGA_METRICS", folder.files().metrics().toString());
        order.mounts()
                .forEach(mount -> environment.put(
                        mount.variable(),
                        work.resolve("datasets").resolve(mount.name()).toString()));
        environment.put(
                "CUDA_VISIBLE_DEVICES",
                claim.gpus().stream().map(String::valueOf).collect(Collectors.joining(",")));
        // Otherwise CUDA counts the fastest GPU first, and nvidia-smi, whose numbers these are, by place on the bus.
        environment.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
        return environment;
    }

    /** What every job finds in its environment unless its order says otherwise. */
    static Map<String, String> surroundings() {
        return Map.of("PATH", PATH, "JAVA_HOME", JAVA_HOME.toString(), "LANG", "C.UTF-8");
    }

    /** The kernel's numbers of the CPUs; when more are given out than there are, some are shared. */
    private String cpus(List<Integer> slots) {
        return slots.stream()
                .map(slot -> machineCpus.get(slot % machineCpus.size()))
                .distinct()
                .map(String::valueOf)
                .collect(Collectors.joining(","));
    }

    /** A control group's name, which other Fargas on this machine do not use. */
    private static String group(JobFolder folder) {
        return UUID.nameUUIDFromBytes(folder.path().toString().getBytes(StandardCharsets.UTF_8)) + "-" + folder.id();
    }

    private static void set(StringBuilder text, String name, Object value) {
        text.append(name).append('=').append(quote(value.toString())).append('\n');
    }

    private static void function(StringBuilder text, String name, List<String> calls) {
        text.append(name).append("() {\n  :\n");
        calls.forEach(call -> text.append("  \"$1\" ").append(call).append(" || return 1\n"));
        text.append("}\n");
    }

    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
