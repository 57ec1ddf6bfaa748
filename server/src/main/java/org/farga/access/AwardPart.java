package org.farga.access;

import gg.jte.Content;
import gg.jte.TemplateEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.people.People;
import org.farga.platform.Shell;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** On a proposal's page: what it has no hours for, what its award is bound to, and all that came after. */
@Component
class AwardPart implements ProposalPart {
    private final Proposals proposals;
    private final Queue queue;
    private final AllocationRequests requests;
    private final AwardConditions conditions;
    private final FinalReports reports;
    private final People people;
    private final TemplateEngine templates;

    AwardPart(
            Proposals proposals,
            Queue queue,
            AllocationRequests requests,
            AwardConditions conditions,
            FinalReports reports,
            People people,
            TemplateEngine templates) {
        this.proposals = proposals;
        this.queue = queue;
        this.requests = requests;
        this.conditions = conditions;
        this.reports = reports;
        this.people = people;
        this.templates = templates;
    }

    /**
     * Something that happened after the award.
     *
     * @param key of the sentence that says what
     * @param by null where the rules did it
     */
    record Moment(
            Instant at,
            String key,
            List<Object> arguments,
            @Nullable PersonId by,
            @Nullable String note) {}

    @Override
    public Optional<Content> partFor(Actor actor, ProposalId id, Shell shell) {
        Proposal proposal = proposals.get(actor, id);
        ProposalState state = proposal.state();
        Optional<Queue.Standing> standing = queue.standing(proposal);
        List<AwardCondition> bound = conditions.of(actor, id);
        boolean mayRefuse = state instanceof ProposalState.Submitted
                && proposal.refusalToDo(Step.Kind.DECISION, actor, shell.now()).isEmpty();
        boolean awarded = state instanceof ProposalState.Awarded;
        if (standing.isEmpty() && bound.isEmpty() && !mayRefuse && !awarded) {
            return Optional.empty();
        }
        AllocationRequests.History history =
                awarded ? requests.history(id) : new AllocationRequests.History(List.of(), List.of(), List.of());
        List<Moment> moments = moments(history.requests(), bound, reports.events(id));
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("proposal", proposal);
        model.put("standing", standing.orElse(null));
        model.put("conditions", bound);
        model.put("allocations", history.allocations());
        model.put("moments", moments);
        model.put(
                "names",
                people.summaries(moments.stream()
                        .map(Moment::by)
                        .filter(java.util.Objects::nonNull)
                        .map(p -> java.util.Objects.requireNonNull(p))
                        .distinct()
                        .toList()));
        model.put("report", reports.find(id).orElse(null));
        model.put("acknowledgement", reports.acknowledgement(actor, id));
        model.put("officer", proposal.refusalUnlessOfficer(actor).isEmpty());
        model.put("mayRefuse", mayRefuse);
        model.put("mayChoose", proposal.refusalToChoose(actor).isEmpty());
        model.put("mayServe", proposal.refusalToServe(actor).isEmpty());
        model.put("mayWithdraw", proposal.refusalToWithdraw(actor).isEmpty());
        model.put("referrals", mayRefuse ? queue.referrals(actor) : List.of());
        return Optional.of(out -> templates.render("access/after-award.jte", model, out));
    }

    private static List<Moment> moments(
            List<AllocationRequest> asked, List<AwardCondition> bound, List<FinalReportTable.Event> reported) {
        List<Moment> all = new ArrayList<>();
        for (AllocationRequest r : asked) {
            all.addAll(of(r));
        }
        for (AwardCondition c : bound) {
            if (c.fulfilledAt() != null) {
                all.add(new Moment(
                        c.fulfilledAt(), "access.moment.condition", List.of(c.number()), c.fulfilledBy(), c.note()));
            }
        }
        for (FinalReportTable.Event e : reported) {
            all.add(new Moment(e.at(), "access.moment.report." + e.state(), List.of(), e.by(), e.note()));
        }
        all.sort(Comparator.comparing(Moment::at));
        return all;
    }

    /** A request, and how it ended: as one where it happened at once. */
    static List<Moment> of(AllocationRequest r) {
        List<Object> what = List.of(
                r.gpu().hours(),
                r.cpu().hours(),
                r.months() == null ? 0 : r.months(),
                r.cluster() == null ? "" : r.cluster());
        Instant decidedAt = r.decidedAt();
        if (r.state() == AllocationRequest.State.GRANTED && r.decidedBy() == null && decidedAt != null) {
            return List.of(new Moment(
                    decidedAt,
                    "access.moment.GRANTED." + r.kind() + (r.ends() ? ".ends" : ""),
                    what,
                    r.askedBy(),
                    r.reason()));
        }
        List<Moment> both = new ArrayList<>();
        both.add(new Moment(r.askedAt(), "access.moment.ASKED." + r.kind(), what, r.askedBy(), r.reason()));
        if (decidedAt != null) {
            both.add(new Moment(
                    decidedAt,
                    r.state() == AllocationRequest.State.GRANTED
                            ? "access.moment.GRANTED." + r.kind() + (r.ends() ? ".ends" : "")
                            : "access.moment." + r.state(),
                    what,
                    r.state() == AllocationRequest.State.WITHDRAWN ? r.askedBy() : r.decidedBy(),
                    r.note()));
        }
        return both;
    }
}
