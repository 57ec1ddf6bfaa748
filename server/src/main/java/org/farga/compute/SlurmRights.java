package org.farga.compute;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.farga.slurm.Associations.Association;
import org.farga.slurm.SlurmCommands;
import org.jspecify.annotations.Nullable;

/** Which partitions a cluster has, and what accounts may use there: asked of Slurm at most once a minute each. */
final class SlurmRights {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final SlurmCommands commands;
    private final Clock clock;
    private final Cache<Association, SlurmPartition.Rights> rights =
            Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(10_000).build();
    private volatile Map.@Nullable Entry<Instant, List<SlurmPartition>> partitions;

    SlurmRights(SlurmCommands commands, Clock clock) {
        this.commands = commands;
        this.clock = clock;
    }

    List<SlurmPartition> partitions() {
        Map.Entry<Instant, List<SlurmPartition>> known = partitions;
        Instant now = clock.instant();
        if (known == null || !now.isBefore(known.getKey().plus(KEPT))) {
            List<SlurmPartition> read = commands.run(LIMIT, "scontrol", "-o", "-a", "show", "partition")
                    .good()
                    .lines()
                    .flatMap(line -> SlurmPartition.parse(line).stream())
                    .toList();
            known = Map.entry(now, read);
            partitions = known;
        }
        return known.getValue();
    }

    /** Unknown, which leaves QoS to Slurm, where accounting does not answer. */
    SlurmPartition.Rights of(Association who) {
        SlurmPartition.Rights known = rights.getIfPresent(who);
        if (known == null) {
            SlurmCommands.Answer answer = commands.run(
                    LIMIT,
                    "sacctmgr",
                    "-n",
                    "-P",
                    "show",
                    "assoc",
                    "where",
                    "account=" + who.account(),
                    "user=" + who.unixUser(),
                    "format=Partition,QOS,DefaultQOS");
            if (answer.status() != 0) {
                return SlurmPartition.Rights.UNKNOWN;
            }
            known = SlurmPartition.rights(answer.output().lines().toList());
            rights.put(who, known);
        }
        return known;
    }
}
