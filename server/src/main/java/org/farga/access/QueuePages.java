package org.farga.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Fields;
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

/** What is done on a proposal's page where there are not the hours, and with the conditions of its award; and referrals. */
@Controller
class QueuePages {
    private final Queue queue;
    private final AwardConditions conditions;
    private final ProposalPages pages;
    private final Shells shells;

    QueuePages(Queue queue, AwardConditions conditions, ProposalPages pages, Shells shells) {
        this.queue = queue;
        this.conditions = conditions;
        this.pages = pages;
        this.shells = shells;
    }

    @PostMapping("/proposals/{id}/no-room")
    ModelAndView refuse(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Fields fields = new Fields();
        Queue.Shortage shortage = new Queue.Shortage(
                typed.get("reason"),
                FormValues.hours(fields, "gpuHours", typed),
                FormValues.hours(fields, "cpuHours", typed),
                id(typed.get("referral")));
        return answer(
                actor,
                id,
                Answer.outcome(fields, () -> queue.refuse(actor, id, version, shortage)),
                "access.done.decided",
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/no-room/choice")
    ModelAndView choose(
            Actor actor,
            @PathVariable ProposalId id,
            @RequestParam long version,
            @RequestParam Queue.Choice choice,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Fields fields = new Fields();
        Queue.Chosen chosen = new Queue.Chosen(
                choice, FormValues.hours(fields, "gpuHours", typed), FormValues.hours(fields, "cpuHours", typed));
        return answer(
                actor,
                id,
                Answer.outcome(fields, () -> queue.choose(actor, id, version, chosen)),
                "access.done.chosen." + choice,
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/no-room/decision")
    ModelAndView serve(
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
                null);
        return answer(
                actor,
                id,
                Answer.outcome(fields, () -> queue.serve(actor, id, version, verdict, typed.containsKey("passOver"))),
                "access.done.decided",
                request,
                redirect);
    }

    @PostMapping("/proposals/{id}/conditions/{number}/fulfilment")
    ModelAndView fulfil(
            Actor actor,
            @PathVariable ProposalId id,
            @PathVariable int number,
            @RequestParam(required = false) @Nullable String note,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return answer(actor, id, conditions.fulfil(actor, id, number, note), "access.done.saved", request, redirect);
    }

    private ModelAndView answer(
            Actor actor,
            ProposalId id,
            Outcome<?> outcome,
            String notice,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:/proposals/" + id);
            }
            case Outcome.Refused<?>(Refusal refusal) -> pages.show(actor, id, Map.of(), refusal, request);
        };
    }

    @GetMapping("/referrals")
    ModelAndView referrals(Actor actor, HttpServletRequest request) {
        return referrals(actor, Map.of(), null, request);
    }

    private ModelAndView referrals(
            Actor actor, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("referrals", queue.referrals(actor));
        model.put("officer", actor.is(CentreRole.ACCESS_OFFICER));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("access/referrals", model, refusal);
    }

    @PostMapping("/referrals")
    ModelAndView add(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return put(actor, null, typed, request, redirect);
    }

    @PostMapping("/referrals/{referral}")
    ModelAndView change(
            Actor actor,
            @PathVariable UUID referral,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return put(actor, referral, typed, request, redirect);
    }

    private ModelAndView put(
            Actor actor,
            @Nullable UUID id,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Referral.NewReferral referral = new Referral.NewReferral(
                typed.get("name"), typed.get("text"), typed.get("contact"), typed.containsKey("active"));
        return switch (queue.refer(actor, id, referral)) {
            case Outcome.Done<Referral> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "access.done.saved");
                yield new ModelAndView("redirect:/referrals");
            }
            case Outcome.Refused<Referral>(Refusal refusal) ->
                referrals(actor, id == null ? typed : Map.of(), refusal, request);
        };
    }

    private static @Nullable UUID id(@Nullable String text) {
        try {
            return text == null || text.isBlank() ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            // One that there is not: the form's own list was changed.
            return new UUID(0, 0);
        }
    }
}
