package org.farga.slurm;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.farga.platform.Rounds;
import org.farga.platform.SoleHolder;
import org.farga.slurm.Reconciler.Site;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps every Slurm cluster whose commands can be run from here in step. Of all Farga processes one does so for each cluster;
 * when it is gone, the next goes on.
 */
@Component
class Reconciling implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciling.class);
    /** How often it is looked whether somebody asked, perhaps another process. */
    private static final Duration TICK = Duration.ofSeconds(2);

    private static final Duration GATHERING = Duration.ofMillis(200);
    private static final Duration TROUBLE = Duration.ofSeconds(15);

    private final List<OfCluster> loops;

    Reconciling(
            SlurmClusterSettings clusters,
            AccountSettings accounts,
            ReconcilerSettings settings,
            Reconciler reconciler,
            ReconciliationTable table,
            DataSource source) {
        this.loops = clusters.slurm().entrySet().stream()
                .flatMap(entry -> entry.getValue().commands().stream()
                        .map(commands -> new Site(
                                entry.getKey(),
                                commands,
                                accounts.of(entry.getKey()).accountHook())))
                .map(site -> new OfCluster(site, settings.every(), reconciler, table, source))
                .toList();
    }

    /** The clusters that are kept, by Farga's names. */
    Set<String> clusters() {
        return loops.stream().map(loop -> loop.site.cluster()).collect(Collectors.toUnmodifiableSet());
    }

    /** How one is reached. */
    Optional<Site> site(String cluster) {
        return loops.stream()
                .map(loop -> loop.site)
                .filter(site -> site.cluster().equals(cluster))
                .findFirst();
    }

    /** Looks as soon as the current transaction has committed, rather than at the next tick. */
    void wakeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                loops.forEach(OfCluster::wake);
            }
        });
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

    /** One cluster's: another that does not answer keeps nobody waiting. */
    private static final class OfCluster extends Rounds {
        private final Site site;
        private final Duration every;
        private final Reconciler reconciler;
        private final ReconciliationTable table;
        private final SoleHolder turn;
        /** In nanoseconds, when it is looked next though nobody asks. */
        private long next = System.nanoTime();

        OfCluster(Site site, Duration every, Reconciler reconciler, ReconciliationTable table, DataSource source) {
            super("slurm-" + site.cluster(), GATHERING, TROUBLE);
            this.site = site;
            this.every = every;
            this.reconciler = reconciler;
            this.table = table;
            this.turn = new SoleHolder(source, "farga.slurm." + site.cluster());
        }

        @Override
        protected Duration round() throws Exception {
            if (turn.hold() && (System.nanoTime() - next >= 0 || table.asked(site.cluster()))) {
                next = System.nanoTime() + every.toNanos();
                reconciler.round(site, this::goesOn);
            }
            return TICK.compareTo(every) < 0 ? TICK : every;
        }

        private boolean goesOn() {
            try {
                return isRunning() && turn.hold();
            } catch (SQLException e) {
                LOG.warn("whose turn it is on cluster {} cannot be asked", site.cluster(), e);
                return false;
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
