package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.aid.Grants;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationChange;
import org.farga.allocation.AllocationChanges;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.Closings;
import org.farga.people.People;
import org.farga.platform.Answer;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * What a project's lead asks for its allocations after the award, and what access officers decide: allocation, aid, the award's end
 * and its final report follow in the same transaction.
 */
@Service
class AllocationRequests {
    private static final int MOST_OVERDUE = 200;

    private final AllocationRequestTable table;
    private final AwardTermsTable termsTable;
    private final ProposalTable proposals;
    private final CallTable calls;
    private final FinalReports reports;
    private final Allocations allocations;
    private final AllocationChanges changes;
    private final Projects projects;
    private final Grants grants;
    private final Usage usage;
    private final People people;
    private final Closings closings;
    private final ClosedDays closedDays;
    private final Queue queue;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Settings settings;
    private final Clock clock;

    AllocationRequests(
            AllocationRequestTable table,
            AwardTermsTable termsTable,
            ProposalTable proposals,
            CallTable calls,
            FinalReports reports,
            Allocations allocations,
            AllocationChanges changes,
            Projects projects,
            Grants grants,
            Usage usage,
            People people,
            Closings closings,
            ClosedDays closedDays,
            Queue queue,
            AuditLog audit,
            Notifications notifications,
            Settings settings,
            Clock clock) {
        this.table = table;
        this.termsTable = termsTable;
        this.proposals = proposals;
        this.calls = calls;
        this.reports = reports;
        this.allocations = allocations;
        this.changes = changes;
        this.projects = projects;
        this.grants = grants;
        this.usage = usage;
        this.people = people;
        this.closings = closings;
        this.closedDays = closedDays;
        this.queue = queue;
        this.audit = audit;
        this.notifications = notifications;
        this.settings = settings;
        this.clock = clock;
    }

    /** What an access officer says to a request; hours and months only where less is granted than was asked for. */
    record RequestVerdict(
            @Nullable Boolean grant,
            @Nullable String note,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable Integer months) {}

    /**
     * An allocation with all that was asked for it and became of it.
     *
     * @param possible what whoever looks may ask for; empty where they may not
     * @param mayDecide whether they decide requests for it
     */
    record Detail(
            AllocationRequest.Ground ground,
            Projects.Summary project,
            @Nullable Proposal proposal,
            List<AllocationRequest> requests,
            List<AllocationRequest.Kind> possible,
            boolean mayDecide,
            Map<PersonId, People.Summary> names) {}

    /** One of a project that the actor may see; throws {@link NotFoundException}. */
    Detail detail(Actor actor, AllocationId id) {
        Allocations.Reached reached = allocations.reach(actor, id);
        AllocationRequest.Ground ground = ground(reached.allocation());
        Projects.Summary project = reached.project().project();
        List<AllocationRequest> requests = table.of(List.of(id));
        return new Detail(
                ground,
                project,
                reached.allocation().takenOver()
                        ? null
                        : proposals.find(reached.allocation().proposal()).orElse(null),
                requests,
                refusalToAsk(actor, project).isEmpty() ? AllocationRequest.possible(ground, now()) : List.of(),
                refusalToDecide(actor, project).isEmpty(),
                names(requests, ground.changes()));
    }

    /** One for an allocation of a project that the actor may see; throws {@link NotFoundException}. */
    AllocationRequest get(Actor actor, UUID id) {
        AllocationRequest request = table.find(id).orElseThrow(() -> new NotFoundException("allocation request"));
        allocations.reach(actor, request.allocation());
        return request;
    }

    private Map<PersonId, People.Summary> names(List<AllocationRequest> requests, List<AllocationChange> made) {
        return people.summaries(java.util.stream.Stream.of(
                        requests.stream().map(AllocationRequest::askedBy),
                        requests.stream().map(AllocationRequest::decidedBy),
                        made.stream().map(AllocationChange::askedBy),
                        made.stream().map(AllocationChange::decidedBy))
                .flatMap(s -> s)
                .filter(java.util.Objects::nonNull)
                .map(p -> requireNonNull(p))
                .distinct()
                .toList());
    }

    private AllocationRequest.Ground ground(Allocation allocation) {
        Optional<Proposal> proposal = allocation.takenOver() ? Optional.empty() : proposals.find(allocation.proposal());
        CallRules rules = proposal.map(p -> p.state().handedIn() == null
                        ? null
                        : calls.rules(
                                p.call(), requireNonNull(p.state().handedIn()).rulesVersion()))
                .orElse(null);
        AwardTerms terms = proposal.flatMap(p -> termsTable.find(p.call())).orElse(AwardTerms.DEFAULT);
        List<AllocationId> ofAward = proposal.isEmpty()
                ? List.of(allocation.id())
                : allocations.ofProposal(allocation.proposal()).stream()
                        .map(Allocation::id)
                        .toList();
        List<AllocationChange> made = changes.of(ofAward);
        return new AllocationRequest.Ground(
                allocation,
                usage.balance(allocation),
                terms,
                rules,
                made.stream()
                        .filter(c -> c.allocation().equals(allocation.id()))
                        .toList(),
                (int) made.stream()
                        .filter(c -> c.kind() == AllocationChange.Kind.RENEWED)
                        .count(),
                settings.zone());
    }

    /** The lead asks, because it is they who answer for the project. */
    private static Optional<Refusal> refusalToAsk(Actor actor, Projects.Summary project) {
        return actor.isMemberOf(project.organisation()) && actor.person().equals(project.lead())
                ? Optional.empty()
                : Optional.of(Refusal.forbidden("project-lead-only"));
    }

    private static Optional<Refusal> refusalToDecide(Actor actor, Projects.Summary project) {
        if (!actor.is(CentreRole.ACCESS_OFFICER)) {
            return Optional.of(Refusal.forbidden("access-officers-only"));
        }
        return actor.isMemberOf(project.organisation())
                ? Optional.of(Refusal.forbidden("own-proposal"))
                : Optional.empty();
    }

    /**
     * Asks for a change; what the call's terms let happen at once is done. Of each kind one request can be open for an allocation,
     * so that the same button twice asks once.
     */
    @Transactional
    Outcome<AllocationRequest> ask(Actor actor, AllocationId id, AllocationRequest.Wish wish) {
        Projects.Summary project = allocations.reach(actor, id).project().project();
        Optional<Refusal> refusal = refusalToAsk(actor, project);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (closings.isUnderWay(project.organisation())) {
            return Outcome.refused(Refusal.conflict("organisation-closing"));
        }
        Allocation locked = allocations.lock(id);
        AllocationRequest.Ground ground = ground(locked);
        Instant now = now();
        return AllocationRequest.of(wish, ground, now).then(asked -> {
            boolean atOnce = asked.kind() == AllocationRequest.Kind.GIVE_BACK
                    && ground.terms().giveBackAtOnce();
            AllocationRequest request = new AllocationRequest(
                    TimeOrderedUuid.next(),
                    id,
                    locked.takenOver() ? null : locked.proposal(),
                    asked.kind(),
                    atOnce ? AllocationRequest.State.GRANTED : AllocationRequest.State.ASKED,
                    asked.gpu(),
                    asked.cpu(),
                    asked.months(),
                    asked.cluster(),
                    asked.ends(),
                    asked.reason(),
                    actor.person(),
                    now,
                    closedDays.workingDays().due(now, AllocationRequest.WORKING_DAYS),
                    null,
                    atOnce ? now : null,
                    null);
            if (!table.insert(request)) {
                return Outcome.refused(Refusal.conflict("already-asked", locked.proposalCode()));
            }
            audit.record(actor, "allocation-request.asked", "allocation", id, details(request));
            if (atOnce) {
                apply(actor, request, asked, ground, null);
            } else {
                notifications.tell(
                        people.withRole(CentreRole.ACCESS_OFFICER),
                        "access.told.request-asked." + asked.kind(),
                        link(id),
                        locked.proposalCode(),
                        project.name());
            }
            return Outcome.done(request);
        });
    }

    /** Takes back what was asked and not decided. */
    @Transactional
    Outcome<AllocationRequest> withdraw(Actor actor, UUID id) {
        AllocationRequest request = table.lock(id).orElseThrow(() -> new NotFoundException("allocation request"));
        Projects.Summary project =
                allocations.reach(actor, request.allocation()).project().project();
        Optional<Refusal> refusal = refusalToAsk(actor, project);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (request.state() != AllocationRequest.State.ASKED) {
            return Outcome.refused(decided(request));
        }
        AllocationRequest withdrawn = ended(request, AllocationRequest.State.WITHDRAWN, null, null, null);
        table.update(withdrawn);
        audit.record(actor, "allocation-request.withdrawn", "allocation", request.allocation(), details(withdrawn));
        return Outcome.done(withdrawn);
    }

    /** Grants or declines a request; what is granted is checked once more as things stand now. */
    @Transactional
    Outcome<AllocationRequest> decide(Actor actor, UUID id, RequestVerdict verdict) {
        AllocationRequest request = table.lock(id).orElseThrow(() -> new NotFoundException("allocation request"));
        Projects.Summary project =
                allocations.reach(actor, request.allocation()).project().project();
        Optional<Refusal> refusal = refusalToDecide(actor, project)
                .or(() -> request.state() == AllocationRequest.State.ASKED
                        ? Optional.empty()
                        : Optional.of(decided(request)))
                .or(() -> new Fields()
                        .present("grant", verdict.grant())
                        .text("note", verdict.note(), AllocationRequest.LONGEST_REASON)
                        .refusal());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        String note = requireNonNull(verdict.note()).strip();
        if (!requireNonNull(verdict.grant())) {
            AllocationRequest declined = ended(request, AllocationRequest.State.DECLINED, null, actor.person(), note);
            table.update(declined);
            audit.record(actor, "allocation-request.declined", "allocation", request.allocation(), details(declined));
            tell(project, request, "access.told.request-declined.");
            return Outcome.done(declined);
        }
        Allocation locked = allocations.lock(request.allocation());
        AllocationRequest.Ground ground = ground(locked);
        return request.granted(verdict.gpuHours(), verdict.cpuHours(), verdict.months())
                .then(granted -> {
                    Optional<Refusal> hindered = AllocationRequest.refusal(request.kind(), ground, now())
                            .or(() -> granted.refusal(ground, now()))
                            .or(() -> granted.kind() == AllocationRequest.Kind.EXTEND
                                            && requireNonNull(granted.months()) > ground.monthsToExtend()
                                    ? Optional.of(Refusal.conflict(
                                            "no-more-extension", ground.terms().mostExtensionMonths()))
                                    : Optional.empty());
                    if (hindered.isPresent()) {
                        return Outcome.refused(hindered.get());
                    }
                    AllocationRequest done =
                            ended(request, AllocationRequest.State.GRANTED, granted, actor.person(), note);
                    table.update(done);
                    audit.record(
                            actor, "allocation-request.granted", "allocation", request.allocation(), details(done));
                    apply(actor, done, granted, ground, actor.person());
                    tell(project, request, "access.told.request-granted.");
                    return Outcome.done(done);
                });
    }

    private static Refusal decided(AllocationRequest request) {
        return Refusal.conflict("request-decided", request.state());
    }

    private AllocationRequest ended(
            AllocationRequest request,
            AllocationRequest.State state,
            AllocationRequest.@Nullable Asked granted,
            @Nullable PersonId by,
            @Nullable String note) {
        Instant now = now();
        return new AllocationRequest(
                request.id(),
                request.allocation(),
                request.proposal(),
                request.kind(),
                state,
                granted == null ? request.gpu() : granted.gpu(),
                granted == null ? request.cpu() : granted.cpu(),
                granted == null ? request.months() : granted.months(),
                request.cluster(),
                request.ends(),
                request.reason(),
                request.askedBy(),
                request.askedAt(),
                request.dueAt(),
                by,
                now.isBefore(request.askedAt()) ? request.askedAt() : now,
                note);
    }

    /** Does what is granted: the allocation, its aid, the award's end and its report. */
    private void apply(
            Actor actor,
            AllocationRequest request,
            AllocationRequest.Asked granted,
            AllocationRequest.Ground ground,
            @Nullable PersonId decidedBy) {
        AllocationId id = request.allocation();
        AllocationChanges.By by = new AllocationChanges.By(actor, request.askedBy(), decidedBy);
        GpuHours gpu = granted.gpu();
        CpuHours cpu = granted.cpu();
        switch (granted.kind()) {
            case EXTEND -> changes.extend(id, ground.endAfter(requireNonNull(granted.months())), by);
            case SUPPLEMENT -> {
                changes.supplement(id, gpu, cpu, by);
                grants.supplement(actor, id, id, gpu, cpu);
            }
            case TRANSFER -> {
                String cluster = requireNonNull(granted.cluster());
                AwardTerms.TransferRate rate = ground.terms()
                        .rate(ground.allocation().cluster(), cluster)
                        .orElseThrow(() -> new Answer.RefusedException(Refusal.conflict(
                                "no-transfer-rate", ground.allocation().cluster())));
                Allocation to = changes.move(id, gpu, cpu, cluster, rate.there(gpu), rate.there(cpu), by);
                grants.moved(actor, to.id(), id);
            }
            case RENEW -> {
                Instant now = now();
                Allocation renewed = changes.renew(
                        id,
                        gpu,
                        cpu,
                        new Period(ground.renewedFrom(now), ground.renewedTo(now, requireNonNull(granted.months()))),
                        by);
                grants.supplement(actor, renewed.id(), id, gpu, cpu);
            }
            case GIVE_BACK -> {
                if (gpu.isPositive() || cpu.milliseconds() > 0) {
                    changes.giveBack(id, gpu, cpu, by);
                    grants.giveBack(actor, id, gpu, cpu, request.reason());
                }
                if (granted.ends()) {
                    changes.end(id, by);
                }
                if (request.proposal() != null) {
                    queue.hoursFree(request.proposal());
                }
            }
            case SUSPEND -> allocations.suspend(actor, id, request.reason()).orThrow();
            case RESUME -> allocations.resume(actor, id).orThrow();
        }
        if (request.proposal() != null) {
            follow(request.proposal());
        }
    }

    /** Has the award and its report end with the last of its allocations. */
    private void follow(ProposalId id) {
        Instant endsAt = allocations.ofProposal(id).stream()
                .map(a -> a.period().to())
                .max(Instant::compareTo)
                .orElseThrow();
        Proposal proposal = proposals.lock(id).orElseThrow();
        if (proposal.state() instanceof ProposalState.Awarded awarded
                && !awarded.endsAt().equals(endsAt)) {
            Proposal next = proposal.with(awarded.until(endsAt));
            if (!proposals.update(next)) {
                throw new IllegalStateException("a locked proposal was changed by another: " + id);
            }
            reports.follow(id, endsAt);
        }
    }

    private void tell(Projects.Summary project, AllocationRequest request, String message) {
        notifications.tell(
                List.of(project.lead(), request.askedBy()).stream().distinct().toList(),
                message + request.kind(),
                link(request.allocation()),
                project.name());
    }

    /** What waits for this actor to decide, the most urgent first; what their own organisations ask is for others. */
    List<Open> toDecide(Actor actor, int most) {
        return actor.is(CentreRole.ACCESS_OFFICER)
                ? open(table.open(most)).stream()
                        .filter(o -> refusalToDecide(actor, o.project()).isEmpty())
                        .toList()
                : List.of();
    }

    /** A request with the project that it is for. */
    record Open(AllocationRequest request, Allocation allocation, Projects.Summary project) {}

    private List<Open> open(Collection<AllocationRequest> requests) {
        Map<AllocationId, Allocation> of = allocations.list(
                requests.stream().map(AllocationRequest::allocation).distinct().toList());
        Map<ProjectId, Projects.Summary> in = projects.summaries(
                of.values().stream().map(Allocation::project).distinct().toList());
        return requests.stream()
                .map(r -> {
                    Allocation allocation = requireNonNull(of.get(r.allocation()));
                    return new Open(r, allocation, requireNonNull(in.get(allocation.project())));
                })
                .toList();
    }

    /** Tells access officers and administrators of what was not decided in time, each once; nothing is decided by that. */
    @Transactional
    void escalate() {
        for (Open open : open(table.overdue(now(), MOST_OVERDUE))) {
            AllocationRequest request = open.request();
            if (table.told(request.id())) {
                List<PersonId> told = new java.util.ArrayList<>(people.withRole(CentreRole.ACCESS_OFFICER));
                told.addAll(people.withRole(CentreRole.ADMINISTRATOR));
                notifications.tell(
                        told.stream().distinct().toList(),
                        "access.told.request-overdue",
                        link(request.allocation()),
                        open.allocation().proposalCode(),
                        open.project().name(),
                        request.dueAt());
            }
        }
    }

    /** All allocations of an award with what was asked for them and became of them, whoever asks. */
    History history(ProposalId proposal) {
        List<Allocation> of = allocations.ofProposal(proposal);
        List<AllocationId> ids = of.stream().map(Allocation::id).toList();
        return new History(of, ids.isEmpty() ? List.of() : table.of(ids), changes.of(ids));
    }

    record History(List<Allocation> allocations, List<AllocationRequest> requests, List<AllocationChange> changes) {}

    private static Map<String, Object> details(AllocationRequest request) {
        Map<String, Object> details = new HashMap<>(Map.of(
                "request", request.id(),
                "kind", request.kind().name(),
                "gpuHours", request.gpu(),
                "cpuHours", request.cpu()));
        if (request.months() != null) {
            details.put("months", request.months());
        }
        if (request.cluster() != null) {
            details.put("cluster", request.cluster());
        }
        return details;
    }

    static String link(AllocationId id) {
        return "/allocations/" + id;
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
