package org.farga.usage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.Allocations;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps the account of every allocation. What changes it must be called in the transaction that changes the job, so that
 * neither can happen without the other.
 */
@Service
public class Usage {
    private final UsageTable table;
    private final LedgerTable ledger;
    private final Rates rates;
    private final Allocations allocations;
    private final ObjectProvider<Overdraft> overdrafts;
    private final Clock clock;

    Usage(
            UsageTable table,
            LedgerTable ledger,
            Rates rates,
            Allocations allocations,
            ObjectProvider<Overdraft> overdrafts,
            Clock clock) {
        this.table = table;
        this.ledger = ledger;
        this.rates = rates;
        this.allocations = allocations;
        this.overdrafts = overdrafts; // asked for late: they look at balances themselves
        this.clock = clock;
    }

    /** How an allocation stands now, whoever asks; throws {@link NotFoundException}. */
    public Balance balance(AllocationId allocation) {
        return account(allocations.get(allocation)).balance(now());
    }

    /** The same of an allocation that was read just now. */
    public Balance balance(Allocation allocation) {
        return account(allocation).balance(now());
    }

    /** The same with all that its engine lets it use in the place of the award: what is left of that a new job may ask for. */
    public Balance spendable(Allocation allocation) {
        return spendableAccount(allocation).balance(now());
    }

    /** How many stand at once. */
    public Map<AllocationId, Balance> balances(Collection<Allocation> of) {
        return balances(of, Map.of());
    }

    /** The same with all that their engines let them use in the place of the awards. */
    public Map<AllocationId, Balance> spendable(Collection<Allocation> of) {
        return balances(of, beyond(of));
    }

    private Map<AllocationId, Balance> balances(Collection<Allocation> of, Map<AllocationId, Overdraft.Beyond> beyond) {
        if (of.isEmpty()) {
            return Map.of();
        }
        Instant now = now();
        var books = table.books(of.stream().map(Allocation::id).toList());
        return of.stream()
                .collect(Collectors.toMap(
                        Allocation::id,
                        a -> account(a, books.get(a.id()))
                                .upTo(beyond.getOrDefault(a.id(), Overdraft.Beyond.NOTHING))
                                .balance(now),
                        (a, b) -> a));
    }

    /** The runs of a job on its allocation's statement, in their order; whoever asks has seen that the reader may see the job. */
    public List<JobRun> runs(JobId job) {
        List<UsageTable.Standing> lines = table.ofJob(job);
        if (lines.isEmpty()) {
            return List.of();
        }
        Tariff tariff = rates.tariff();
        return lines.stream()
                .map(standing -> JobRun.of(standing.line(), standing.provisional(), tariff))
                .toList();
    }

    /**
     * Commits what a job may use at most. Refused as {@code over-budget} with the numbers where it does not fit; jobs of
     * one allocation are judged one after another, also from several processes. The same job twice commits once.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<Balance> commit(AllocationId allocation, JobId job, int gpus, int cpus, Duration timeLimit) {
        if (table.knows(job)) {
            return Outcome.done(spendable(allocations.get(allocation)));
        }
        return commitNew(allocations.lock(allocation), job, gpus, cpus, timeLimit);
    }

    /**
     * The same for a job whose number was given out in this very transaction, on an allocation whose row this
     * transaction has locked: what is known already is not asked again while others wait.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<Balance> commitNew(Allocation locked, JobId job, int gpus, int cpus, Duration timeLimit) {
        // Read after the lock is held: whoever held it before has committed by then, and is seen.
        Account account = spendableAccount(locked);
        Commitment wanted = new Commitment(job, gpus, cpus, timeLimit, null);
        return account.commit(wanted, now()).map(balance -> {
            table.insert(locked.id(), wanted);
            return balance;
        });
    }

    /**
     * Sets aside what a job may use at most that its engine has accepted already, whether that fits or not: the books show what
     * may come of it. The same job twice is set aside once.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void setAside(AllocationId allocation, JobId job, int gpus, int cpus, Duration timeLimit) {
        if (!table.knows(job)) {
            table.insert(allocation, new Commitment(job, gpus, cpus, timeLimit, null));
        }
    }

    /** The job runs since then: its commitment is partly in flight now. Told again, the first start stays. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void started(JobId job, Instant startedAt) {
        table.start(job, startedAt.truncatedTo(ChronoUnit.MILLIS));
    }

    /** The job runs no more, and waits to be started anew: its commitment is whole again. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void takenBack(JobId job) {
        table.unstart(job);
    }

    /** The job never ran: its commitment is lifted. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void release(JobId job) {
        table.deleteCommitment(job);
    }

    /**
     * The job has ended: its usage is on the statement and its commitment is lifted. Twice counts once, and the first
     * account stays. A job that never committed, such as an imported one, is settled all the same. What the engine's own
     * accounting said of the run before wins, and what it says later corrects this.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void settle(JobUsage usage) {
        settle(List.of(usage));
    }

    /** The same for all the runs of jobs that were started anew in between: each is on the statement once. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void settle(Collection<JobUsage> runs) {
        for (JobUsage run : runs) {
            UsageRecord record = UsageRecord.of(run);
            ledger.attribute(record);
            table.insert(record);
        }
        runs.stream().map(JobUsage::job).distinct().forEach(table::deleteCommitment);
    }

    private Account account(Allocation allocation) {
        return account(allocation, table.books(List.of(allocation.id())).get(allocation.id()));
    }

    private static Account account(Allocation allocation, UsageTable.@org.jspecify.annotations.Nullable Books books) {
        if (books == null) {
            throw new IllegalStateException("the statement names every allocation it was asked for");
        }
        return new Account(
                allocation.gpuHours(),
                allocation.cpuHours(),
                books.gpuSettled(),
                books.cpuSettled(),
                books.gpuMost(),
                books.cpuMost(),
                books.running());
    }

    private Account spendableAccount(Allocation allocation) {
        return account(allocation)
                .upTo(beyond(List.of(allocation)).getOrDefault(allocation.id(), Overdraft.Beyond.NOTHING));
    }

    private Map<AllocationId, Overdraft.Beyond> beyond(Collection<Allocation> of) {
        Map<AllocationId, Overdraft.Beyond> all = new HashMap<>();
        overdrafts.forEach(overdraft -> all.putAll(overdraft.beyond(of)));
        return all;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
