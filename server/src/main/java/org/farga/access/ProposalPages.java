package org.farga.access;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.farga.aid.AidOfAwards;
import org.farga.allocation.ClusterNames;
import org.farga.people.Organisations;
import org.farga.platform.Answer;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CallId;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
@RequestMapping("/proposals")
class ProposalPages {
    private final Proposals proposals;
    private final Drafts drafts;
    private final Eligibility eligibility;
    private final Rulings rulings;
    private final Awards awards;
    private final Assessments assessments;
    private final DraftViews draftViews;
    private final Papers papers;
    private final Calls calls;
    private final Sentences sentences;
    private final ClusterNames clusters;
    private final AidOfAwards aid;
    private final RulesDiff diff;
    private final List<ProposalPart> parts;
    private final Shells shells;

    ProposalPages(
            Proposals proposals,
            Drafts drafts,
            Eligibility eligibility,
            Rulings rulings,
            Awards awards,
            Assessments assessments,
            DraftViews draftViews,
            Papers papers,
            Calls calls,
            Sentences sentences,
            ClusterNames clusters,
            AidOfAwards aid,
            RulesDiff diff,
            List<ProposalPart> parts,
            Shells shells) {
        this.proposals = proposals;
        this.drafts = drafts;
        this.eligibility = eligibility;
        this.rulings = rulings;
        this.awards = awards;
        this.assessments = assessments;
        this.draftViews = draftViews;
        this.papers = papers;
        this.calls = calls;
        this.sentences = sentences;
        this.clusters = clusters;
        this.aid = aid;
        this.diff = diff;
        this.parts = parts;
        this.shells = shells;
    }

    /** A proposal in a list, with the names that its row shows. */
    record Row(Proposal proposal, String call, String organisation) {}

    @GetMapping
    ModelAndView list(
            Actor actor,
            @RequestParam(required = false) ProposalState.@Nullable Name state,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        Page<Proposal> page = proposals.list(actor, state, cursor, null);
        List<Proposal> waiting = cursor == null ? proposals.toDecide(actor, 50) : List.of();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        // What both need to know is read once.
        List<Row> rows =
                rows(Stream.concat(page.items().stream(), waiting.stream()).toList());
        int listed = page.items().size();
        model.put("page", new Page<>(rows.subList(0, listed), page.next()));
        model.put("waiting", rows.subList(listed, rows.size()));
        model.put("state", state);
        model.put("centre", Proposal.seesSubmitted(actor));
        return new ModelAndView("access/proposals", model);
    }

    private List<Row> rows(List<Proposal> shown) {
        Map<CallId, Call> under =
                calls.list(shown.stream().map(Proposal::call).distinct().toList());
        Map<OrganisationId, Organisations.Summary> of = proposals.organisationsOf(shown);
        return shown.stream()
                .map(p -> new Row(
                        p,
                        requireNonNull(under.get(p.call())).title(),
                        requireNonNull(of.get(p.organisation())).name()))
                .toList();
    }

    @PostMapping
    ModelAndView create(
            Actor actor,
            @RequestParam String call,
            @RequestParam OrganisationId organisation,
            @RequestParam(defaultValue = "") String gpuHours,
            HttpServletRequest request) {
        return switch (drafts.create(actor, call, organisation)) {
            case Outcome.Done<Proposal>(Proposal created) -> {
                if (!gpuHours.isBlank()) {
                    // Taken along from the guide; where it is no number, the form asks for it.
                    drafts.save(actor, created.id(), Map.of("gpuHours", new Drafts.Typed(null, gpuHours)));
                }
                yield new ModelAndView("redirect:/proposals/" + created.id());
            }
            case Outcome.Refused<Proposal>(Refusal refusal) -> throw new Answer.RefusedException(refusal);
        };
    }

    @GetMapping("/{id}")
    ModelAndView show(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        return show(actor, id, Map.of(), null, request);
    }

    ModelAndView show(
            Actor actor,
            ProposalId id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        ModelAndView page = new ModelAndView("access/proposal", model(actor, id, refusal, request));
        Proposal shown = proposals.get(actor, id);
        page.addObject(
                "assessments", shown.state() instanceof ProposalState.Draft ? List.of() : assessments.list(actor, id));
        Shell shell = (Shell) requireNonNull(page.getModel().get("shell"));
        page.addObject(
                "parts",
                shown.state() instanceof ProposalState.Draft
                        ? List.of()
                        : parts.stream()
                                .flatMap(part -> part.partFor(actor, id, shell).stream())
                                .toList());
        Map<String, String> values = new HashMap<>(FormValues.of(shown.answers()));
        eligibility.practices(actor, id).forEach((practice, said) -> values.put("practice." + practice, said.name()));
        values.putAll(typed);
        page.addObject("typed", values);
        if (shown.refusalToEdit(actor).isEmpty()) {
            page.addObject("draft", draftViews.of(actor, shown, request.getParameter("step")));
        } else if (shown.state().handedIn() != null) {
            page.addObject("documents", draftViews.documents(shown));
            page.addObject("paper", papers.find(actor, id).orElse(null));
        }
        return answered(page, refusal);
    }

    Map<String, Object> model(Actor actor, ProposalId id, @Nullable Refusal refusal, HttpServletRequest request) {
        Proposals.Detail detail = proposals.detail(actor, id);
        Proposal proposal = detail.proposal();
        Shell shell = shells.of(request);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("detail", detail);
        model.put("judged", rulings.judged(id, detail.findings()));
        model.put("sentences", sentences);
        model.put("mayEdit", proposal.refusalToEdit(actor).isEmpty());
        model.put("maySubmit", proposal.refusalToSubmit(actor).isEmpty());
        model.put("mayWithdraw", proposal.refusalToWithdraw(actor).isEmpty());
        Step.Kind step = proposal.state().inStep();
        boolean mayDo =
                step != null && proposal.refusalToDo(step, actor, shell.now()).isEmpty();
        boolean mayDecide = mayDo && step == Step.Kind.DECISION;
        model.put("mayDecide", mayDecide);
        model.put("clusters", mayDecide ? clusters.all() : Set.of());
        model.put(
                "mayFinish",
                mayDo
                        && step != Step.Kind.DECISION
                        && step != Step.Kind.TECHNICAL_ASSESSMENT
                        && proposal.state() instanceof ProposalState.Submitted submitted
                        && !proposals.hasReviewers(submitted, id));
        model.put("mayAsk", proposal.refusalToAsk(actor).isEmpty());
        model.put(
                "mayAnswer",
                proposal.refusalToAnswer(actor).isEmpty() && !ProposalEvent.isAskedByRule(detail.events()));
        model.put("mayAccept", proposal.refusalToAcceptOrTurnDown(actor).isEmpty());
        model.put("mayTakeBack", proposal.refusalToTakeBack(actor, shell.now()).isEmpty());
        model.put("rulesChanges", ProposalsApi.rulesChanges(detail, diff, shell.language()));
        model.put("mayAssess", proposal.refusalToAssess(actor).isEmpty());
        model.put("refusal", refusal);
        model.put("aid", AidBorders.shown(aid, actor, detail, shell).orElse(null));
        return model;
    }

    static ModelAndView answered(ModelAndView page, @Nullable Refusal refusal) {
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.STALE
                            ? HttpStatus.PRECONDITION_FAILED
                            : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    @PostMapping("/{id}/steps/{step}")
    ModelAndView finish(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable Step.Kind step,
            @RequestParam long version,
            @RequestParam ProposalEvent.Result result,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor,
                id,
                proposals.finish(actor, id, version, step, result, reason),
                "access.done.step",
                request,
                redirect);
    }

    @PostMapping("/{id}/question")
    ModelAndView ask(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam(required = false) @Nullable String question,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(actor, id, proposals.ask(actor, id, version, question), "access.done.asked", request, redirect);
    }

    @PostMapping("/{id}/answer")
    ModelAndView answerQuestion(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam(required = false) @Nullable String answer,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                actor, id, proposals.answer(actor, id, version, answer), "access.done.answered", request, redirect);
    }

    @PostMapping("/{id}/acceptance")
    ModelAndView acceptOrTurnDown(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam boolean accept,
            @RequestParam(defaultValue = "false") boolean conditionsAccepted,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return accept
                ? answer(
                        actor,
                        id,
                        Answer.outcome(() -> awards.accept(actor, id, version, conditionsAccepted)),
                        "access.done.accepted",
                        request,
                        redirect)
                : answer(
                        actor,
                        id,
                        awards.turnDown(actor, id, version, reason),
                        "access.done.turned-down",
                        request,
                        redirect);
    }

    @PostMapping("/{id}/offer-withdrawal")
    ModelAndView takeBack(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(actor, id, awards.takeBack(actor, id, version, reason), "access.done.decided", request, redirect);
    }

    @PostMapping("/{id}/known-rules")
    ModelAndView knowRules(
            Actor actor, @PathVariable ProposalId id, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(actor, id, drafts.knowRules(actor, id, null), "access.done.saved", request, redirect);
    }

    @PostMapping("/{id}/withdrawal")
    ModelAndView withdraw(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(actor, id, proposals.withdraw(actor, id, version), "access.done.withdrawn", request, redirect);
    }

    @PostMapping("/{id}/decision")
    ModelAndView decide(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Proposal.Verdict.Choice decision,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Fields fields = new Fields();
        Proposal.Verdict verdict = new Proposal.Verdict(
                decision,
                typed.get("reason"),
                FormValues.hours(fields, "gpuHours", typed),
                FormValues.hours(fields, "cpuHours", typed),
                typed.get("cluster"),
                conditions(typed));
        Outcome<Proposal> outcome = Answer.outcome(fields, () -> awards.decide(actor, id, version, verdict));
        return switch (outcome) {
            case Outcome.Done<Proposal> done -> answer(actor, id, outcome, "access.done.decided", request, redirect);
            case Outcome.Refused<Proposal>(Refusal refusal) -> show(actor, id, typed, refusal, request);
        };
    }

    /** Those of the fields {@code condition.1} and {@code conditionDue.1} on; those left empty are none. */
    private static List<AwardCondition.@Nullable Wanted> conditions(Map<String, String> typed) {
        List<AwardCondition.@Nullable Wanted> conditions = new java.util.ArrayList<>();
        for (int n = 1; n <= AwardCondition.ON_THE_FORM; n++) {
            String text = typed.getOrDefault("condition." + n, "").strip();
            String due = typed.getOrDefault("conditionDue." + n, "").strip();
            if (!text.isEmpty() || !due.isEmpty()) {
                conditions.add(new AwardCondition.Wanted(text, day(due)));
            }
        }
        return conditions;
    }

    private static java.time.@Nullable LocalDate day(String text) {
        try {
            return java.time.LocalDate.parse(text);
        } catch (java.time.DateTimeException e) {
            return null;
        }
    }

    @PostMapping("/{id}/assessment")
    ModelAndView assess(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam Assessment.Recommendation recommendation,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (assessments.assess(actor, id, recommendation, reason)) {
            case Outcome.Done<Assessment> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.assessed");
                yield new ModelAndView("redirect:/proposals/" + id);
            }
            case Outcome.Refused<Assessment>(Refusal refusal) -> show(actor, id, Map.of(), refusal, request);
        };
    }

    private ModelAndView answer(
            Actor actor,
            ProposalId id,
            Outcome<Proposal> outcome,
            String notice,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<Proposal> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:/proposals/" + id);
            }
            case Outcome.Refused<Proposal>(Refusal refusal) -> show(actor, id, Map.of(), refusal, request);
        };
    }
}
