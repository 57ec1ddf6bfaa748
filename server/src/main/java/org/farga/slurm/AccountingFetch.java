package org.farga.slurm;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.farga.platform.Rounds;
import org.farga.platform.SoleHolder;
import org.farga.usage.UsageFetches;
import org.farga.usage.UsageImports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Fetches every cluster's accounting into the ledger of usage, so that what ran is seen within a minute of its end, whoever submitted it.
 * Of several Farga processes one does, and each cluster has a thread of its own.
 */
@Component
class AccountingFetch implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(AccountingFetch.class);
    private static final Duration EACH = Duration.ofSeconds(20);
    private static final Duration TROUBLE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration SHORT = Duration.ofMinutes(1);
    private static final Duration RUNAWAYS_EACH = Duration.ofMinutes(10);
    /** A job that has just ended is a while on its way into accounting. */
    private static final Duration ON_ITS_WAY = Duration.ofMinutes(5);

    private static final Duration RUNAWAYS_OF = Duration.ofDays(365);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private final List<OfCluster> loops = new ArrayList<>();

    AccountingFetch(
            SlurmClusterSettings settings, UsageFetches fetches, UsageImports imports, DataSource source, Clock clock) {
        settings.slurm()
                .forEach((name, reach) -> reach.commands()
                        .ifPresent(
                                commands -> loops.add(new OfCluster(name, commands, fetches, imports, source, clock))));
    }

    @Override
    public void start() {
        loops.forEach(OfCluster::start);
    }

    @Override
    public void stop() {
        loops.forEach(OfCluster::stop);
    }

    @Override
    public boolean isRunning() {
        return loops.stream().anyMatch(OfCluster::isRunning);
    }

    /** One fetch of a cluster. Throws {@link java.io.UncheckedIOException} where Slurm does not answer: the next begins where this did. */
    static void fetch(String cluster, SlurmCommands commands, UsageFetches fetches) {
        UsageFetches.Fetching fetching = fetches.begin(cluster);
        commands.lines(
                PATIENCE,
                List.of(
                        "sacct",
                        "-D",
                        "-X",
                        "-P",
                        "-a",
                        "-S",
                        TIME.format(fetching.since()),
                        "-o",
                        UsageFetches.COLUMNS),
                fetching::take);
        fetching.done();
    }

    /** Jobs that slurmdbd takes to run though slurmctld has no such job; asked in this order, a job that ends meanwhile is none. */
    static List<UsageFetches.Runaway> runaways(String cluster, SlurmCommands commands, Instant now) {
        List<UsageFetches.Runaway> running = new ArrayList<>();
        commands.lines(
                PATIENCE,
                List.of(
                        "sacct",
                        "-X",
                        "-P",
                        "-n",
                        "-a",
                        "-s",
                        "R,S",
                        "-S",
                        TIME.format(now.minus(RUNAWAYS_OF)),
                        "-o",
                        "JobIDRaw,Start,End,User,Account"),
                line -> {
                    String[] fields = line.split("\\|", -1);
                    if (fields.length == 5 && fields[1].matches("[0-9]{9,11}") && !fields[2].matches("[0-9]+")) {
                        running.add(new UsageFetches.Runaway(
                                cluster,
                                fields[0],
                                fields[4],
                                fields[3],
                                Instant.ofEpochSecond(Long.parseLong(fields[1]))));
                    }
                });
        Set<String> known = new HashSet<>();
        commands.lines(SHORT, List.of("squeue", "-h", "-a", "-r", "-t", "all", "-o", "%A"), known::add);
        running.removeIf(
                job -> known.contains(job.engineJob()) || job.startedAt().isAfter(now.minus(ON_ITS_WAY)));
        return running;
    }

    private static final class OfCluster extends Rounds {
        private final String cluster;
        private final SlurmCommands commands;
        private final UsageFetches fetches;
        private final UsageImports imports;
        private final SoleHolder turn;
        private final Clock clock;
        private long nextRunaways = System.nanoTime();

        OfCluster(
                String cluster,
                SlurmCommands commands,
                UsageFetches fetches,
                UsageImports imports,
                DataSource source,
                Clock clock) {
            super("accounting-" + cluster, Duration.ZERO, TROUBLE);
            this.cluster = cluster;
            this.commands = commands;
            this.fetches = fetches;
            this.imports = imports;
            this.turn = new SoleHolder(source, "farga.accounting." + cluster);
            this.clock = clock;
        }

        @Override
        protected Duration round() throws Exception {
            if (!turn.hold()) {
                return EACH;
            }
            try {
                fetch(cluster, commands, fetches);
                if (System.nanoTime() - nextRunaways >= 0) {
                    fetches.runaways(cluster, runaways(cluster, commands, clock.instant()));
                    imports.attributeWaiting();
                    nextRunaways = System.nanoTime() + RUNAWAYS_EACH.toNanos();
                }
                return EACH;
            } catch (RuntimeException e) {
                LOG.warn("the accounting of cluster {} cannot be fetched; trying again: {}", cluster, e.getMessage());
                fetches.failed(cluster, String.valueOf(e.getMessage()));
                return TROUBLE;
            }
        }

        @Override
        protected void ended() {
            try {
                turn.close();
            } catch (SQLException e) {
                LOG.debug("the database frees it itself", e);
            }
        }
    }
}
