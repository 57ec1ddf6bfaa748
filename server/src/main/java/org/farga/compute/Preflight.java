package org.farga.compute;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.farga.dataspace.Datasets.Mountable;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.Refusal;
import org.farga.usage.Balance;
import org.jspecify.annotations.Nullable;

/**
 * Whether a job can run, found out before it waits in a queue for it: one column of checks, each of which says what is
 * wrong and how to put it right.
 */
final class Preflight {
    static final int LONGEST_NAME = 200;
    static final int LONGEST_MODEL_NAME = 100;
    static final int LARGEST_SCRIPT_BYTES = 1 << 20;
    static final int MOST_DATASETS = 20;
    static final int MOST_DEPENDENCIES = 100;
    static final int MOST_VARIABLES = 100;
    static final int LONGEST_VALUE = 4096;
    /** Linux cuts the first line here, and would then run something else. */
    private static final int LONGEST_FIRST_LINE = 255;

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    /** What the scheduler sets, and what would let a job's environment change which program is run. */
    private static final Set<String> RESERVED =
            Set.of("PATH", "HOME", "TMPDIR", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "BASH_ENV", "ENV", "IFS");

    private Preflight() {}

    /**
     * The most that one job can get on a cluster; time as its operator allows it.
     *
     * @param taking whether the cluster takes new jobs now
     * @param nodes those that are available
     * @param partitions that a job may name; none where there are none
     */
    record Capacity(
            String cluster,
            boolean taking,
            int cpus,
            long memoryMebibytes,
            int gpus,
            Duration longestTimeLimit,
            long mostDiskMebibytes,
            List<Cluster.Node> nodes,
            Set<String> partitions) {

        Capacity {
            nodes = List.copyOf(nodes);
        }

        /** How many GPUs of a type one job can get. */
        int gpusOfType(Resources any) {
            return nodes.stream()
                    .mapToInt(node -> (int) node.gpus().stream()
                            .filter(gpu -> any.takes(gpu.model()))
                            .count())
                    .max()
                    .orElse(0);
        }

        /** The models of its GPUs, for a sentence. */
        String models() {
            return nodes.stream()
                    .flatMap(node -> node.gpus().stream())
                    .map(Cluster.Gpu::model)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
        }

        /**
         * What a job may be given at most: what it asks for or, where it wants a node of its own, the largest node it can get;
         * one without GPUs where it asks for none and there is one.
         */
        Resources most(Resources asked) {
            if (!asked.exclusive()) {
                return asked;
            }
            List<Cluster.Node> able = nodes.stream()
                    .filter(node -> SlurmPartition.fits(node, asked))
                    .toList();
            List<Cluster.Node> without =
                    able.stream().filter(node -> node.gpus().isEmpty()).toList();
            List<Cluster.Node> meant = asked.gpus() == 0 && !without.isEmpty() ? without : able;
            return new Resources(
                    Math.max(
                            asked.cpus(),
                            meant.stream().mapToInt(Cluster.Node::cpus).max().orElse(0)),
                    asked.memoryMebibytes(),
                    Math.max(
                            asked.gpus(),
                            meant.stream()
                                    .mapToInt(node -> node.gpus().size())
                                    .max()
                                    .orElse(0)),
                    asked.gpuType(),
                    true,
                    asked.timeLimit(),
                    asked.diskMebibytes());
        }
    }

    /** The budget that is to pay: what is left of it, for how long it stands. */
    record Budget(Period period, boolean suspended, Balance balance) {}

    /**
     * What the checks need to know besides the request.
     *
     * @param budget null where the request names no allocation
     * @param capacity null where there is no budget, or its cluster is not known
     * @param interpreterIsThere whether the cluster has the program that the script's first line names
     * @param datasets what came of mounting each reference
     * @param unknownJobs of those to wait for, the numbers that are no job's or array's which the person may see
     */
    record Facts(
            Instant now,
            @Nullable Budget budget,
            @Nullable Capacity capacity,
            boolean interpreterIsThere,
            Map<String, Outcome<Mountable>> datasets,
            Set<Long> unknownJobs) {
        /** With nothing to wait for. */
        Facts(
                Instant now,
                @Nullable Budget budget,
                @Nullable Capacity capacity,
                boolean interpreterIsThere,
                Map<String, Outcome<Mountable>> datasets) {
            this(now, budget, capacity, interpreterIsThere, datasets, Set.of());
        }

        /** The same with another budget: one that was read anew. */
        Facts with(Budget other) {
            return new Facts(now, other, capacity, interpreterIsThere, datasets, unknownJobs);
        }
    }

    /** All findings, in the order of the form: what is refused, what is doubtful, and what is well. */
    static List<Finding> check(JobRequest asked, Facts facts) {
        List<Finding> findings = new ArrayList<>();
        add(findings, "allocation", allocation(asked, facts));
        add(findings, "name", name(asked));
        List<Finding> script = script(asked);
        add(findings, "script", script);
        if (script.isEmpty()) {
            add(findings, "interpreter", interpreter(asked, facts));
        }
        Capacity capacity = facts.capacity();
        if (capacity != null) {
            List<Finding> resources = resources(asked, capacity);
            List<Finding> time = timeLimit(asked, facts, capacity);
            add(findings, "resources", resources);
            add(findings, "time-limit", time);
            findings.addAll(placement(asked, capacity));
            // What nothing could run is not worth pricing, and could not be priced.
            if (resources.isEmpty() && time.stream().noneMatch(Finding::isRefused)) {
                add(findings, "budget", budget(asked, facts));
            }
        }
        findings.addAll(array(asked));
        findings.addAll(dependencies(asked, facts));
        add(findings, "environment", environment(asked));
        add(findings, "datasets", datasets(asked, facts));
        return findings;
    }

    private static void add(List<Finding> all, String check, List<Finding> found) {
        all.addAll(found.isEmpty() ? List.of(Finding.ok(check)) : found);
    }

    private static List<Finding> allocation(JobRequest asked, Facts facts) {
        Budget budget = facts.budget();
        if (asked.allocation() == null || budget == null) {
            return List.of(Finding.refused("allocation", "allocation", "job-allocation-missing"));
        }
        if (budget.suspended()) {
            return List.of(Finding.refused("allocation", "allocation", "job-allocation-suspended"));
        }
        if (facts.now().isBefore(budget.period().from())) {
            return List.of(Finding.refused(
                    "allocation",
                    "allocation",
                    "job-allocation-not-yet",
                    date(budget.period().from())));
        }
        if (!facts.now().isBefore(budget.period().to())) {
            return List.of(Finding.refused(
                    "allocation",
                    "allocation",
                    "job-allocation-ended",
                    date(budget.period().to())));
        }
        Capacity capacity = facts.capacity();
        if (capacity == null || !capacity.taking()) {
            return List.of(Finding.refused("allocation", "allocation", "job-cluster-away"));
        }
        return List.of();
    }

    private static List<Finding> name(JobRequest asked) {
        String name = asked.name();
        List<Finding> found = new ArrayList<>();
        if (name == null
                || name.isBlank()
                || name.codePointCount(0, name.length()) > LONGEST_NAME
                || !isReadable(name, false)) {
            found.add(Finding.refused("name", "name", "job-name", LONGEST_NAME));
        }
        String model = asked.modelName();
        if (model != null
                && (model.codePointCount(0, model.length()) > LONGEST_MODEL_NAME || !isReadable(model, false))) {
            found.add(Finding.refused("name", "model", "job-model", LONGEST_MODEL_NAME));
        }
        return found;
    }

    /** A script is never mended: its digest is part of the lineage of what it makes. */
    private static List<Finding> script(JobRequest asked) {
        String script = asked.script();
        if (script == null || script.isBlank()) {
            return List.of(Finding.refused("script", "script", "job-script-missing"));
        }
        if (script.length() > LARGEST_SCRIPT_BYTES
                || script.getBytes(StandardCharsets.UTF_8).length > LARGEST_SCRIPT_BYTES) {
            return List.of(Finding.refused("script", "script", "job-script-too-long"));
        }
        if (!isReadable(script, true)) {
            return List.of(Finding.refused("script", "script", "job-script-unreadable"));
        }
        if (script.indexOf('\r') >= 0) {
            return List.of(Finding.refused("script", "script", "job-script-crlf"));
        }
        if (!script.startsWith("#!")) {
            return List.of(Finding.refused("script", "script", "job-script-first-line"));
        }
        return firstLine(script).length() > LONGEST_FIRST_LINE
                ? List.of(Finding.refused("script", "script", "job-script-long-first-line", LONGEST_FIRST_LINE))
                : List.of();
    }

    private static List<Finding> interpreter(JobRequest asked, Facts facts) {
        return facts.interpreterIsThere() || asked.script() == null
                ? List.of()
                : List.of(Finding.refused("interpreter", "script", "job-interpreter", firstLine(asked.script())));
    }

    private static List<Finding> resources(JobRequest asked, Capacity capacity) {
        List<Finding> found = new ArrayList<>();
        if (asked.cpusOrDefault() < 1 || asked.cpusOrDefault() > capacity.cpus()) {
            found.add(Finding.refused(
                    "resources", "cpus", "job-cpus", asked.cpusOrDefault(), capacity.cpus(), capacity.cluster()));
        }
        if (asked.memoryOrDefault() < 1 || asked.memoryOrDefault() > capacity.memoryMebibytes()) {
            found.add(Finding.refused(
                    "resources",
                    "memoryMebibytes",
                    "job-memory",
                    asked.memoryOrDefault(),
                    capacity.memoryMebibytes(),
                    capacity.cluster()));
        }
        if (asked.gpusOrDefault() < 0 || asked.gpusOrDefault() > capacity.gpus()) {
            found.add(Finding.refused(
                    "resources", "gpus", "job-gpus", asked.gpusOrDefault(), capacity.gpus(), capacity.cluster()));
        }
        String type = JobRequest.given(asked.gpuType());
        if (type != null && found.isEmpty()) {
            if (!type.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
                found.add(Finding.refused("resources", "gpuType", "job-gpu-type-name"));
            } else if (asked.gpusOrDefault() == 0) {
                found.add(Finding.refused("resources", "gpuType", "job-gpu-type-of-none", type));
            } else if (capacity.gpusOfType(asked.resources()) < asked.gpusOrDefault()) {
                found.add(Finding.refused(
                        "resources",
                        "gpuType",
                        "job-gpu-type",
                        asked.gpusOrDefault(),
                        type,
                        capacity.gpusOfType(asked.resources()),
                        capacity.cluster(),
                        capacity.models()));
            }
        }
        if (asked.diskOrDefault() < 1 || asked.diskOrDefault() > capacity.mostDiskMebibytes()) {
            found.add(Finding.refused(
                    "resources",
                    "diskMebibytes",
                    "job-disk",
                    asked.diskOrDefault(),
                    capacity.mostDiskMebibytes(),
                    capacity.cluster()));
        }
        return found;
    }

    private static List<Finding> timeLimit(JobRequest asked, Facts facts, Capacity capacity) {
        long seconds = asked.timeLimitOrDefault();
        if (seconds < 1 || seconds > capacity.longestTimeLimit().toSeconds()) {
            return List.of(Finding.refused(
                    "time-limit",
                    "timeLimitSeconds",
                    "job-time-limit",
                    seconds,
                    capacity.longestTimeLimit().toSeconds()));
        }
        Budget budget = facts.budget();
        if (budget != null
                && facts.now().plusSeconds(seconds).isAfter(budget.period().to())) {
            // When it starts is not known, and most jobs end long before their limit: told, not refused.
            return List.of(Finding.warning(
                    "time-limit",
                    "timeLimitSeconds",
                    "job-beyond-allocation",
                    date(budget.period().to())));
        }
        return List.of();
    }

    private static List<Finding> budget(JobRequest asked, Facts facts) {
        Budget budget = facts.budget();
        if (budget == null) {
            return List.of();
        }
        List<Finding> found = new ArrayList<>();
        Resources most =
                facts.capacity() == null ? asked.resources() : facts.capacity().most(asked.resources());
        Duration limit = most.timeLimit().multipliedBy(asked.jobs());
        GpuHours gpu = GpuHours.of(most.gpus(), limit);
        CpuHours cpu = CpuHours.of(most.cpus(), limit);
        // As it is when the job is committed: what it does not use may be overdrawn.
        if (most.gpus() > 0 && gpu.isMoreThan(budget.balance().gpuLeft())) {
            found.add(Finding.refused(
                    "budget",
                    "timeLimitSeconds",
                    "job-gpu-budget",
                    gpu.hours(),
                    budget.balance().gpuLeft().hours().max(BigDecimal.ZERO)));
        }
        if (most.cpus() > 0 && cpu.isMoreThan(budget.balance().cpuLeft())) {
            found.add(Finding.refused(
                    "budget",
                    "timeLimitSeconds",
                    "job-cpu-budget",
                    cpu.hours(),
                    budget.balance().cpuLeft().hours().max(BigDecimal.ZERO)));
        }
        return found;
    }

    /** Where it shall run, as far as the person says. */
    private static List<Finding> placement(JobRequest asked, Capacity capacity) {
        List<Finding> found = new ArrayList<>();
        String partition = JobRequest.given(asked.partition());
        if (partition != null && !capacity.partitions().contains(partition)) {
            found.add(Finding.refused(
                    "placement",
                    "partition",
                    "job-partition",
                    shortened(partition),
                    capacity.cluster(),
                    String.join(", ", capacity.partitions()),
                    capacity.partitions().size()));
        }
        String qos = JobRequest.given(asked.qos());
        if (qos != null && (capacity.partitions().isEmpty() || !qos.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,62}"))) {
            found.add(Finding.refused("placement", "qos", "job-qos", shortened(qos), capacity.cluster()));
        }
        return found;
    }

    private static List<Finding> array(JobRequest asked) {
        String array = JobRequest.given(asked.array());
        if (array == null) {
            return List.of();
        }
        if (asked.tasks().isEmpty()) {
            return List.of(Finding.refused("array", "array", "job-array", shortened(array)));
        }
        return asked.jobs() > ArrayIndexes.MOST
                ? List.of(Finding.refused("array", "array", "job-array-many", ArrayIndexes.MOST))
                : List.of(Finding.ok("array"));
    }

    private static List<Finding> dependencies(JobRequest asked, Facts facts) {
        String dependency = JobRequest.given(asked.dependency());
        if (dependency == null) {
            return List.of();
        }
        List<Dependency> all = asked.dependencies();
        if (all.isEmpty()) {
            return List.of(Finding.refused("dependency", "dependency", "job-dependency", shortened(dependency)));
        }
        if (all.size() > MOST_DEPENDENCIES) {
            return List.of(Finding.refused("dependency", "dependency", "job-dependency-many", MOST_DEPENDENCIES));
        }
        return facts.unknownJobs().isEmpty()
                ? List.of(Finding.ok("dependency"))
                : List.of(Finding.refused(
                        "dependency",
                        "dependency",
                        "job-dependency-unknown",
                        shortened(facts.unknownJobs().stream()
                                .sorted()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")))));
    }

    private static List<Finding> environment(JobRequest asked) {
        List<Finding> found = new ArrayList<>();
        if (asked.variables().size() > MOST_VARIABLES) {
            return List.of(Finding.refused("environment", "environment", "job-environment-many", MOST_VARIABLES));
        }
        asked.variables().forEach((variable, value) -> {
            String field = "environment." + shortened(variable);
            if (!VARIABLE.matcher(variable).matches()) {
                found.add(Finding.refused("environment", field, "job-environment-name", shortened(variable)));
            } else if (RESERVED.contains(variable) || variable.startsWith("FARGA_") || variable.startsWith("LD_")) {
                found.add(Finding.refused("environment", field, "job-environment-reserved", variable));
            } else if (value == null || value.length() > LONGEST_VALUE || !isReadable(value, true)) {
                found.add(Finding.refused("environment", field, "job-environment-value", variable, LONGEST_VALUE));
            }
        });
        return found;
    }

    private static List<Finding> datasets(JobRequest asked, Facts facts) {
        if (asked.references().size() > MOST_DATASETS) {
            return List.of(Finding.refused("datasets", "datasets", "job-datasets-many", MOST_DATASETS));
        }
        List<Finding> found = new ArrayList<>();
        Set<String> slugs = new HashSet<>();
        for (String reference : asked.references()) {
            String slug = slug(reference);
            if (!slugs.add(slug)) {
                found.add(Finding.refused("datasets", "datasets", "job-dataset-twice", shortened(slug)));
            } else if (facts.datasets().get(reference) instanceof Outcome.Refused<Mountable>(Refusal refusal)) {
                // The data space's own words, which say what to do, and the page to do it on.
                found.add(new Finding(
                        Finding.Severity.REFUSED,
                        "datasets",
                        "datasets",
                        "problem." + refusal.name(),
                        refusal.arguments(),
                        null,
                        slug.matches("[a-z0-9][a-z0-9-]*") ? "/datasets/" + slug : "/datasets"));
            }
        }
        return found;
    }

    private static String slug(String reference) {
        int at = reference.indexOf('@');
        return at < 0 ? reference : reference.substring(0, at);
    }

    static String firstLine(String script) {
        int end = script.indexOf('\n');
        return end < 0 ? script : script.substring(0, end);
    }

    /** Neither NUL nor what a decoder leaves of bytes that are not UTF-8, nor halves of characters. */
    private static boolean isReadable(String text, boolean lines) {
        return text.codePoints()
                .noneMatch(c -> c == 0
                        || c == 0xFFFD
                        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                        || (!lines && Character.isISOControl(c)));
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
