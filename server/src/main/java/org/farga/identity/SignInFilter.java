package org.farga.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.farga.people.Actors;
import org.farga.platform.BearerTokens;
import org.farga.platform.CurrentActor;
import org.farga.platform.Navigation;
import org.farga.platform.OwnPath;
import org.farga.platform.ProblemWriter;
import org.farga.platform.Secret;
import org.farga.platform.Standing;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says who is asking: by a bearer token on the API, else by the browser's session. Rights are read for each request; a
 * token that lacks the scope for it gets no further.
 */
final class SignInFilter extends OncePerRequestFilter {
    /** The session's only content of ours: the person's identifier. */
    static final String SESSION_PERSON = "farga.person";

    private static final String SIGNED_IN = "farga.how-signed-in";
    private static final String SLEEPING = "farga.sleeping-roles";
    private static final String BEARER = "Bearer ";

    private final ApiTokens tokens;
    private final Actors actors;
    private final StrongRoles strongRoles;
    private final ProblemWriter problems;
    private final List<BearerTokens> others;

    SignInFilter(
            ApiTokens tokens,
            Actors actors,
            StrongRoles strongRoles,
            ProblemWriter problems,
            List<BearerTokens> others) {
        this.others = others;
        this.tokens = tokens;
        this.strongRoles = strongRoles;
        this.actors = actors;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        Optional<Actor> actor;
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            Secret secret = new Secret(authorization.substring(BEARER.length()).strip());
            Optional<BearerTokens> others = others(secret);
            if (others.isPresent()) {
                actor = others.get().bearer(secret, request);
            } else {
                Optional<ApiTokens.Holder> holder = tokens.holder(secret);
                holder.ifPresent(h -> request.setAttribute(SIGNED_IN, h.how()));
                actor = holder.map(ApiTokens.Holder::actor);
                new Standing(
                                ByteBuffer.wrap(secret.sha256()),
                                () -> tokens.holder(secret).map(ApiTokens.Holder::actor))
                        .noteOn(request);
            }
            if (others.isPresent() && actor.isPresent() && !others.get().covers(request)) {
                problems.write(request, response, HttpStatus.FORBIDDEN, "token-elsewhere");
                return;
            }
            if (actor.isEmpty()) {
                response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
                problems.write(request, response, HttpStatus.UNAUTHORIZED, "invalid-token");
                return;
            }
            Scope needed = neededFor(request);
            if (!actor.get().has(needed)) {
                problems.write(request, response, HttpStatus.FORBIDDEN, "scope-missing", needed.name());
                return;
            }
        } else {
            actor = bySession(request);
            actor.map(Actor::person)
                    .ifPresent(person -> new Standing(person, () -> actors.find(person)).noteOn(request));
        }
        if (leadsToSleepingRole(request)) {
            response.sendRedirect(OwnPath.address("/sign-in/step-up", request.getRequestURI()));
            return;
        }
        actor.ifPresent(known -> {
            request.setAttribute(CurrentActor.ATTRIBUTE, known);
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                    known.person().toString(), null, AuthorityUtils.NO_AUTHORITIES));
            SecurityContextHolder.setContext(context);
        });
        chain.doFilter(request, response);
    }

    private Optional<BearerTokens> others(Secret secret) {
        return others.stream()
                .filter(one -> secret.text().startsWith(one.prefix()))
                .findFirst();
    }

    /** What a token must be good for; the roles of the centre are asked for by {@link Actor#is} where they matter. */
    private static Scope neededFor(HttpServletRequest request) {
        if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            return Scope.READ;
        }
        String path = request.getRequestURI();
        if (path.startsWith("/mlflow/") || path.startsWith("/api/2.0/")) {
            // Its searches are posted; what changes something asks for COMPUTE there.
            return Scope.READ;
        }
        boolean compute =
                path.startsWith("/api/v1/jobs") || path.startsWith("/api/v1/runs") || path.startsWith("/api/v1/models");
        return compute ? Scope.COMPUTE : Scope.WRITE;
    }

    private Optional<Actor> bySession(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        Object person = session == null ? null : session.getAttribute(SESSION_PERSON);
        if (!(person instanceof String id)) {
            return Optional.empty();
        }
        SignedIn how = BrowserSessions.signedIn(request).orElse(null);
        request.setAttribute(SIGNED_IN, how);
        return actors.find(PersonId.valueOf(id)).map(actor -> {
            StrongRoles.Judged judged = strongRoles.inSession(
                    actor, how, BrowserSessions.identity(request).orElse(null));
            request.setAttribute(SLEEPING, judged.sleeping());
            return judged.actor();
        });
    }

    /** How whoever asks signed in, now or when they made their token; null where that is not known. */
    static @Nullable SignedIn signedIn(HttpServletRequest request) {
        return request.getAttribute(SIGNED_IN) instanceof SignedIn how ? how : null;
    }

    /** The roles of whoever asks that wait for a stronger sign-in. */
    static Set<CentreRole> sleeping(HttpServletRequest request) {
        Set<CentreRole> roles = EnumSet.noneOf(CentreRole.class);
        if (request.getAttribute(SLEEPING) instanceof Set<?> sleeping) {
            sleeping.forEach(role -> roles.add((CentreRole) role));
        }
        return roles;
    }

    // A page of the centre answers "not found" to somebody whose role sleeps; they are shown how to wake it instead.
    private static boolean leadsToSleepingRole(HttpServletRequest request) {
        return request.getMethod().equals("GET")
                && (Navigation.CENTRE.holds(request.getRequestURI()) || Navigation.AUDIT.holds(request.getRequestURI()))
                && !sleeping(request).isEmpty();
    }
}
