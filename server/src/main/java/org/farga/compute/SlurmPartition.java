package org.farga.compute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A partition as {@code scontrol} tells it, and which of them a job goes to.
 *
 * @param allowAccounts those that may use it; empty for all
 * @param allowQos those under which it may be used; empty for all
 * @param open whether all groups of users may use it
 * @param longest time limit of a job; null for any
 */
record SlurmPartition(
        String name,
        boolean up,
        boolean isDefault,
        boolean open,
        Set<String> allowAccounts,
        Set<String> denyAccounts,
        Set<String> allowQos,
        Set<String> denyQos,
        @Nullable Duration longest) {

    /** A node, and the partitions that it is in. */
    record Placed(Cluster.Node node, List<String> partitions) {}

    /**
     * What the account and the user may use there together.
     *
     * @param qos in Slurm's order; empty where Slurm does not say
     * @param defaultQos null where there is none
     * @param partitions that the association is narrowed to; empty for all
     */
    record Rights(List<String> qos, @Nullable String defaultQos, Set<String> partitions) {
        static final Rights UNKNOWN = new Rights(List.of(), null, Set.of());
    }

    /** Where a job goes; null leaves it to Slurm. */
    record Choice(@Nullable String partition, @Nullable String qos) {}

    /** A choice, or why there is none, as a sentence for the person who sent the job. */
    sealed interface Found {
        record Chosen(Choice choice) implements Found {}

        record None(String reason) implements Found {}
    }

    /** A line of {@code scontrol -o show partition}. */
    static Optional<SlurmPartition> parse(String line) {
        Map<String, String> fields = new HashMap<>();
        for (String field : line.split(" ", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(field.substring(0, equals), field.substring(equals + 1));
            }
        }
        String name = fields.get("PartitionName");
        return name == null
                ? Optional.empty()
                : Optional.of(new SlurmPartition(
                        name,
                        fields.getOrDefault("State", "").equals("UP")
                                && !fields.getOrDefault("RootOnly", "").equals("YES"),
                        fields.getOrDefault("Default", "").equals("YES"),
                        fields.getOrDefault("AllowGroups", "ALL").equals("ALL"),
                        names(fields.get("AllowAccounts")),
                        names(fields.get("DenyAccounts")),
                        names(fields.get("AllowQos")),
                        names(fields.get("DenyQos")),
                        duration(fields.getOrDefault("MaxTime", ""))));
    }

    private static Set<String> names(@Nullable String text) {
        return text == null || text.isEmpty() || text.equals("ALL") || text.equals("(null)") || text.equals("N/A")
                ? Set.of()
                : Set.of(text.split(",")).stream().collect(Collectors.toUnmodifiableSet());
    }

    /** {@code 2-00:00:00}, {@code 10:00}, {@code 30}; null for UNLIMITED. */
    static @Nullable Duration duration(String text) {
        if (!text.matches("(\\d+-)?\\d+(:\\d+){0,2}")) {
            return null;
        }
        int dash = text.indexOf('-');
        long days = dash < 0 ? 0 : Long.parseLong(text.substring(0, dash));
        List<Long> parts = Arrays.stream(text.substring(dash + 1).split(":"))
                .map(Long::valueOf)
                .toList();
        // With days the first is hours; without, what stands alone is minutes, and two are minutes and seconds.
        long seconds = dash >= 0
                ? parts.get(0) * 3600
                        + (parts.size() > 1 ? parts.get(1) * 60 : 0)
                        + (parts.size() > 2 ? parts.get(2) : 0)
                : switch (parts.size()) {
                    case 1 -> parts.get(0) * 60;
                    case 2 -> parts.get(0) * 60 + parts.get(1);
                    default -> parts.get(0) * 3600 + parts.get(1) * 60 + parts.get(2);
                };
        return Duration.ofDays(days).plusSeconds(seconds);
    }

    /** The lines of {@code sacctmgr -nP show assoc format=Partition,QOS,DefaultQOS} for one account and user. */
    static Rights rights(List<String> lines) {
        List<String> qos = new ArrayList<>();
        Set<String> partitions = new java.util.HashSet<>();
        String usual = null;
        boolean everywhere = false;
        for (String line : lines) {
            String[] fields = line.split("\\|", -1);
            if (fields.length < 3) {
                continue;
            }
            everywhere |= fields[0].isEmpty();
            partitions.add(fields[0]);
            Arrays.stream(fields[1].split(","))
                    .filter(name -> !name.isEmpty() && !qos.contains(name))
                    .forEach(qos::add);
            usual = usual == null && !fields[2].isEmpty() ? fields[2] : usual;
        }
        return new Rights(List.copyOf(qos), usual, everywhere ? Set.of() : Set.copyOf(partitions));
    }

    /**
     * Where a job goes: what is named, where that is allowed, else the narrowest partition that can run it, so that large
     * nodes, long limits and GPUs are left to those who need them.
     *
     * @param partition named by the person; null to choose one
     * @param qos named by the person; null to choose one where the account's usual one will not do
     */
    static Found choose(
            List<SlurmPartition> all,
            List<Placed> nodes,
            String account,
            Rights rights,
            Resources wanted,
            @Nullable String partition,
            @Nullable String qos) {
        if (qos != null && !rights.qos().isEmpty() && !rights.qos().contains(qos)) {
            return new Found.None("The account " + account + " may not use the QoS " + qos + "; it may use: "
                    + String.join(", ", rights.qos()));
        }
        List<SlurmPartition> allowed = all.stream()
                .filter(one -> one.allows(account, rights, qos))
                .filter(one -> partition != null || one.open())
                .toList();
        if (partition != null) {
            Optional<SlurmPartition> named =
                    allowed.stream().filter(one -> one.name().equals(partition)).findFirst();
            if (named.isEmpty()) {
                return new Found.None((all.stream().anyMatch(one -> one.name().equals(partition))
                                ? "The account " + account + " may not use the partition " + partition + " now"
                                : "The cluster has no partition " + partition)
                        + "; it may use: " + names(allowed));
            }
            return chosen(named.get(), rights, qos);
        }
        return allowed.stream()
                .filter(one -> one.longest() == null || one.longest().compareTo(wanted.timeLimit()) >= 0)
                .filter(one -> one.nodes(nodes).stream().anyMatch(node -> fits(node, wanted)))
                .min(Comparator.comparing((SlurmPartition one) -> wanted.gpus() == 0 && one.most(nodes, 0) > 0)
                        .thenComparing(one -> one.most(nodes, 0))
                        .thenComparing(one -> one.most(nodes, 1))
                        .thenComparing(one -> one.most(nodes, 2))
                        .thenComparing(one -> one.longest() == null ? Duration.ofDays(36_500) : one.longest())
                        .thenComparing(one -> !one.isDefault())
                        .thenComparing(SlurmPartition::name))
                .map(one -> chosen(one, rights, qos))
                .orElseGet(() -> new Found.None("No partition that the account " + account + " may use ("
                        + names(allowed) + ") has a node with " + wanted.cpus() + " CPUs, " + wanted.memoryMebibytes()
                        + " MiB and " + wanted.gpuWords() + " GPUs for "
                        + wanted.timeLimit().toMinutes()
                        + " minutes"));
    }

    private static Found chosen(SlurmPartition one, Rights rights, @Nullable String qos) {
        if (qos != null || one.takes(rights.defaultQos())) {
            return new Found.Chosen(new Choice(one.name(), qos));
        }
        return new Found.Chosen(new Choice(
                one.name(),
                rights.qos().stream().filter(one::takesNamed).findFirst().orElse(null)));
    }

    private boolean allows(String account, Rights rights, @Nullable String qos) {
        boolean accounts = allowAccounts.isEmpty() ? !denyAccounts.contains(account) : allowAccounts.contains(account);
        boolean associations =
                rights.partitions().isEmpty() || rights.partitions().contains(name);
        boolean some = qos != null
                ? takesNamed(qos)
                : rights.qos().isEmpty() || rights.qos().stream().anyMatch(this::takesNamed);
        return up && accounts && associations && some;
    }

    /** Whether the QoS that Slurm takes by itself will do; it is not known where the association names none. */
    private boolean takes(@Nullable String usual) {
        return usual == null ? allowQos.isEmpty() && denyQos.isEmpty() : takesNamed(usual);
    }

    private boolean takesNamed(String qos) {
        return allowQos.isEmpty() ? !denyQos.contains(qos) : allowQos.contains(qos);
    }

    private List<Cluster.Node> nodes(List<Placed> all) {
        return all.stream()
                .filter(placed -> placed.partitions().contains(name))
                .map(Placed::node)
                .toList();
    }

    /** The most GPUs (0), CPUs (1) or memory (2) that one of its nodes has. */
    private long most(List<Placed> all, int what) {
        return nodes(all).stream()
                .mapToLong(node -> switch (what) {
                    case 0 -> node.gpus().size();
                    case 1 -> node.cpus();
                    default -> node.memoryMebibytes();
                })
                .max()
                .orElse(0);
    }

    /** Whether a node could ever run it alone. */
    static boolean fits(Cluster.Node node, Resources wanted) {
        return node.cpus() >= wanted.cpus()
                && node.memoryMebibytes() >= wanted.memoryMebibytes()
                && node.gpus().stream().filter(gpu -> wanted.takes(gpu.model())).count() >= wanted.gpus();
    }

    private static String names(List<SlurmPartition> some) {
        return some.isEmpty()
                ? "none"
                : some.stream().map(SlurmPartition::name).sorted().collect(Collectors.joining(", "));
    }
}
