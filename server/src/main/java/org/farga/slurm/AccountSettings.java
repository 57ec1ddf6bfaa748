package org.farga.slurm;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** What accounts are like on each cluster, beside how it is reached: {@code farga.cluster.slurm.NAME.*}. */
@ConfigurationProperties("farga.cluster")
record AccountSettings(@DefaultValue Map<String, OfCluster> slurm) {

    /**
     * One cluster's.
     *
     * @param accountHook the command that makes and takes away Unix accounts, called with {@code add} or {@code remove} and
     *     the user's name; without it, somebody else makes them
     * @param accountHookLimit how long it may take for one name; then it is ended, and has failed
     * @param qos that jobs of Farga's accounts may run with; empty where the cluster's own default counts
     */
    record OfCluster(
            @DefaultValue List<String> accountHook,
            @DefaultValue("30s") Duration accountHookLimit,
            @DefaultValue Set<String> qos) {
        private static final OfCluster NONE = new OfCluster(List.of(), Duration.ofSeconds(30), Set.of());

        OfCluster {
            if (!accountHookLimit.isPositive()) {
                throw new IllegalArgumentException("farga.cluster.slurm.NAME.account-hook-limit must be more than 0");
            }
        }
    }

    OfCluster of(String name) {
        return slurm.getOrDefault(name, OfCluster.NONE);
    }
}
