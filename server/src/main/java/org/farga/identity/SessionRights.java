package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import org.farga.people.Actors;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Who a browser's session stands for, and with which rights: without a second factor, where one is required, the roles
 * at the centre stay behind.
 */
@Component
class SessionRights {
    private static final String CENTRE_UNTIL = "farga.centre-until";
    private static final String WITHHELD = "farga.centre-withheld";

    private final Actors actors;
    private final SecondFactors factors;
    private final SecondFactorSettings settings;
    private final SessionSettings sessions;
    private final Clock clock;

    SessionRights(
            Actors actors,
            SecondFactors factors,
            SecondFactorSettings settings,
            SessionSettings sessions,
            Clock clock) {
        this.actors = actors;
        this.factors = factors;
        this.settings = settings;
        this.sessions = sessions;
        this.clock = clock;
    }

    /** Empty for a stranger and for a session that has lasted too long, which it ends. */
    Optional<Actor> actor(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(SignInFilter.SESSION_PERSON) instanceof String id)) {
            return Optional.empty();
        }
        if (sessions.isOver(session.getCreationTime(), clock.millis())) {
            session.invalidate();
            return Optional.empty();
        }
        Optional<Actor> actor = actors.find(PersonId.valueOf(id));
        if (actor.isEmpty() || actor.get().centreRoles().isEmpty() || mayUseCentre(actor.get(), request, session)) {
            return actor;
        }
        request.setAttribute(WITHHELD, true);
        return actors.find(actor.get().person(), EnumSet.complementOf(EnumSet.of(Scope.CENTRE)));
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
                && settings.centreRoles() == SecondFactorSettings.Need.REQUIRED
                && actors.find(person).filter(a -> !a.centreRoles().isEmpty()).isPresent()
                && !clock.instant().isBefore(factors.centreWithoutUntil(person));
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
        return how.isPresent()
                && !how.get().at().isBefore(clock.instant().minus(settings.proofLasts()));
    }

    static @Nullable String session(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session == null ? null : session.getId();
    }
}
