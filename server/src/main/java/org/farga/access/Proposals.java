package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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
import org.farga.platform.Cursor;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
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
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes proposals from the first word to the decision. */
@Service
class Proposals {
    private static final int MOST_DRAFTS = 50;

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
    private final WorkingDays workingDays;
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
        this.workingDays = WorkingDays.barcelona(settings.zone());
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
            Map<PersonId, People.Summary> names,
            Projects.@Nullable Summary project) {}

    /** Starts a draft for an organisation that the actor belongs to, under an open call. */
    @Transactional
    Outcome<Proposal> create(Actor actor, @Nullable String call, @Nullable OrganisationId organisation) {
        Optional<Call> found = call == null ? Optional.empty() : calls.find(call);
        var missing = new Fields()
                .present("call", call)
                .rule("call", call == null || found.isPresent(), "no-such-call")
                .present("organisation", organisation)
                .refusal();
        if (missing.isPresent() || organisation == null) {
            return Outcome.refused(missing.orElseThrow());
        }
        if (!actor.isMemberOf(organisation)) {
            throw new NotFoundException("organisation");
        }
        if (closings.isUnderWay(organisation)) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Call open = found.orElseThrow();
        Instant now = now();
        if (open.state(now) != Call.State.OPEN) {
            return Outcome.refused(Refusal.conflict("call-closed", open.title()));
        }
        if (table.countDrafts(organisation) >= MOST_DRAFTS) {
            return Outcome.refused(Refusal.tooManyAtOnce("too-many-drafts", MOST_DRAFTS));
        }
        int year = LocalDate.ofInstant(now, settings.zone()).getYear();
        String code = String.format(
                Locale.ROOT, "%s-%d-%04d", open.codePrefix(), year, table.nextNumber(open.codePrefix(), year));
        Proposal draft = new Proposal(
                ProposalId.create(),
                code,
                open.id(),
                organisation,
                actor.person(),
                now,
                now,
                Answers.NONE,
                new ProposalState.Draft(),
                1);
        table.insert(draft);
        happened(draft, ProposalEvent.Kind.CREATED, actor, now);
        audit.record(
                actor,
                "proposal.created",
                "proposal",
                draft.id(),
                Map.of("code", code, "call", open.code(), "organisation", organisation));
        return Outcome.done(draft);
    }

    /** Writes some answers of a draft; where nothing is different, the version stays. */
    @Transactional
    Outcome<Proposal> edit(Actor actor, ProposalId id, long version, Answers.Change change) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToEdit(actor));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return proposal.answers().with(change).map(answers -> {
            if (answers.equals(proposal.answers())) {
                return proposal;
            }
            write(proposal.with(answers, now()));
            return get(actor, id);
        });
    }

    /**
     * Hands a draft in. Where the rules hold it is awarded at once, with its project and allocation; where a person has to
     * look, it waits for an access officer until a date; where a rule that must hold does not, it stays a draft.
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
        Instant now = now();
        Facts facts = facts(proposal, call, now);
        List<Finding> findings = facts.findings();
        Optional<Refusal> hindered = Proposal.refusalOf(facts.missing(), findings);
        if (hindered.isPresent()) {
            return Outcome.refused(hindered.get());
        }
        ProposalState.Submission submission =
                new ProposalState.Submission(now, actor.person(), call.rulesVersion(), findings);
        happened(proposal, ProposalEvent.Kind.SUBMITTED, actor, now);
        audit.record(
                actor,
                "proposal.submitted",
                "proposal",
                id,
                Map.of("code", proposal.code(), "rulesVersion", call.rulesVersion(), "findings", findings));
        if (findings.stream().anyMatch(Finding::needsPerson)) {
            Instant dueAt = workingDays.due(now, call.rules().decisionWorkingDays());
            write(proposal.with(new ProposalState.Submitted(submission, dueAt)));
            happened(proposal, ProposalEvent.Kind.PASSED_TO_OFFICER, null, now);
            notifications.tell(
                    people.withRole(CentreRole.ACCESS_OFFICER),
                    "access.told.to-decide",
                    link(proposal),
                    proposal.code(),
                    requireNonNull(proposal.answers().title()));
        } else {
            Proposal.Granted granted = new Proposal.Granted(
                    requireNonNull(proposal.answers().gpuHours()),
                    requireNonNull(proposal.answers().cpuHours()),
                    call.rules().cluster());
            award(proposal, call, submission, null, new ProposalState.Decision(now, null, null), granted, null);
        }
        return Outcome.done(get(actor, id));
    }

    /** Takes a proposal back while nobody has decided on it. */
    @Transactional
    Outcome<Proposal> withdraw(Actor actor, ProposalId id, @Nullable Long version) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToWithdraw(actor));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Instant now = now();
        write(proposal.with(new ProposalState.Withdrawn(submitted.submission(), submitted.dueAt(), now)));
        happened(proposal, ProposalEvent.Kind.WITHDRAWN, actor, now);
        audit.record(actor, "proposal.withdrawn", "proposal", id, Map.of("code", proposal.code()));
        return Outcome.done(get(actor, id));
    }

    /** What an organisation has submitted and nobody has decided on. */
    List<Proposal> waiting(OrganisationId organisation) {
        return table.list(ProposalTable.Visible.of(List.of(organisation)), ProposalState.Name.SUBMITTED, null, 1_000);
    }

    /** Withdraws all of that, because the organisation leaves. */
    @Transactional
    void withdrawAll(OrganisationId organisation, PersonId by) {
        Instant now = now();
        for (Proposal waiting : waiting(organisation)) {
            Proposal proposal = table.lock(waiting.id()).orElseThrow();
            if (proposal.state() instanceof ProposalState.Submitted submitted) {
                write(proposal.with(new ProposalState.Withdrawn(submitted.submission(), submitted.dueAt(), now)));
                table.insertEvent(proposal.id(), new ProposalEvent(now, ProposalEvent.Kind.WITHDRAWN, by));
                audit.recordBy(by, "proposal.withdrawn", "proposal", proposal.id(), Map.of("code", proposal.code()));
            }
        }
    }

    /**
     * Awards or declines what waits for a person. A submitted proposal does not change any more, so the version that was
     * read need not be told; where it is, somebody else's decision meanwhile is answered as {@code stale}.
     */
    @Transactional
    Outcome<Proposal> decide(Actor actor, ProposalId id, @Nullable Long version, Proposal.Verdict verdict) {
        Proposal proposal = lock(actor, id);
        Optional<Refusal> refusal = refusal(proposal, version, proposal.refusalToDecide(actor));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        Call call = calls.get(proposal.call());
        CallRules rules = callTable.rules(call.id(), submitted.submission().rulesVersion());
        return proposal.grant(verdict, rules, clusters.all()).map(granted -> {
            String reason = requireNonNull(verdict.reason()).strip();
            ProposalState.Decision decision = new ProposalState.Decision(now(), actor.person(), reason);
            switch (requireNonNull(verdict.choice())) {
                case AWARD ->
                    award(proposal, call, submitted.submission(), submitted.dueAt(), decision, granted, actor);
                case DECLINE -> decline(proposal, submitted, decision, actor);
            }
            return get(actor, id);
        });
    }

    private void award(
            Proposal proposal,
            Call call,
            ProposalState.Submission submission,
            @Nullable Instant dueAt,
            ProposalState.Decision decision,
            Proposal.Granted granted,
            @Nullable Actor officer) {
        int months = requireNonNull(proposal.answers().durationMonths());
        String title = requireNonNull(proposal.answers().title());
        // Whole days for people: the last day counts to its end.
        Instant endsAt = LocalDate.ofInstant(decision.at(), settings.zone())
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
                new Period(decision.at(), endsAt)));
        grants.award(AidBorders.award(proposal, call, granted), project, officer);
        write(proposal.with(new ProposalState.Awarded(
                submission, dueAt, decision, project, granted.gpuHours(), granted.cpuHours(), endsAt)));
        happened(proposal, ProposalEvent.Kind.AWARDED, officer, decision.at());
        Map<String, Object> details = Map.of(
                "code", proposal.code(),
                "project", project,
                "gpuHours", granted.gpuHours(),
                "cpuHours", granted.cpuHours(),
                "cluster", granted.cluster(),
                "reason", decision.reason() == null ? "EVERY_RULE_HOLDS" : decision.reason());
        if (officer == null) {
            audit.recordByRule("proposal.awarded", "proposal", proposal.id(), details);
        } else {
            audit.record(officer, "proposal.awarded", "proposal", proposal.id(), details);
        }
        notifications.tell(applicants(proposal), "access.told.awarded", link(proposal), proposal.code(), title);
    }

    private void decline(
            Proposal proposal, ProposalState.Submitted submitted, ProposalState.Decision decision, Actor officer) {
        write(proposal.with(new ProposalState.Declined(submitted.submission(), submitted.dueAt(), decision)));
        happened(proposal, ProposalEvent.Kind.DECLINED, officer, decision.at());
        audit.record(
                officer,
                "proposal.declined",
                "proposal",
                proposal.id(),
                Map.of("code", proposal.code(), "reason", requireNonNull(decision.reason())));
        notifications.tell(
                applicants(proposal),
                "access.told.declined",
                link(proposal),
                proposal.code(),
                requireNonNull(proposal.answers().title()));
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
        List<ProposalEvent> events = table.events(id);
        List<PersonId> named = new ArrayList<>(List.of(proposal.createdBy()));
        events.stream()
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
                events,
                people.summaries(named.stream().distinct().toList()),
                opened);
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

    /** What waits for a decision that this actor may take, the most urgent first. */
    List<Proposal> toDecide(Actor actor, int most) {
        return actor.is(CentreRole.ACCESS_OFFICER)
                ? table.waiting(most).stream()
                        .filter(p -> p.refusalToDecide(actor).isEmpty())
                        .toList()
                : List.of();
    }

    /** Drafts of the actor's organisations, newest first. */
    List<Proposal> drafts(Actor actor, int most) {
        return table.list(
                ProposalTable.Visible.of(actor.organisations().keySet()), ProposalState.Name.DRAFT, null, most);
    }

    /** What was awarded to the actor's organisations in the last days. */
    List<Proposal> awardedLately(Actor actor, int days, int most) {
        return table.awardedSince(actor.organisations().keySet(), now().minus(days, ChronoUnit.DAYS), most);
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
                call.state(now) == Call.State.OPEN,
                call.rules());
    }

    private Proposal lock(Actor actor, ProposalId id) {
        return visible(actor, table.lock(id));
    }

    private static Proposal visible(Actor actor, Optional<Proposal> found) {
        return found.filter(p -> p.isVisibleTo(actor)).orElseThrow(() -> new NotFoundException("proposal"));
    }

    /** Who may not at all is told so first; then who has read an old version; then what its state forbids. */
    private static Optional<Refusal> refusal(Proposal proposal, @Nullable Long version, Optional<Refusal> byRule) {
        if (byRule.isPresent() && byRule.get().kind() == Refusal.Kind.FORBIDDEN) {
            return byRule;
        }
        return version != null && version != proposal.version() ? Optional.of(Refusal.stale()) : byRule;
    }

    private void write(Proposal proposal) {
        if (!table.update(proposal)) {
            throw new IllegalStateException("a locked proposal was changed by another: " + proposal.id());
        }
    }

    private void happened(Proposal proposal, ProposalEvent.Kind kind, @Nullable Actor by, Instant at) {
        table.insertEvent(proposal.id(), new ProposalEvent(at, kind, by == null ? null : by.person()));
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

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
