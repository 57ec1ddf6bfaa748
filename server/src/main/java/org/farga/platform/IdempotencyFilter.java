package org.farga.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Makes a POST with an {@code Idempotency-Key} happen once (draft-ietf-httpapi-idempotency-key-header). The key and the
 * answer are written in the very transaction of the change, so that neither a crash nor a second request at the same
 * time can separate them: the second waits for the first and is given its answer.
 */
@Component
@Order(IdempotencyFilter.ORDER)
class IdempotencyFilter extends OncePerRequestFilter {
    /** After Spring Security's chain (-100), which says who is asking. */
    static final int ORDER = 0;

    /** Set on a request whose answer holds a secret: the answer is not kept, and so not given again. */
    static final String SECRET = "farga.secret-answer";

    private static final int LONGEST_KEY = 255;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final ProblemWriter problems;
    private final Clock clock;

    IdempotencyFilter(JdbcClient jdbc, PlatformTransactionManager transactions, ProblemWriter problems, Clock clock) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.problems = problems;
        this.clock = clock;
    }

    private record Stored(
            byte[] requestSha256,
            int status,
            @Nullable String contentType,
            @Nullable String etag,
            byte @Nullable [] body) {}

    /** Carries a failed request out of the transaction, so that nothing of it is kept, not even its key. */
    private static final class NotKept extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotKept(@Nullable Throwable cause) {
            super(cause);
        }
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST")
                || !request.getRequestURI().startsWith("/api/v1/")
                || request.getHeader("Idempotency-Key") == null
                || CurrentActor.of(request) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader("Idempotency-Key").strip();
        if (key.isEmpty() || key.length() > LONGEST_KEY) {
            problems.write(request, response, HttpStatus.BAD_REQUEST, "bad-idempotency-key", LONGEST_KEY);
            return;
        }
        Actor actor = CurrentActor.of(request);
        if (actor == null) {
            chain.doFilter(request, response);
            return;
        }
        byte[] body;
        try {
            body = request.getInputStream().readAllBytes();
        } catch (BodyLimitFilter.TooLargeException e) {
            problems.write(request, response, HttpStatus.CONTENT_TOO_LARGE, "too-large");
            return;
        }
        byte[] sha256 = sha256(request.getRequestURI(), body);
        UUID person = actor.person().value();
        ContentCachingResponseWrapper buffered = new ContentCachingResponseWrapper(response);
        Optional<Stored> earlier = Optional.empty();
        try {
            earlier = transaction.execute(status -> {
                Optional<Stored> found = claim(person, key, sha256);
                if (found.isEmpty()) {
                    perform(new Replayable(request, body), buffered, chain);
                    keep(person, key, buffered, request.getAttribute(SECRET) != null);
                }
                return found;
            });
        } catch (NotKept e) {
            if (e.getCause() != null) {
                throw new ServletException(e.getCause());
            }
        }
        if (earlier != null && earlier.isPresent()) {
            replay(earlier.get(), sha256, request, response);
            return;
        }
        buffered.copyBodyToResponse();
    }

    /** Takes the key, or answers what was stored under it; waits while another request holds it. */
    private Optional<Stored> claim(UUID person, String key, byte[] sha256) {
        int taken = jdbc.sql("""
                        INSERT INTO idempotency_key (person_id, key, request_sha256, created_at)
                        VALUES (:person, :key, :sha256, :now)
                        ON CONFLICT (person_id, key) DO NOTHING""")
                .param("person", person)
                .param("key", key)
                .param("sha256", sha256)
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
        if (taken == 1) {
            return Optional.empty();
        }
        return jdbc.sql("""
                        SELECT request_sha256, response_status, response_content_type, response_etag, response_body
                        FROM idempotency_key WHERE person_id = :person AND key = :key""")
                .param("person", person)
                .param("key", key)
                .query((row, n) ->
                        new Stored(row.getBytes(1), row.getInt(2), row.getString(3), row.getString(4), row.getBytes(5)))
                .optional();
    }

    private static void perform(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException e) {
            throw new NotKept(e);
        }
        if (response.getStatus() >= 400) {
            // A refusal changed nothing; the same key may be used again once the reason is gone.
            throw new NotKept(null);
        }
    }

    private void keep(UUID person, String key, ContentCachingResponseWrapper response, boolean secret) {
        jdbc.sql("""
                UPDATE idempotency_key
                SET response_status = :status, response_content_type = :type, response_etag = :etag, response_body = :body
                WHERE person_id = :person AND key = :key""")
                .param("status", response.getStatus())
                .param("type", response.getContentType())
                .param("etag", response.getHeader("ETag"))
                .param("body", secret ? null : response.getContentAsByteArray())
                .param("person", person)
                .param("key", key)
                .update();
    }

    private void replay(Stored stored, byte[] sha256, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!Arrays.equals(stored.requestSha256(), sha256)) {
            problems.write(request, response, HttpStatus.UNPROCESSABLE_CONTENT, "idempotency-key-reused");
            return;
        }
        byte[] body = stored.body();
        if (body == null) {
            problems.write(request, response, HttpStatus.CONFLICT, "secret-shown-before");
            return;
        }
        response.setStatus(stored.status());
        response.setHeader("Idempotency-Replayed", "true");
        if (stored.contentType() != null) {
            response.setContentType(stored.contentType());
        }
        if (stored.etag() != null) {
            response.setHeader("ETag", stored.etag());
        }
        response.getOutputStream().write(body);
    }

    private static byte[] sha256(String path, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(path.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The request with its body, which was read once already. */
    private static final class Replayable extends HttpServletRequestWrapper {
        private final byte[] body;

        Replayable(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] into, int from, int most) {
                    return bytes.read(into, from, most);
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    try {
                        listener.onDataAvailable();
                        listener.onAllDataRead();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
        }
    }
}
