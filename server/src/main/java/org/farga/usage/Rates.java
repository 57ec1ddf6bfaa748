package org.farga.usage;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps the centre's rates, of runs and of storage. Charges are worked out from them whenever they are shown, so that a rate holds for
 * what ran before it was set.
 */
@Service
class Rates {
    private static final Duration OLDEST = Duration.ofSeconds(1);

    private final RateTable table;
    private final AuditLog audit;
    private final Clock clock;
    private volatile @Nullable Known known;

    private record Known(Tariff tariff, long readAtNanos) {}

    Rates(RateTable table, AuditLog audit, Clock clock) {
        this.table = table;
        this.audit = audit;
        this.clock = clock;
    }

    /** The rates in force; every page with charges asks. A second old at most, where another process has set one. */
    Tariff tariff() {
        Known last = known;
        if (last == null || System.nanoTime() - last.readAtNanos() > OLDEST.toNanos()) {
            last = new Known(Tariff.of(table.list()), System.nanoTime());
            known = last;
        }
        return last.tariff();
    }

    RateTable.All list(Actor actor) {
        UsageImports.requireReader(actor);
        return table.list();
    }

    /** Sets a rate; its identifier, setter and time are given here. Refused as {@code rate-exists} where one begins then. */
    @Transactional
    public Outcome<Rate> set(Actor actor, Rate wanted) {
        UsageImports.requireOperator(actor);
        Rate rate = new Rate(
                TimeOrderedUuid.next(),
                wanted.cluster().strip(),
                wanted.partition() == null || wanted.partition().isBlank()
                        ? null
                        : wanted.partition().strip(),
                wanted.since().truncatedTo(ChronoUnit.SECONDS),
                wanted.unit().strip(),
                wanted.formula(),
                wanted.cpuHour(),
                wanted.memoryGibibyteHour(),
                wanted.gpuHour(),
                wanted.sliceCpus(),
                wanted.sliceMemoryGibibytes(),
                actor.person(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        Optional<Refusal> refusal = rate.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!table.insert(rate)) {
            return Outcome.refused(Refusal.conflict("rate-exists"));
        }
        forget();
        audit.record(actor, "usage-rate.set", "usage-rate", rate.id(), details(rate));
        return Outcome.done(rate);
    }

    /** Takes a rate away, as if it had never been set. */
    @Transactional
    public Outcome<Rate> remove(Actor actor, UUID id) {
        UsageImports.requireOperator(actor);
        Rate rate = table.find(id).orElseThrow(() -> new NotFoundException("usage-rate"));
        table.delete(id);
        forget();
        audit.record(actor, "usage-rate.removed", "usage-rate", id, details(rate));
        return Outcome.done(rate);
    }

    /** Sets what a TB-hour is charged; its identifier, setter and time are given here. Refused as {@code rate-exists} where one begins then. */
    @Transactional
    public Outcome<StorageRate> set(Actor actor, StorageRate wanted) {
        UsageImports.requireOperator(actor);
        StorageRate rate = new StorageRate(
                TimeOrderedUuid.next(),
                wanted.kind(),
                wanted.since().truncatedTo(ChronoUnit.SECONDS),
                wanted.unit().strip(),
                wanted.terabyteHour(),
                actor.person(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        Optional<Refusal> refusal = rate.refusal();
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!table.insert(rate)) {
            return Outcome.refused(Refusal.conflict("rate-exists"));
        }
        forget();
        audit.record(actor, "storage-rate.set", "storage-rate", rate.id(), details(rate));
        return Outcome.done(rate);
    }

    /** Takes a rate of storage away, as if it had never been set. */
    @Transactional
    public Outcome<StorageRate> removeOfStorage(Actor actor, UUID id) {
        UsageImports.requireOperator(actor);
        StorageRate rate = table.findOfStorage(id).orElseThrow(() -> new NotFoundException("storage-rate"));
        table.deleteOfStorage(id);
        forget();
        audit.record(actor, "storage-rate.removed", "storage-rate", id, details(rate));
        return Outcome.done(rate);
    }

    private static Map<String, Object> details(StorageRate rate) {
        return Map.of(
                "kind", rate.kind() == null ? "*" : rate.kind().name(),
                "since", rate.since().toString(),
                "unit", rate.unit(),
                "terabyteHour", rate.terabyteHour().toPlainString());
    }

    /** Now, for what this transaction goes on to read, and once it ends, for what others read before it did. */
    private void forget() {
        known = null;
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                known = null;
            }
        });
    }

    private static Map<String, Object> details(Rate rate) {
        return Map.of(
                "cluster", rate.cluster(),
                "partition", rate.partition() == null ? "*" : rate.partition(),
                "since", rate.since().toString(),
                "unit", rate.unit(),
                "formula", rate.formula().name(),
                "cpuHour", rate.cpuHour().toPlainString(),
                "memoryGibibyteHour", rate.memoryGibibyteHour().toPlainString(),
                "gpuHour", rate.gpuHour().toPlainString());
    }
}
