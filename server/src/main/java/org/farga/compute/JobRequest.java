package org.farga.compute;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.farga.shared.AllocationId;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks to have run, as they wrote it: nothing of it is checked yet.
 *
 * @param datasets each as {@code slug} for its newest version or {@code slug@2}
 * @param diskMebibytes what the job's folder may hold
 * @param model the name under which the output is to be registered as a model, where that is wanted
 * @param gpuType the model that its GPUs must be, such as {@code h100}; any where it is left out
 * @param exclusive whether the node shall be the job's own, whose every CPU and GPU it is charged for then
 * @param partition the part of the cluster to run in; chosen where it is left out
 * @param qos what Slurm calls a quality of service; chosen where it is left out
 * @param array indexes as Slurm writes them, {@code 0-9%2}: each becomes a job of its own
 * @param dependency the jobs to wait for as Slurm writes them, {@code afterok:12:13,afterany:15}; by their numbers here
 */
record JobRequest(
        @Nullable AllocationId allocation,
        @Nullable String name,
        @Nullable String script,
        @Nullable Integer cpus,
        @Nullable Long memoryMebibytes,
        @Nullable Integer gpus,
        @Nullable Long timeLimitSeconds,
        @Nullable Long diskMebibytes,
        @Nullable List<@Nullable String> datasets,
        @Nullable Map<String, @Nullable String> environment,
        @Nullable String model,
        @Nullable String gpuType,
        @Nullable Boolean exclusive,
        @Nullable String partition,
        @Nullable String qos,
        @Nullable String array,
        @Nullable String dependency) {

    /** One without options. */
    JobRequest(
            @Nullable AllocationId allocation,
            @Nullable String name,
            @Nullable String script,
            @Nullable Integer cpus,
            @Nullable Long memoryMebibytes,
            @Nullable Integer gpus,
            @Nullable Long timeLimitSeconds,
            @Nullable Long diskMebibytes,
            @Nullable List<@Nullable String> datasets,
            @Nullable Map<String, @Nullable String> environment,
            @Nullable String model) {
        this(
                allocation,
                name,
                script,
                cpus,
                memoryMebibytes,
                gpus,
                timeLimitSeconds,
                diskMebibytes,
                datasets,
                environment,
                model,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    static final int DEFAULT_CPUS = 1;
    static final long DEFAULT_MEMORY_MEBIBYTES = 1024;
    static final long DEFAULT_TIME_LIMIT_SECONDS = 3600;
    static final long DEFAULT_DISK_MEBIBYTES = 2048;

    int cpusOrDefault() {
        return cpus == null ? DEFAULT_CPUS : cpus;
    }

    long memoryOrDefault() {
        return memoryMebibytes == null ? DEFAULT_MEMORY_MEBIBYTES : memoryMebibytes;
    }

    int gpusOrDefault() {
        return gpus == null ? 0 : gpus;
    }

    long timeLimitOrDefault() {
        return timeLimitSeconds == null ? DEFAULT_TIME_LIMIT_SECONDS : timeLimitSeconds;
    }

    long diskOrDefault() {
        return diskMebibytes == null ? DEFAULT_DISK_MEBIBYTES : diskMebibytes;
    }

    /** The datasets' references, without empty ones. */
    List<String> references() {
        return datasets == null
                ? List.of()
                : datasets.stream()
                        .filter(Objects::nonNull)
                        .map(String::strip)
                        .filter(reference -> !reference.isEmpty())
                        .toList();
    }

    Map<String, @Nullable String> variables() {
        return environment == null ? Map.of() : environment;
    }

    /** The model's name, or null where none is wanted. */
    @Nullable
    String modelName() {
        return model == null || model.isBlank() ? null : model.strip();
    }

    boolean isExclusive() {
        return Boolean.TRUE.equals(exclusive);
    }

    /** What was written into a field; null where it was left empty. */
    static @Nullable String given(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** The array's tasks; empty where it is none, or nobody can read it. */
    Optional<ArrayIndexes> tasks() {
        return Optional.ofNullable(given(array)).flatMap(ArrayIndexes::parse);
    }

    /** How many jobs it becomes; 1 where its array cannot be read. */
    int jobs() {
        return Math.max(1, tasks().map(tasks -> tasks.indexes().size()).orElse(1));
    }

    /** The jobs to wait for; none where nobody can read them. */
    List<Dependency> dependencies() {
        return Optional.ofNullable(given(dependency)).flatMap(Dependency::parse).orElse(List.of());
    }

    /** The same with a time limit that an engine can keep to the second, which is longer where it counts in something longer. */
    JobRequest withTimeLimitIn(Duration grain) {
        long seconds = timeLimitOrDefault();
        long whole = Math.ceilDiv(seconds, grain.toSeconds()) * grain.toSeconds();
        return seconds < 1 || seconds > Long.MAX_VALUE / 2 || whole == seconds
                ? this
                : new JobRequest(
                        allocation,
                        name,
                        script,
                        cpus,
                        memoryMebibytes,
                        gpus,
                        whole,
                        diskMebibytes,
                        datasets,
                        environment,
                        model,
                        gpuType,
                        exclusive,
                        partition,
                        qos,
                        array,
                        dependency);
    }

    /** What it asks for; throws {@link IllegalArgumentException} unless {@link Preflight} found it possible. */
    Resources resources() {
        return new Resources(
                cpusOrDefault(),
                memoryOrDefault(),
                gpusOrDefault(),
                gpusOrDefault() == 0 ? null : given(gpuType),
                isExclusive(),
                Duration.ofSeconds(timeLimitOrDefault()),
                diskOrDefault());
    }
}
