package org.farga.access;

import static java.util.Objects.requireNonNullElse;

import java.util.ArrayList;
import java.util.List;
import org.farga.platform.Attention;
import org.farga.shared.Actor;
import org.springframework.stereotype.Component;

/** What proposals ask of a person now: to decide before it is due, to finish a draft, to begin with what was awarded. */
@Component
class ProposalAttention implements Attention {
    private static final int MOST = 10;
    private static final int NEWS_FOR_DAYS = 7;

    private final Proposals proposals;
    private final Drafts drafts;
    private final AllocationRequests requests;
    private final FinalReports reports;
    private final Assessments assessments;

    ProposalAttention(
            Proposals proposals,
            Drafts drafts,
            AllocationRequests requests,
            FinalReports reports,
            Assessments assessments) {
        this.proposals = proposals;
        this.drafts = drafts;
        this.requests = requests;
        this.reports = reports;
        this.assessments = assessments;
    }

    @Override
    public List<Item> itemsFor(Actor actor) {
        List<Item> items = new ArrayList<>();
        for (Proposal p : proposals.withApplicant(actor, MOST)) {
            items.add(new Item(
                    p.state() instanceof ProposalState.Offered
                            ? "access.attention.offered"
                            : p.state() instanceof ProposalState.NoRoom
                                    ? "access.attention.no-room"
                                    : "access.attention.asked",
                    arguments(p),
                    link(p),
                    p.state().decisionDueAt()));
        }
        for (Proposal p : proposals.toDecide(actor, MOST)) {
            items.add(new Item(
                    p.state().inStep() == Step.Kind.DECISION ? "access.attention.decide" : "access.attention.do",
                    arguments(p),
                    link(p),
                    p.state().decisionDueAt()));
        }
        for (AllocationRequests.Open open : requests.toDecide(actor, MOST)) {
            items.add(new Item(
                    "access.attention.request",
                    List.of(open.allocation().proposalCode(), open.project().name()),
                    AllocationRequests.link(open.allocation().id()),
                    open.request().dueAt()));
        }
        for (FinalReportTable.Row row : reports.toWrite(actor, MOST)) {
            items.add(new Item(
                    "access.attention.report-write",
                    List.of(row.code(), row.title()),
                    FinalReports.link(row.report().proposal()),
                    row.report().dueAt()));
        }
        for (FinalReportTable.Row row : reports.toDecide(actor, MOST)) {
            items.add(new Item(
                    "access.attention.report-decide",
                    List.of(row.code(), row.title()),
                    FinalReports.link(row.report().proposal()),
                    null));
        }
        for (Proposal p : assessments.open(actor, MOST)) {
            items.add(new Item(
                    "access.attention.assess", arguments(p), link(p), p.state().decisionDueAt()));
        }
        for (Proposal p : proposals.awardedLately(actor, NEWS_FOR_DAYS, MOST)) {
            items.add(new Item("access.attention.awarded", arguments(p), link(p), null));
        }
        for (Proposal p : drafts.list(actor, MOST)) {
            items.add(new Item("access.attention.draft", arguments(p), link(p), null));
        }
        return items;
    }

    private static List<Object> arguments(Proposal proposal) {
        return List.of(proposal.code(), requireNonNullElse(proposal.answers().title(), ""));
    }

    private static String link(Proposal proposal) {
        return "/proposals/" + proposal.id();
    }
}
