package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Languages;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Fields;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
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

/** Who may do what over just one call or one sector. */
@Controller
@RequestMapping("/centre/scoped-roles")
class ScopedRolePages {
    private final ScopedRoles roles;
    private final Shells shells;

    ScopedRolePages(ScopedRoles roles, Shells shells) {
        this.roles = roles;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        return page(actor, cursor, Map.of(), null, request);
    }

    /** {@code role} is one choice of a list: the kind, a space, and the scope. */
    @PostMapping
    ModelAndView grant(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        String role = typed.getOrDefault("role", "");
        int space = role.indexOf(' ');
        ScopedRole.Kind kind = Arrays.stream(ScopedRole.Kind.values())
                .filter(k -> space > 0 && k.name().equals(role.substring(0, space)))
                .findFirst()
                .orElse(null);
        LocalDate lastDay;
        try {
            String day = typed.getOrDefault("lastDay", "").strip();
            lastDay = day.isEmpty() ? null : LocalDate.parse(day);
        } catch (DateTimeParseException e) {
            Refusal refusal =
                    new Fields().rule("lastDay", false, "not-a-date").refusal().orElseThrow();
            return page(actor, null, typed, refusal, request);
        }
        var order =
                new ScopedRoles.Order(typed.get("email"), kind, space > 0 ? role.substring(space + 1) : null, lastDay);
        return switch (roles.grant(actor, order, Languages.of(request))) {
            case Outcome.Done<ScopedRoles.Named> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "people.scoped-role.granted");
                yield new ModelAndView("redirect:/centre/scoped-roles");
            }
            case Outcome.Refused<ScopedRoles.Named>(Refusal refusal) -> page(actor, null, typed, refusal, request);
        };
    }

    @PostMapping("/{id}/withdrawal")
    ModelAndView withdraw(Actor actor, @PathVariable UUID id, HttpServletRequest request, RedirectAttributes redirect) {
        return switch (roles.withdraw(actor, id, Languages.of(request))) {
            case Outcome.Done<ScopedRoles.Named> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "people.scoped-role.withdrawn");
                yield new ModelAndView("redirect:/centre/scoped-roles");
            }
            case Outcome.Refused<ScopedRoles.Named>(Refusal refusal) -> page(actor, null, Map.of(), refusal, request);
        };
    }

    private ModelAndView page(
            Actor actor,
            @Nullable String cursor,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("held", roles.list(actor, cursor, null, Languages.of(request)));
        model.put("offers", roles.offers(actor, Languages.of(request)));
        model.put("typed", typed);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("people/scoped-roles", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        }
        return page;
    }
}
