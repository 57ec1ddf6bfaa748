package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.farga.people.Organisations;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The rules' answers to a proposal as a page, with what applicants and officers do about them; and the legal entity. */
@Controller
class EligibilityPages {
    private final Eligibility eligibility;
    private final Organisations organisations;
    private final Sentences sentences;
    private final Shells shells;

    EligibilityPages(Eligibility eligibility, Organisations organisations, Sentences sentences, Shells shells) {
        this.eligibility = eligibility;
        this.organisations = organisations;
        this.sentences = sentences;
        this.shells = shells;
    }

    @GetMapping("/proposals/{id}/eligibility")
    ModelAndView show(Actor actor, @PathVariable ProposalId id, HttpServletRequest request) {
        return show(actor, id, null, Map.of(), null, request);
    }

    private ModelAndView show(
            Actor actor,
            ProposalId id,
            @Nullable Rule at,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Eligibility.Report report = eligibility.report(actor, id);
        Proposal proposal = report.detail().proposal();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("sentences", sentences);
        model.put("report", report);
        model.put("mayAsk", proposal.refusalToAskException(actor).isEmpty());
        model.put("mayRule", proposal.refusalToRule(actor).isEmpty());
        model.put("at", at);
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("access/eligibility", model, refusal);
    }

    @PostMapping("/proposals/{id}/exceptions/{rule}")
    ModelAndView ask(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable Rule rule,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(
                eligibility.askException(actor, id, rule, typed.get("justification")),
                actor,
                id,
                rule,
                typed,
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/findings/{rule}")
    ModelAndView rule(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable Rule rule,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Finding.Answer answer = Arrays.stream(Finding.Answer.values())
                .filter(a -> a.name().equals(typed.get("answer")))
                .findFirst()
                .orElse(null);
        return answer(
                eligibility.rule(
                        actor,
                        id,
                        rule,
                        new FindingRuling.NewRuling(answer, typed.get("reason"), typed.get("evidence"))),
                actor,
                id,
                rule,
                typed,
                request,
                redirect);
    }

    private ModelAndView answer(
            Outcome<Proposal> outcome,
            Actor actor,
            ProposalId id,
            Rule rule,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<Proposal> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield new ModelAndView("redirect:/proposals/" + id + "/eligibility#" + rule);
            }
            case Outcome.Refused<Proposal>(Refusal refusal) -> {
                if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                    throw new Answer.RefusedException(refusal);
                }
                yield show(actor, id, rule, typed, refusal, request);
            }
        };
    }

    @GetMapping("/organisations/{id}/legal-entity")
    ModelAndView legalEntity(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        Map<String, String> typed = new HashMap<>();
        eligibility.legalEntity(actor, id).ifPresent(entity -> {
            put(typed, "register", entity.register());
            put(typed, "entry", entity.entry());
            put(typed, "explanation", entity.explanation());
        });
        return legalEntity(actor, id, typed, null, request);
    }

    private static void put(Map<String, String> typed, String field, @Nullable String value) {
        if (value != null) {
            typed.put(field, value);
        }
    }

    private ModelAndView legalEntity(
            Actor actor,
            OrganisationId id,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("organisation", organisations.summary(id));
        model.put("entity", eligibility.legalEntity(actor, id).orElse(null));
        model.put("owner", actor.isOwnerOf(id));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("access/legal-entity", model, refusal);
    }

    @PostMapping("/organisations/{id}/legal-entity")
    ModelAndView declare(
            Actor actor,
            @PathVariable OrganisationId id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (eligibility.declare(
                actor,
                id,
                new LegalEntity.NewLegalEntity(typed.get("register"), typed.get("entry"), typed.get("explanation")))) {
            case Outcome.Done<LegalEntity> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield new ModelAndView("redirect:/organisations/" + id + "/legal-entity");
            }
            case Outcome.Refused<LegalEntity>(Refusal refusal) -> {
                if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                    throw new Answer.RefusedException(refusal);
                }
                yield legalEntity(actor, id, typed, refusal, request);
            }
        };
    }
}
