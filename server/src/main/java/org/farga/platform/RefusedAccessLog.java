package org.farga.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.farga.shared.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Logs what was refused for want of a right, so that somebody who tries doors is seen (ASVS 5, 16.3.2): 401, 403 and 429,
 * and 404 to those who are signed in, because what one may not see answers as if it were not there. Who asked stands by
 * their identifier; the query, which may hold what they typed, does not.
 */
@Component
// Within the request's identifier, around everything that refuses.
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class RefusedAccessLog extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedAccessLog.class);
    private static final int LONGEST_PATH = 200;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        Object actor = request.getAttribute(CurrentActor.ATTRIBUTE);
        int status = response.getStatus();
        if (status == 401 || status == 403 || status == 429 || (status == 404 && actor != null)) {
            String path = request.getRequestURI();
            LOG.info(
                    "refused: {} {} answered {} to {} at {}",
                    request.getMethod(),
                    path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "…" : path,
                    status,
                    actor instanceof Actor known ? known.person() : "a stranger",
                    request.getRemoteAddr());
        }
    }
}
