package org.farga.compute;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.farga.shared.AllocationId;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks to have run, as they wrote it: nothing of it is checked yet.
 *
 * @param datasets each as {@code slug} for its newest version or {@code slug@2}
 * @param diskMebibytes what the job's folder may hold
 * @param model the name under which the output is to be registered as a model, where that is wanted
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
        @Nullable String model) {
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

    /** What it asks for; throws {@link IllegalArgumentException} unless {@link Preflight} found it possible. */
    Resources resources() {
        return new Resources(
                cpusOrDefault(),
                memoryOrDefault(),
                gpusOrDefault(),
                Duration.ofSeconds(timeLimitOrDefault()),
                diskOrDefault());
    }
}
