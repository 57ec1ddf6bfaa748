package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.farga.platform.OwnPath;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Service;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The way to a provider and back (authorization code with PKCE). Spring Security makes the request, redeems the code and
 * checks the token; what is kept in between, and whether an answer belongs to a request of this very browser, is ours,
 * because a session of Farga holds only short texts of its own.
 */
@Service
class OidcSignIns {
    private static final Logger LOG = LoggerFactory.getLogger(OidcSignIns.class);
    private static final String REQUESTS = "farga.oidc.requests";
    /** So many ways may be open in one browser: windows in which somebody stopped half way. */
    private static final int MOST_REQUESTS = 5;

    private static final Duration SKEW = Duration.ofMinutes(1);

    private final OidcProviders providers;
    private final JsonMapper json;
    private final Clock clock;

    OidcSignIns(OidcProviders providers, JsonMapper json, Clock clock) {
        this.providers = providers;
        this.json = json;
        this.clock = clock;
    }

    /** Somebody who came back, with what they had set out for; the token is kept for a sign-out at the provider. */
    record Back(OidcRequest request, OidcArrival arrival, String idToken) {
        @Override
        public String toString() {
            return "Back[" + request + "]";
        }
    }

    /**
     * Where to send the browser; refused as {@code oidc-unavailable} where the provider never answered.
     *
     * @param person who is signed in, for a link or a step-up
     * @param next the page to go on to afterwards; anything but an own path is dropped
     */
    Outcome<String> start(
            String name,
            OidcRequest.Purpose purpose,
            @Nullable PersonId person,
            @Nullable String next,
            HttpServletRequest request) {
        Optional<OidcProviders.Known> found = providers.find(name);
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.conflict("oidc-unavailable", name));
        }
        OidcProviders.Known known = found.get();
        var resolver = new DefaultOAuth2AuthorizationRequestResolver(
                id -> id.equals(name) ? known.registration() : null, "/sign-in/with");
        if (purpose == OidcRequest.Purpose.STEP_UP) {
            // Shown again, now, and with more than a password; whether it was, is looked at on the way back.
            resolver.setAuthorizationRequestCustomizer(asked -> asked.additionalParameters(parameters -> {
                parameters.put("max_age", "0");
                parameters.put("acr_values", String.join(" ", known.settings().strongAcr()));
            }));
        }
        OAuth2AuthorizationRequest way = Objects.requireNonNull(resolver.resolve(request, name));
        OidcRequest kept = new OidcRequest(
                name,
                Objects.requireNonNull(way.getState()),
                Objects.requireNonNull(way.<String>getAttribute(OidcParameterNames.NONCE)),
                Objects.requireNonNull(way.<String>getAttribute(PkceParameterNames.CODE_VERIFIER)),
                purpose,
                person == null ? null : person.toString(),
                OwnPath.of(next),
                clock.instant());
        HttpSession session = request.getSession(true);
        List<OidcRequest> open = new ArrayList<>(read(session));
        open.removeIf(r -> !r.isAlive(kept.startedAt()));
        open.add(kept);
        write(session, open.subList(Math.max(0, open.size() - MOST_REQUESTS), open.size()));
        return Outcome.done(way.getAuthorizationRequestUri());
    }

    /**
     * Takes an answer that came through the browser. It counts once, only in the browser that set out, only at the address
     * of the provider it set out to, and only where that provider's token fits it. Refused as {@code oidc-stale},
     * {@code oidc-mixed-up}, {@code oidc-declined}, {@code oidc-unavailable}, {@code oidc-not-proven} or
     * {@code oidc-not-strong}.
     */
    Outcome<Back> finish(String name, Map<String, List<String>> parameters, @Nullable HttpSession session) {
        Instant now = clock.instant();
        Optional<String> state = single(parameters, "state");
        Optional<OidcRequest> found =
                state.isEmpty() || session == null ? Optional.empty() : take(session, state.get());
        if (found.isEmpty() || !found.get().isAlive(now)) {
            return Outcome.refused(Refusal.conflict("oidc-stale"));
        }
        OidcRequest request = found.get();
        if (!request.provider().equals(name)) {
            LOG.warn("an answer for sign-in provider {} came to the address of {}", request.provider(), name);
            return Outcome.refused(Refusal.conflict("oidc-mixed-up"));
        }
        Optional<OidcProviders.Known> provider = providers.find(name);
        if (provider.isEmpty()) {
            return Outcome.refused(Refusal.conflict("oidc-unavailable", name));
        }
        OidcProviders.Known known = provider.get();
        // RFC 9207: an answer says who gave it; one that says another, or should say it and does not, is not taken.
        boolean named = parameters.containsKey("iss");
        if (named
                ? !single(parameters, "iss").equals(Optional.of(known.settings().issuer()))
                : known.namesItself()) {
            LOG.warn("an answer for sign-in provider {} does not say that it is from there", name);
            return Outcome.refused(Refusal.conflict("oidc-mixed-up"));
        }
        if (parameters.containsKey("error")) {
            String error = single(parameters, "error").orElse("");
            if (!error.equals("access_denied") && !error.equals("login_required")) {
                providers.failed(name, "it answered " + (error.matches("[a-z_]{1,60}") ? error : "an error"));
            }
            return Outcome.refused(Refusal.conflict("oidc-declined"));
        }
        Optional<String> code = single(parameters, "code");
        if (code.isEmpty()) {
            return Outcome.refused(Refusal.conflict("oidc-stale"));
        }
        return redeem(known, request, code.get()).then(OidcSignIns::judge);
    }

    private Outcome<Back> redeem(OidcProviders.Known known, OidcRequest request, String code) {
        ClientRegistration registration = known.registration();
        OAuth2AuthorizationRequest way = OAuth2AuthorizationRequest.authorizationCode()
                .clientId(registration.getClientId())
                .authorizationUri(
                        Objects.requireNonNull(registration.getProviderDetails().getAuthorizationUri()))
                .redirectUri(Objects.requireNonNull(registration.getRedirectUri()))
                .scopes(registration.getScopes())
                .state(request.state())
                .attributes(kept -> {
                    kept.put(OAuth2ParameterNames.REGISTRATION_ID, request.provider());
                    kept.put(OidcParameterNames.NONCE, request.nonce());
                    kept.put(PkceParameterNames.CODE_VERIFIER, request.verifier());
                })
                .build();
        OAuth2AuthorizationResponse answer = OAuth2AuthorizationResponse.success(code)
                .redirectUri(Objects.requireNonNull(registration.getRedirectUri()))
                .state(request.state())
                .build();
        try {
            var authentication = (OAuth2LoginAuthenticationToken) known.exchange()
                    .authenticate(new OAuth2LoginAuthenticationToken(
                            registration, new OAuth2AuthorizationExchange(way, answer)));
            if (authentication == null || !(authentication.getPrincipal() instanceof OidcUser user)) {
                return Outcome.refused(Refusal.conflict("oidc-not-proven"));
            }
            providers.worked(known.name());
            Map<String, Object> claims = new HashMap<>(user.getClaims());
            OidcArrival arrival = OidcArrival.of(
                    request.provider(), known.settings(), user.getIdToken().getClaims(), claims, clock.instant());
            return Outcome.done(new Back(request, arrival, user.getIdToken().getTokenValue()));
        } catch (OAuth2AuthenticationException e) {
            // The error's code and no more: its text may quote the token.
            String error = e.getError().getErrorCode();
            String problem = "a sign-in was refused: " + error + ", " + OidcProviders.sentence(e);
            if (error.equals("invalid_grant") || error.equals("invalid_nonce")) {
                // A code of another browser, or a second time: nothing that an operator could put right.
                LOG.warn("sign-in provider {}: {}", known.name(), problem);
            } else {
                providers.failed(known.name(), problem);
            }
            boolean away = error.equals("invalid_token_response") && e.getCause() != null;
            return Outcome.refused(
                    away ? Refusal.conflict("oidc-unavailable", known.name()) : Refusal.conflict("oidc-not-proven"));
        } catch (RuntimeException e) {
            providers.failed(known.name(), OidcProviders.sentence(e));
            return Outcome.refused(Refusal.conflict("oidc-unavailable", known.name()));
        }
    }

    private static Outcome<Back> judge(Back back) {
        if (back.request().purpose() == OidcRequest.Purpose.STEP_UP) {
            OidcArrival arrival = back.arrival();
            boolean justNow = !arrival.authenticatedAt()
                    .isBefore(back.request().startedAt().minus(SKEW));
            if (!arrival.strong() || !justNow) {
                return Outcome.refused(Refusal.conflict("oidc-not-strong"));
            }
        }
        return Outcome.done(back);
    }

    private static Optional<String> single(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.size() == 1 && values.getFirst().length() <= 4_000
                ? Optional.of(values.getFirst())
                : Optional.empty();
    }

    private Optional<OidcRequest> take(HttpSession session, String state) {
        List<OidcRequest> open = new ArrayList<>(read(session));
        Optional<OidcRequest> found =
                open.stream().filter(r -> r.state().equals(state)).findFirst();
        found.ifPresent(request -> {
            open.remove(request);
            write(session, open);
        });
        return found;
    }

    private List<OidcRequest> read(HttpSession session) {
        if (!(session.getAttribute(REQUESTS) instanceof String text)) {
            return List.of();
        }
        try {
            return List.of(json.readValue(text, OidcRequest[].class));
        } catch (JacksonException e) {
            // Written by another version of Farga: whoever is on their way sets out again.
            return List.of();
        }
    }

    private void write(HttpSession session, List<OidcRequest> requests) {
        session.setAttribute(REQUESTS, json.writeValueAsString(requests));
    }
}
