package org.farga.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.farga.platform.CurrentActor;
import org.farga.platform.LogContext;
import org.farga.shared.Actor;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets each log line of a request say whose it was: the person's identifier, not their name. */
@Component
@Order(PersonInLog.ORDER)
class PersonInLog extends OncePerRequestFilter {
    /** Once it is known who asks. */
    static final int ORDER = SessionRights.ORDER - 10;

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Actor actor = CurrentActor.of(request);
        if (actor == null) {
            chain.doFilter(request, response);
            return;
        }
        try (LogContext.Scope person = LogContext.About.PERSON.is(actor.person())) {
            chain.doFilter(request, response);
        }
    }
}
