package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Where administrators help those who lost every second factor. */
@Controller
@RequestMapping("/centre/factor-resets")
class FactorResetPages {
    private final FactorResets resets;
    private final Shells shells;

    FactorResetPages(FactorResets resets, Shells shells) {
        this.resets = resets;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView show(Actor actor, HttpServletRequest request) {
        return page(actor, Map.of(), null, request);
    }

    @NeedsProof
    @PostMapping
    ModelAndView request(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (resets.request(actor, typed.get("email"), typed.get("reason"))) {
            case Outcome.Done<FactorReset> done -> done("identity.factor-reset.requested", redirect);
            case Outcome.Refused<FactorReset>(Refusal refusal) -> page(actor, typed, refusal, request);
        };
    }

    @NeedsProof
    @PostMapping("/{id}/decision")
    ModelAndView decide(
            Actor actor,
            @PathVariable UUID id,
            @RequestParam boolean granted,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (resets.decide(actor, id, granted)) {
            case Outcome.Done<FactorReset> done ->
                done(granted ? "identity.factor-reset.granted" : "identity.factor-reset.declined", redirect);
            case Outcome.Refused<FactorReset>(Refusal refusal) -> page(actor, Map.of(), refusal, request);
        };
    }

    private static ModelAndView done(String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/centre/factor-resets");
    }

    private ModelAndView page(
            Actor actor, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("open", resets.list(actor));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return Answer.page("identity/factor-resets", model, refusal);
    }
}
