package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
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

/** The centre's own page: its staff, and the way to what they look after. */
@Controller
@RequestMapping("/centre")
class CentrePages {
    private final CentreRoles roles;
    private final Shells shells;

    CentrePages(CentreRoles roles, Shells shells) {
        this.roles = roles;
        this.shells = shells;
    }

    @GetMapping({"", "/search"})
    ModelAndView show(
            Actor actor,
            @RequestParam(required = false) @Nullable PersonId person,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return page(actor, person, cursor, null, null, request);
    }

    /** A form that is sent, not an address with an e-mail address in it: those stand in histories and proxies' logs. */
    @PostMapping("/search")
    ModelAndView search(
            Actor actor, @RequestParam(required = false) @Nullable String email, HttpServletRequest request) {
        return roles.find(actor, email)
                .map(found -> new ModelAndView("redirect:/centre?person=" + found.person()))
                .orElseGet(() -> page(actor, null, null, email == null ? "" : email, null, request));
    }

    @PostMapping("/staff/{person}/roles/{role}")
    ModelAndView change(
            Actor actor,
            @PathVariable PersonId person,
            @PathVariable CentreRole role,
            @RequestParam boolean held,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Outcome<StaffMember> outcome = held ? roles.grant(actor, person, role) : roles.withdraw(actor, person, role);
        return switch (outcome) {
            case Outcome.Done<StaffMember>(StaffMember member) -> {
                redirect.addFlashAttribute(Shells.NOTICE, held ? "people.centre.granted" : "people.centre.withdrawn");
                if (actor.person().equals(person) && member.roles().isEmpty()) {
                    yield new ModelAndView("redirect:/");
                }
                redirect.addAttribute("person", person.toString());
                yield new ModelAndView("redirect:/centre");
            }
            case Outcome.Refused<StaffMember>(Refusal refusal) -> page(actor, person, null, null, refusal, request);
        };
    }

    private ModelAndView page(
            Actor actor,
            @Nullable PersonId person,
            @Nullable String cursor,
            @Nullable String nobody,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        boolean administrator = actor.is(CentreRole.ADMINISTRATOR);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("staff", roles.list(actor, cursor, null));
        model.put("administrator", administrator);
        model.put("nobody", nobody);
        model.put(
                "found",
                administrator && person != null ? roles.find(actor, person).orElse(null) : null);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("people/centre", model);
        if (refusal != null) {
            page.setStatus(HttpStatus.CONFLICT);
        }
        return page;
    }
}
