package org.farga.audit;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.audit.AuditVerification.Verdict;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.TimeOrderedUuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Checks the whole log, on schedule and when asked, and raises the alarm where it is not what was signed. */
@Service
class AuditChecks implements Attention, MeterBinder {
    private static final Logger LOG = LoggerFactory.getLogger(AuditChecks.class);
    private static final TaskDescriptor<Void> CHECK = TaskDescriptor.of("check-audit-log-now");
    static final Duration LATE = Duration.ofMinutes(5);

    private final AuditCheckTable table;
    private final AuditVerification verification;
    private final AuditTreeTable tree;
    private final AuditSequencer sequencer;
    private final SchedulerClient queue;
    private final Clock clock;

    AuditChecks(
            AuditCheckTable table,
            AuditVerification verification,
            AuditTreeTable tree,
            AuditSequencer sequencer,
            @Lazy SchedulerClient queue,
            Clock clock) {
        this.table = table;
        this.verification = verification;
        this.tree = tree;
        this.sequencer = sequencer;
        this.queue = queue;
        this.clock = clock;
    }

    /** Asks for a check now; it is done by the work queue. */
    @Transactional
    AuditCheck ask(Actor actor) {
        AuditEntries.requireReader(actor);
        UUID id = TimeOrderedUuid.next();
        table.insert(id, actor.person(), clock.instant());
        queue.scheduleIfNotExists(CHECK.instance(id.toString()).scheduledTo(clock.instant()));
        return table.find(id).orElseThrow();
    }

    AuditCheck get(Actor actor, UUID id) {
        AuditEntries.requireReader(actor);
        return table.find(id).orElseThrow(() -> new NotFoundException("check"));
    }

    List<AuditCheck> list(Actor actor, int most) {
        AuditEntries.requireReader(actor);
        return table.list(most);
    }

    Optional<AuditCheck> last() {
        return table.lastEnded();
    }

    void run(UUID id) {
        Verdict verdict = verification.verify();
        table.end(id, verdict, clock.instant());
        if (!verdict.findings().isEmpty()) {
            LOG.error("the audit log is not what was signed: {}", verdict.findings());
        }
    }

    void runScheduled() {
        UUID id = TimeOrderedUuid.next();
        table.insert(id, null, clock.instant());
        run(id);
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        List<Item> items = new ArrayList<>();
        if (actor.isAny(CentreRole.AUDITOR, CentreRole.ADMINISTRATOR, CentreRole.OPERATOR)) {
            String link = actor.isAny(CentreRole.AUDITOR, CentreRole.ADMINISTRATOR) ? "/audit/log" : "/";
            table.lastEnded()
                    .filter(c -> !c.good())
                    .ifPresent(c -> items.add(new Item(
                            "audit.attention.broken", List.of(c.findings().size()), link, null)));
            Instant limit = clock.instant().minus(LATE);
            if (tree.waitingSince().filter(limit::isAfter).isPresent() || sequencer.stopped() != null) {
                items.add(new Item("audit.attention.stopped", List.of(), link, null));
            }
        }
        return items;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder(
                        "farga.audit.findings",
                        () -> table.lastEnded().map(c -> c.findings().size()).orElse(0))
                .description("What the last check of the audit log found wrong; 0 where it is whole")
                .register(registry);
        Gauge.builder(
                        "farga.audit.check.age.seconds",
                        () -> table.lastEnded()
                                .flatMap(c -> Optional.ofNullable(c.endedAt()))
                                .map(at -> Duration.between(at, clock.instant()).toSeconds())
                                .orElse(-1L))
                .description("Since the audit log was last checked; -1 where it never was")
                .register(registry);
        Gauge.builder("farga.audit.waiting", tree::countWaiting)
                .description("Audit entries that no signed checkpoint covers yet")
                .register(registry);
        Gauge.builder("farga.audit.size", tree::size)
                .description("Entries in the audit log's tree")
                .register(registry);
    }

    @Configuration(proxyBeanMethods = false)
    static class CheckTasks {
        @Bean
        RecurringTask<Void> checkAuditLog(@Lazy AuditChecks checks, AuditSettings settings) {
            return Tasks.recurring("check-audit-log", FixedDelay.of(settings.checkEvery()))
                    .execute((instance, context) -> checks.runScheduled());
        }

        @Bean
        OneTimeTask<Void> checkAuditLogNow(@Lazy AuditChecks checks) {
            return Tasks.oneTime(CHECK).execute((instance, context) -> checks.run(UUID.fromString(instance.getId())));
        }
    }

    /** What the page and the API say of the tree. */
    record TreeState(
            long size, Optional<Checkpoint> newest, long waiting, boolean stopped, Optional<AuditCheck> lastCheck) {}

    TreeState state() {
        AuditTreeTable.Standing now = tree.standing();
        return new TreeState(now.size(), now.newest(), now.waiting(), sequencer.stopped() != null, table.lastEnded());
    }
}
