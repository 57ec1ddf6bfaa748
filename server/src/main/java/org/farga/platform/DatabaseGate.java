package org.farga.platform;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.HtmlUtils;

/**
 * Answers 503 while the database is away, in words, at once, and without asking it anything: neither sign-in nor language
 * nor session is known then. The first request that fails for want of the database shuts the gate; a thread that knocks
 * every second opens it again.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class DatabaseGate extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseGate.class);
    private static final Duration KNOCK = Duration.ofSeconds(1);
    private static final String RETRY_AFTER_SECONDS = "5";
    private static final String READINESS = "/actuator/health/readiness";

    private final HikariDataSource source;
    private final DatabaseConfiguration.PrivateServer server;
    private final Messages messages;
    private final AtomicBoolean away = new AtomicBoolean();

    DatabaseGate(HikariDataSource source, DatabaseConfiguration.PrivateServer server, Messages messages) {
        this.source = source;
        this.server = server;
        this.messages = messages;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean ready = request.getRequestURI().equals(READINESS);
        if (ready && away.get() && answers()) {
            away.set(false); // whoever hears that this process is ready is served from then on
        }
        if (away.get() && (ready || !servedWithoutDatabase(request.getRequestURI()))) {
            answer(request, response);
            return;
        }
        try {
            chain.doFilter(request, response);
            // A supervisor asks even at night, when nobody else does.
            if (response.getStatus() == 503 && request.getRequestURI().startsWith("/actuator/health")) {
                shut(new IllegalStateException("health says so"));
            }
        } catch (ServletException | RuntimeException e) {
            if (!isAway(e)) {
                throw e;
            }
            shut(e);
            if (!response.isCommitted()) {
                response.reset();
                response.setHeader("X-Request-Id", RequestIds.current());
                answer(request, response);
            }
        }
    }

    private static boolean servedWithoutDatabase(String path) {
        return path.startsWith("/actuator/")
                || path.startsWith("/css/")
                || path.startsWith("/js/")
                || path.startsWith("/images/")
                || path.startsWith("/vendor/");
    }

    /** Whether this was thrown because the database cannot be reached, is starting or is going down. */
    static boolean isAway(Throwable thrown) {
        for (@Nullable Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (t instanceof SQLTransientConnectionException || t instanceof SQLRecoverableException) {
                return true;
            }
            if (t instanceof SQLException sql) {
                String state = String.valueOf(sql.getSQLState());
                // PostgreSQL's classes: 08 connection; 57P01..57P03 shutting down, crashed, starting up.
                if (state.startsWith("08") || state.startsWith("57P0")) {
                    return true;
                }
            }
        }
        return false;
    }

    private void shut(Exception why) {
        // A pool that is merely busy throws the same: only a database that does not answer itself shuts the gate.
        if (answers() || !away.compareAndSet(false, true)) {
            return;
        }
        LOG.error("the database is away; answering 503 until it is back: {}", Failures.summary(why));
        Thread.ofVirtual().name("farga-knock").start(() -> {
            while (!source.isClosed() && !answers()) {
                try {
                    LocalPostgres ours = server.postgres();
                    if (ours != null && ours.revive()) {
                        LOG.warn("the private PostgreSQL had ended and is started again; its log says why it ended");
                    }
                    Thread.sleep(KNOCK);
                } catch (IOException e) {
                    LOG.error("the private PostgreSQL cannot be started again", e);
                } catch (InterruptedException e) {
                    return;
                }
            }
            away.set(false);
            LOG.warn("the database is back");
        });
    }

    /** Whether it takes a connection beside the pool. */
    private boolean answers() {
        Properties properties = new Properties();
        if (source.getUsername() != null) {
            properties.setProperty("user", source.getUsername());
        }
        if (source.getPassword() != null) {
            properties.setProperty("password", source.getPassword());
        }
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("loginTimeout", "2");
        properties.setProperty("socketTimeout", "2");
        try (Connection connection = DriverManager.getConnection(source.getJdbcUrl(), properties)) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Locale language = Languages.of(request);
        String title = messages.text(language, "problem.database-away.title");
        String detail = messages.text(language, "problem.database-away");
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
        response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
        response.setHeader("Cache-Control", "no-store");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        if (ProblemAdvice.wantsPage(request)) {
            response.setContentType(MediaType.TEXT_HTML_VALUE);
            response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'");
            response.getWriter().write("""
                    <!doctype html>
                    <html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                    <meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="%s">
                    <title>%s · Farga</title><link rel="stylesheet" href="%s"></head>
                    <body><main id="main"><h1>%s</h1><p>%s</p><p class="hint">%s</p></main></body></html>
                    """.formatted(
                            language.getLanguage(),
                            RETRY_AFTER_SECONDS,
                            HtmlUtils.htmlEscape(title),
                            Assets.address("css/farga.css"),
                            HtmlUtils.htmlEscape(title),
                            HtmlUtils.htmlEscape(detail),
                            HtmlUtils.htmlEscape(RequestIds.current())));
        } else {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.getWriter().write("""
                    {"type":"/problems/database-away","title":"%s","status":503,"detail":"%s","requestId":"%s"}""".formatted(escaped(title), escaped(detail), escaped(RequestIds.current())));
        }
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
