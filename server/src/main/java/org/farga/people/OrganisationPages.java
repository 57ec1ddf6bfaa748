package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
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

@Controller
@RequestMapping("/organisations")
class OrganisationPages {
    private final Organisations organisations;
    private final Shells shells;

    OrganisationPages(Organisations organisations, Shells shells) {
        this.organisations = organisations;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        return new ModelAndView(
                "people/organisations",
                Map.of("shell", shells.of(request), "page", organisations.list(actor, cursor, null)));
    }

    @GetMapping("/new")
    ModelAndView form(HttpServletRequest request) {
        return form(Map.of(), null, request);
    }

    private ModelAndView form(Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("typed", typed);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("people/organisation-new", model);
        if (refusal != null) {
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }

    @PostMapping
    ModelAndView found(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        String foundedOn = typed.get("foundedOn");
        Outcome<Organisation> outcome = organisations.found(
                actor,
                typed.get("name"),
                typed.get("country"),
                foundedOn == null || foundedOn.isBlank() ? null : LocalDate.parse(foundedOn));
        return switch (outcome) {
            case Outcome.Done<Organisation>(Organisation founded) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "people.organisation.founded");
                yield new ModelAndView("redirect:/organisations/" + founded.id());
            }
            case Outcome.Refused<Organisation>(Refusal refusal) -> form(typed, refusal, request);
        };
    }

    @GetMapping("/{id}")
    ModelAndView show(Actor actor, @PathVariable OrganisationId id, HttpServletRequest request) {
        return new ModelAndView(
                "people/organisation",
                Map.of(
                        "shell", shells.of(request),
                        "organisation", organisations.get(actor, id),
                        "members", organisations.members(actor, id),
                        "owner", actor.isOwnerOf(id)));
    }
}
