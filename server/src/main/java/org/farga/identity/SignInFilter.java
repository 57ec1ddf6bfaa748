package org.farga.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.farga.people.Actors;
import org.farga.platform.CurrentActor;
import org.farga.platform.ProblemWriter;
import org.farga.platform.Secret;
import org.farga.platform.Standing;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
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

    private static final String BEARER = "Bearer ";

    private final ApiTokens tokens;
    private final Actors actors;
    private final ProblemWriter problems;

    SignInFilter(ApiTokens tokens, Actors actors, ProblemWriter problems) {
        this.tokens = tokens;
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
            actor = tokens.holder(secret);
            new Standing(ByteBuffer.wrap(secret.sha256()), () -> tokens.holder(secret)).noteOn(request);
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
        actor.ifPresent(known -> {
            request.setAttribute(CurrentActor.ATTRIBUTE, known);
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                    known.person().toString(), null, AuthorityUtils.NO_AUTHORITIES));
            SecurityContextHolder.setContext(context);
        });
        chain.doFilter(request, response);
    }

    /** What a token must be good for; the roles of the centre are asked for by {@link Actor#is} where they matter. */
    private static Scope neededFor(HttpServletRequest request) {
        if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            return Scope.READ;
        }
        String path = request.getRequestURI();
        boolean compute =
                path.startsWith("/api/v1/jobs") || path.startsWith("/api/v1/runs") || path.startsWith("/api/v1/models");
        return compute ? Scope.COMPUTE : Scope.WRITE;
    }

    private Optional<Actor> bySession(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        Object person = session == null ? null : session.getAttribute(SESSION_PERSON);
        return person instanceof String id ? actors.find(PersonId.valueOf(id)) : Optional.empty();
    }
}
