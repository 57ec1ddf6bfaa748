package org.farga.people;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.farga.people.EmergencyAccess.Verdict;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
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

/** Where a role is taken in an emergency, and where others look at it afterwards. */
@Controller
@RequestMapping("/centre/emergency-access")
class EmergencyAccessPages {
    private final EmergencyAccesses accesses;
    private final Shells shells;

    EmergencyAccessPages(EmergencyAccesses accesses, Shells shells) {
        this.accesses = accesses;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        return list(actor, cursor, Map.of(), null, request);
    }

    @PostMapping
    ModelAndView open(
            Actor actor,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        CentreRole role = Arrays.stream(CentreRole.values())
                .filter(r -> r.name().equals(typed.get("role")))
                .findFirst()
                .orElse(null);
        Integer hours =
                typed.getOrDefault("hours", "").matches("[0-9]{1,3}") ? Integer.valueOf(typed.get("hours")) : null;
        return switch (accesses.open(actor, role, typed.get("reason"), hours)) {
            case Outcome.Done<EmergencyAccess>(EmergencyAccess opened) -> {
                redirect.addFlashAttribute(Shells.NOTICE, "people.emergency.opened");
                yield new ModelAndView("redirect:/centre/emergency-access/" + opened.id());
            }
            case Outcome.Refused<EmergencyAccess>(Refusal refusal) -> list(actor, null, typed, refusal, request);
        };
    }

    @GetMapping("/{id}")
    ModelAndView show(Actor actor, @PathVariable UUID id, HttpServletRequest request) {
        return page(actor, id, Map.of(), null, request);
    }

    @PostMapping("/{id}/closure")
    ModelAndView close(Actor actor, @PathVariable UUID id, HttpServletRequest request, RedirectAttributes redirect) {
        return answer(actor, id, accesses.close(actor, id), "people.emergency.closed", Map.of(), request, redirect);
    }

    @PostMapping("/{id}/review")
    ModelAndView review(
            Actor actor,
            @PathVariable UUID id,
            @RequestParam Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        Verdict verdict = Arrays.stream(Verdict.values())
                .filter(v -> v.name().equals(typed.get("verdict")))
                .findFirst()
                .orElse(null);
        return answer(
                actor,
                id,
                accesses.review(actor, id, verdict, typed.get("note")),
                "people.emergency.reviewed",
                typed,
                request,
                redirect);
    }

    private ModelAndView answer(
            Actor actor,
            UUID id,
            Outcome<EmergencyAccess> outcome,
            String notice,
            Map<String, String> typed,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (outcome) {
            case Outcome.Done<EmergencyAccess> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, notice);
                yield new ModelAndView("redirect:/centre/emergency-access/" + id);
            }
            case Outcome.Refused<EmergencyAccess>(Refusal refusal) -> page(actor, id, typed, refusal, request);
        };
    }

    private ModelAndView list(
            Actor actor,
            @Nullable String cursor,
            Map<String, String> typed,
            @Nullable Refusal refusal,
            HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("page", accesses.list(actor, cursor, null));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return answered(new ModelAndView("people/emergency-accesses", model), refusal);
    }

    private ModelAndView page(
            Actor actor, UUID id, Map<String, String> typed, @Nullable Refusal refusal, HttpServletRequest request) {
        EmergencyAccesses.Named named = accesses.named(actor, id);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("named", named);
        model.put("uses", accesses.uses(actor, id));
        model.put("mayReview", accesses.mayReview(actor, named.access()));
        model.put("typed", typed);
        model.put("refusal", refusal);
        return answered(new ModelAndView("people/emergency-access", model), refusal);
    }

    private static ModelAndView answered(ModelAndView page, @Nullable Refusal refusal) {
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.INVALID ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.CONFLICT);
        }
        return page;
    }
}
