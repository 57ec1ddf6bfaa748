package org.farga.compute;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A Slurm job's folder on the shared file system. What Slurm forgets, or may never have answered, is noted here. All but the end is
 * written without waiting for the disk: it outlives Farga, and {@link #recall} replaces what a power cut takes.
 *
 * <pre>
 * sent     Slurm was asked to run it, last at this instant, as this user, and its answer may have been lost, or it never was;
 *          and Slurm's number of the job, once it has answered ("engine" in older folders)
 * array    the array that it is a task of, which alone has "sent"
 * hand     what Slurm calls a job that somebody gave to Slurm without Farga, which has nothing else here
 * tasks    of an array: links to its tasks' folders, by their indexes
 * end      what became of it, once accounting has said all that it will
 * run      the job's environment, for its user only
 * work     the job's own: script, datasets, output, log, metrics
 * </pre>
 *
 * <p>On a shared file system each new file is a question to its server, of a millisecond perhaps; so no more is made here than
 * nobody else can make: the job makes the rest, on its node, and has its script from Slurm.
 */
record SlurmFolder(JobId id, Path path) {

    /** Length at which a log is cut; the job goes on. */
    static final long LOG_MEBIBYTES = 100;

    private static final String NEVER = "never";

    private static final FileAttribute<?> CLOSED =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> READ_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));

    JobFiles files() {
        JobFiles before = new JobFolder(id, path).files();
        if (Files.exists(before.log(), LinkOption.NOFOLLOW_LINKS)) {
            return before; // made by an older Farga
        }
        Path work = path.resolve("work");
        return new JobFiles(work.resolve(".farga-log"), before.output(), work.resolve(".farga-metrics.jsonl"));
    }

    boolean exists() {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes all that the job needs, owned by the Unix user it runs under; what is there already is made anew. */
    void prepare(JobOrder order, UserPrincipal user) throws IOException {
        JobFolders.open(path);
        Path work = path.resolve("work");
        try {
            Files.createDirectory(work, CLOSED);
        } catch (FileAlreadyExistsException e) {
            // One of an earlier attempt is the user's already, who may have put links in it that lead elsewhere.
            JobFolders.remove(work);
            Files.createDirectory(work, CLOSED);
        }
        // Where there are none the job makes it itself, empty.
        Path datasets = work.resolve("datasets");
        if (!order.mounts().isEmpty()) {
            Files.createDirectory(datasets);
        }
        for (Mount mount : order.mounts()) {
            SlurmDatasets.show(mount.source(), datasets.resolve(mount.name()), user);
        }
        Path run = path.resolve("run");
        Files.deleteIfExists(run);
        give(write(run, settings(order)), user);
        give(work, user);
    }

    /** Whether what {@link #prepare} makes is here still. */
    boolean isPrepared() throws IOException {
        Path run = path.resolve("run");
        return Files.isDirectory(path.resolve("work"), LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(run, LinkOption.NOFOLLOW_LINKS)
                && Files.size(run) > 0;
    }

    /** Takes away what the job was shown of datasets: it has ended, and may read them no longer. */
    void forgetDatasets() throws IOException {
        JobFolders.remove(path.resolve("work").resolve("datasets"));
    }

    private static Path write(Path file, String text) throws IOException {
        Set<OpenOption> anew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (SeekableByteChannel channel = Files.newByteChannel(file, anew, READ_ONLY)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        return file;
    }

    private static void give(Path file, UserPrincipal user) throws IOException {
        try {
            Files.setOwner(file, user);
        } catch (FileSystemException e) {
            throw new IOException(
                    "Farga may not give files to the user " + user.getName()
                            + ": it must run as root, or its jobs as its own user (farga.cluster.slurm.*.user)",
                    e);
        }
    }

    /** The environment as shell text; Slurm adds its own, so that MPI and srun work in a job. */
    private String settings(JobOrder order) {
        Path work = path.resolve("work");
        Map<String, String> environment = new TreeMap<>(Launch.surroundings());
        environment.putAll(order.environment());
        environment.put("HOME", work.toString());
        environment.put("TMPDIR", work.resolve("tmp").toString());
        environment.put("FARGA_JOB_ID", id.toString());
        environment.put("FARGA_JOB_FOLDER", path.toString());
        environment.put("FARGA_ACCOUNT", order.account());
        environment.put("FARGA_OUTPUT", files().output().toString());
        environment.put("FARGA_METRICS", files().metrics().toString());
        environment.putAll(order.taskVariables());
        order.mounts()
                .forEach(mount -> environment.put(
                        mount.variable(),
                        work.resolve("datasets").resolve(mount.name()).toString()));
        StringBuilder text = new StringBuilder("# written by Farga; read by slurm-payload.sh\n")
                .append("farga_disk_mib=")
                .append(order.resources().diskMebibytes())
                .append("\nfarga_log_mib=")
                .append(LOG_MEBIBYTES)
                .append('\n');
        environment.forEach((name, value) -> text.append("export ")
                .append(name)
                .append('=')
                .append(Launch.quote(value))
                .append('\n'));
        return text.toString();
    }

    /** Makes an array's folder, through which Slurm finds those of its tasks, which are there already. */
    void prepareArray(List<JobOrder> tasks) throws IOException {
        JobFolders.open(path);
        Path links = JobFolders.open(path.resolve("tasks"));
        for (JobOrder order : tasks) {
            JobOrder.Task task = Objects.requireNonNull(order.task());
            SlurmFolder folder =
                    new SlurmFolder(order.id(), path.resolveSibling(order.id().toString()));
            folder.isTask(task);
            Path link = links.resolve(Integer.toString(task.index()));
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of("../..", order.id().toString()));
            }
        }
    }

    private void isTask(JobOrder.Task task) throws IOException {
        Note.jot(
                path.resolve("array"),
                Map.of("array", task.array().toString(), "index", Integer.toString(task.index())));
    }

    /** Notes that Slurm is about to be asked. */
    void sending(Instant at, String user, String account) throws IOException {
        Note.jot(
                path.resolve("sent"), Map.of("at", Long.toString(at.toEpochMilli()), "user", user, "account", account));
    }

    /** Notes that Slurm has not been asked, or has surely not heard it. */
    void notSent() throws IOException {
        JobFolders.open(path);
        Note.jot(path.resolve("sent"), Map.of("at", NEVER));
    }

    /**
     * When Slurm was asked last, as which user, for which account.
     *
     * @param at null where it surely was not
     * @param user null where the note of it was lost
     * @param account null where the note of it was lost
     * @param since before this instant it was not asked, where the note was lost; null otherwise
     */
    record Sent(
            @Nullable Instant at,
            @Nullable String user,
            @Nullable String account,
            @Nullable Instant since) {}

    /** Null where nothing says whether Slurm was asked. */
    @Nullable
    Sent sent() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("sent"));
        String at = lines == null ? null : lines.get("at");
        if (lines == null || at == null) {
            return null;
        }
        return new Sent(
                at.equals(NEVER) ? null : Instant.ofEpochMilli(Long.parseLong(at)),
                lines.get("user"),
                lines.get("account"),
                instant(lines, "since"));
    }

    /**
     * Notes anew what the database knows and the folder may have lost: Slurm's number or, where it has none, that Slurm may have
     * been asked at any time between two instants.
     */
    void recall(JobOrder.@Nullable Task task, @Nullable String engineJob, Instant since, Instant now)
            throws IOException {
        SlurmFolder whole = this;
        if (task != null) {
            whole = new SlurmFolder(
                    task.array(), path.resolveSibling(task.array().toString()));
            JobFolders.open(path);
            isTask(task);
        }
        if (whole.known() != null) {
            return;
        }
        if (engineJob != null) {
            JobFolders.open(whole.path());
            int underscore = engineJob.indexOf('_');
            whole.known(task == null || underscore < 0 ? engineJob : engineJob.substring(0, underscore));
        } else if (whole.sent() == null) {
            JobFolders.open(whole.path());
            Note.jot(
                    whole.path().resolve("sent"),
                    Map.of(
                            "at", Long.toString(now.toEpochMilli()),
                            "since", Long.toString(since.toEpochMilli())));
        }
    }

    /** The array's where it is a task of one: there it is noted what Slurm was asked. */
    SlurmFolder whole() throws IOException {
        Map<String, String> task = Note.read(path.resolve("array"));
        String array = task == null ? null : task.get("array");
        return array == null ? this : new SlurmFolder(JobId.valueOf(array), path.resolveSibling(array));
    }

    void known(String engineJob) throws IOException {
        Note.jotBelow(path.resolve("sent"), Map.of("job", engineJob));
    }

    /**
     * What Slurm calls a job.
     *
     * @param number which Farga's comment names: the array's for a task
     * @param user null where that was not noted
     * @param byHand without Farga's comment, since it was given to Slurm by somebody else
     */
    record Known(String engineJob, JobId number, @Nullable String user, boolean byHand) {}

    /** Null where Slurm has not answered. */
    @Nullable
    Known known() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("sent"));
        if (lines != null) {
            Map<String, String> before = lines.containsKey("job") ? lines : Note.read(path.resolve("engine"));
            String job = before == null ? null : before.get("job");
            if (job != null) {
                return new Known(job, id, lines.get("user"), false);
            }
        }
        Map<String, String> task = Note.read(path.resolve("array"));
        String array = task == null ? null : task.get("array");
        if (task != null && array != null) {
            JobId number = JobId.valueOf(array);
            Known whole = new SlurmFolder(number, path.resolveSibling(array)).known();
            return whole == null
                    ? null
                    : new Known(whole.engineJob() + "_" + task.get("index"), number, whole.user(), false);
        }
        Map<String, String> hand = Note.read(path.resolve("hand"));
        String byHand = hand == null ? null : hand.get("job");
        return hand == null || byHand == null ? null : new Known(byHand, id, hand.get("user"), true);
    }

    /** Takes in a job that somebody gave to Slurm without Farga. */
    void adopt(String engineJob, String user) throws IOException {
        JobFolders.open(path);
        Note.create(path.resolve("hand"), Map.of("job", engineJob, "user", user));
    }

    /** Whether the job was ended for writing more than it had asked for. */
    boolean isTooLarge() {
        return Files.exists(path.resolve("work").resolve(".farga-disk"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes the job's files; with those of its array's last task, the array's. */
    void discard() throws IOException {
        Map<String, String> task = Note.read(path.resolve("array"));
        String array = task == null ? null : task.get("array");
        if (task != null && array != null) {
            Path whole = path.resolveSibling(JobId.valueOf(array).toString());
            Path links = whole.resolve("tasks");
            Files.deleteIfExists(links.resolve(Integer.toString(Integer.parseInt(task.getOrDefault("index", "0")))));
            try {
                Files.deleteIfExists(links);
                JobFolders.remove(whole);
            } catch (DirectoryNotEmptyException e) {
                // others of its tasks have theirs still
            }
        }
        JobFolders.remove(path);
    }

    /** Keeps what became of the job; the first such word stands. */
    void settle(Observation end) throws IOException {
        Map<String, String> lines = new HashMap<>();
        lines.put("state", end.state().name());
        put(lines, "reason", end.reason());
        put(lines, "startedAt", end.startedAt() == null ? null : end.startedAt().toEpochMilli());
        put(lines, "endedAt", end.endedAt() == null ? null : end.endedAt().toEpochMilli());
        put(lines, "code", end.exitCode());
        put(lines, "cpuMilliseconds", end.measured().cpuMilliseconds());
        put(lines, "peakMebibytes", end.measured().peakMemoryMebibytes());
        put(lines, "energyJoules", end.measured().energyJoules());
        put(lines, "gpuPeakPercent", end.measured().gpuPeakPercent());
        put(lines, "gpuPeakMebibytes", end.measured().gpuPeakMemoryMebibytes());
        Allocation allocation = end.allocation();
        if (allocation != null) {
            lines.put("nodes", allocation.nodes());
            put(lines, "cpus", allocation.cpus());
            put(lines, "memoryMebibytes", allocation.memoryMebibytes());
            put(lines, "gpus", allocation.gpus());
            put(lines, "partition", allocation.partition());
            lines.put(
                    "gpuIndexes",
                    allocation.gpuIndexes().stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        Note.create(path.resolve("end"), lines);
    }

    private static void put(Map<String, String> lines, String key, @Nullable Object value) {
        if (value != null) {
            lines.put(key, value.toString());
        }
    }

    /** What became of the job; null while that is not settled. */
    @Nullable
    Observation settled() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("end"));
        if (lines == null) {
            return null;
        }
        String nodes = lines.get("nodes");
        Allocation allocation = nodes == null
                ? null
                : new Allocation(
                        nodes,
                        Integer.parseInt(lines.getOrDefault("cpus", "0")),
                        Long.parseLong(lines.getOrDefault("memoryMebibytes", "0")),
                        Integer.parseInt(lines.getOrDefault("gpus", "0")),
                        Arrays.stream(lines.getOrDefault("gpuIndexes", "").split(","))
                                .filter(index -> !index.isEmpty())
                                .map(Integer::valueOf)
                                .toList(),
                        lines.get("partition"));
        Long code = number(lines, "code");
        Long gpuPeak = number(lines, "gpuPeakPercent");
        return new Observation(
                id,
                JobState.valueOf(lines.getOrDefault("state", "")),
                lines.get("reason"),
                instant(lines, "startedAt"),
                instant(lines, "endedAt"),
                code == null ? null : code.intValue(),
                allocation,
                new Measured(
                        number(lines, "cpuMilliseconds"),
                        number(lines, "peakMebibytes"),
                        number(lines, "energyJoules"),
                        gpuPeak == null ? null : gpuPeak.intValue(),
                        number(lines, "gpuPeakMebibytes")));
    }

    private static @Nullable Long number(Map<String, String> lines, String key) {
        String value = lines.get(key);
        return value == null ? null : Long.valueOf(value);
    }

    private static @Nullable Instant instant(Map<String, String> lines, String key) {
        Long milliseconds = number(lines, key);
        return milliseconds == null ? null : Instant.ofEpochMilli(milliseconds);
    }
}
