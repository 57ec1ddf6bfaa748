package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
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

/** Where an organisation takes its leave, and sees first what that ends. */
@Controller
@RequestMapping("/organisations/{organisation}/closing")
class ClosingPages {
    private final Closings closings;
    private final Organisations organisations;
    private final Shells shells;

    ClosingPages(Closings closings, Organisations organisations, Shells shells) {
        this.closings = closings;
        this.organisations = organisations;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView show(Actor actor, @PathVariable OrganisationId organisation, HttpServletRequest request) {
        return page(actor, organisation, Map.of(), null, request);
    }

    @PostMapping
    ModelAndView begin(
            Actor actor,
            @PathVariable OrganisationId organisation,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Integer days = typed.getOrDefault("days", "").matches("[0-9]{1,3}") ? Integer.valueOf(typed.get("days")) : null;
        return switch (closings.begin(actor, organisation, typed.get("name"), typed.get("reason"), days)) {
            case Outcome.Done<Closing> done -> done(organisation, "people.closing.begun", redirect);
            case Outcome.Refused<Closing>(Refusal refusal) -> page(actor, organisation, typed, refusal, request);
        };
    }

    @PostMapping("/recall")
    ModelAndView callOff(
            Actor actor,
            @PathVariable OrganisationId organisation,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (closings.callOff(actor, organisation)) {
            case Outcome.Done<Boolean> done -> done(organisation, "people.closing.called-off", redirect);
            case Outcome.Refused<Boolean>(Refusal refusal) -> page(actor, organisation, Map.of(), refusal, request);
        };
    }

    private static ModelAndView done(OrganisationId organisation, String notice, RedirectAttributes redirect) {
        redirect.addFlashAttribute(Shells.NOTICE, notice);
        return new ModelAndView("redirect:/organisations/" + organisation);
    }

    private ModelAndView page(
            Actor actor,
            OrganisationId organisation,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("organisation", organisations.get(actor, organisation));
        model.put("lines", closings.preview(actor, organisation));
        model.put("closing", closings.find(actor, organisation).orElse(null));
        model.put("typed", typed);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("people/closing", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        }
        return page;
    }
}
