package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.farga.aid.ConfirmedLinks;
import org.farga.people.Organisations;
import org.farga.people.SmeVerdict;
import org.farga.platform.Settings;
import org.farga.shared.OrganisationId;
import org.springframework.stereotype.Component;

/** Gathers what the rules look at, from wherever it stands. */
@Component
class FactFinder {
    private final ProposalTable proposals;
    private final EligibilityTable table;
    private final Organisations organisations;
    private final FinalReports reports;
    private final ConfirmedLinks links;
    private final Settings settings;

    FactFinder(
            ProposalTable proposals,
            EligibilityTable table,
            Organisations organisations,
            FinalReports reports,
            ConfirmedLinks links,
            Settings settings) {
        this.proposals = proposals;
        this.table = table;
        this.organisations = organisations;
        this.reports = reports;
        this.links = links;
        this.settings = settings;
    }

    /** For a submission now, under the call's rules as they are; what the call has to give stands still until its end. */
    Facts toSubmit(Proposal proposal, Call call, Instant now) {
        if (call.rules().asked().contains(Rule.FUNDS_LEFT)
                && !call.rules().parameters().funds().isEmpty()) {
            table.lockFunds(call.id());
        }
        return of(proposal, call, now);
    }

    /** Whatever its people want to know of it before. */
    Facts of(Proposal proposal, Call call, Instant now) {
        return of(proposal, call, call.rules(), call.rulesVersion(), now);
    }

    /** The same by another version of the call's rules, as of when it was submitted: a call that has closed since was open then. */
    Facts of(Proposal proposal, Call call, CallRules rules, int rulesVersion, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, settings.zone());
        return new Facts(
                proposal.answers(),
                proposal.editedAt(),
                table.practices(proposal.id()),
                applicant(proposal.organisation(), rules, today),
                proposals.countLive(proposal.organisation(), call.mode(), proposal.id(), now),
                table.fundsLeft(call.id(), rules, proposal.id()),
                call.title(),
                rulesVersion,
                call.takes(now),
                today,
                rules);
    }

    /** Only what some rule of the call asks for is looked up. */
    private Applicant applicant(OrganisationId id, CallRules rules, LocalDate today) {
        Organisations.Summary organisation = organisations.summary(id);
        SmeVerdict size = organisations.smeVerdict(id).orElse(null);
        List<Applicant.Link> unnamed = size == null || !rules.asked().contains(Rule.SME)
                ? List.of()
                : links.of(id, today).stream()
                        .filter(l -> !size.names(l.name()))
                        .map(l -> new Applicant.Link(l.name(), l.since()))
                        .toList();
        List<Applicant.Report> overdue = !rules.asked().contains(Rule.FINAL_REPORTS)
                ? List.of()
                : reports.overdue(id).stream()
                        .map(r -> new Applicant.Report(r.code(), r.dueAt()))
                        .toList();
        return new Applicant(
                organisation.country(),
                organisation.foundedOn(),
                size,
                rules.asked().contains(Rule.REGISTERED) ? table.legalEntity(id).orElse(null) : null,
                unnamed,
                overdue);
    }
}
