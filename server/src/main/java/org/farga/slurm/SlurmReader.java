package org.farga.slurm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads from Slurm what it has. */
final class SlurmReader {
    /** A list of 60,000 associations takes seconds; a database that is away is noticed by its own timeout. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final SlurmCommands commands;

    SlurmReader(SlurmCommands commands) {
        this.commands = commands;
    }

    /** The cluster's own name, as its controller says it; throws {@link UncheckedIOException} where that is away. */
    String clusterName() {
        for (String line :
                commands.run(LIMIT, "scontrol", "show", "config").good().lines().toList()) {
            if (line.startsWith("ClusterName ")) {
                return line.substring(line.indexOf('=') + 1).strip();
            }
        }
        throw new UncheckedIOException(new IOException("scontrol show config names no cluster"));
    }

    /** All of a cluster; throws {@link UncheckedIOException} where Slurm's accounting is away or does not know it. */
    SlurmTree tree(String cluster) {
        Set<String> clusters = words("sacctmgr", "-nP", "list", "cluster", "format=Cluster");
        if (!clusters.contains(cluster)) {
            // To a cluster that it does not know, Slurm would add what it is given as a new one.
            throw new UncheckedIOException(new IOException("Slurm's accounting does not know the cluster " + cluster));
        }
        Set<String> qos = words("sacctmgr", "-nP", "list", "qos", "format=Name");
        Set<String> tres = new HashSet<>();
        for (String line : words("sacctmgr", "-nP", "list", "tres", "format=Type,Name")) {
            int bar = line.indexOf('|');
            tres.add(
                    bar < 0
                            ? line
                            : bar == line.length() - 1
                                    ? line.substring(0, bar)
                                    : line.substring(0, bar) + "/" + line.substring(bar + 1));
        }
        SlurmTree.Reader reader = new SlurmTree.Reader();
        commands.lines(
                LIMIT,
                List.of(
                        "sacctmgr",
                        "-nP",
                        "list",
                        "assoc",
                        "where",
                        "cluster=" + cluster,
                        "format=" + SlurmTree.FORMAT,
                        "wopl"),
                reader::line);
        return reader.done(cluster, qos, tres);
    }

    /** The same with the accounts' descriptions. */
    SlurmDump dump(String cluster) {
        SlurmTree tree = tree(cluster);
        Map<String, String> descriptions = new HashMap<>();
        commands.lines(LIMIT, List.of("sacctmgr", "-nP", "list", "account", "format=Account,Description"), line -> {
            int bar = line.indexOf('|');
            if (bar > 0) {
                descriptions.put(line.substring(0, bar), line.substring(bar + 1));
            }
        });
        return new SlurmDump(tree, descriptions);
    }

    private Set<String> words(String... command) {
        Set<String> words = new HashSet<>();
        commands.lines(LIMIT, List.of(command), line -> {
            if (!line.isBlank()) {
                words.add(line.strip());
            }
        });
        return words;
    }
}
