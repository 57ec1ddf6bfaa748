package org.farga.notification;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.UUID;
import org.farga.platform.Shell;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

@Controller
@RequestMapping("/notifications")
class NotificationPages {
    private final Notifications notifications;
    private final Shells shells;

    NotificationPages(Notifications notifications, Shells shells) {
        this.notifications = notifications;
        this.shells = shells;
    }

    @GetMapping
    ModelAndView list(
            Actor actor, @RequestParam(required = false) @Nullable String cursor, HttpServletRequest request) {
        Shell shell = shells.of(request);
        return new ModelAndView(
                "notification/notifications",
                Map.of("shell", shell, "page", notifications.list(actor, cursor, null, shell.language())));
    }

    /** Marks one as read and goes where it points. */
    @PostMapping("/{id}/reading")
    String read(Actor actor, @PathVariable UUID id) {
        return "redirect:" + notifications.read(actor, id).link();
    }

    @PostMapping("/reading")
    String readAll(Actor actor) {
        notifications.readAll(actor);
        return "redirect:/notifications";
    }
}
