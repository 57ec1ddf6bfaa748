package org.farga.audit;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
class AuditPages {
    private final AuditEntries entries;
    private final Shells shells;

    AuditPages(AuditEntries entries, Shells shells) {
        this.entries = entries;
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
