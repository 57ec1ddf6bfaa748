package org.farga.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The first step of stopping, for a restart that nobody notices: readiness says "out of service" (Spring Boot tells it so) while every request is
 * still answered, for {@code farga.drain}, so that a proxy in front sends the next ones elsewhere. Connections are closed
 * after their answer, and what streams is told to end and comes back by itself.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public class Drain extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final Duration length;
    private final ApplicationContext context;
    private volatile boolean draining;

    Drain(Settings settings, ApplicationContext context) {
        this.length = settings.drain();
        this.context = context;
    }

    /** Whether this process is about to stop: nothing long should begin, and streams should end. */
    public boolean draining() {
        return draining;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (draining) {
            response.setHeader("Connection", "close");
        }
        chain.doFilter(request, response);
    }

    /** First of all that listens: afterwards streams end, then the web server, then the rest. */
    @EventListener
    @Order(Ordered.HIGHEST_PRECEDENCE)
    void stop(ContextClosedEvent closing) {
        if (closing.getApplicationContext() != context || draining) {
            return;
        }
        draining = true;
        if (length.isPositive()) {
            LOG.info("out of service; still answering for {} s", length.toSeconds());
            try {
                Thread.sleep(length);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
