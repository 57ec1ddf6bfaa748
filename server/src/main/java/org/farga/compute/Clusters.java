package org.farga.compute;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.farga.allocation.ClusterNames;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clusters that this process can speak to, and what is known of them without asking each time. */
final class Clusters implements ClusterNames {
    private static final Logger LOG = LoggerFactory.getLogger(Clusters.class);

    private final Map<String, Served> served;
    private final ClusterTable table;
    private final Map<String, Cluster> described = new ConcurrentHashMap<>();

    /** Those that did not answer when they were asked last. */
    private final Map<String, Silence> silent = new ConcurrentHashMap<>();

    /** Every submission asks for it, and it hardly ever changes. */
    private final LoadingCache<String, Optional<ClusterTable.Entry>> entries;

    Clusters(Map<String, Served> served, ClusterTable table) {
        this.served = Map.copyOf(served);
        this.table = table;
        this.entries = Caffeine.newBuilder()
                .expireAfterWrite(Duration.ofSeconds(1))
                .build(name -> table.list().stream()
                        .filter(entry -> entry.name().equals(name))
                        .findFirst());
    }

    /**
     * An engine, and what its operator allows a job to ask for.
     *
     * @param sameSoftware whether its nodes have the interpreters that this machine has
     */
    record Served(Scheduler scheduler, Duration longestTimeLimit, long mostDiskMebibytes, boolean sameSoftware) {}

    /** A cluster as the table has it and, where its engine has ever answered, as it was the last time. */
    record Listed(
            String name,
            String scheduler,
            boolean enabled,
            @Nullable Cluster cluster) {}

    /** Since when an engine does not answer, and what was heard instead. */
    record Silence(Instant since, String complaint) {}

    @Override
    public Set<String> all() {
        return table.list().stream().map(ClusterTable.Entry::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    Set<String> names() {
        return served.keySet();
    }

    /** The engine of a cluster; throws {@link IllegalStateException} where this process does not serve it. */
    Scheduler scheduler(String name) {
        Served found = served.get(name);
        if (found == null) {
            throw new IllegalStateException("this process does not serve the cluster " + name);
        }
        return found.scheduler();
    }

    /** The same; empty where this process does not serve it. */
    Optional<Scheduler> find(String name) {
        return Optional.ofNullable(served.get(name)).map(Served::scheduler);
    }

    /** What a cluster's time limits are multiples of; a second where this process does not serve it. */
    Duration timeGrain(String name) {
        return find(name).map(Scheduler::timeGrain).orElse(Duration.ofSeconds(1));
    }

    /** Asks the engine anew; the observer does so, so that no page or request has to wait for an engine. */
    void refresh(String name) {
        described.put(name, scheduler(name).describe());
        silent.remove(name);
    }

    /** Its engine was asked and did not answer, and that is why; until it is described anew. */
    void isSilent(String name, Instant now, Exception why) {
        String complaint = String.valueOf(why.getMessage()).replaceFirst("^java\\.[a-zA-Z.]+: ", "");
        silent.compute(name, (cluster, before) -> new Silence(before == null ? now : before.since(), complaint));
    }

    /** Empty where it answered when it was asked last. */
    Optional<Silence> silence(String name) {
        return Optional.ofNullable(silent.get(name));
    }

    /** As it was described last; empty where nobody serves it or its engine has not answered yet. */
    Optional<Cluster> described(String name) {
        Cluster known = described.get(name);
        if (known != null || !served.containsKey(name)) {
            return Optional.ofNullable(known);
        }
        try {
            refresh(name);
        } catch (RuntimeException e) {
            LOG.warn("cluster {} does not answer", name, e);
        }
        return Optional.ofNullable(described.get(name));
    }

    List<Listed> list() {
        return table.list().stream()
                .map(entry -> new Listed(
                        entry.name(),
                        entry.scheduler(),
                        entry.enabled(),
                        described(entry.name()).orElse(null)))
                .toList();
    }

    /** The most that one job can get there: a job runs on one node. */
    Optional<Preflight.Capacity> capacity(String name) {
        Served limits = served.get(name);
        Optional<ClusterTable.Entry> entry = entries.get(name);
        if (limits == null || entry.isEmpty()) {
            return Optional.empty();
        }
        return described(name).map(cluster -> {
            // Those that are away just now as well: a job can wait for them.
            List<Cluster.Node> nodes = cluster.nodes();
            return new Preflight.Capacity(
                    name,
                    entry.get().enabled(),
                    nodes.stream().mapToInt(Cluster.Node::cpus).max().orElse(0),
                    nodes.stream()
                            .mapToLong(Cluster.Node::memoryMebibytes)
                            .max()
                            .orElse(0),
                    nodes.stream().mapToInt(node -> node.gpus().size()).max().orElse(0),
                    limits.longestTimeLimit(),
                    limits.mostDiskMebibytes(),
                    nodes,
                    limits.scheduler().partitions());
        });
    }

    /** Whether the cluster has the program that a script's first line names, as far as can be told from here. */
    boolean hasInterpreter(String name, @Nullable String script) {
        Served found = served.get(name);
        if (found == null || !found.sameSoftware() || script == null) {
            return true;
        }
        try {
            return !script.startsWith("#!")
                    || Interpreter.refusal(script, Launch.PATH).isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
