package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Supplier;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;

/**
 * What somebody came with, to be asked again where an answer goes on for longer than a request: who they are by now, or
 * nobody once it is revoked.
 *
 * @param key the same for all requests that came with the same; tells nothing of a secret
 */
public record Standing(Object key, Supplier<Optional<Actor>> now) {
    private static final String ATTRIBUTE = "farga.standing";

    /** Noted by whoever found out who asks. */
    public void noteOn(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** Null for a stranger. */
    public static @Nullable Standing of(HttpServletRequest request) {
        return (Standing) request.getAttribute(ATTRIBUTE);
    }
}
