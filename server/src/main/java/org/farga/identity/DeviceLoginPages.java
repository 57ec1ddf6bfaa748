package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Where a person types the code that a device shows, sees what asks, and lets it in. No address leads past the typing:
 * a link that somebody was sent confirms nothing.
 */
@Controller
@RequestMapping("/device")
class DeviceLoginPages {
    private final DeviceLogins logins;
    private final Shells shells;

    DeviceLoginPages(DeviceLogins logins, Shells shells) {
        this.logins = logins;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView form(HttpServletRequest request) {
        return page(null, null, request);
    }

    @PostMapping
    ModelAndView find(Actor actor, @RequestParam(required = false) @Nullable String code, HttpServletRequest request) {
        return switch (logins.find(actor, code)) {
            case Outcome.Done<DeviceLogin>(DeviceLogin login) -> page(login, null, request);
            case Outcome.Refused<DeviceLogin>(Refusal refusal) -> page(null, refusal, request);
        };
    }

    /** Where a form was refused, its address is in the browser's bar. */
    @GetMapping("/decision")
    String again() {
        return "redirect:/device";
    }

    @PostMapping("/decision")
    ModelAndView decide(
            Actor actor,
            @RequestParam(required = false) @Nullable String code,
            @RequestParam boolean approve,
            HttpServletRequest request,
            RedirectAttributes redirect) {
        return switch (logins.decide(actor, code, approve, SignInFilter.signedIn(request))) {
            case Outcome.Done<DeviceLogin> done -> {
                redirect.addFlashAttribute(
                        Shells.NOTICE, approve ? "identity.device.approved" : "identity.device.denied");
                yield new ModelAndView("redirect:/account");
            }
            case Outcome.Refused<DeviceLogin>(Refusal refusal) -> page(null, refusal, request);
        };
    }

    private ModelAndView page(@Nullable DeviceLogin login, @Nullable Refusal refusal, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("login", login);
        model.put("refusal", refusal);
        ModelAndView page = new ModelAndView("identity/device", model);
        if (refusal != null) {
            page.setStatus(
                    refusal.kind() == Refusal.Kind.TOO_MANY
                            ? HttpStatus.TOO_MANY_REQUESTS
                            : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        return page;
    }
}
