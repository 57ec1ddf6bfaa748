package org.farga.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A local job's folder. The notes in it are the whole truth about the job, and each is written once:
 *
 * <pre>
 * order, script  what was submitted
 * secrets        what of it only Farga and the job may read
 * claim          who may start it: the scheduler that wrote this, once; or nobody, because it was cancelled first
 * start          the supervisor is there, from this instant the job is charged
 * heartbeat      how long it has run and what it used, each second
 * cancel         it shall end
 * end            how, when, and what it used in all
 * </pre>
 */
record JobFolder(JobId id, Path path) {

    /** What was set aside for the job; none of it when it was cancelled while it waited. */
    record Claim(boolean cancelled, List<Integer> cpus, List<Integer> gpus, long memoryMebibytes, String node) {
        Allocation allocation() {
            return new Allocation(node, cpus.size(), memoryMebibytes, gpus.size(), gpus);
        }
    }

    /** The supervisor: {@code ticks} and {@code boot} tell its process number from a later one's. */
    record Start(Instant at, long pid, String ticks, String boot) {}

    record Heartbeat(long elapsedMilliseconds, Measured measured) {}

    record End(
            JobState state,
            @Nullable String reason,
            Instant at,
            @Nullable Integer exitCode,
            Measured measured) {}

    JobFiles files() {
        return new JobFiles(path.resolve("log.txt"), path.resolve("work/output"), path.resolve("metrics.jsonl"));
    }

    boolean exists() {
        return Files.exists(path.resolve("order"));
    }

    JobOrder order() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("order"));
        if (lines == null) {
            throw new IllegalStateException(path + " holds no order");
        }
        Map<String, String> secrets = Note.read(path.resolve("secrets"));
        if (secrets != null) {
            lines = new java.util.HashMap<>(lines);
            lines.putAll(secrets);
        }
        return StoredOrder.order(id, lines, Files.readString(path.resolve("script")));
    }

    /** Whether this call decided if, and with what, the job starts. */
    boolean claim(Claim claim) throws IOException {
        return Note.create(
                path.resolve("claim"),
                Map.of(
                        "cancelled", Boolean.toString(claim.cancelled()),
                        "cpus", text(claim.cpus()),
                        "gpus", text(claim.gpus()),
                        "memoryMebibytes", Long.toString(claim.memoryMebibytes()),
                        "node", claim.node()));
    }

    @Nullable
    Claim claim() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("claim"));
        return lines == null
                ? null
                : new Claim(
                        Boolean.parseBoolean(lines.get("cancelled")),
                        numbers(lines.getOrDefault("cpus", "")),
                        numbers(lines.getOrDefault("gpus", "")),
                        Long.parseLong(lines.getOrDefault("memoryMebibytes", "0")),
                        lines.getOrDefault("node", ""));
    }

    @Nullable
    Start start() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("start"));
        return lines == null || lines.containsKey("lost")
                ? null
                : new Start(
                        Instant.ofEpochMilli(Long.parseLong(lines.getOrDefault("startedAt", ""))),
                        Long.parseLong(lines.getOrDefault("pid", "")),
                        lines.getOrDefault("ticks", ""),
                        lines.getOrDefault("boot", ""));
    }

    /** Keeps a job whose supervisor never reported from starting later; false when it did report. */
    boolean giveUpStart() throws IOException {
        return Note.create(path.resolve("start"), Map.of("lost", "true"));
    }

    Heartbeat heartbeat() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("heartbeat"));
        return lines == null
                ? new Heartbeat(0, new Measured(null, null))
                : new Heartbeat(Long.parseLong(lines.getOrDefault("elapsed", "0")), measured(lines));
    }

    boolean isCancelled() {
        return Files.exists(path.resolve("cancel"));
    }

    void cancel() throws IOException {
        Note.create(path.resolve("cancel"), Map.of());
    }

    /** Whether this call ended the job; false when it had ended before. */
    boolean end(End end) throws IOException {
        return Note.create(
                path.resolve("end"),
                Map.of(
                        "state", end.state().name(),
                        "reason", text(end.reason()),
                        "endedAt", Long.toString(end.at().toEpochMilli()),
                        "code", text(end.exitCode()),
                        "cpu", text(end.measured().cpuMilliseconds()),
                        "peak", text(peakKibibytes(end.measured()))));
    }

    @Nullable
    End end() throws IOException {
        Map<String, String> lines = Note.read(path.resolve("end"));
        if (lines == null) {
            return null;
        }
        try {
            String reason = lines.getOrDefault("reason", "");
            String code = lines.getOrDefault("code", "");
            return new End(
                    JobState.valueOf(lines.getOrDefault("state", "")),
                    reason.isEmpty() ? null : reason,
                    Instant.ofEpochMilli(Long.parseLong(lines.getOrDefault("endedAt", ""))),
                    code.isEmpty() ? null : Integer.valueOf(code),
                    measured(lines));
        } catch (IllegalArgumentException e) {
            Instant written = Files.getLastModifiedTime(path.resolve("end")).toInstant();
            return new End(JobState.NODE_FAIL, "UnreadableEnd", written, null, new Measured(null, null));
        }
    }

    boolean hasEnded() {
        return Files.exists(path.resolve("end"));
    }

    /** The job as it stands, of an existing folder; {@code waitsFor} is why, should it be pending. */
    Observation observe(String waitsFor) throws IOException {
        End end = end(); // read first: what is read later can only be newer
        Start start = start();
        Claim claim = claim();
        Allocation allocation = start == null || claim == null ? null : claim.allocation();
        Instant startedAt = start == null ? null : start.at();
        if (end != null) {
            return new Observation(
                    id, end.state(), end.reason(), startedAt, end.at(), end.exitCode(), allocation, end.measured());
        }
        if (start != null) {
            return new Observation(
                    id,
                    JobState.RUNNING,
                    null,
                    startedAt,
                    null,
                    null,
                    allocation,
                    heartbeat().measured());
        }
        return new Observation(id, JobState.PENDING, waitsFor, null, null, null, null, new Measured(null, null));
    }

    private static Measured measured(Map<String, String> lines) {
        String cpu = lines.getOrDefault("cpu", "");
        String peak = lines.getOrDefault("peak", "");
        return new Measured(
                cpu.isEmpty() ? null : Long.valueOf(cpu), peak.isEmpty() ? null : (Long.parseLong(peak) + 1023) / 1024);
    }

    private static @Nullable Long peakKibibytes(Measured measured) {
        Long peak = measured.peakMemoryMebibytes();
        return peak == null ? null : peak * 1024;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String text(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(","))
                .filter(number -> !number.isEmpty())
                .map(Integer::valueOf)
                .toList();
    }
}
