package org.farga.audit;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.audit.AuditProofs.Inclusion;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
class AuditPages {
    private final AuditEntries entries;
    private final AuditProofs proofs;
    private final AuditChecks checks;
    private final Shells shells;

    AuditPages(AuditEntries entries, AuditProofs proofs, AuditChecks checks, Shells shells) {
        this.entries = entries;
        this.proofs = proofs;
        this.checks = checks;
        this.shells = shells;
    }

    @GetMapping("/audit")
    ModelAndView list(
            Actor actor,
            @RequestParam(defaultValue = "") String person,
            @RequestParam(defaultValue = "") String action,
            @RequestParam(defaultValue = "") String subject,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request) {
        AuditEntries.requireReader(actor);
        Shell shell = shells.of(request);
        // Nobody by that address did anything.
        PersonId nobody = new PersonId(new UUID(0, 0));
        PersonId found = person.isBlank() ? null : entries.person(person);
        AuditFilter filter = new AuditFilter(person.isBlank() ? null : found == null ? nobody : found, action, subject);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("state", checks.state());
        model.put("page", entries.list(actor, filter, cursor, null, shell.language()));
        model.put("person", person);
        model.put("action", action);
        model.put("subject", subject);
        model.put("address", address("/audit", person, action, subject));
        model.put(
                "export",
                address(
                        "/api/v1/audit.csv",
                        filter.person() == null ? "" : filter.person().toString(),
                        action,
                        subject));
        return new ModelAndView("audit/audit", model);
    }

    /** An entry with its proof. */
    @GetMapping("/audit/entries/{number}")
    ModelAndView entry(Actor actor, @PathVariable long number, HttpServletRequest request) {
        Shell shell = shells.of(request);
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shell);
        model.put("line", entries.get(actor, number, shell.language()));
        model.put(
                "proof",
                proofs.inclusion(actor, number) instanceof Outcome.Done<Inclusion>(Inclusion proof) ? proof : null);
        return new ModelAndView("audit/entry", model);
    }

    /** How the log's tree stands: checkpoints, keys, checks. */
    @GetMapping("/audit/log")
    ModelAndView log(Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("checkpoints", proofs.checkpoints(actor, cursor, 20));
        model.put("checks", checks.list(actor, 10));
        model.put("keys", proofs.keys());
        model.put("state", checks.state());
        return new ModelAndView("audit/log", model);
    }

    @PostMapping("/audit/checks")
    ModelAndView check(Actor actor, RedirectAttributes redirect) {
        checks.ask(actor);
        redirect.addFlashAttribute(Shells.NOTICE, "audit.check.asked");
        return new ModelAndView("redirect:/audit/log");
    }

    private static String address(String path, String person, String action, String subject) {
        List<String> parts = new ArrayList<>();
        Map.of("person", person, "action", action, "subject", subject).forEach((name, value) -> {
            if (!value.isBlank()) {
                parts.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        });
        return parts.isEmpty() ? path : path + "?" + String.join("&", parts);
    }
}
