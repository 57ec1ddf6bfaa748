package org.farga.compute;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.farga.shared.JobId;

/** A job order as the lines of a {@link Note}; the script has a file of its own, for whoever looks into the folder. */
final class StoredOrder {

    private static final String MOUNT = "mount.";
    private static final String VARIABLE = "environment.";

    private StoredOrder() {}

    static Map<String, String> lines(JobOrder order) {
        Map<String, String> lines = new HashMap<>();
        lines.put("name", order.name());
        lines.put("account", order.account());
        lines.put("user", order.user());
        lines.put("cpus", Integer.toString(order.resources().cpus()));
        lines.put("memoryMebibytes", Long.toString(order.resources().memoryMebibytes()));
        lines.put("gpus", Integer.toString(order.resources().gpus()));
        if (order.resources().gpuType() != null) {
            lines.put("gpuType", order.resources().gpuType());
        }
        lines.put("exclusive", Boolean.toString(order.resources().exclusive()));
        order.taskVariables().forEach((variable, value) -> lines.put(VARIABLE + variable, value));
        lines.put(
                "timeLimitSeconds", Long.toString(order.resources().timeLimit().toSeconds()));
        lines.put("diskMebibytes", Long.toString(order.resources().diskMebibytes()));
        order.mounts()
                .forEach(mount -> lines.put(MOUNT + mount.name(), mount.source().toString()));
        order.environment().forEach((variable, value) -> {
            if (!JobOrder.SECRET.contains(variable)) {
                lines.put(VARIABLE + variable, value);
            }
        });
        return lines;
    }

    /** The lines that only Farga may read. */
    static Map<String, String> secretLines(JobOrder order) {
        Map<String, String> lines = new HashMap<>();
        order.environment().forEach((variable, value) -> {
            if (JobOrder.SECRET.contains(variable)) {
                lines.put(VARIABLE + variable, value);
            }
        });
        return lines;
    }

    static JobOrder order(JobId id, Map<String, String> lines, String script) {
        List<Mount> mounts = new ArrayList<>();
        Map<String, String> environment = new HashMap<>();
        lines.forEach((key, value) -> {
            if (key.startsWith(MOUNT)) {
                mounts.add(new Mount(key.substring(MOUNT.length()), Path.of(value)));
            } else if (key.startsWith(VARIABLE)) {
                environment.put(key.substring(VARIABLE.length()), value);
            }
        });
        Resources resources = new Resources(
                Integer.parseInt(get(lines, "cpus")),
                Long.parseLong(get(lines, "memoryMebibytes")),
                Integer.parseInt(get(lines, "gpus")),
                lines.get("gpuType"),
                Boolean.parseBoolean(lines.getOrDefault("exclusive", "false")),
                Duration.ofSeconds(Long.parseLong(get(lines, "timeLimitSeconds"))),
                Long.parseLong(get(lines, "diskMebibytes")));
        return new JobOrder(
                id,
                get(lines, "name"),
                script,
                resources,
                get(lines, "account"),
                get(lines, "user"),
                mounts,
                environment);
    }

    private static String get(Map<String, String> lines, String key) {
        String value = lines.get(key);
        if (value == null) {
            throw new IllegalStateException("a stored job order has no " + key);
        }
        return value;
    }
}
