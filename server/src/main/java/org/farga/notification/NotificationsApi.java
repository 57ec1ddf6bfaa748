package org.farga.notification;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.UUID;
import org.farga.platform.Languages;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/notifications")
class NotificationsApi {
    private final Notifications notifications;

    NotificationsApi(Notifications notifications) {
        this.notifications = notifications;
    }

    record NotificationJson(
            UUID id,
            Instant at,
            String sentence,
            String link,
            @Nullable Instant readAt) {
        static NotificationJson of(Notifications.Told told) {
            Notification n = told.notification();
            return new NotificationJson(n.id(), n.at(), told.sentence(), n.link(), n.readAt());
        }
    }

    /** One's own, newest first. */
    @GetMapping
    Page<NotificationJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            HttpServletRequest request) {
        return notifications.list(actor, cursor, limit, Languages.of(request)).map(NotificationJson::of);
    }

    @PutMapping("/{id}/reading")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void read(Actor actor, @PathVariable UUID id) {
        notifications.read(actor, id);
    }

    /** Marks all as read. */
    @PutMapping("/reading")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void readAll(Actor actor) {
        notifications.readAll(actor);
    }
}
