package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.farga.shared.Actor;

/** Tokens that another module gives out beside people's API tokens, and what they are good for. */
public interface BearerTokens {
    /** How their text begins, such as {@code farga_job_}. */
    String prefix();

    /** Whether such a token can be used for this request at all. */
    boolean covers(HttpServletRequest request);

    /**
     * In whose name its bearer speaks, with no more rights than it gives; nothing for one that is not good (any more).
     * May leave attributes on the request.
     */
    Optional<Actor> bearer(Secret token, HttpServletRequest request);
}
