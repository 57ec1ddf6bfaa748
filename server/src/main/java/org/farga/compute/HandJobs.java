package org.farga.compute;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.compute.Job.Stage;
import org.farga.platform.Rounds;
import org.farga.platform.SoleHolder;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.slurm.Associations;
import org.farga.usage.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes in the jobs that people give to a cluster's engine themselves, as with {@code sbatch}, for an account that stands for an
 * allocation: each becomes a job like any other, which is seen, shown and charged. Of all Farga processes one does so for each
 * cluster. A job that came and went unseen is found in the engine's accounting, which is asked from where it was asked last.
 */
@Component
class HandJobs extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(HandJobs.class);
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final Duration TROUBLE = Duration.ofSeconds(15);
    /** How often accounting is asked. */
    private static final Duration ACCOUNTING = Duration.ofSeconds(60);
    /** Records come late, and clocks differ. */
    private static final Duration OVERLAP = Duration.ofMinutes(10);
    /** Before Farga looked at a cluster for the first time its accounting is imported rather than watched. */
    private static final Duration FIRST = Duration.ofDays(1);
    /** A job of ours whose number Slurm has just given out may not be noted yet. */
    private static final Duration SETTLING = Duration.ofMinutes(3);

    private static final int MOST_KEPT = 200_000;
    private static final int LONGEST_NAME = 200;
    private static final int BATCH = 500;

    private final Clusters clusters;
    private final JobTable table;
    private final Associations associations;
    private final Allocations allocations;
    private final Projects projects;
    private final Usage usage;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Map<String, SoleHolder> turns;
    private final Map<String, Instant> askedAt = new HashMap<>();
    /** Those that were found to be known already, or nobody's here: they are not looked up again. */
    private final Set<Seen> seen = ConcurrentHashMap.newKeySet();

    private final LoadingCache<Account, Optional<AllocationId>> accounts;

    private record Account(String cluster, String name) {}

    private record Seen(String cluster, String engineJobId, Instant submittedAt) {}

    HandJobs(
            Clusters clusters,
            JobTable table,
            Associations associations,
            Allocations allocations,
            Projects projects,
            Usage usage,
            AuditLog audit,
            PlatformTransactionManager transactions,
            DataSource source,
            Clock clock) {
        super("hand-jobs", Duration.ZERO, TROUBLE);
        this.clusters = clusters;
        this.table = table;
        this.associations = associations;
        this.allocations = allocations;
        this.projects = projects;
        this.usage = usage;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
        this.turns = clusters.names().stream()
                .filter(name -> clusters.scheduler(name).queuesItself())
                .collect(Collectors.toMap(name -> name, name -> new SoleHolder(source, "farga.hand-jobs." + name)));
        this.accounts = Caffeine.newBuilder()
                .maximumSize(100_000)
                .expireAfterWrite(Duration.ofSeconds(10))
                .build(account -> associations.allocationOf(account.cluster(), account.name()));
    }

    @Override
    protected Duration round() {
        if (turns.isEmpty()) {
            return Duration.ofHours(1);
        }
        boolean well = true;
        for (Map.Entry<String, SoleHolder> turn : turns.entrySet()) {
            try {
                if (turn.getValue().hold()) {
                    look(turn.getKey());
                }
            } catch (SQLException | RuntimeException e) {
                well = false;
                if (isRunning()) {
                    LOG.warn(
                            "cluster {} cannot be asked for jobs that others gave to it; trying again",
                            turn.getKey(),
                            e);
                }
            }
        }
        return well ? ROUND : TROUBLE;
    }

    @Override
    protected void ended() {
        for (SoleHolder turn : turns.values()) {
            try {
                turn.close();
            } catch (SQLException e) {
                LOG.debug("the database frees it itself", e);
            }
        }
    }

    /** One look at a cluster's list and, each minute, at its accounting. */
    void look(String cluster) {
        Scheduler scheduler = clusters.scheduler(cluster);
        takeIn(cluster, scheduler, scheduler.everybodys());
        Instant now = clock.instant();
        Instant last = askedAt.get(cluster);
        if (last == null || !now.isBefore(last.plus(ACCOUNTING))) {
            account(cluster);
            askedAt.put(cluster, now);
        }
    }

    /** Asks accounting from where it was asked last; whoever fails begins there again. */
    void account(String cluster) {
        Scheduler scheduler = clusters.scheduler(cluster);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant since =
                table.accountingAskedTo(cluster).orElse(now.minus(FIRST)).minus(OVERLAP);
        List<ByHand> settled = scheduler.everybodys(since).stream()
                .filter(job -> job.claims() != null || job.submittedAt().isBefore(now.minus(SETTLING)))
                .toList();
        takeIn(cluster, scheduler, settled);
        table.setAccountingAskedTo(cluster, now);
    }

    private void takeIn(String cluster, Scheduler scheduler, Collection<ByHand> found) {
        List<ByHand> ours = found.stream()
                .filter(job -> !seen.contains(seen(cluster, job)))
                .filter(job -> Objects.requireNonNull(accounts.get(new Account(cluster, job.account())))
                        .isPresent())
                .toList();
        for (int from = 0; from < ours.size(); from += BATCH) {
            takeInSome(cluster, scheduler, ours.subList(from, Math.min(ours.size(), from + BATCH)));
        }
        if (seen.size() > MOST_KEPT) {
            seen.clear();
        }
    }

    private void takeInSome(String cluster, Scheduler scheduler, List<ByHand> some) {
        Map<String, List<Job>> known =
                table.ofEngine(cluster, some.stream().map(ByHand::engineJobId).toList());
        List<ByHand> fresh = new ArrayList<>();
        for (ByHand job : some) {
            if (known.getOrDefault(job.engineJobId(), List.of()).stream().anyMatch(one -> isOne(one, job))) {
                seen.add(seen(cluster, job));
            } else if (!isOnItsWay(job)) {
                fresh.add(job);
            }
        }
        Map<String, Resources> asked = scheduler.asked(fresh);
        for (ByHand job : fresh) {
            takeIn(cluster, scheduler, job, asked.getOrDefault(job.engineJobId(), UNKNOWN));
            seen.add(seen(cluster, job));
        }
    }

    /** Of a job that the engine tells no more of: what it was given is in its accounting. */
    private static final Resources UNKNOWN = new Resources(1, 1, 0, Duration.ofDays(365), 1);

    private static Seen seen(String cluster, ByHand job) {
        return new Seen(cluster, job.engineJobId(), job.submittedAt());
    }

    /** Whether it is that one, and not one of another time with the same number: a job put back has a later submission too. */
    private static boolean isOne(Job known, ByHand job) {
        Instant ended = known.endedAt();
        return ended == null || !ended.isBefore(job.submittedAt());
    }

    /** Whether it is one of ours whose number at the engine is about to be noted; anybody may write that it is. */
    private boolean isOnItsWay(ByHand job) {
        return job.claims() != null
                && table.jobsOrTasks(List.of(job.claims())).stream()
                        .anyMatch(one -> one.engineJobId() == null && !one.hasEnded());
    }

    private void takeIn(String cluster, Scheduler scheduler, ByHand found, Resources asked) {
        AllocationId account = Objects.requireNonNull(accounts.get(new Account(cluster, found.account())))
                .orElseThrow();
        Allocation allocation = allocations.get(account);
        // Whose Unix user nobody knows, whoever leads the project answers for.
        PersonId person = associations
                .personOf(found.unixUser())
                .orElseGet(() -> projects.summary(allocation.project()).lead());
        JobId number = table.nextNumber();
        scheduler.adopt(number, found);
        Job job = new Job(
                number,
                name(found),
                allocation.project(),
                allocation.id(),
                cluster,
                person,
                found.submittedAt(),
                null,
                asked,
                Map.of(),
                List.of(),
                null,
                new Stage.Pending(null),
                found.engineJobId(),
                null,
                new JobOptions(
                        found.partition().matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,62}") ? found.partition() : null,
                        null,
                        List.of(),
                        null,
                        found.unixUser()));
        try {
            transaction.executeWithoutResult(status -> {
                table.insert(job, null);
                // The engine alone could have refused it for want of budget: what it may use at most is set aside even
                // beyond that.
                usage.setAside(allocation.id(), number, asked.gpus(), asked.cpus(), asked.timeLimit());
                audit.recordByRule(
                        "job.adopted",
                        "job",
                        number,
                        Map.of("name", job.name(), "allocation", job.allocation(), "engineJob", found.engineJobId()));
            });
        } catch (DuplicateKeyException e) {
            LOG.debug("another process took in job {} of cluster {}", found.engineJobId(), cluster, e);
            scheduler.discard(number);
        }
    }

    private static String name(ByHand found) {
        String plain = found.name().replaceAll("\\p{Cntrl}", " ").strip();
        String cut = plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) : plain;
        return cut.isEmpty() ? "job " + found.engineJobId() : cut;
    }
}
