package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.farga.allocation.Allocation;
import org.farga.allocation.AllocationChange;
import org.farga.allocation.AllocationChanges;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.notification.Notifications;
import org.farga.people.People;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.usage.Balance;
import org.farga.usage.Usage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Final reports: who owes one, and what becomes of it. */
@Service
class FinalReports {
    private static final int MOST_REMINDED = 500;

    private final FinalReportTable table;
    private final ProposalTable proposals;
    private final CallTable calls;
    private final Allocations allocations;
    private final AllocationChanges changes;
    private final Projects projects;
    private final Usage usage;
    private final Holders holders;
    private final People people;
    private final ClosedDays closedDays;
    private final Acknowledgement acknowledgement;
    private final AuditLog audit;
    private final Notifications notifications;
    private final Clock clock;

    FinalReports(
            FinalReportTable table,
            ProposalTable proposals,
            CallTable calls,
            Allocations allocations,
            AllocationChanges changes,
            Projects projects,
            Usage usage,
            Holders holders,
            People people,
            ClosedDays closedDays,
            Acknowledgement acknowledgement,
            AuditLog audit,
            Notifications notifications,
            Clock clock) {
        this.table = table;
        this.proposals = proposals;
        this.calls = calls;
        this.allocations = allocations;
        this.changes = changes;
        this.projects = projects;
        this.usage = usage;
        this.holders = holders;
        this.people = people;
        this.closedDays = closedDays;
        this.acknowledgement = acknowledgement;
        this.audit = audit;
        this.notifications = notifications;
        this.clock = clock;
    }

    /**
     * A report that was due and is not there.
     *
     * @param code the code of the proposal that was awarded
     * @param title its title
     * @param dueAt the end of the last day on which it would have been in time
     */
    record Overdue(ProposalId proposal, String code, String title, Instant dueAt) {}

    /** What an organisation has not handed in although it was due, whoever asks, the longest due first. */
    List<Overdue> overdue(OrganisationId organisation) {
        return table.overdue(organisation, clock.instant()).stream()
                .map(row -> new Overdue(
                        row.report().proposal(),
                        row.code(),
                        row.title(),
                        row.report().dueAt()))
                .toList();
    }

    /** Has a report be owed for what is awarded; in the transaction of the award. */
    @Transactional(propagation = Propagation.MANDATORY)
    void owe(ProposalId proposal, Instant endsAt) {
        table.insert(proposal, endsAt, FinalReport.due(endsAt));
    }

    /** Has the due date follow the award's end; what was handed in already stays as it is. */
    @Transactional(propagation = Propagation.MANDATORY)
    void follow(ProposalId proposal, Instant endsAt) {
        table.lock(proposal).ifPresent(report -> table.update(report.endingAt(endsAt)));
    }

    /**
     * A report with all that its page shows.
     *
     * @param hours as the record says now, or as it said when the report was submitted
     */
    record Detail(
            FinalReport report,
            Proposal proposal,
            Call call,
            List<FinalReport.ReportHours> hours,
            List<FinalReportTable.Event> events,
            boolean mayWrite,
            boolean maySubmit,
            boolean mayDecide,
            Map<PersonId, People.Summary> names) {}

    /** Of an award that the actor may see; throws {@link NotFoundException}. */
    Detail detail(Actor actor, ProposalId id) {
        Proposal proposal = Proposals.visible(actor, proposals.find(id));
        FinalReport report = table.find(id).orElseThrow(() -> new NotFoundException("final report"));
        List<FinalReportTable.Event> events = table.events(id);
        List<PersonId> named =
                new ArrayList<>(events.stream().map(FinalReportTable.Event::by).toList());
        for (FinalReport.Signed signed :
                new FinalReport.Signed[] {report.edited(), report.submitted(), report.decided()}) {
            if (signed != null) {
                named.add(signed.by());
            }
        }
        return new Detail(
                report,
                proposal,
                calls.find(proposal.call()).orElseThrow(),
                report.state() == FinalReport.State.SUBMITTED || report.state() == FinalReport.State.ACCEPTED
                        ? report.hours()
                        : hours(id),
                events,
                refusalToWrite(actor, proposal, report).isEmpty(),
                refusalToSubmit(actor, proposal, report).isEmpty(),
                refusalToDecide(actor, proposal, report).isEmpty(),
                people.summaries(named.stream().distinct().toList()));
    }

    /** What was granted, also where it was given back since, and used so far, by cluster, from the record. */
    List<FinalReport.ReportHours> hours(ProposalId id) {
        List<Allocation> all = allocations.ofProposal(id);
        Map<AllocationId, Balance> balances = usage.balances(all);
        Map<String, FinalReport.ReportHours> byCluster = new TreeMap<>();
        Map<AllocationId, List<AllocationChange>> givenBack =
                changes.of(all.stream().map(Allocation::id).toList()).stream()
                        .filter(c -> c.kind() == AllocationChange.Kind.GIVEN_BACK)
                        .collect(Collectors.groupingBy(AllocationChange::allocation));
        for (Allocation allocation : all) {
            Balance balance = requireNonNull(balances.get(allocation.id()));
            List<AllocationChange> back = givenBack.getOrDefault(allocation.id(), List.of());
            long gpuBack =
                    -back.stream().mapToLong(AllocationChange::gpuMilliseconds).sum();
            long cpuBack =
                    -back.stream().mapToLong(AllocationChange::cpuMilliseconds).sum();
            byCluster.merge(
                    allocation.cluster(),
                    new FinalReport.ReportHours(
                            allocation.cluster(),
                            allocation.gpuHours().plus(new GpuHours(gpuBack)),
                            balance.gpuSettled().plus(balance.gpuInFlight()),
                            new CpuHours(Math.addExact(allocation.cpuHours().milliseconds(), cpuBack)),
                            balance.cpuSettled().plus(balance.cpuInFlight())),
                    FinalReport.ReportHours::plus);
        }
        return List.copyOf(byCluster.values());
    }

    /** How to acknowledge an award that the actor may see; nothing before there is one. */
    List<Acknowledgement.Text> acknowledgement(Actor actor, ProposalId id) {
        Proposal proposal = Proposals.visible(actor, proposals.find(id));
        if (!(proposal.state() instanceof ProposalState.Awarded)) {
            return List.of();
        }
        List<String> clusters = allocations.ofProposal(id).stream()
                .map(Allocation::cluster)
                .distinct()
                .sorted()
                .toList();
        return acknowledgement.of(calls.find(proposal.call()).orElseThrow(), proposal, clusters);
    }

    private static Optional<Refusal> refusalToWrite(Actor actor, Proposal proposal, FinalReport report) {
        if (!actor.isMemberOf(proposal.organisation())) {
            return Optional.of(Refusal.forbidden("members-only"));
        }
        return report.state().isOpen()
                ? Optional.empty()
                : Optional.of(Refusal.conflict("report-handed-in", proposal.code()));
    }

    /** The project's lead or an owner hands it in, because it binds the organisation. */
    private Optional<Refusal> refusalToSubmit(Actor actor, Proposal proposal, FinalReport report) {
        Optional<Refusal> refusal = refusalToWrite(actor, proposal, report);
        if (refusal.isPresent()) {
            return refusal;
        }
        boolean lead = proposal.state() instanceof ProposalState.Awarded awarded
                && projects.summary(awarded.project()).lead().equals(actor.person());
        if (!lead && !actor.isOwnerOf(proposal.organisation())) {
            return Optional.of(Refusal.forbidden("lead-or-owner-only"));
        }
        return clock.instant().isBefore(report.endsAt())
                ? Optional.of(Refusal.conflict("award-not-over", proposal.code()))
                : Optional.empty();
    }

    private static Optional<Refusal> refusalToDecide(Actor actor, Proposal proposal, FinalReport report) {
        return proposal.refusalUnlessOfficer(actor)
                .or(() -> report.state() == FinalReport.State.SUBMITTED
                        ? Optional.empty()
                        : Optional.of(Refusal.conflict("report-not-submitted", proposal.code())));
    }

    /** Keeps what is written so far. */
    @Transactional
    Outcome<FinalReport> write(Actor actor, ProposalId id, @Nullable Long version, FinalReport.ReportContent typed) {
        Proposal proposal = Proposals.visible(actor, proposals.find(id));
        FinalReport report = table.lock(id).orElseThrow(() -> new NotFoundException("final report"));
        FinalReport.ReportContent content = typed.clean();
        Optional<Refusal> refusal = refusal(report, version, refusalToWrite(actor, proposal, report))
                .or(content::refusalToKeep)
                .or(() -> report.state() == FinalReport.State.RETURNED ? content.refusalToSubmit() : Optional.empty());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!content.equals(report.content())) {
            table.update(report.with(content, new FinalReport.Signed(actor.person(), now())));
        }
        return Outcome.done(table.find(id).orElseThrow());
    }

    /** Hands it in, with what the record says of hours at this moment. */
    @Transactional
    Outcome<FinalReport> submit(Actor actor, ProposalId id, @Nullable Long version) {
        Proposal proposal = Proposals.visible(actor, proposals.find(id));
        FinalReport report = table.lock(id).orElseThrow(() -> new NotFoundException("final report"));
        Optional<Refusal> refusal = refusal(report, version, refusalToSubmit(actor, proposal, report))
                .or(report.content()::refusalToSubmit);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Instant now = now();
        table.update(report.submitted(new FinalReport.Signed(actor.person(), now), hours(id)));
        table.insertEvent(id, new FinalReportTable.Event(now, FinalReport.State.SUBMITTED, actor.person(), null));
        audit.record(actor, "final-report.submitted", "proposal", id, Map.of("code", proposal.code()));
        notifications.tell(
                people.withRole(CentreRole.ACCESS_OFFICER),
                "access.told.report-submitted",
                link(id),
                proposal.code(),
                Holders.title(proposal));
        return Outcome.done(table.find(id).orElseThrow());
    }

    /** Accepts a report, or returns it with a note and at least ten working days. */
    @Transactional
    Outcome<FinalReport> decide(
            Actor actor, ProposalId id, @Nullable Long version, @Nullable Boolean accept, @Nullable String note) {
        Proposal proposal = Proposals.visible(actor, proposals.find(id));
        FinalReport report = table.lock(id).orElseThrow(() -> new NotFoundException("final report"));
        boolean accepted = Boolean.TRUE.equals(accept);
        Fields fields = new Fields().present("accept", accept);
        Optional<Refusal> refusal = refusal(report, version, refusalToDecide(actor, proposal, report))
                .or(() -> (accepted
                                ? fields.optionalText("note", note, FinalReport.LONGEST_NOTE)
                                : fields.text("note", note, FinalReport.LONGEST_NOTE))
                        .refusal());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Instant now = now();
        String said = note == null || note.isBlank() ? null : note.strip();
        FinalReport decided = report.decided(
                accepted,
                new FinalReport.Signed(actor.person(), now),
                said,
                closedDays.workingDays().due(now, FinalReport.DAYS_AFTER_RETURN));
        table.update(decided);
        table.insertEvent(id, new FinalReportTable.Event(now, decided.state(), actor.person(), said));
        audit.record(
                actor,
                accepted ? "final-report.accepted" : "final-report.returned",
                "proposal",
                id,
                Map.of("code", proposal.code()));
        notifications.tell(
                holders.applicants(proposal),
                accepted ? "access.told.report-accepted" : "access.told.report-returned",
                link(id),
                proposal.code(),
                Holders.title(proposal),
                decided.dueAt());
        return Outcome.done(table.find(id).orElseThrow());
    }

    private static Optional<Refusal> refusal(FinalReport report, @Nullable Long version, Optional<Refusal> byRule) {
        if (byRule.isPresent() && byRule.get().kind() == Refusal.Kind.FORBIDDEN) {
            return byRule;
        }
        return version != null && version != report.version() ? Optional.of(Refusal.stale()) : byRule;
    }

    /** What the actor's organisations owe and can hand in by now, the first due first. */
    List<FinalReportTable.Row> toWrite(Actor actor, int most) {
        Collection<OrganisationId> of = actor.organisations().keySet();
        Instant now = clock.instant();
        return of.isEmpty()
                ? List.of()
                : table.open(of, 1_000).stream()
                        .filter(row -> !now.isBefore(row.report().endsAt()))
                        .limit(most)
                        .toList();
    }

    /** What waits for this actor as an access officer, the first handed in first. */
    List<FinalReportTable.Row> toDecide(Actor actor, int most) {
        return actor.is(CentreRole.ACCESS_OFFICER)
                ? table.submitted(most).stream()
                        .filter(row -> !actor.isMemberOf(row.organisation()))
                        .toList()
                : List.of();
    }

    /** What is overdue anywhere, for the centre's own, the longest first. */
    List<FinalReportTable.Row> overdue(Actor actor, int most) {
        return Proposal.seesSubmitted(actor) ? table.dueBefore(clock.instant(), most) : List.of();
    }

    /** What was handed in and how, where there is a report at all. */
    Optional<FinalReport> find(ProposalId id) {
        return table.find(id);
    }

    List<FinalReportTable.Event> events(ProposalId id) {
        return table.events(id);
    }

    /** Tells those who owe one that it is due in 30 and in 7 days, and that it is overdue, each once. */
    @Transactional
    void remind() {
        Instant now = clock.instant();
        Instant ahead = now.plus(Duration.ofDays(FinalReport.Reminder.MONTH.daysBefore() + 1L));
        for (FinalReportTable.Row row : table.toRemind(ahead, MOST_REMINDED)) {
            FinalReport report = row.report();
            Optional<FinalReport.Reminder> due = report.reminder(now);
            if (due.isPresent() && table.remind(report.proposal(), due.get(), report.version())) {
                Proposal proposal = proposals.find(report.proposal()).orElseThrow();
                notifications.tell(
                        holders.applicants(proposal),
                        "access.told.report-due." + due.get(),
                        link(report.proposal()),
                        proposal.code(),
                        Holders.title(proposal),
                        report.dueOn());
            }
        }
    }

    static String link(ProposalId id) {
        return "/proposals/" + id + "/report";
    }

    // The database keeps microseconds; what is answered at once and what is read later must be the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
