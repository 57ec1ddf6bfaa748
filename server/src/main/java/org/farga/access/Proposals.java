package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.AddressProof;
import org.farga.people.Closings;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
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
    private final Awards awards;
    private final Holders holders;
    private final AwardConditionTable conditions;
    private final Closings closings;
    private final AuditLog audit;
    private final Notifications notifications;
    private final ClosedDays closedDays;
    private final FactFinder facts;
    private final List<ReviewersAssigned> reviewers;
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
            Awards awards,
            Holders holders,
            AwardConditionTable conditions,
            Closings closings,
            AuditLog audit,
            Notifications notifications,
            ClosedDays closedDays,
            FactFinder facts,
            List<ReviewersAssigned> reviewers,
            ApplicationEventPublisher events,
            Clock clock) {
        this.table = table;
        this.callTable = callTable;
        this.calls = calls;
        this.organisations = organisations;
        this.people = people;
        this.proof = proof;
        this.projects = projects;
        this.awards = awards;
        this.holders = holders;
        this.conditions = conditions;
        this.closings = closings;
        this.audit = audit;
        this.notifications = notifications;
        this.closedDays = closedDays;
        this.facts = facts;
        this.reviewers = reviewers;
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
            Projects.@Nullable Summary project,
            int conditions) {}

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
        Facts known = facts.toSubmit(proposal, call, now);
        List<Finding> findings = known.findings();
        Optional<Refusal> hindered = Proposal.refusalOf(known.missing(), findings);
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
                Map.of(
                        "code",
                        proposal.code(),
                        "rulesVersion",
                        call.rulesVersion(),
                        "findings",
                        findings.stream()
                                .map(f -> Map.of("rule", f.rule(), "kind", f.kind(), "answer", f.answer()))
                                .toList()));
        if (call.rules().awardAtOnce() && findings.stream().noneMatch(Finding::needsPerson)) {
            Partition asked =
                    call.rules().partition(proposal.answers().partition()).orElseThrow();
            Proposal.Granted granted = new Proposal.Granted(
                    requireNonNull(proposal.answers().gpuHours()),
                    requireNonNull(proposal.answers().cpuHours()),
                    asked.cluster());
            awards.award(
                    proposal, call, submission, null, new ProposalState.Decision(now, null, null), granted, null, now);
        } else {
            begin(proposal, call, call.rules(), submission, call.rules().steps().getFirst(), now);
        }
        return Outcome.done(get(actor, id));
    }

    /** Puts a proposal into a step and tells whoever holds it now. */
    void begin(
            Proposal proposal,
            Call call,
            CallRules rules,
            ProposalState.Submission submission,
            Step step,
            Instant now) {
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.STEP_BEGUN, null, step.kind(), null));
        Instant dueAt = table.clock(proposal.id(), submission, closedDays.workingDays())
                .due(rules)
                .orElseThrow();
        write(proposal.with(new ProposalState.Submitted(submission, step.kind(), dueAt)));
        String message = switch (step.kind()) {
            case TECHNICAL_ASSESSMENT -> "access.told.to-assess";
            case DECISION -> "access.told.to-decide";
            case ADMINISTRATIVE_CHECK, EXPERT_REVIEW, PANEL, ACCEPTANCE -> "access.told.to-do";
        };
        notifications.tell(
                holders.of(proposal, step.kind()),
                message,
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal));
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
        if (hasReviewers(submitted, id)) {
            return Outcome.refused(Refusal.conflict("reviewers-assigned", proposal.code()));
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

    /** Whether what experts find is theirs to say, and not an access officer's to enter by hand. */
    boolean hasReviewers(ProposalState.Submitted submitted, ProposalId id) {
        return submitted.step() == Step.Kind.EXPERT_REVIEW && reviewers.stream().anyMatch(r -> r.has(id));
    }

    /** Ends a step and begins the next; in the transaction of what ended it. */
    void goOn(
            Proposal proposal,
            ProposalState.Submitted submitted,
            ProposalEvent.Result result,
            String reason,
            @Nullable PersonId by,
            boolean byHand) {
        Instant now = proposal.notBefore(now());
        Call call = calls.get(proposal.call());
        CallRules rules = callTable.rules(call.id(), submitted.submission().rulesVersion());
        happened(
                proposal,
                new ProposalEvent(now, ProposalEvent.Kind.STEP_DONE, by, submitted.step(), result, byHand, reason));
        if (submitted.step() == Step.Kind.ADMINISTRATIVE_CHECK && result == ProposalEvent.Result.FAILED) {
            awards.decline(
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
                        proposal.notBefore(now()),
                        ProposalEvent.Kind.ASKED,
                        actor.person(),
                        submitted.step(),
                        requireNonNull(question).strip()));
        write(proposal.with(new ProposalState.Waiting(submitted.submission(), submitted.step())));
        audit.record(
                actor, "proposal.asked", "proposal", id, Map.of("code", proposal.code(), "step", submitted.step()));
        notifications.tell(
                holders.applicants(proposal),
                "access.told.asked",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal));
        return Outcome.done(get(actor, id));
    }

    /** The same by a rule: the applicant is asked what they say to the reviews, and answers where those are. */
    void askByRule(Proposal proposal, ProposalState.Submitted submitted) {
        happened(
                proposal,
                ProposalEvent.of(proposal.notBefore(now()), ProposalEvent.Kind.ASKED, null, submitted.step(), null));
        write(proposal.with(new ProposalState.Waiting(submitted.submission(), submitted.step())));
        notifications.tell(
                holders.applicants(proposal),
                "access.told.rebuttal",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal));
    }

    /** Whether what the applicant is asked now is what they say to the reviews. */
    boolean isAskedByRule(ProposalId id) {
        return ProposalEvent.isAskedByRule(table.events(id));
    }

    /** Answers what was asked; the step goes on with the working time that it had left. */
    @Transactional
    Outcome<Proposal> answer(Actor actor, ProposalId id, @Nullable Long version, @Nullable String answer) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToAnswer(actor))
                .or(() -> isAskedByRule(id)
                        ? Optional.of(Refusal.conflict("answer-the-reviews", proposal.code()))
                        : Optional.empty())
                .or(() -> new Fields().text("answer", answer, LONGEST_NOTE).refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Waiting waiting)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        resume(proposal, waiting, actor.person(), requireNonNull(answer).strip());
        audit.record(
                actor, "proposal.answered", "proposal", id, Map.of("code", proposal.code(), "step", waiting.step()));
        return Outcome.done(get(actor, id));
    }

    /** Lets a step go on that waited for the applicant, in the transaction of what they said. */
    void resume(Proposal proposal, ProposalState.Waiting waiting, @Nullable PersonId by, @Nullable String answer) {
        CallRules rules = callTable.rules(proposal.call(), waiting.submission().rulesVersion());
        happened(
                proposal,
                ProposalEvent.of(proposal.notBefore(now()), ProposalEvent.Kind.ANSWERED, by, waiting.step(), answer));
        Instant dueAt = table.clock(proposal.id(), waiting.submission(), closedDays.workingDays())
                .due(rules)
                .orElseThrow();
        write(proposal.with(new ProposalState.Submitted(waiting.submission(), waiting.step(), dueAt)));
        notifications.tell(
                holders.of(proposal, waiting.step()),
                "access.told.answered",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal));
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
        Instant now = proposal.notBefore(now());
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
     * Tells the administrators and whoever holds it that a step is overdue; nothing else happens by itself. Where the calendar
     * changed meanwhile and it is not overdue any more, its date is put right instead.
     */
    @Transactional
    void escalate(ProposalId id) {
        Proposal proposal = table.lock(id).orElseThrow();
        ProposalState state = proposal.state();
        ProposalState.Submission submission = state.handedIn();
        Step.Kind step = state.inStep();
        if (submission == null
                || step == null
                || state instanceof ProposalState.Waiting
                || state instanceof ProposalState.Queued) {
            return;
        }
        Instant now = now();
        CallRules rules = callTable.rules(proposal.call(), submission.rulesVersion());
        Instant dueAt =
                table.clock(id, submission, closedDays.workingDays()).due(rules).orElseThrow();
        if (!dueAt.equals(state.decisionDueAt())) {
            write(proposal.with(
                    state instanceof ProposalState.Offered offered
                            ? new ProposalState.Offered(submission, offered.decision(), offered.granted(), dueAt)
                            : state instanceof ProposalState.NoRoom noRoom
                                    ? new ProposalState.NoRoom(submission, noRoom.decision(), noRoom.left(), dueAt)
                                    : new ProposalState.Submitted(submission, step, dueAt)));
        }
        if (!dueAt.isBefore(now)) {
            return;
        }
        happened(proposal, ProposalEvent.of(now, ProposalEvent.Kind.ESCALATED, null, step, null));
        List<PersonId> told = new ArrayList<>(people.withRole(CentreRole.ADMINISTRATOR));
        told.addAll(holders.of(proposal, step));
        notifications.tell(
                told.stream().distinct().toList(),
                "access.told.overdue",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal),
                dueAt);
        audit.recordByRule("proposal.escalated", "proposal", id, Map.of("code", proposal.code(), "step", step.name()));
    }

    /** What is overdue and nobody was told of since it is. */
    List<ProposalId> overdue(int most) {
        return table.overdue(now(), most);
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
            Facts known = facts.of(proposal, call, now());
            missing = known.missing();
            findings = known.findings();
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
                opened,
                proposal.state() instanceof ProposalState.Offered
                        ? conditions.of(id).size()
                        : 0);
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

    Proposal lock(Actor actor, ProposalId id) {
        return visible(actor, table.lock(id));
    }

    static Proposal visible(Actor actor, Optional<Proposal> found) {
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
        table.write(proposal);
    }

    void happened(Proposal proposal, ProposalEvent event) {
        table.insertEvent(proposal.id(), event);
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
