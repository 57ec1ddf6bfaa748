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

    @GetMapping
    ModelAndView show(
            Actor actor,
            @RequestParam(required = false) @Nullable String email,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        return page(actor, email, cursor, null, request);
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
                redirect.addAttribute("email", member.email().value());
                yield new ModelAndView("redirect:/centre");
            }
            case Outcome.Refused<StaffMember>(Refusal refusal) -> page(actor, null, null, refusal, request);
        };
    }

    private ModelAndView page(
            Actor actor,
            @Nullable String email,
            @Nullable String cursor,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        boolean administrator = actor.is(CentreRole.ADMINISTRATOR);
        boolean searched = administrator && email != null && !email.isBlank();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("staff", roles.list(actor, cursor, null));
        model.put("administrator", administrator);
        model.put("email", email == null ? "" : email);
        model.put("searched", searched);
        model.put("found", searched ? roles.find(actor, email).orElse(null) : null);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("people/centre", model);
        if (refusal != null) {
            page.setStatus(HttpStatus.CONFLICT);
        }
        return page;
    }
}
