package org.farga.slurm;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.farga.allocation.AllocationState;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.shared.AllocationId;
import org.farga.slurm.Holdings.Entry;
import org.farga.slurm.Ladder.Books;
import org.farga.slurm.Ladder.Step;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Notes when an allocation comes to a step of its budget's ladder, and tells the lead of its project once. */
@Component
class LadderSteps {
    private final LadderTable table;
    private final Notifications notifications;
    private final AuditLog audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    LadderSteps(
            LadderTable table,
            Notifications notifications,
            AuditLog audit,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.table = table;
        this.notifications = notifications;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** What has come to a step it was not on before is told; what is below one again can come to it anew. */
    void note(Collection<Entry> entries) {
        List<Entry> active = entries.stream()
                .filter(e -> e.state() == AllocationState.ACTIVE)
                .toList();
        Map<AllocationId, Set<Step>> reached = active.isEmpty()
                ? Map.of()
                : table.reached(active.stream().map(e -> e.allocation().id()).toList());
        for (Entry entry : active) {
            Set<Step> known = reached.getOrDefault(entry.allocation().id(), Set.of());
            Step now = entry.position().step();
            boolean more = now != Step.NONE && !known.contains(now);
            boolean fewer = known.stream().anyMatch(step -> step.compareTo(now) > 0);
            if (more || fewer) {
                transaction.executeWithoutResult(status -> move(entry, known, now));
            }
        }
    }

    private void move(Entry entry, Set<Step> known, Step now) {
        AllocationId id = entry.allocation().id();
        Instant at = clock.instant();
        known.stream().filter(step -> step.compareTo(now) > 0).forEach(step -> table.deleteReached(id, step));
        boolean told = true;
        for (Step step : List.of(Step.NOTICE, Step.SLOW, Step.STOP)) {
            if (step.compareTo(now) <= 0) {
                // Of several at once only the furthest is told.
                told = !table.insertReached(id, step, at);
            }
        }
        if (now == Step.NONE || told) {
            return;
        }
        int percent = percent(entry);
        audit.recordByRule(
                "allocation.budget-step",
                "allocation",
                id,
                Map.of(
                        "step",
                        now.name(),
                        "percent",
                        percent,
                        "project",
                        entry.project().id()));
        notifications.tell(
                List.of(entry.project().lead()),
                "slurm.told." + now.name().toLowerCase(Locale.ROOT),
                "/projects/" + entry.project().slug(),
                entry.project().name(),
                percent,
                entry.allocation().cluster(),
                now == Step.NOTICE
                        ? entry.position().ladder().slow()
                        : entry.position().ladder().stop());
    }

    /** Of the budget of GPU-hours or of CPU-hours, whichever is used further; rounded down. */
    static int percent(Entry entry) {
        return Math.max(
                percent(entry.position().gpu()), percent(entry.position().cpu()));
    }

    static int percent(Books books) {
        return books.budget() <= 0
                ? 0
                : BigDecimal.valueOf(books.used())
                        .multiply(BigDecimal.valueOf(100))
                        .divide(BigDecimal.valueOf(books.budget()), 0, RoundingMode.FLOOR)
                        .min(BigDecimal.valueOf(1_000_000))
                        .intValue();
    }
}
