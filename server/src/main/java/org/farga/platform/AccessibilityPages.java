package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * The accessibility statement, with the parts that Commission Implementing Decision (EU) 2018/1523 asks for: how far the
 * pages conform, what does not, how that was found out, and whom to tell.
 */
@Controller
class AccessibilityPages {
    private final Shells shells;
    private final String contact;

    AccessibilityPages(Shells shells, @Value("${farga.accessibility.contact:}") String contact) {
        this.shells = shells;
        this.contact = contact.strip();
    }

    @GetMapping("/accessibility")
    ModelAndView statement(HttpServletRequest request) {
        return new ModelAndView("platform/accessibility", Map.of("shell", shells.of(request), "contact", contact));
    }
}
