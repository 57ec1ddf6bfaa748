package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the one-time token out of a link's address at once and into the browser's session: the browser goes on to an
 * address without it, so that it stands in no history, no {@code Referer} and no log but that of the first request.
 */
public final class LinkTokens {
    private static final int LONGEST = 200;
    private static final String CARRIED = "farga.link.carried.";

    private LinkTokens() {}

    /** What a link is for; at most one token of each is kept. */
    public enum Purpose {
        RECOVERY("farga.recovery-token"),
        EMAIL("farga.email-token"),
        SETUP("farga.setup-token"),
        /** Outlives a sign-in: whom it invites may have to sign up or in before they can accept. */
        INVITATION(CARRIED + "invitation");

        private final String attribute;

        Purpose(String attribute) {
            this.attribute = attribute;
        }
    }

    /** Keeps the token that came in this request's address; what cannot be one is left alone. */
    public static void keep(
            Purpose purpose, @Nullable String token, HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Referrer-Policy", "no-referrer");
        if (token != null && token.length() <= LONGEST) {
            request.getSession(true).setAttribute(purpose.attribute, token);
        }
    }

    /** The token that was kept; null where there is none. */
    public static @Nullable String kept(Purpose purpose, HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(purpose.attribute) instanceof String token ? token : null;
    }

    /** Once it has done what it was for. */
    public static void forget(Purpose purpose, HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.removeAttribute(purpose.attribute);
        }
    }

    /** What goes on from this request's session into the one that a sign-in puts in its place. */
    public static Map<String, String> carried(HttpServletRequest request) {
        Map<String, String> carried = new HashMap<>();
        for (Purpose purpose : Purpose.values()) {
            String token = purpose.attribute.startsWith(CARRIED) ? kept(purpose, request) : null;
            if (token != null) {
                carried.put(purpose.attribute, token);
            }
        }
        return carried;
    }
}
