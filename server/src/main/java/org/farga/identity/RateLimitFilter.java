package org.farga.identity;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.farga.platform.CurrentActor;
import org.farga.platform.ProblemWriter;
import org.farga.shared.Actor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps one person's or network's programs from taking Farga away from all others: token buckets in memory, so each
 * process counts for itself; tries to sign in, which guess secrets, are counted in the database for all processes together. Answers 429 with {@code Retry-After}, and says on the API what is left
 * (draft-ietf-httpapi-ratelimit-headers). Whom a request speaks for, Tomcat has worked out: {@code X-Forwarded-For} counts
 * from the proxies alone that are set as trusted. This machine itself is not limited as a stranger.
 */
@Component
@Order(RateLimitFilter.ORDER)
class RateLimitFilter extends OncePerRequestFilter {
    /** Once it is known who asks and with which rights. */
    static final int ORDER = SessionRights.ORDER + 10;

    private static final long MOST_BUCKETS = 100_000;

    private final Limits persons;
    private final Limits strangers;
    private final SignInAttemptTable attempts;
    private final long signInsBurst;
    private final Duration signInsWindow;
    private final ProblemWriter problems;
    private final Clock clock;

    RateLimitFilter(RateLimitSettings settings, SignInAttemptTable attempts, ProblemWriter problems, Clock clock) {
        this.persons = new Limits("person", settings.personBurst(), settings.personPerSecond(), 1);
        this.strangers = new Limits("network", settings.strangerBurst(), settings.strangerPerSecond(), 1);
        this.attempts = attempts;
        this.signInsBurst = settings.signInsBurst();
        this.signInsWindow = Duration.ofSeconds(
                Math.max(1, Math.ceilDiv(settings.signInsBurst() * 60, settings.signInsPerMinute())));
        this.problems = problems;
        this.clock = clock;
    }

    /** One kind of bucket, each found by whom it counts; those nobody used for long are forgotten, full as they are. */
    private static final class Limits {
        private final String name;
        private final long burst;
        private final long windowS;
        private final LoadingCache<String, Bucket> buckets;

        Limits(String name, long burst, long tokens, long perSeconds) {
            this.name = name;
            this.burst = burst;
            this.windowS = Math.max(1, Math.ceilDiv(burst * perSeconds, tokens));
            Bandwidth bandwidth = Bandwidth.builder()
                    .capacity(burst)
                    .refillGreedy(tokens, Duration.ofSeconds(perSeconds))
                    .build();
            this.buckets = Caffeine.newBuilder()
                    .maximumSize(MOST_BUCKETS)
                    .expireAfterAccess(Duration.ofSeconds(windowS + 60))
                    .build(key -> Bucket.builder().addLimit(bandwidth).build());
        }

        ConsumptionProbe take(String whom) {
            return buckets.get(whom).tryConsumeAndReturnRemaining(1);
        }
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        // Static files cost nothing, and health must answer in a flood.
        return path.startsWith("/actuator/")
                || path.startsWith("/css/")
                || path.startsWith("/js/")
                || path.startsWith("/vendor/")
                || path.startsWith("/images/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Actor actor = CurrentActor.of(request);
        Optional<String> network =
                SignUpLimit.of(request.getRemoteAddr(), clock.instant()).map(SignUpLimit::network);
        if (network.isPresent() && isSignIn(request) && !tookSignIn(network.get(), request, response)) {
            return;
        }
        boolean taken = actor != null
                ? took(persons, actor.person().toString(), request, response)
                : network.isEmpty() || took(strangers, network.get(), request, response);
        if (taken) {
            chain.doFilter(request, response);
        }
    }

    private boolean took(Limits limits, String whom, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        ConsumptionProbe probe = limits.take(whom);
        if (!probe.isConsumed() || request.getRequestURI().startsWith("/api/")) {
            response.setHeader(
                    "RateLimit-Policy", "\"" + limits.name + "\";q=" + limits.burst + ";w=" + limits.windowS);
            response.setHeader(
                    "RateLimit",
                    "\"" + limits.name + "\";r=" + probe.getRemainingTokens() + ";t="
                            + seconds(probe.getNanosToWaitForReset()));
        }
        if (!probe.isConsumed()) {
            long wait = Math.max(1, seconds(probe.getNanosToWaitForRefill()));
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(wait));
            problems.write(request, response, HttpStatus.TOO_MANY_REQUESTS, "too-many-requests", wait);
        }
        return probe.isConsumed();
    }

    private boolean tookSignIn(String network, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        SignInAttemptTable.Counted counted = attempts.count("sign-in " + network, signInsWindow, clock.instant());
        boolean taken = counted.attempts() <= signInsBurst;
        if (!taken) {
            long wait = Math.max(1, seconds(counted.left().toNanos()));
            response.setHeader("RateLimit-Policy", "\"sign-in\";q=" + signInsBurst + ";w=" + signInsWindow.toSeconds());
            response.setHeader("RateLimit", "\"sign-in\";r=0;t=" + wait);
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(wait));
            problems.write(request, response, HttpStatus.TOO_MANY_REQUESTS, "too-many-requests", wait);
        }
        return taken;
    }

    private static long seconds(long nanos) {
        return Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
    }

    /** What costs a slow hash or a mail, and what guessing would be done by. */
    private static boolean isSignIn(HttpServletRequest request) {
        return request.getMethod().equals("POST")
                && switch (request.getRequestURI()) {
                    case "/sign-in",
                            "/sign-in/second-factor",
                            "/sign-in/passkey",
                            "/sign-up",
                            "/recovery",
                            "/recovery/password",
                            "/api/v1/sign-in",
                            "/api/v1/persons" -> true;
                    default -> false;
                };
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(RateLimitSettings.class)
    static class Bound {}
}
