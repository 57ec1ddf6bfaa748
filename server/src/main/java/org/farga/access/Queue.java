package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.People;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What is good enough and has no hours: the applicant waits in a queue, asks for no more than is left, or goes elsewhere. Places
 * in the queue follow the order of the decisions; nothing is awarded from it but by an access officer, and whoever is passed over
 * is on record with the reason.
 */
@Service
class Queue {
    private static final int LONGEST_REASON = 2_000;

    private final QueueTable table;
    private final ProposalTable proposals;
    private final CallTable callTable;
    private final Calls calls;
    private final Proposals steps;
    private final FactFinder facts;
    private final Awards awards;
    private final Holders holders;
    private final People people;
    private final ClosedDays closedDays;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    Queue(
            QueueTable table,
            ProposalTable proposals,
            CallTable callTable,
            Calls calls,
            Proposals steps,
            FactFinder facts,
            Awards awards,
            Holders holders,
            People people,
            ClosedDays closedDays,
            AuditLog audit,
            Notifications notifications,
            Clock clock) {
        this.table = table;
        this.proposals = proposals;
        this.callTable = callTable;
        this.calls = calls;
        this.steps = steps;
        this.facts = facts;
        this.awards = awards;
        this.holders = holders;
        this.people = people;
        this.closedDays = closedDays;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    enum Choice {
        WAIT,
        SHRINK,
        REFER
    }

    /** What an access officer says: why, how many hours are left of those asked for, and where else one might go. */
    record Shortage(
            @Nullable String reason,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours,
            @Nullable UUID referral) {}

    /** What the applicant chooses; hours only where they ask for less. */
    record Chosen(
            @Nullable Choice choice,
            @Nullable BigDecimal gpuHours,
            @Nullable BigDecimal cpuHours) {}

    /**
     * How a proposal stands that there are no hours for.
     *
     * @param place its place in the queue, from 1 on; 0 where it is not in it
     * @param waiting how many are in the queue
     * @param mayShrink whether what is left is enough for the call's least
     */
    record Standing(QueueTable.NoRoom noRoom, @Nullable Referral referral, int place, int waiting, boolean mayShrink) {}

    /** Nothing where hours were never short for it. */
    Optional<Standing> standing(Proposal proposal) {
        return table.last(proposal.id()).map(noRoom -> {
            List<Proposal> waiting = queueOf(proposal);
            int place = 0;
            for (int i = 0; i < waiting.size(); i++) {
                if (waiting.get(i).id().equals(proposal.id())) {
                    place = i + 1;
                }
            }
            Partition asked = partition(proposal);
            return new Standing(
                    noRoom,
                    noRoom.referral() == null
                            ? null
                            : table.referral(noRoom.referral()).orElse(null),
                    place,
                    waiting.size(),
                    noRoom.leftGpu().compareTo(asked.minGpuHours()) >= 0
                            && noRoom.leftCpu().compareTo(asked.minCpuHours()) >= 0
                            && (noRoom.leftGpu().isPositive()
                                    || noRoom.leftCpu().milliseconds() > 0));
        });
    }

    private Partition partition(Proposal proposal) {
        CallRules rules = callTable.rules(
                proposal.call(), requireNonNull(proposal.state().handedIn()).rulesVersion());
        return rules.partition(proposal.answers().partition()).orElseThrow();
    }

    /** Where one of a call asks for hours; each version of its rules is read once. */
    private String cluster(Proposal proposal, Map<Integer, CallRules> rules) {
        return rules.computeIfAbsent(
                        requireNonNull(proposal.state().handedIn()).rulesVersion(),
                        version -> callTable.rules(proposal.call(), version))
                .partition(proposal.answers().partition())
                .orElseThrow()
                .cluster();
    }

    /** Who waits for hours of the same call and cluster, the first first. */
    private List<Proposal> queueOf(Proposal proposal) {
        Map<Integer, CallRules> rules = new java.util.HashMap<>();
        String cluster = cluster(proposal, rules);
        return proposals.queue(proposal.call()).stream()
                .filter(p -> cluster(p, rules).equals(cluster))
                .toList();
    }

    /** A place in a call's queue. */
    record Place(int place, String cluster, Proposal proposal) {}

    /** The whole queue of a call, for the centre's own, by cluster. */
    List<Place> of(@Nullable Actor actor, Call call) {
        if (actor == null || !Proposal.seesSubmitted(actor)) {
            throw new NotFoundException("call");
        }
        Map<String, Integer> reached = new java.util.HashMap<>();
        Map<Integer, CallRules> rules = new java.util.HashMap<>();
        return proposals.queue(call.id()).stream()
                .map(p -> {
                    String cluster = cluster(p, rules);
                    return new Place(reached.merge(cluster, 1, Integer::sum), cluster, p);
                })
                .toList();
    }

    /** Refuses a proposal only because there are not the hours, and lets the applicant choose. */
    @Transactional
    Outcome<Proposal> refuse(Actor actor, ProposalId id, @Nullable Long version, Shortage shortage) {
        Proposal proposal = Proposals.visible(actor, proposals.lock(id));
        Instant now = proposal.notBefore(now());
        Optional<Refusal> refusal =
                Proposals.refusal(proposal, version, proposal.refusalToDo(Step.Kind.DECISION, actor, now));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Submitted submitted)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        GpuHours askedGpu = requireNonNull(proposal.answers().gpuHours());
        CpuHours askedCpu = requireNonNull(proposal.answers().cpuHours());
        BigDecimal gpu = shortage.gpuHours() == null ? BigDecimal.ZERO : shortage.gpuHours();
        BigDecimal cpu = shortage.cpuHours() == null ? BigDecimal.ZERO : shortage.cpuHours();
        Optional<Referral> referral =
                shortage.referral() == null ? Optional.empty() : table.referral(shortage.referral());
        Optional<Refusal> unclear = new Fields()
                .text("reason", shortage.reason(), LONGEST_REASON)
                .rule("gpuHours", isWithin(gpu, askedGpu.hours()), "out-of-range", 0, askedGpu.hours())
                .rule("cpuHours", isWithin(cpu, askedCpu.hours()), "out-of-range", 0, askedCpu.hours())
                .rule(
                        "gpuHours",
                        gpu.compareTo(askedGpu.hours()) < 0 || cpu.compareTo(askedCpu.hours()) < 0,
                        "enough-is-left")
                .rule(
                        "referral",
                        shortage.referral() == null
                                || referral.filter(Referral::active).isPresent(),
                        "no-such-referral")
                .refusal();
        if (unclear.isPresent()) {
            return Outcome.refused(unclear.get());
        }
        String reason = requireNonNull(shortage.reason()).strip();
        ProposalState.Decision decision = new ProposalState.Decision(now, actor.person(), reason);
        Proposal.Granted left = new Proposal.Granted(
                GpuHours.ofHours(gpu),
                CpuHours.ofHours(cpu),
                partition(proposal).cluster());
        proposals.insertEvent(
                id, ProposalEvent.of(now, ProposalEvent.Kind.NO_ROOM, actor.person(), Step.Kind.ACCEPTANCE, reason));
        CallRules rules =
                callTable.rules(proposal.call(), submitted.submission().rulesVersion());
        Instant dueAt = new ProposalClock(
                        proposals.events(id), submitted.submission().cutOff(), closedDays.workingDays())
                .due(rules)
                .orElseThrow();
        proposals.write(proposal.with(new ProposalState.NoRoom(submitted.submission(), decision, left, dueAt)));
        table.insert(new QueueTable.NoRoom(
                id,
                now,
                askedGpu,
                askedCpu,
                left.gpuHours(),
                left.cpuHours(),
                referral.map(Referral::id).orElse(null),
                null));
        audit.record(
                actor,
                "proposal.no-room",
                "proposal",
                id,
                Map.of(
                        "code",
                        proposal.code(),
                        "gpuHours",
                        left.gpuHours(),
                        "cpuHours",
                        left.cpuHours(),
                        "reason",
                        reason));
        notifications.tell(
                holders.applicants(proposal),
                "access.told.no-room",
                Holders.link(proposal),
                proposal.code(),
                Holders.title(proposal),
                dueAt);
        return Outcome.done(Proposals.visible(actor, proposals.find(id)));
    }

    private static boolean isWithin(BigDecimal hours, BigDecimal most) {
        return Answers.isHours(hours, CallRules.MOST_HOURS) && hours.compareTo(most) <= 0;
    }

    /** The applicant waits, asks for less, or goes elsewhere. */
    @Transactional
    Outcome<Proposal> choose(Actor actor, ProposalId id, @Nullable Long version, Chosen chosen) {
        Proposal proposal = Proposals.visible(actor, proposals.lock(id));
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToChoose(actor))
                .or(() -> new Fields().present("choice", chosen.choice()).refusal());
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.NoRoom noRoom)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        QueueTable.NoRoom kept = table.last(id).orElseThrow();
        Instant now = proposal.notBefore(now());
        Choice choice = requireNonNull(chosen.choice());
        Optional<Refusal> hindered = switch (choice) {
            case WAIT -> {
                happened(proposal, now, ProposalEvent.Kind.QUEUED, actor, null);
                proposals.write(proposal.with(new ProposalState.Queued(noRoom.submission(), noRoom.decision())));
                yield Optional.empty();
            }
            case REFER -> refer(actor, proposal, noRoom, kept, now);
            case SHRINK -> shrink(actor, proposal, noRoom, chosen, now);
        };
        if (hindered.isPresent()) {
            return Outcome.refused(hindered.get());
        }
        table.choose(kept, choice, actor.person(), now);
        audit.record(
                actor,
                "proposal.no-room-chosen",
                "proposal",
                id,
                Map.of("code", proposal.code(), "choice", choice.name()));
        if (choice != Choice.SHRINK) {
            notifications.tell(
                    people.withRole(CentreRole.ACCESS_OFFICER),
                    "access.told.chosen." + choice,
                    Holders.link(proposal),
                    proposal.code(),
                    Holders.title(proposal));
        }
        return Outcome.done(Proposals.visible(actor, proposals.find(id)));
    }

    private Optional<Refusal> refer(
            Actor actor, Proposal proposal, ProposalState.NoRoom noRoom, QueueTable.NoRoom kept, Instant now) {
        Referral referral =
                kept.referral() == null ? null : table.referral(kept.referral()).orElse(null);
        if (referral == null) {
            return Optional.of(Refusal.conflict("no-referral", proposal.code()));
        }
        happened(proposal, now, ProposalEvent.Kind.REFERRED, actor, referral.name() + "\n" + referral.contact());
        proposals.write(
                proposal.with(new ProposalState.Declined(noRoom.submission(), noRoom.dueAt(), noRoom.decision())));
        return Optional.empty();
    }

    /** Asks for no more than is left: the rules are asked anew, and the decision is taken anew. */
    private Optional<Refusal> shrink(
            Actor actor, Proposal proposal, ProposalState.NoRoom noRoom, Chosen chosen, Instant now) {
        BigDecimal gpu = chosen.gpuHours() == null ? noRoom.left().gpuHours().hours() : chosen.gpuHours();
        BigDecimal cpu = chosen.cpuHours() == null ? noRoom.left().cpuHours().hours() : chosen.cpuHours();
        Optional<Refusal> beyond = new Fields()
                .rule(
                        "gpuHours",
                        isWithin(gpu, noRoom.left().gpuHours().hours()),
                        "out-of-range",
                        0,
                        noRoom.left().gpuHours().hours())
                .rule(
                        "cpuHours",
                        isWithin(cpu, noRoom.left().cpuHours().hours()),
                        "out-of-range",
                        0,
                        noRoom.left().cpuHours().hours())
                .refusal();
        if (beyond.isPresent()) {
            return beyond;
        }
        Outcome<Answers> fewer = proposal.answers()
                .with(new Answers.Change(null, null, gpu, cpu, null, null, null, null, null, null, Map.of(), Set.of()));
        if (fewer instanceof Outcome.Refused<Answers>(Refusal refusal)) {
            return Optional.of(refusal);
        }
        Proposal smaller = proposal.with(fewer.orThrow(), now);
        Call call = calls.get(proposal.call());
        CallRules rules = callTable.rules(call.id(), noRoom.submission().rulesVersion());
        List<Finding> findings = facts.of(
                        smaller,
                        call,
                        rules,
                        noRoom.submission().rulesVersion(),
                        noRoom.submission().at())
                .findings();
        Optional<Refusal> refused = Proposal.refusalOf(List.of(), findings);
        if (refused.isPresent()) {
            return refused;
        }
        ProposalState.Submission was = noRoom.submission();
        ProposalState.Submission again =
                new ProposalState.Submission(was.at(), was.by(), was.rulesVersion(), findings, was.cutOff());
        happened(
                proposal,
                now,
                ProposalEvent.Kind.SHRUNK,
                actor,
                "GPU " + proposal.answers().gpuHours() + " → "
                        + smaller.answers().gpuHours() + "\nCPU "
                        + proposal.answers().cpuHours() + " → "
                        + smaller.answers().cpuHours());
        steps.begin(smaller, call, rules, again, rules.step(Step.Kind.DECISION).orElseThrow(), now);
        return Optional.empty();
    }

    /**
     * Awards hours that came free to whoever waits for them, or declines after all. Somebody before others only where the
     * officer says so with a reason, which those others read.
     */
    @Transactional
    Outcome<Proposal> serve(
            Actor actor, ProposalId id, @Nullable Long version, Proposal.Verdict verdict, boolean passOver) {
        Proposal proposal = Proposals.visible(actor, proposals.lock(id));
        Optional<Refusal> refusal = Proposals.refusal(proposal, version, proposal.refusalToServe(actor));
        if (refusal.isPresent() || !(proposal.state() instanceof ProposalState.Queued queued)) {
            return Outcome.refused(refusal.orElseThrow());
        }
        List<Proposal> before = verdict.choice() == Proposal.Verdict.Choice.AWARD
                ? queueOf(proposal).stream().takeWhile(p -> !p.id().equals(id)).toList()
                : List.of();
        if (!before.isEmpty() && !passOver) {
            return Outcome.refused(Refusal.conflict(
                    "not-first-in-queue", proposal.code(), before.getFirst().code(), before.size()));
        }
        Outcome<Proposal> decided = awards.decide(actor, proposal, queued.submission(), null, verdict);
        if (decided instanceof Outcome.Done<Proposal> && !before.isEmpty()) {
            String reason = requireNonNull(verdict.reason()).strip();
            for (Proposal passed : before) {
                happened(passed, now(), ProposalEvent.Kind.PASSED_OVER, actor, reason);
                notifications.tell(
                        holders.applicants(passed),
                        "access.told.passed-over",
                        Holders.link(passed),
                        passed.code(),
                        Holders.title(passed));
            }
            audit.record(
                    actor,
                    "proposal.passed-over",
                    "proposal",
                    id,
                    Map.of(
                            "code",
                            proposal.code(),
                            "before",
                            String.join(
                                    ", ", before.stream().map(Proposal::code).toList()),
                            "reason",
                            reason));
        }
        return decided;
    }

    /** Tells access officers who waits first, where hours of an award of the same call came free; nothing is awarded by that. */
    @Transactional(propagation = Propagation.MANDATORY)
    void hoursFree(ProposalId award) {
        Proposal freed = proposals.find(award).orElseThrow();
        queueOf(freed).stream()
                .findFirst()
                .ifPresent(first -> notifications.tell(
                        people.withRole(CentreRole.ACCESS_OFFICER),
                        "access.told.hours-free",
                        Holders.link(first),
                        freed.code(),
                        first.code(),
                        Holders.title(first)));
    }

    /** All places that one may be sent to, for the centre's own. */
    List<Referral> referrals(Actor actor) {
        if (!Proposal.seesSubmitted(actor)) {
            throw new NotFoundException("page");
        }
        return table.referrals();
    }

    /** Enters one, or changes it. */
    @Transactional
    Outcome<Referral> refer(Actor actor, @Nullable UUID id, Referral.NewReferral typed) {
        referrals(actor);
        if (id != null && table.referral(id).isEmpty()) {
            throw new NotFoundException("referral");
        }
        Optional<Refusal> refusal = actor.is(CentreRole.ACCESS_OFFICER)
                ? typed.refusal()
                : Optional.of(Refusal.forbidden("access-officers-only"));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Referral referral = typed.of(id == null ? TimeOrderedUuid.next() : id);
        if (!table.put(referral, actor.person(), now())) {
            return Outcome.refused(Refusal.conflict("referral-name-taken", referral.name()));
        }
        audit.record(
                actor,
                "referral.set",
                "referral",
                referral.id(),
                Map.of("name", referral.name(), "active", referral.active()));
        return Outcome.done(referral);
    }

    private void happened(Proposal proposal, Instant at, ProposalEvent.Kind kind, Actor actor, @Nullable String note) {
        proposals.insertEvent(proposal.id(), new ProposalEvent(at, kind, actor.person(), null, null, false, note));
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
