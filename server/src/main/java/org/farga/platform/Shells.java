package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.farga.shared.Actor;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Makes the {@link Shell} of a request. */
@Component
public class Shells {
    /** Where an action leaves the message key of what it did, for the page after its redirect (flash attribute). */
    public static final String NOTICE = "notice";

    private final Messages messages;
    private final Problems problems;
    private final Settings settings;
    private final Clock clock;
    private final java.util.List<UnreadCount> unreadCounts;

    Shells(
            Messages messages,
            Problems problems,
            Settings settings,
            Clock clock,
            java.util.List<UnreadCount> unreadCounts) {
        this.messages = messages;
        this.problems = problems;
        this.settings = settings;
        this.clock = clock;
        this.unreadCounts = unreadCounts;
    }

    /** How many things the reader has not seen yet; the notification module counts them. */
    public interface UnreadCount {
        int unread(Actor actor);
    }

    public Shell of(HttpServletRequest request) {
        Actor actor = CurrentActor.of(request);
        CsrfToken csrf = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        var flash = RequestContextUtils.getInputFlashMap(request);
        Object notice = flash == null ? null : flash.get(NOTICE);
        int unread = actor == null
                ? 0
                : unreadCounts.stream().mapToInt(c -> c.unread(actor)).sum();
        return new Shell(
                messages,
                problems,
                settings,
                actor,
                Languages.of(request),
                request.getRequestURI(),
                () -> csrf == null ? null : csrf.getToken(),
                notice == null ? null : notice.toString(),
                unread,
                clock.instant());
    }
}
