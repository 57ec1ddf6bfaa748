package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.OwnPath;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The way in: whoever showed one factor and has a second one is asked for it before their session begins. In between the
 * browser's session knows who it is about, but is nobody's.
 */
@Component
class SignInSteps {
    private static final String PENDING_PERSON = "farga.pending-person";
    private static final String PENDING_SIGNED_IN = "farga.pending-signed-in";
    private static final String CHALLENGE = "farga.passkey-challenge";

    /** How long somebody may look for their telephone. */
    private static final Duration PENDING_LASTS = Duration.ofMinutes(10);

    /** Longer than for a ceremony: a sign-in page that stands open offers passkeys all the while. */
    private static final Duration CHALLENGE_LASTS = Duration.ofMinutes(30);

    private final SecondFactors factors;
    private final BrowserSessions sessions;
    private final People people;
    private final Clock clock;

    SignInSteps(SecondFactors factors, BrowserSessions sessions, People people, Clock clock) {
        this.factors = factors;
        this.sessions = sessions;
        this.people = people;
        this.clock = clock;
    }

    /** Somebody between their factors. */
    record Pending(PersonId person, SignedIn signedIn) {}

    /**
     * Signs a person in who showed this, or keeps it until they have shown a second factor.
     *
     * @param next where they want to go
     * @return the path to send the browser to
     */
    String enter(Person person, SignedIn how, String next, HttpServletRequest request, HttpServletResponse response) {
        if (how.secondFactor() || !factors.isOn(person.id())) {
            sessions.open(person, how, request, response);
            return next;
        }
        HttpSession session = BrowserSessions.fresh(request);
        session.setAttribute(PENDING_PERSON, person.id().toString());
        session.setAttribute(PENDING_SIGNED_IN, how.text());
        return OwnPath.address("/sign-in/second-factor", next);
    }

    /** Who stands between their factors in this browser; empty where nobody does, or has for too long. */
    Optional<Pending> pending(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(PENDING_PERSON) instanceof String person)) {
            return Optional.empty();
        }
        return SignedIn.parse((String) session.getAttribute(PENDING_SIGNED_IN))
                .filter(how -> how.at().plus(PENDING_LASTS).isAfter(clock.instant()))
                .map(how -> new Pending(PersonId.valueOf(person), how));
    }

    /** Begins the session of somebody who has shown their second factor as well. */
    void finish(Pending pending, SignedIn.Method second, HttpServletRequest request, HttpServletResponse response) {
        var provider = BrowserSessions.keptOfProvider(request);
        sessions.open(
                people.get(pending.person()), pending.signedIn().with(second, clock.instant()), request, response);
        provider.forEach(request.getSession(true)::setAttribute);
    }

    /**
     * The same for a program, which sends password and code at once. Refused as {@code second-factor-required} where a code
     * is missing.
     */
    Outcome<SignedIn> forProgram(Person person, @Nullable String code) {
        SignedIn how = SignedIn.byPassword(clock.instant());
        if (!factors.isOn(person.id())) {
            return Outcome.done(how);
        }
        if (code == null || code.isBlank()) {
            return Outcome.refused(Refusal.forbidden("second-factor-required"));
        }
        return factors.prove(person.id(), code).map(method -> how.with(method, clock.instant()));
    }

    /** A fresh challenge for a passkey, kept with the browser's session. */
    byte[] challenge(HttpServletRequest request) {
        byte[] challenge = Passkeys.challenge();
        request.getSession(true)
                .setAttribute(
                        CHALLENGE,
                        clock.instant().getEpochSecond() + " "
                                + Base64.getUrlEncoder().encodeToString(challenge));
        return challenge;
    }

    /** The challenge that was kept, once; null where there is none or it is too old. */
    byte @Nullable [] takeChallenge(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(CHALLENGE) instanceof String kept)) {
            return null;
        }
        session.removeAttribute(CHALLENGE);
        int space = kept.indexOf(' ');
        Instant made = Instant.ofEpochSecond(Long.parseLong(kept.substring(0, space)));
        return made.plus(CHALLENGE_LASTS).isAfter(clock.instant())
                ? Base64.getUrlDecoder().decode(kept.substring(space + 1))
                : null;
    }
}
