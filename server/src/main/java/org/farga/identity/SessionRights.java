package org.farga.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import org.farga.people.Actors;
import org.farga.platform.CurrentActor;
import org.farga.platform.OwnPath;
import org.farga.platform.ProblemWriter;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What a browser's session is good for: it ends when it has lasted too long, and without a second factor, where one is
 * required, the roles at the centre stay behind. Stands behind the filter that says who is asking.
 */
@Component
@Order(SessionRights.ORDER)
class SessionRights extends OncePerRequestFilter {
    /** After Spring Security's chain (-100), before whatever acts for the person. */
    static final int ORDER = -50;

    private static final String CENTRE_UNTIL = "farga.centre-until";
    private static final String WITHHELD = "farga.centre-withheld";

    private final Actors actors;
    private final SecondFactors factors;
    private final SecondFactorSettings settings;
    private final SessionSettings sessions;
    private final ProblemWriter problems;
    private final Clock clock;

    SessionRights(
            Actors actors,
            SecondFactors factors,
            SecondFactorSettings settings,
            SessionSettings sessions,
            ProblemWriter problems,
            Clock clock) {
        this.actors = actors;
        this.factors = factors;
        this.settings = settings;
        this.sessions = sessions;
        this.problems = problems;
        this.clock = clock;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Actor actor = CurrentActor.of(request);
        HttpSession session = request.getSession(false);
        if (actor != null && session != null && request.getHeader(HttpHeaders.AUTHORIZATION) == null) {
            if (sessions.isOver(session.getCreationTime(), clock.millis())) {
                session.invalidate();
                signInAgain(request, response);
                return;
            }
            if (!actor.centreRoles().isEmpty() && !mayUseCentre(actor, request, session)) {
                request.setAttribute(WITHHELD, true);
                actors.find(actor.person(), EnumSet.complementOf(EnumSet.of(Scope.CENTRE)))
                        .ifPresent(less -> request.setAttribute(CurrentActor.ATTRIBUTE, less));
            }
        }
        chain.doFilter(request, response);
    }

    private void signInAgain(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getRequestURI().startsWith("/api/")) {
            problems.write(request, response, HttpStatus.UNAUTHORIZED, "sign-in-required");
        } else {
            String back = request.getMethod().equals("GET") ? request.getRequestURI() : "/";
            response.sendRedirect(OwnPath.address("/sign-in", back));
        }
    }

    private boolean mayUseCentre(Actor actor, HttpServletRequest request, HttpSession session) {
        if (settings.centreRoles() == SecondFactorSettings.Need.OPTIONAL
                || BrowserSessions.signedIn(request)
                        .filter(SignedIn::secondFactor)
                        .isPresent()) {
            return true;
        }
        // Asked for once a session: it does not change.
        Object known = session.getAttribute(CENTRE_UNTIL);
        Instant until;
        if (known instanceof Long seconds) {
            until = Instant.ofEpochSecond(seconds);
        } else {
            until = factors.centreWithoutUntil(actor.person());
            session.setAttribute(CENTRE_UNTIL, until.getEpochSecond());
        }
        return clock.instant().isBefore(until);
    }

    /** The scopes of a token for somebody who signed in with it like this. */
    EnumSet<Scope> scopesFor(PersonId person, SignedIn how) {
        EnumSet<Scope> scopes = EnumSet.allOf(Scope.class);
        boolean withheld = !how.secondFactor()
                && actors.find(person).filter(a -> !a.centreRoles().isEmpty()).isPresent()
                && factors.isCentreWithheld(person);
        if (withheld) {
            scopes.remove(Scope.CENTRE);
        }
        return scopes;
    }

    /** Whether this request's person has roles at the centre that wait for a second factor. */
    static boolean isCentreWithheld(HttpServletRequest request) {
        return request.getAttribute(WITHHELD) != null;
    }

    /** Whether the person behind this session proved who they are so recently that a sensitive act needs no new proof. */
    boolean isProofFresh(HttpServletRequest request) {
        Optional<SignedIn> how = BrowserSessions.signedIn(request);
        return how.isPresent() && !how.get().at().isBefore(clock.instant().minus(settings.proofLasts()));
    }
}
