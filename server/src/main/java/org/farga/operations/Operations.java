package org.farga.operations;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.platform.DatabaseState;
import org.farga.platform.EventRegistry;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Messages;
import org.farga.platform.OutgoingMail;
import org.farga.platform.Settings;
import org.farga.platform.WorkQueue;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** What operators see and do: operators and administrators act, auditors only read, all others find nothing. */
// Spring Security's chain for the actuator has the plain name already.
@Component("operationsVerbs")
class Operations {
    static final int MOST_SHOWN = 50;
    private static final Duration DAY = Duration.ofHours(24);

    private final Watch watch;
    private final Processes processes;
    private final SampleTable samples;
    private final WorkQueue queue;
    private final EventRegistry events;
    private final DatabaseState database;
    private final DatabaseCheck databaseCheck;
    private final OutgoingMail mail;
    private final AuditLog audit;
    private final Messages messages;
    private final Settings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Operations(
            Watch watch,
            Processes processes,
            SampleTable samples,
            WorkQueue queue,
            EventRegistry events,
            DatabaseState database,
            DatabaseCheck databaseCheck,
            OutgoingMail mail,
            AuditLog audit,
            Messages messages,
            Settings settings,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.watch = watch;
        this.processes = processes;
        this.samples = samples;
        this.queue = queue;
        this.events = events;
        this.database = database;
        this.databaseCheck = databaseCheck;
        this.mail = mail;
        this.audit = audit;
        this.messages = messages;
        this.settings = settings;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * How the installation is.
     *
     * @param at the moment this was put together
     * @param checks all that are looked at
     * @param processes of the last day
     * @param failing work that failed {@link WorkQueue#FAILING_FROM} times in a row or more
     * @param events that no listener has taken within a minute
     * @param growth of the database, as this process saw it last
     * @param history of the last 24 hours, by ten minutes
     */
    record View(
            Instant at,
            List<Watch.Merged> findings,
            List<HealthCheck> checks,
            List<FargaProcess> processes,
            List<WorkQueue.Task> tasks,
            List<WorkQueue.Failing> failing,
            List<EventRegistry.Waiting> events,
            DatabaseState.Server database,
            @Nullable DatabaseGrowth growth,
            OutgoingMail.State mail,
            List<SampleTable.Span> history) {

        /** The worst there is, or null where nothing is wrong. */
        @Nullable
        Severity worst() {
            return findings.stream()
                    .map(m -> m.finding().severity())
                    .filter(s -> s != Severity.NOTICE)
                    .min(java.util.Comparator.naturalOrder())
                    .orElse(null);
        }

        List<FargaProcess> living() {
            return processes.stream().filter(p -> p.lives(at)).toList();
        }
    }

    /** Everything, for those who may read it. */
    View view(Actor actor) {
        requireReader(actor);
        Instant now = clock.instant();
        List<FargaProcess> all = processes.list();
        return new View(
                now,
                watch.findings(all),
                watch.checks(),
                all,
                queue.tasks(now, WorkCheck.SILENT),
                queue.failing(WorkQueue.FAILING_FROM, MOST_SHOWN),
                events.waiting(now.minus(EventCheck.AT_WORK), MOST_SHOWN),
                database.server(),
                databaseCheck.growth(),
                mail.state(),
                samples.list(now.minus(DAY)));
    }

    /** Lets a work item that waits begin now. Refused as {@code work-not-waiting} where it is gone or under way. */
    @Transactional
    public Outcome<Boolean> runNow(Actor actor, String task, String item) {
        requireOperator(actor);
        if (!queue.runNow(task, item, clock.instant())) {
            return Outcome.refused(Refusal.conflict("work-not-waiting", task, item));
        }
        audit.record(actor, "work.rerun", "work", task, Map.of("task", task, "item", item));
        return Outcome.done(true);
    }

    /** Gives one event to its listener again. Refused as {@code event-taken} where it was taken meanwhile. */
    Outcome<Boolean> resubmit(Actor actor, UUID event) {
        requireOperator(actor);
        if (!events.waits(event)) {
            return Outcome.refused(Refusal.conflict("event-taken"));
        }
        transaction.executeWithoutResult(
                s -> audit.record(actor, "event.resubmitted", "event", event, Map.of("event", event.toString())));
        events.resubmit(event);
        return Outcome.done(true);
    }

    /** Gives every event that waits longer than a minute to its listener again; answers how many those were. */
    Outcome<Long> resubmitAll(Actor actor) {
        requireOperator(actor);
        Instant before = clock.instant().minus(EventCheck.AT_WORK);
        long count = events.backlog(before).events();
        transaction.executeWithoutResult(
                s -> audit.record(actor, "events.resubmitted", "event", "all", Map.of("count", count)));
        events.resubmitAll(before);
        return Outcome.done(count);
    }

    /** Sends a mail to the operator themselves. Refused as {@code mail-unset} where no mail server is set. */
    @Transactional
    public Outcome<Boolean> testMail(Actor actor, java.util.Locale language) {
        requireOperator(actor);
        if (!mail.state().configured()) {
            return Outcome.refused(Refusal.conflict("mail-unset"));
        }
        mail.queue(
                actor.email(),
                messages.text(language, "operations.test-mail.subject", settings.centreName()),
                messages.text(language, "operations.test-mail.text", settings.publicUrl()));
        audit.record(actor, "mail.tested", "person", actor.person(), Map.of());
        return Outcome.done(true);
    }

    static boolean mayAct(Actor actor) {
        return actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR);
    }

    static boolean mayRead(Actor actor) {
        return mayAct(actor) || actor.is(CentreRole.AUDITOR);
    }

    static void requireReader(Actor actor) {
        if (!mayRead(actor)) {
            throw new NotFoundException("operations");
        }
    }

    private static void requireOperator(Actor actor) {
        requireReader(actor);
        if (!mayAct(actor)) {
            throw new org.farga.platform.Answer.RefusedException(Refusal.forbidden("operators-only"));
        }
    }
}
