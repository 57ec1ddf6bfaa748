package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.aid.Grants;
import org.farga.allocation.ClusterNames;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Closings;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Decides on proposals: awards, offers, declines, and what applicants say to an offer. */
@Service
class Awards {
    private static final int LONGEST_NOTE = 5_000;
    private static final int LONGEST_REASON = 2_000;

    private final ProposalTable table;
    private final CallTable callTable;
    private final Calls calls;
    private final Organisations organisations;
    private final People people;
    private final Projects projects;
    private final Grants grants;
    private final FinalReports reports;
    private final AwardConditionTable conditions;
    private final ClusterNames clusters;
    private final Closings closings;
    private final Holders holders;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final ClosedDays closedDays;
    private final Rulings rulings;
    private final Clock clock;

    Awards(
            ProposalTable table,
            CallTable callTable,
            Calls calls,
            Organisations organisations,
            People people,
            Projects projects,
            Grants grants,
            FinalReports reports,
            AwardConditionTable conditions,
            ClusterNames clusters,
            Closings closings,
            Holders holders,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            ClosedDays closedDays,
            Rulings rulings,
            Clock clock) {
        this.table = table;
        this.callTable = callTable;
        this.calls = calls;
        this.organisations = organisations;
        this.people = people;
        this.projects = projects;
        this.grants = grants;
        this.reports = reports;
        this.conditions = conditions;
        this.clusters = clusters;
        this.closings = closings;
        this.holders = holders;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.closedDays = closedDays;
        this.rulings = rulings;
        this.clock = clock;
    }

    /**
     * Accepts what was offered, with the conditions that it is bound to: project and allocation follow in the same transaction.
     */
    @Transactional
    Outcome<Proposal> accept(Actor actor, ProposalId id, @Nullable Long version, boolean withConditions) {
        Proposal proposal = Proposals.visible(actor, table.lock(id));
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToAcceptOrTurnDown(actor));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Offered offered)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (closings.isUnderWay(proposal.organisation())) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Instant now = proposal.notBefore(now());
        List<AwardCondition> bound = conditions.of(id);
        if (!bound.isEmpty()) {
            if (!withConditions) {
                return Outcome.refused(Refusal.conflict("conditions-not-accepted", bound.size()));
            }
            conditions.accept(id, actor.person(), now);
        }
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.OFFER_ACCEPTED, actor.person()));
        audit.record(
                actor,
                "proposal.offer-accepted",
                "proposal",
                id,
                Map.of("code", proposal.code(), "conditions", bound.size()));
        award(
                proposal,
                calls.get(proposal.call()),
                offered.submission(),
                offered.dueAt(),
                offered.decision(),
                offered.granted(),
                actor,
                now);
        return Outcome.done(Proposals.visible(actor, table.find(id)));
    }

    /** Turns down what was offered; a reason is welcome but not needed. */
    @Transactional
    Outcome<Proposal> turnDown(Actor actor, ProposalId id, @Nullable Long version, @Nullable String reason) {
        Proposal proposal = Proposals.visible(actor, table.lock(id));
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToAcceptOrTurnDown(actor))
                .or(() -> new Fields()
                        .optionalText("reason", reason, LONGEST_NOTE)
                        .refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Offered offered)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instant now = proposal.notBefore(now());
        table.write(proposal.with(new ProposalState.Withdrawn(offered.submission(), offered.dueAt(), now)));
        happened(
                proposal,
                ProposalEvent.of(
                        now,
                        ProposalEvent.Kind.OFFER_TURNED_DOWN,
                        actor.person(),
                        Step.Kind.ACCEPTANCE,
                        reason == null || reason.isBlank() ? null : reason.strip()));
        audit.record(actor, "proposal.offer-turned-down", "proposal", id, Map.of("code", proposal.code()));
        notifications.tell(
                people.withRole(CentreRole.ACCESS_OFFICER),
                "access.told.turned-down",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal));
        return Outcome.done(Proposals.visible(actor, table.find(id)));
    }

    /** Takes back an offer that was not accepted in time. */
    @Transactional
    Outcome<Proposal> takeBack(Actor actor, ProposalId id, @Nullable Long version, @Nullable String reason) {
        Proposal proposal = Proposals.visible(actor, table.lock(id));
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToTakeBack(actor, now()))
                .or(() -> new Fields().text("reason", reason, LONGEST_REASON).refusal());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        decline(
                proposal,
                requireNonNull(proposal.state().handedIn()),
                proposal.state().decisionDueAt(),
                new ProposalState.Decision(
                        proposal.notBefore(now()),
                        actor.person(),
                        requireNonNull(reason).strip()));
        return Outcome.done(Proposals.visible(actor, table.find(id)));
    }

    /**
     * Awards or declines what is in the step of decision; where the call has applicants accept, an award is an offer first. A
     * submitted proposal does not change any more, so the version that was read need not be told; where it is, somebody else's
     * decision meanwhile is answered as {@code stale}.
     */
    @Transactional
    Outcome<Proposal> decide(Actor actor, ProposalId id, @Nullable Long version, Proposal.Verdict verdict) {
        Proposal proposal = Proposals.visible(actor, table.lock(id));
        Optional<Refusal> refusal =
                Proposals.refusal(proposal, version, proposal.refusalToDo(Step.Kind.DECISION, actor, now()));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        return decide(actor, proposal, submitted.submission(), submitted.dueAt(), verdict);
    }

    /** The same of one that was found to be up to this officer, in whichever state it waits. */
    Outcome<Proposal> decide(
            Actor actor,
            Proposal proposal,
            ProposalState.Submission submission,
            @Nullable Instant dueAt,
            Proposal.Verdict verdict) {
        Optional<Refusal> unclear = AwardCondition.refusal(verdict.conditions(), today());
        if (unclear.isPresent()) {
            return Outcome.refused(unclear.get());
        }
        Call call = calls.get(proposal.call());
        CallRules rules = callTable.rules(call.id(), submission.rulesVersion());
        return proposal.grant(verdict, rules, clusters.all()).map(granted -> {
            String reason = requireNonNull(verdict.reason()).strip();
            ProposalState.Decision decision =
                    new ProposalState.Decision(proposal.notBefore(now()), actor.person(), reason);
            switch (requireNonNull(verdict.choice())) {
                case AWARD -> {
                    rulings.refusalToAward(proposal, call, submission, granted).ifPresent(refused -> {
                        throw new Answer.RefusedException(refused);
                    });
                    rulings.settle(actor, proposal, submission, reason, decision.at());
                    if (rules.step(Step.Kind.ACCEPTANCE).isPresent()
                            || !verdict.conditions().isEmpty()) {
                        // Nothing is offered that could not be granted as the aid it is; accepting asks once more.
                        Answer.of(grants.plan(AidBorders.award(proposal, call, granted)));
                        conditions.insert(proposal.id(), verdict.conditions());
                        offer(proposal, rules, submission, decision, granted, actor);
                    } else {
                        award(proposal, call, submission, dueAt, decision, granted, actor, decision.at());
                    }
                }
                case DECLINE -> decline(proposal, submission, dueAt, decision);
            }
            return Proposals.visible(actor, table.find(proposal.id()));
        });
    }

    private void offer(
            Proposal proposal,
            CallRules rules,
            ProposalState.Submission submission,
            ProposalState.Decision decision,
            Proposal.Granted granted,
            Actor officer) {
        happened(
                proposal,
                ProposalEvent.of(
                        decision.at(), ProposalEvent.Kind.OFFERED, officer.person(), Step.Kind.ACCEPTANCE, null));
        Instant dueAt = table.clock(proposal.id(), submission, closedDays.workingDays())
                .due(rules)
                .orElseThrow();
        table.write(proposal.with(new ProposalState.Offered(submission, decision, granted, dueAt)));
        audit.record(
                officer,
                "proposal.offered",
                "proposal",
                proposal.id(),
                Map.of(
                        "code", proposal.code(),
                        "gpuHours", granted.gpuHours(),
                        "cpuHours", granted.cpuHours(),
                        "cluster", granted.cluster(),
                        "reason", requireNonNull(decision.reason())));
        notifications.tell(
                holders.applicants(proposal),
                "access.told.offered",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal),
                dueAt);
    }

    /** The one place where time is granted: whoever accepted or decided, and all that follows from it in one transaction. */
    void award(
            Proposal proposal,
            Call call,
            ProposalState.Submission submission,
            @Nullable Instant dueAt,
            ProposalState.Decision decision,
            Proposal.Granted granted,
            @Nullable Actor by,
            Instant from) {
        int months = requireNonNull(proposal.answers().durationMonths());
        String title = requireNonNull(proposal.answers().title());
        // Whole days for people: the last day counts to its end.
        Instant endsAt = LocalDate.ofInstant(from, settings.zone())
                .plusMonths(months)
                .plusDays(1)
                .atStartOfDay(settings.zone())
                .toInstant();
        // Whoever wrote the proposal leads the project; where they have left meanwhile, whoever submitted it.
        boolean authorThere = organisations.people(proposal.organisation()).contains(proposal.createdBy());
        ProjectId project = projects.open(new Projects.Award(
                title,
                proposal.organisation(),
                authorThere ? proposal.createdBy() : submission.by(),
                proposal.id(),
                proposal.code(),
                call.title(),
                granted.cluster(),
                granted.gpuHours(),
                granted.cpuHours(),
                new Period(from, endsAt)));
        grants.award(AidBorders.award(proposal, call, granted), project, by);
        table.write(proposal.with(new ProposalState.Awarded(
                submission, dueAt, decision, project, granted.gpuHours(), granted.cpuHours(), endsAt)));
        reports.owe(proposal.id(), endsAt);
        happened(proposal, ProposalEvent.of(from, ProposalEvent.Kind.AWARDED, by == null ? null : by.person()));
        Map<String, Object> details = Map.of(
                "code", proposal.code(),
                "project", project,
                "gpuHours", granted.gpuHours(),
                "cpuHours", granted.cpuHours(),
                "cluster", granted.cluster(),
                "reason", decision.reason() == null ? "EVERY_RULE_HOLDS" : decision.reason());
        if (by == null) {
            audit.recordByRule("proposal.awarded", "proposal", proposal.id(), details);
        } else {
            audit.record(by, "proposal.awarded", "proposal", proposal.id(), details);
        }
        notifications.tell(
                holders.applicants(proposal), "access.told.awarded", Holders.link(proposal), proposal.code(), title);
    }

    void decline(
            Proposal proposal,
            ProposalState.Submission submission,
            @Nullable Instant dueAt,
            ProposalState.Decision decision) {
        PersonId by = requireNonNull(decision.by());
        table.write(proposal.with(new ProposalState.Declined(submission, dueAt, decision)));
        happened(proposal, ProposalEvent.of(decision.at(), ProposalEvent.Kind.DECLINED, by));
        audit.recordBy(
                by,
                "proposal.declined",
                "proposal",
                proposal.id(),
                Map.of("code", proposal.code(), "reason", requireNonNull(decision.reason())));
        notifications.tell(
                holders.applicants(proposal),
                "access.told.declined",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal));
    }

    private void happened(Proposal proposal, ProposalEvent event) {
        table.insertEvent(proposal.id(), event);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(now(), settings.zone());
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
