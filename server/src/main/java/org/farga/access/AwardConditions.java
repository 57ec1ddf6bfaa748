package org.farga.access;

import java.time.Clock;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.People;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The conditions of awards: who sees them fulfilled, and who is told when they are not. */
@Service
class AwardConditions {
    private static final int MOST_OVERDUE = 200;

    private final AwardConditionTable table;
    private final ProposalTable proposals;
    private final Holders holders;
    private final People people;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final Clock clock;

    AwardConditions(
            AwardConditionTable table,
            ProposalTable proposals,
            Holders holders,
            People people,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.proposals = proposals;
        this.holders = holders;
        this.people = people;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.clock = clock;
    }

    /** Those of a proposal that the actor may see; throws {@link NotFoundException}. */
    List<AwardCondition> of(Actor actor, ProposalId id) {
        Proposals.visible(actor, proposals.find(id));
        return table.of(id);
    }

    /** An access officer saw a condition fulfilled. */
    @Transactional
    Outcome<AwardCondition> fulfil(Actor actor, ProposalId id, int number, @Nullable String note) {
        Proposal proposal = Proposals.visible(actor, proposals.lock(id));
        AwardCondition condition = table.of(id).stream()
                .filter(c -> c.number() == number)
                .findFirst()
                .orElseThrow(() -> new NotFoundException("condition"));
        Optional<Refusal> refusal = proposal.refusalUnlessOfficer(actor)
                .or(() -> condition.isOpen()
                        ? Optional.empty()
                        : Optional.of(Refusal.conflict(
                                condition.acceptedAt() == null ? "condition-not-accepted" : "condition-fulfilled")))
                .or(() ->
                        new Fields().text("note", note, AwardCondition.LONGEST).refusal());
        if (refusal.isPresent() || note == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        table.fulfil(id, number, actor.person(), clock.instant().truncatedTo(ChronoUnit.MILLIS), note.strip());
        audit.record(
                actor,
                "award-condition.fulfilled",
                "proposal",
                id,
                Map.of(
                        "code",
                        proposal.code(),
                        "number",
                        number,
                        "dueOn",
                        condition.dueOn().toString()));
        notifications.tell(
                holders.applicants(proposal),
                "access.told.condition-fulfilled",
                Holders.link(proposal),
                proposal.code());
        return Outcome.done(table.of(id).get(number - 1));
    }

    /** A condition with the code of the award that is bound to it. */
    record Open(AwardCondition condition, String code) {}

    /** What access officers wait for, the first due first. */
    List<Open> open(Actor actor, int most) {
        return actor.is(CentreRole.ACCESS_OFFICER) ? table.open(most) : List.of();
    }

    /** Tells the applicant and access officers of what is overdue, each once. */
    @Transactional
    void remind() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), settings.zone());
        for (AwardCondition condition : table.overdue(today, MOST_OVERDUE)) {
            if (table.told(condition)) {
                Proposal proposal = proposals.find(condition.proposal()).orElseThrow();
                List<PersonId> told = new ArrayList<>(holders.applicants(proposal));
                told.addAll(people.withRole(CentreRole.ACCESS_OFFICER));
                notifications.tell(
                        told.stream().distinct().toList(),
                        "access.told.condition-overdue",
                        Holders.link(proposal),
                        proposal.code(),
                        condition.dueOn());
            }
        }
    }
}
