package org.farga.people;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Lets organisations leave: begins, calls off and ends it. */
@Service
public class Closings {
    private static final TaskDescriptor<Void> CLOSE = TaskDescriptor.of("close-organisation");

    private final ClosingTable table;
    private final OrganisationTable organisationTable;
    private final InvitationTable invitations;
    private final Organisations organisations;
    private final List<ClosingEffect> effects;
    private final SchedulerClient queue;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Closings(
            ClosingTable table,
            OrganisationTable organisationTable,
            InvitationTable invitations,
            Organisations organisations,
            @Lazy List<ClosingEffect> effects,
            @Lazy SchedulerClient queue,
            AuditLog audit,
            ApplicationEventPublisher events,
            Clock clock) {
        this.table = table;
        this.organisationTable = organisationTable;
        this.invitations = invitations;
        this.organisations = organisations;
        this.effects = effects;
        this.queue = queue;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** What would end, and how many of it. */
    record Line(String message, int count) {}

    /** What closing would end now; for owners and administrators. */
    List<Line> preview(Actor actor, OrganisationId id) {
        require(actor, id);
        return effects.stream()
                .map(effect -> new Line(effect.message(), effect.count(id)))
                .filter(line -> line.count() > 0)
                .toList();
    }

    Optional<Closing> find(Actor actor, OrganisationId id) {
        organisations.get(actor, id);
        return table.find(id);
    }

    /** Begins it: from now on nothing new begins in the organisation's name. */
    @Transactional
    Outcome<Closing> begin(
            Actor actor, OrganisationId id, @Nullable String name, @Nullable String reason, @Nullable Integer days) {
        Organisation organisation = organisations.get(actor, id);
        if (!mayClose(actor, id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        organisationTable.lock(id);
        if (table.find(id).isPresent()) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        return Closing.begin(organisation, name, reason, days, actor.person(), now())
                .map(closing -> {
                    table.insert(closing);
                    invitations.revokeAll(id, closing.begunAt());
                    queue.scheduleIfNotExists(
                            CLOSE.instance(id + " " + closing.begunAt()).scheduledTo(closing.closesAt()));
                    audit.record(
                            actor,
                            "organisation.closing",
                            "organisation",
                            id,
                            Map.of("reason", closing.reason(), "closesAt", closing.closesAt()));
                    events.publishEvent(
                            new OrganisationClosing(id, actor.person(), closing.begunAt(), closing.closesAt()));
                    return closing;
                });
    }

    /** Calls it off before the last day; what was ended or withdrawn stays so, what was held back goes on. */
    @Transactional
    Outcome<Boolean> callOff(Actor actor, OrganisationId id) {
        organisations.get(actor, id);
        if (!mayClose(actor, id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        organisationTable.lock(id);
        Optional<Closing> closing = table.find(id);
        if (closing.isEmpty() || closing.get().closedAt() != null) {
            return Outcome.refused(Refusal.conflict("organisation-not-closing"));
        }
        Instant now = now();
        table.callOff(id, actor.person(), now);
        audit.record(actor, "organisation.reopened", "organisation", id, Map.of());
        events.publishEvent(new OrganisationReopened(id, actor.person(), now));
        return Outcome.done(true);
    }

    /** The last day is over: everybody leaves. Done twice, it does nothing. */
    @Transactional
    void close(OrganisationId id, Instant begunAt) {
        organisationTable.lock(id);
        Optional<Closing> closing = table.find(id).filter(c -> c.begunAt().equals(begunAt) && c.closedAt() == null);
        if (closing.isEmpty()) {
            return;
        }
        for (Member member : organisationTable.members(id)) {
            organisationTable.deleteMembership(id, member.person());
            events.publishEvent(new MemberRemoved(
                    TimeOrderedUuid.next(), id, member.person(), closing.get().begunBy()));
        }
        table.close(id, now());
        audit.recordByRule("organisation.closed", "organisation", id, Map.of());
    }

    /** Whether an organisation is leaving or gone; nothing new begins in its name then. */
    public boolean isUnderWay(OrganisationId id) {
        return table.find(id).isPresent();
    }

    private void require(Actor actor, OrganisationId id) {
        organisations.get(actor, id);
        if (!mayClose(actor, id)) {
            throw new NotFoundException("closing");
        }
    }

    static boolean mayClose(Actor actor, OrganisationId id) {
        return actor.isOwnerOf(id) || actor.is(CentreRole.ADMINISTRATOR);
    }

    // The database keeps microseconds; the task finds its closing by this very instant.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        OneTimeTask<Void> closeOrganisation(@Lazy Closings closings) {
            return Tasks.oneTime(CLOSE)
                    .onFailure(
                            new com.github.kagkarlsson.scheduler.task.FailureHandler.ExponentialBackoffFailureHandler<>(
                                    Duration.ofSeconds(30), 2.0))
                    .execute((instance, context) -> {
                        int space = instance.getId().indexOf(' ');
                        closings.close(
                                OrganisationId.valueOf(instance.getId().substring(0, space)),
                                Instant.parse(instance.getId().substring(space + 1)));
                    });
        }
    }
}
