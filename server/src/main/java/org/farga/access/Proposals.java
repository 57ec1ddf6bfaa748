package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.aid.Grants;
import org.farga.allocation.ClusterNames;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.AddressProof;
import org.farga.people.Closings;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes proposals from the first word to the decision. */
@Service
class Proposals {
    private static final int MOST_HISTORIES = 20_000;
    private static final int LONGEST_NOTE = 5_000;
    private static final int LONGEST_REASON = 2_000;

    private final ProposalTable table;
    private final CallTable callTable;
    private final Calls calls;
    private final Organisations organisations;
    private final People people;
    private final AddressProof proof;
    private final Projects projects;
    private final Grants grants;
    private final ClusterNames clusters;
    private final Closings closings;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final ClosedDays closedDays;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Proposals(
            ProposalTable table,
            CallTable callTable,
            Calls calls,
            Organisations organisations,
            People people,
            AddressProof proof,
            Projects projects,
            Grants grants,
            ClusterNames clusters,
            Closings closings,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            ClosedDays closedDays,
            ApplicationEventPublisher events,
            Clock clock) {
        this.table = table;
        this.callTable = callTable;
        this.calls = calls;
        this.organisations = organisations;
        this.people = people;
        this.proof = proof;
        this.projects = projects;
        this.grants = grants;
        this.clusters = clusters;
        this.closings = closings;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.closedDays = closedDays;
        this.events = events;
        this.clock = clock;
    }

    /** What a reader is shown of a proposal besides itself. */
    record Detail(
            Proposal proposal,
            Call call,
            CallRules rules,
            Organisations.Summary organisation,
            List<String> missing,
            List<Finding> findings,
            List<ProposalEvent> events,
            List<ProposalClock.Stretch> stretches,
            @Nullable Instant dueAt,
            int newestRules,
            List<CallTable.Version> rulesSince,
            Map<PersonId, People.Summary> names,
            Projects.@Nullable Summary project) {}

    /**
     * Hands a draft in, at the instant at which the database began to deal with it: that instant alone decides whether it is in
     * time. Where the rules hold and the call says so it is awarded at once, with its project and allocation; otherwise it goes
     * through the call's steps; where a rule that must hold does not, it stays a draft.
     */
    @Transactional
    Outcome<Proposal> submit(Actor actor, ProposalId id, long version) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToSubmit(actor));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (proof.isMissing(actor.person())) {
            return Outcome.refused(
                    Refusal.conflict("address-not-proven", actor.email().value()));
        }
        table.lockSubmissionsOf(proposal.organisation());
        if (closings.isUnderWay(proposal.organisation())) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Call call = callTable.findForShare(proposal.call()).orElseThrow();
        Instant now = callTable.transactionStart();
        Facts facts = facts(proposal, call, now);
        List<Finding> findings = facts.findings();
        Optional<Refusal> hindered = Proposal.refusalOf(facts.missing(), findings);
        if (hindered.isPresent()) {
            return Outcome.refused(hindered.get());
        }
        List<Refusal.FieldProblem> contradictions = SectionForm.contradictions(proposal.answers(), call.rules());
        if (!contradictions.isEmpty()) {
            return Outcome.refused(Refusal.invalid(contradictions));
        }
        events.publishEvent(new ProposalSubmitted(id, actor.person(), call.rulesVersion()));
        ProposalState.Submission submission = new ProposalState.Submission(
                now,
                actor.person(),
                call.rulesVersion(),
                findings,
                call.rules().intake().next(now).orElse(null));
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.SUBMITTED, actor.person()));
        audit.record(
                actor,
                "proposal.submitted",
                "proposal",
                id,
                Map.of("code", proposal.code(), "rulesVersion", call.rulesVersion(), "findings", findings));
        if (call.rules().awardAtOnce() && findings.stream().noneMatch(Finding::needsPerson)) {
            Partition asked =
                    call.rules().partition(proposal.answers().partition()).orElseThrow();
            Proposal.Granted granted = new Proposal.Granted(
                    requireNonNull(proposal.answers().gpuHours()),
                    requireNonNull(proposal.answers().cpuHours()),
                    asked.cluster());
            award(proposal, call, submission, null, new ProposalState.Decision(now, null, null), granted, null, now);
        } else {
            begin(proposal, call, call.rules(), submission, call.rules().steps().getFirst(), now);
        }
        return Outcome.done(get(actor, id));
    }

    /** Puts a proposal into a step and tells whoever holds it now. */
    private void begin(
            Proposal proposal,
            Call call,
            CallRules rules,
            ProposalState.Submission submission,
            Step step,
            Instant now) {
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.STEP_BEGUN, null, step.kind(), null));
        Instant dueAt = clockOf(proposal.id(), submission).due(rules).orElseThrow();
        write(proposal.with(new ProposalState.Submitted(submission, step.kind(), dueAt)));
        String message = switch (step.kind()) {
            case TECHNICAL_ASSESSMENT -> "access.told.to-assess";
            case DECISION -> "access.told.to-decide";
            case ADMINISTRATIVE_CHECK, EXPERT_REVIEW, PANEL, ACCEPTANCE -> "access.told.to-do";
        };
        notifications.tell(holders(proposal, step.kind()), message, link(proposal), proposal.code(), title(proposal));
        if (step.kind() == Step.Kind.EXPERT_REVIEW) {
            events.publishEvent(new ExpertReviewBegun(
                    proposal.id(), call.id(), requireNonNull(rules.review()).reviewersNeeded(), dueAt));
        }
    }

    /**
     * Finishes the step that a proposal is in, with what it found: a failed administrative check declines it, everything else
     * goes on to the next step, where what was found is read.
     */
    @Transactional
    Outcome<Proposal> finish(
            Actor actor,
            ProposalId id,
            @Nullable Long version,
            Step.@Nullable Kind step,
            ProposalEvent.@Nullable Result result,
            @Nullable String reason) {
        Proposal proposal = lock(actor, id);
        var incomplete = new Fields()
                .present("step", step)
                .rule(
                        "step",
                        step != Step.Kind.TECHNICAL_ASSESSMENT
                                && step != Step.Kind.DECISION
                                && step != Step.Kind.ACCEPTANCE,
                        "step-done-otherwise")
                .present("result", result)
                .text("reason", reason, LONGEST_REASON)
                .refusal();
        Optional<Refusal> refusal = refusal(
                proposal,
                version,
                step == null ? proposal.refusalToAsk(actor) : proposal.refusalToDo(step, actor, now()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (incomplete.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(incomplete.orElseThrow());
        }
        audit.record(
                actor,
                "proposal.step-done",
                "proposal",
                id,
                Map.of("code", proposal.code(), "step", submitted.step(), "result", requireNonNull(result)));
        goOn(
                proposal,
                submitted,
                result,
                requireNonNull(reason).strip(),
                actor.person(),
                submitted.step() == Step.Kind.EXPERT_REVIEW);
        return Outcome.done(get(actor, id));
    }

    /** Ends a step and begins the next; in the transaction of what ended it. */
    void goOn(
            Proposal proposal,
            ProposalState.Submitted submitted,
            ProposalEvent.Result result,
            String reason,
            @Nullable PersonId by,
            boolean byHand) {
        Instant now = now(proposal);
        Call call = calls.get(proposal.call());
        CallRules rules = callTable.rules(call.id(), submitted.submission().rulesVersion());
        happened(
                proposal,
                new ProposalEvent(now, ProposalEvent.Kind.STEP_DONE, by, submitted.step(), result, byHand, reason));
        if (submitted.step() == Step.Kind.ADMINISTRATIVE_CHECK && result == ProposalEvent.Result.FAILED) {
            decline(
                    proposal,
                    submitted.submission(),
                    submitted.dueAt(),
                    new ProposalState.Decision(now, requireNonNull(by), reason));
        } else {
            begin(
                    proposal,
                    call,
                    rules,
                    submitted.submission(),
                    rules.stepAfter(submitted.step()).orElseThrow(),
                    now);
        }
    }

    /** Asks the applicant something: until they answer, the clock stands still. */
    @Transactional
    Outcome<Proposal> ask(Actor actor, ProposalId id, @Nullable Long version, @Nullable String question) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToAsk(actor))
                .or(() -> new Fields().text("question", question, LONGEST_NOTE).refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        happened(
                proposal,
                ProposalEvent.of(
                        now(proposal),
                        ProposalEvent.Kind.ASKED,
                        actor.person(),
                        submitted.step(),
                        requireNonNull(question).strip()));
        write(proposal.with(new ProposalState.Waiting(submitted.submission(), submitted.step())));
        audit.record(
                actor, "proposal.asked", "proposal", id, Map.of("code", proposal.code(), "step", submitted.step()));
        notifications.tell(applicants(proposal), "access.told.asked", link(proposal), proposal.code(), title(proposal));
        return Outcome.done(get(actor, id));
    }

    /** Answers what was asked; the step goes on with the working time that it had left. */
    @Transactional
    Outcome<Proposal> answer(Actor actor, ProposalId id, @Nullable Long version, @Nullable String answer) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToAnswer(actor))
                .or(() -> new Fields().text("answer", answer, LONGEST_NOTE).refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Waiting waiting)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        CallRules rules = callTable.rules(proposal.call(), waiting.submission().rulesVersion());
        happened(
                proposal,
                ProposalEvent.of(
                        now(proposal),
                        ProposalEvent.Kind.ANSWERED,
                        actor.person(),
                        waiting.step(),
                        requireNonNull(answer).strip()));
        Instant dueAt = clockOf(id, waiting.submission()).due(rules).orElseThrow();
        write(proposal.with(new ProposalState.Submitted(waiting.submission(), waiting.step(), dueAt)));
        audit.record(
                actor, "proposal.answered", "proposal", id, Map.of("code", proposal.code(), "step", waiting.step()));
        notifications.tell(
                holders(proposal, waiting.step()),
                "access.told.answered",
                link(proposal),
                proposal.code(),
                title(proposal));
        return Outcome.done(get(actor, id));
    }

    /** Accepts what was offered: project and allocation follow in the same transaction. */
    @Transactional
    Outcome<Proposal> accept(Actor actor, ProposalId id, @Nullable Long version) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToAcceptOrTurnDown(actor));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Offered offered)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        if (closings.isUnderWay(proposal.organisation())) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Instant now = now(proposal);
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.OFFER_ACCEPTED, actor.person()));
        audit.record(actor, "proposal.offer-accepted", "proposal", id, Map.of("code", proposal.code()));
        award(
                proposal,
                calls.get(proposal.call()),
                offered.submission(),
                offered.dueAt(),
                offered.decision(),
                offered.granted(),
                actor,
                now);
        return Outcome.done(get(actor, id));
    }

    /** Turns down what was offered; a reason is welcome but not needed. */
    @Transactional
    Outcome<Proposal> turnDown(Actor actor, ProposalId id, @Nullable Long version, @Nullable String reason) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToAcceptOrTurnDown(actor))
                .or(() -> new Fields()
                        .optionalText("reason", reason, LONGEST_NOTE)
                        .refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Offered offered)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instant now = now(proposal);
        write(proposal.with(new ProposalState.Withdrawn(offered.submission(), offered.dueAt(), now)));
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
                link(proposal),
                proposal.code(),
                title(proposal));
        return Outcome.done(get(actor, id));
    }

    /** Takes back an offer that was not accepted in time. */
    @Transactional
    Outcome<Proposal> takeBack(Actor actor, ProposalId id, @Nullable Long version, @Nullable String reason) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToTakeBack(actor, now()))
                .or(() -> new Fields().text("reason", reason, LONGEST_REASON).refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Offered offered)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        decline(
                proposal,
                offered.submission(),
                offered.dueAt(),
                new ProposalState.Decision(
                        now(proposal), actor.person(), requireNonNull(reason).strip()));
        return Outcome.done(get(actor, id));
    }

    /** Takes a proposal back while nobody has decided on it. */
    @Transactional
    Outcome<Proposal> withdraw(Actor actor, ProposalId id, @Nullable Long version) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToWithdraw(actor));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        withdraw(proposal, actor.person());
        audit.record(actor, "proposal.withdrawn", "proposal", id, Map.of("code", proposal.code()));
        return Outcome.done(get(actor, id));
    }

    private void withdraw(Proposal proposal, PersonId by) {
        Instant now = now(proposal);
        write(proposal.with(new ProposalState.Withdrawn(
                requireNonNull(proposal.state().handedIn()), proposal.state().decisionDueAt(), now)));
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.WITHDRAWN, by));
    }

    /** What an organisation has submitted and what is not decided to its end. */
    List<Proposal> waiting(OrganisationId organisation) {
        return table.underWay(organisation, 1_000);
    }

    /** Withdraws all of that, because the organisation leaves. */
    @Transactional
    void withdrawAll(OrganisationId organisation, PersonId by) {
        for (Proposal waiting : waiting(organisation)) {
            Proposal proposal = table.lock(waiting.id()).orElseThrow();
            if (proposal.state().inStep() != null) {
                withdraw(proposal, by);
                audit.recordBy(by, "proposal.withdrawn", "proposal", proposal.id(), Map.of("code", proposal.code()));
            }
        }
    }

    /**
     * Awards or declines what is in the step of decision; where the call has applicants accept, an award is an offer first. A
     * submitted proposal does not change any more, so the version that was read need not be told; where it is, somebody else's
     * decision meanwhile is answered as {@code stale}.
     */
    @Transactional
    Outcome<Proposal> decide(Actor actor, ProposalId id, @Nullable Long version, Proposal.Verdict verdict) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToDo(Step.Kind.DECISION, actor, now()));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Call call = calls.get(proposal.call());
        CallRules rules = callTable.rules(call.id(), submitted.submission().rulesVersion());
        return proposal.grant(verdict, rules, clusters.all()).map(granted -> {
            String reason = requireNonNull(verdict.reason()).strip();
            ProposalState.Decision decision = new ProposalState.Decision(now(proposal), actor.person(), reason);
            switch (requireNonNull(verdict.choice())) {
                case AWARD -> {
                    if (rules.step(Step.Kind.ACCEPTANCE).isPresent()) {
                        // Nothing is offered that could not be granted as the aid it is; accepting asks once more.
                        Answer.of(grants.plan(AidBorders.award(proposal, call, granted)));
                        offer(proposal, rules, submitted.submission(), decision, granted, actor);
                    } else {
                        award(
                                proposal,
                                call,
                                submitted.submission(),
                                submitted.dueAt(),
                                decision,
                                granted,
                                actor,
                                decision.at());
                    }
                }
                case DECLINE -> decline(proposal, submitted.submission(), submitted.dueAt(), decision);
            }
            return get(actor, id);
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
        Instant dueAt = clockOf(proposal.id(), submission).due(rules).orElseThrow();
        write(proposal.with(new ProposalState.Offered(submission, decision, granted, dueAt)));
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
                applicants(proposal), "access.told.offered", link(proposal), proposal.code(), title(proposal), dueAt);
    }

    /**
     * Tells the administrators and whoever holds it that a step is overdue; nothing else happens by itself. Where the calendar
     * changed meanwhile and it is not overdue any more, its date is put right instead.
     */
    @Transactional
    void escalate(ProposalId id) {
        Proposal proposal = table.lock(id).orElseThrow();
        ProposalState state = proposal.state();
        ProposalState.Submission submission = state.handedIn();
        Step.Kind step = state.inStep();
        if (submission == null || step == null || state instanceof ProposalState.Waiting) {
            return;
        }
        Instant now = now();
        CallRules rules = callTable.rules(proposal.call(), submission.rulesVersion());
        Instant dueAt = clockOf(id, submission).due(rules).orElseThrow();
        if (!dueAt.equals(state.decisionDueAt())) {
            write(proposal.with(
                    state instanceof ProposalState.Offered offered
                            ? new ProposalState.Offered(submission, offered.decision(), offered.granted(), dueAt)
                            : new ProposalState.Submitted(submission, step, dueAt)));
        }
        if (!dueAt.isBefore(now)) {
            return;
        }
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.ESCALATED, null, step, null));
        List<PersonId> told = new ArrayList<>(people.withRole(CentreRole.ADMINISTRATOR));
        told.addAll(holders(proposal, step));
        notifications.tell(
                told.stream().distinct().toList(),
                "access.told.overdue",
                link(proposal),
                proposal.code(),
                title(proposal),
                dueAt);
        audit.recordByRule("proposal.escalated", "proposal", id, Map.of("code", proposal.code(), "step", step.name()));
    }

    /** What is overdue and nobody was told of since it is. */
    List<ProposalId> overdue(int most) {
        return table.overdue(now(), most);
    }

    private ProposalClock clockOf(ProposalId id, ProposalState.Submission submission) {
        return new ProposalClock(table.events(id), submission.cutOff(), closedDays.workingDays());
    }

    /** Who can do a step; where nobody was made an assessor of it, access officers, who can make somebody one. */
    private List<PersonId> holders(Proposal proposal, Step.Kind step) {
        return switch (step) {
            case ADMINISTRATIVE_CHECK, EXPERT_REVIEW, PANEL, DECISION -> people.withRole(CentreRole.ACCESS_OFFICER);
            case ACCEPTANCE -> applicants(proposal);
            case TECHNICAL_ASSESSMENT -> {
                List<PersonId> assessors = new ArrayList<>(people.withRole(
                        new ScopedRole(ScopedRole.Kind.ASSESSOR, proposal.call().toString()), clock.instant()));
                String sector = proposal.answers().sector();
                if (sector != null) {
                    assessors.addAll(
                            people.withRole(new ScopedRole(ScopedRole.Kind.COORDINATOR, sector), clock.instant()));
                }
                yield assessors.isEmpty()
                        ? people.withRole(CentreRole.ACCESS_OFFICER)
                        : assessors.stream().distinct().toList();
            }
        };
    }

    private static String title(Proposal proposal) {
        return requireNonNull(proposal.answers().title());
    }

    /** The one place where time is granted: whoever accepted or decided, and all that follows from it in one transaction. */
    private void award(
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
        write(proposal.with(new ProposalState.Awarded(
                submission, dueAt, decision, project, granted.gpuHours(), granted.cpuHours(), endsAt)));
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
        notifications.tell(applicants(proposal), "access.told.awarded", link(proposal), proposal.code(), title);
    }

    private void decline(
            Proposal proposal,
            ProposalState.Submission submission,
            @Nullable Instant dueAt,
            ProposalState.Decision decision) {
        PersonId by = requireNonNull(decision.by());
        write(proposal.with(new ProposalState.Declined(submission, dueAt, decision)));
        happened(proposal, ProposalEvent.of(decision.at(), ProposalEvent.Kind.DECLINED, by));
        audit.recordBy(
                by,
                "proposal.declined",
                "proposal",
                proposal.id(),
                Map.of("code", proposal.code(), "reason", requireNonNull(decision.reason())));
        notifications.tell(
                applicants(proposal), "access.told.declined", link(proposal), proposal.code(), title(proposal));
    }

    /** One that the actor may see; throws {@link NotFoundException}. */
    Proposal get(Actor actor, ProposalId id) {
        return visible(actor, table.find(id));
    }

    /** All that a page about it shows. */
    Detail detail(Actor actor, ProposalId id) {
        Proposal proposal = get(actor, id);
        Call call = calls.get(proposal.call());
        ProposalState.Submission submission = proposal.state().handedIn();
        List<String> missing = List.of();
        List<Finding> findings;
        CallRules rules;
        if (submission == null) {
            Facts facts = facts(proposal, call, now());
            missing = facts.missing();
            findings = facts.findings();
            rules = call.rules();
        } else {
            findings = submission.findings();
            rules = callTable.rules(call.id(), submission.rulesVersion());
        }
        List<ProposalEvent> history = table.events(id);
        ProposalClock running =
                new ProposalClock(history, submission == null ? null : submission.cutOff(), closedDays.workingDays());
        // Those who write are shown what changed since they last looked; what is under way stays under the rules that
        // it was
        // submitted under, and is shown what they are not. What is decided has nothing to do with later rules.
        int known = submission == null ? proposal.seenRules() : submission.rulesVersion();
        boolean underWay = submission == null || proposal.state().inStep() != null;
        List<CallTable.Version> since = underWay && known < call.rulesVersion()
                ? calls.versions(call).stream()
                        .filter(v -> v.number() == call.rulesVersion() || v.number() == known)
                        .toList()
                : List.of();
        List<PersonId> named = new ArrayList<>(List.of(proposal.createdBy()));
        history.stream()
                .map(ProposalEvent::by)
                .filter(java.util.Objects::nonNull)
                .forEach(named::add);
        ProjectId project = proposal.state() instanceof ProposalState.Awarded awarded ? awarded.project() : null;
        // An access officer may see the award but not always the project behind it.
        Projects.Summary opened =
                project != null && projects.visibleTo(actor).include(project) ? projects.summary(project) : null;
        return new Detail(
                proposal,
                call,
                rules,
                organisations.summary(proposal.organisation()),
                missing,
                findings,
                forReader(actor, proposal, history),
                running.stretches(clock.instant()),
                running.due(rules).orElse(null),
                call.rulesVersion(),
                since,
                people.summaries(named.stream().distinct().toList()),
                opened);
    }

    /** What steps found is advice to whoever decides; the applicant reads the question, the answer and the decision. */
    private static List<ProposalEvent> forReader(Actor actor, Proposal proposal, List<ProposalEvent> history) {
        boolean centre = Proposal.seesSubmitted(actor) && !actor.isMemberOf(proposal.organisation());
        return centre
                ? history
                : history.stream()
                        .map(e -> e.kind() == ProposalEvent.Kind.STEP_DONE && e.step() != Step.Kind.ADMINISTRATIVE_CHECK
                                ? new ProposalEvent(e.at(), e.kind(), e.by(), e.step(), null, e.byHand(), null)
                                : e)
                        .toList();
    }

    /** Those that the actor may see, newest first, in one state or in any. */
    Page<Proposal> list(
            Actor actor, ProposalState.@Nullable Name state, @Nullable String cursor, @Nullable Integer limit) {
        int size = Cursor.size(limit);
        ProposalTable.Visible visible = new ProposalTable.Visible(
                actor.organisations().keySet(),
                Proposal.seesSubmitted(actor),
                actor.is(CentreRole.AUDITOR),
                actor.scopesOf(ScopedRole.Kind.ASSESSOR),
                actor.scopesOf(ScopedRole.Kind.COORDINATOR));
        return Cursor.page(
                table.list(visible, state, Cursor.decode(cursor, ProposalId::valueOf), size + 1),
                size,
                p -> p.id().toString());
    }

    /** What waits for something that this actor does as an access officer, the most urgent first. */
    List<Proposal> toDecide(Actor actor, int most) {
        Instant now = now();
        return actor.is(CentreRole.ACCESS_OFFICER)
                ? table.waiting(most).stream()
                        .filter(p -> p.state() instanceof ProposalState.Submitted submitted
                                && submitted.step() != Step.Kind.TECHNICAL_ASSESSMENT
                                && p.refusalToDo(submitted.step(), actor, now).isEmpty())
                        .toList()
                : List.of();
    }

    /** What the actor's organisations were asked or offered. */
    List<Proposal> withApplicant(Actor actor, int most) {
        return actor.organisations().isEmpty()
                ? List.of()
                : table.withApplicant(actor.organisations().keySet(), most);
    }

    /** What was awarded to the actor's organisations in the last days. */
    List<Proposal> awardedLately(Actor actor, int days, int most) {
        return table.awardedSince(actor.organisations().keySet(), now().minus(days, ChronoUnit.DAYS), most);
    }

    /** How long decisions took, and what became of what was submitted in the last year; for the centre's own. */
    List<DecisionTimes> decisionTimes(Actor actor) {
        if (!Proposal.seesSubmitted(actor)) {
            throw new NotFoundException("page");
        }
        Instant since = now().minus(365, ChronoUnit.DAYS);
        List<ProposalTable.History> histories = table.histories(since, MOST_HISTORIES);
        List<CallId> under =
                histories.stream().map(ProposalTable.History::call).distinct().toList();
        return DecisionTimes.of(
                histories,
                table.countDraftsSince(since),
                calls.list(under),
                callTable.decisionWorkingDays(under),
                closedDays.workingDays());
    }

    Map<OrganisationId, Organisations.Summary> organisationsOf(Collection<Proposal> proposals) {
        return organisations.summaries(
                proposals.stream().map(Proposal::organisation).distinct().toList());
    }

    private Facts facts(Proposal proposal, Call call, Instant now) {
        return new Facts(
                proposal.answers(),
                organisations.summary(proposal.organisation()).country(),
                organisations.smeStatus(proposal.organisation()).orElse(null),
                table.countLive(proposal.organisation(), call.mode(), proposal.id(), now),
                call.title(),
                call.takes(now),
                LocalDate.ofInstant(now, settings.zone()),
                call.rules());
    }

    /** One that the actor may see, locked until the end of the transaction; throws {@link NotFoundException}. */
    Proposal lock(Actor actor, ProposalId id) {
        return visible(actor, table.lock(id));
    }

    private static Proposal visible(Actor actor, Optional<Proposal> found) {
        return found.filter(p -> p.isVisibleTo(actor)).orElseThrow(() -> new NotFoundException("proposal"));
    }

    /** Who may not at all is told so first; then who has read an old version; then what its state forbids. */
    static Optional<Refusal> refusal(Proposal proposal, @Nullable Long version, Optional<Refusal> byRule) {
        if (byRule.isPresent() && byRule.get().kind() == Refusal.Kind.FORBIDDEN) {
            return byRule;
        }
        return version != null && version != proposal.version() ? Optional.of(Refusal.stale()) : byRule;
    }

    void write(Proposal proposal) {
        if (!table.update(proposal)) {
            throw new IllegalStateException("a locked proposal was changed by another: " + proposal.id());
        }
    }

    void happened(Proposal proposal, ProposalEvent event) {
        table.insertEvent(proposal.id(), event);
    }

    private List<PersonId> applicants(Proposal proposal) {
        List<PersonId> told = new ArrayList<>(organisations.owners(proposal.organisation()));
        if (!told.contains(proposal.createdBy())
                && organisations.people(proposal.organisation()).contains(proposal.createdBy())) {
            told.add(proposal.createdBy());
        }
        return told;
    }

    private static String link(Proposal proposal) {
        return "/proposals/" + proposal.id();
    }

    /** Now, but not before it was submitted, which the database's clock says: that one may be ahead of this one. */
    private Instant now(Proposal proposal) {
        ProposalState.Submission submission = proposal.state().handedIn();
        Instant now = now();
        return submission != null && submission.at().isAfter(now) ? submission.at() : now;
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
