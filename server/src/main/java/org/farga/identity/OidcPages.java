package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.farga.people.Person;
import org.farga.platform.Answer;
import org.farga.platform.Languages;
import org.farga.platform.OwnPath;
import org.farga.platform.Shells;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signing in through a provider: the way there and back, the account of somebody new, links of one's account, the
 * stronger sign-in that a role asks for, and the sign-out that comes from the provider.
 */
@Controller
class OidcPages {
    private static final Logger LOG = LoggerFactory.getLogger(OidcPages.class);
    private static final String WAITING = "farga.oidc.waiting";
    private static final Duration WAIT = Duration.ofMinutes(15);

    private final OidcProviders providers;
    private final OidcSignIns signIns;
    private final ExternalIdentities identities;
    private final BrowserSessions sessions;
    private final SecondFactors factors;
    private final StrongRoles strongRoles;
    private final SessionRights rights;
    private final SignInSteps steps;
    private final Shells shells;
    private final JsonMapper json;
    private final Clock clock;

    OidcPages(
            OidcProviders providers,
            OidcSignIns signIns,
            ExternalIdentities identities,
            BrowserSessions sessions,
            SecondFactors factors,
            StrongRoles strongRoles,
            SessionRights rights,
            SignInSteps steps,
            Shells shells,
            JsonMapper json,
            Clock clock) {
        this.providers = providers;
        this.signIns = signIns;
        this.identities = identities;
        this.sessions = sessions;
        this.factors = factors;
        this.strongRoles = strongRoles;
        this.rights = rights;
        this.steps = steps;
        this.shells = shells;
        this.json = json;
        this.clock = clock;
    }

    /** Somebody a provider vouched for, who has yet to say what is to be done about it; kept in the session. */
    record Waiting(OidcArrival arrival, String idToken, String next, OidcRequest.Purpose purpose, Instant since) {
        @Override
        public String toString() {
            return "Waiting[" + purpose + "]";
        }
    }

    @GetMapping("/sign-in/with/{provider}")
    ModelAndView start(
            @PathVariable String provider,
            @RequestParam(required = false) @Nullable String next,
            HttpServletRequest request) {
        return leave(provider, OidcRequest.Purpose.SIGN_IN, null, next, request);
    }

    /** Only what is confirmed afterwards, on a page that names who was linked, becomes a link. */
    @GetMapping("/account/link/{provider}")
    ModelAndView startLink(Actor actor, @PathVariable String provider, HttpServletRequest request) {
        if (!rights.isProofFresh(request) && providers.settings(provider).isPresent()) {
            // Back to the page between: a browser that just sent the proof's form may not be led on to another host.
            return new ModelAndView(
                    "redirect:" + OwnPath.address("/account/proof", "/account/link?provider=" + provider));
        }
        return leave(provider, OidcRequest.Purpose.LINK, actor, "/account", request);
    }

    @GetMapping("/sign-in/step-up")
    ModelAndView stepUp(
            @Nullable Actor actor, @RequestParam(required = false) @Nullable String next, HttpServletRequest request) {
        if (actor == null) {
            return new ModelAndView("redirect:" + OwnPath.address("/sign-in", next));
        }
        Set<CentreRole> sleeping = SignInFilter.sleeping(request);
        if (sleeping.isEmpty()) {
            return new ModelAndView("redirect:" + OwnPath.of(next));
        }
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("roles", List.copyOf(new TreeSet<>(sleeping)));
        model.put("providers", identities.linked(actor, Languages.of(request)));
        model.put("next", OwnPath.of(next));
        model.put("hours", Math.max(1, strongRoles.strictFor().toHours()));
        return new ModelAndView("identity/step-up", model);
    }

    @GetMapping("/sign-in/step-up/{provider}")
    ModelAndView startStepUp(
            @Nullable Actor actor,
            @PathVariable String provider,
            @RequestParam(required = false) @Nullable String next,
            HttpServletRequest request) {
        return actor == null
                ? new ModelAndView("redirect:" + OwnPath.address("/sign-in", next))
                : leave(provider, OidcRequest.Purpose.STEP_UP, actor, next, request);
    }

    private ModelAndView leave(
            String provider,
            OidcRequest.Purpose purpose,
            @Nullable Actor actor,
            @Nullable String next,
            HttpServletRequest request) {
        if (providers.settings(provider).isEmpty()) {
            throw new NotFoundException("sign-in provider");
        }
        return switch (signIns.start(provider, purpose, actor == null ? null : actor.person(), next, request)) {
            case Outcome.Done<String>(String address) -> away(address);
            case Outcome.Refused<String>(Refusal refusal) -> failed(refusal, provider, request);
        };
    }

    private static ModelAndView away(String address) {
        RedirectView view = new RedirectView(address);
        // The address is whole: what looks like a variable in it is part of it.
        view.setExpandUriTemplateVariables(false);
        return new ModelAndView(view);
    }

    /** Where a provider sends the browser back to. */
    @GetMapping("/sign-in/back/{provider}")
    ModelAndView back(
            @Nullable Actor actor,
            @PathVariable String provider,
            @RequestParam MultiValueMap<String, String> parameters,
            HttpServletRequest request,
            HttpServletResponse response,
            RedirectAttributes redirect) {
        if (providers.settings(provider).isEmpty()) {
            throw new NotFoundException("sign-in provider");
        }
        // Of what stands in this address nothing may go on to another page.
        response.setHeader("Referrer-Policy", "no-referrer");
        return switch (signIns.finish(provider, parameters, request.getSession(false))) {
            case Outcome.Refused<OidcSignIns.Back>(Refusal refusal) -> failed(refusal, provider, request);
            case Outcome.Done<OidcSignIns.Back>(OidcSignIns.Back back) ->
                switch (back.request().purpose()) {
                    case SIGN_IN -> signIn(back, request, response);
                    case LINK -> confirmLink(actor, back, request);
                    case STEP_UP -> stepUp(actor, back, request, response);
                };
        };
    }

    private ModelAndView signIn(OidcSignIns.Back back, HttpServletRequest request, HttpServletResponse response) {
        OidcArrival arrival = back.arrival();
        Optional<ExternalIdentities.Known> known = identities.arrive(arrival);
        if (known.isEmpty()) {
            keep(back, request);
            return new ModelAndView("redirect:/sign-in/new");
        }
        return enter(known.get(), back, request, response);
    }

    private ModelAndView enter(
            ExternalIdentities.Known known,
            OidcSignIns.Back back,
            HttpServletRequest request,
            HttpServletResponse response) {
        OidcArrival arrival = back.arrival();
        Person person = known.person();
        if (!arrival.strong() && factors.isOn(person.id())) {
            // Whoever has a second factor here shows it, unless the provider vouches for one.
            SignedIn how = new SignedIn(
                    Set.of(SignedIn.Method.PROVIDER), clock.instant(), false, arrival.provider(), arrival.acr());
            identities.opened(person.id(), arrival);
            String step = steps.enter(person, how, back.request().next(), request, response);
            BrowserSessions.keepProvider(known.identity(), arrival, back.idToken(), request);
            return new ModelAndView("redirect:" + step);
        }
        open(known, arrival, back.idToken(), request, response);
        return new ModelAndView("redirect:" + back.request().next());
    }

    private void open(
            ExternalIdentities.Known known,
            OidcArrival arrival,
            String idToken,
            HttpServletRequest request,
            HttpServletResponse response) {
        identities.opened(known.person().id(), arrival);
        sessions.open(known.person(), known.identity(), arrival, idToken, request, response);
    }

    private ModelAndView confirmLink(@Nullable Actor actor, OidcSignIns.Back back, HttpServletRequest request) {
        if (actor == null || !actor.person().toString().equals(back.request().person())) {
            return failed(Refusal.conflict("oidc-someone-else"), back.request().provider(), request);
        }
        keep(back, request);
        return new ModelAndView("redirect:/account/link");
    }

    private ModelAndView stepUp(
            @Nullable Actor actor, OidcSignIns.Back back, HttpServletRequest request, HttpServletResponse response) {
        Optional<ExternalIdentities.Known> known = identities.arrive(back.arrival());
        boolean same = actor != null
                && actor.person().toString().equals(back.request().person())
                && known.filter(k -> k.person().id().equals(actor.person())).isPresent();
        if (!same) {
            return failed(Refusal.conflict("oidc-someone-else"), back.request().provider(), request);
        }
        return enter(known.orElseThrow(), back, request, response);
    }

    private void keep(OidcSignIns.Back back, HttpServletRequest request) {
        request.getSession(true)
                .setAttribute(
                        WAITING,
                        json.writeValueAsString(new Waiting(
                                back.arrival(),
                                back.idToken(),
                                back.request().next(),
                                back.request().purpose(),
                                clock.instant())));
    }

    private Optional<Waiting> waiting(OidcRequest.Purpose purpose, HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(WAITING) instanceof String text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(json.readValue(text, Waiting.class))
                    .filter(w -> w.purpose() == purpose
                            && clock.instant().isBefore(w.since().plus(WAIT)));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static void forget(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.removeAttribute(WAITING);
        }
    }

    /** For somebody whom a provider vouches for and Farga does not know: an account, or what to do instead. */
    @GetMapping("/sign-in/new")
    ModelAndView newcomer(HttpServletRequest request) {
        return waiting(OidcRequest.Purpose.SIGN_IN, request)
                .map(w -> newcomer(w, null, null, request))
                .orElseGet(() -> new ModelAndView("redirect:/sign-in"));
    }

    @PostMapping("/sign-in/new")
    ModelAndView join(
            @RequestParam(required = false) @Nullable String name,
            HttpServletRequest request,
            HttpServletResponse response) {
        Optional<Waiting> found = waiting(OidcRequest.Purpose.SIGN_IN, request);
        if (found.isEmpty()) {
            return failed(Refusal.conflict("oidc-stale"), null, request);
        }
        Waiting waiting = found.get();
        String language = Languages.of(request).getLanguage();
        return switch (identities.join(waiting.arrival(), name, language)) {
            case Outcome.Done<ExternalIdentities.Known>(ExternalIdentities.Known known) -> {
                open(known, waiting.arrival(), waiting.idToken(), request, response);
                yield new ModelAndView("redirect:" + waiting.next());
            }
            case Outcome.Refused<ExternalIdentities.Known>(Refusal refusal) ->
                newcomer(waiting, name, refusal, request);
        };
    }

    private ModelAndView newcomer(
            Waiting waiting, @Nullable String name, @Nullable Refusal refusal, HttpServletRequest request) {
        OidcArrival arrival = waiting.arrival();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("arrival", arrival);
        model.put("provider", providers.label(arrival.provider(), Languages.of(request)));
        model.put("newcomer", identities.newcomer(arrival));
        model.put("passwords", providers.signIn().password());
        model.put("name", name != null ? name : arrival.name() == null ? "" : arrival.name());
        model.put("refusal", refusal);
        return Answer.page("identity/newcomer", model, refusal);
    }

    /**
     * Shows who is to be linked, for a confirmation; before that, with a provider, the way there: a page between, because a
     * browser that just sent our sign-in form may not be redirected from it to another host (form-action).
     */
    @GetMapping("/account/link")
    ModelAndView link(
            Actor actor, @RequestParam(required = false) @Nullable String provider, HttpServletRequest request) {
        Optional<Waiting> found = waiting(OidcRequest.Purpose.LINK, request);
        if (found.isEmpty()) {
            if (provider == null || providers.settings(provider).isEmpty()) {
                return new ModelAndView("redirect:/account");
            }
            Map<String, Object> start = new HashMap<>();
            start.put("shell", shells.of(request));
            start.put("provider", new OidcProviders.Choice(provider, providers.label(provider, Languages.of(request))));
            return new ModelAndView("identity/link-start", start);
        }
        OidcArrival arrival = found.get().arrival();
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("arrival", arrival);
        model.put("provider", providers.label(arrival.provider(), Languages.of(request)));
        return new ModelAndView("identity/link", model);
    }

    @NeedsProof(back = "/account/link")
    @PostMapping("/account/link")
    ModelAndView confirm(Actor actor, HttpServletRequest request, RedirectAttributes redirect) {
        Optional<Waiting> found = waiting(OidcRequest.Purpose.LINK, request);
        forget(request);
        if (found.isEmpty()) {
            return failed(Refusal.conflict("oidc-stale"), null, request);
        }
        return switch (identities.link(actor, found.get().arrival())) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "identity.oidc.linked");
                yield new ModelAndView("redirect:/account#identities");
            }
            case Outcome.Refused<?>(Refusal refusal) ->
                failed(refusal, found.get().arrival().provider(), request);
        };
    }

    @NeedsProof
    @PostMapping("/account/identities/{id}/removal")
    ModelAndView unlink(
            Actor actor, @PathVariable java.util.UUID id, HttpServletRequest request, RedirectAttributes redirect) {
        return switch (identities.unlink(actor, id, AccountPages.session(request))) {
            case Outcome.Done<?> done -> {
                redirect.addFlashAttribute(Shells.NOTICE, "identity.oidc.unlinked");
                yield new ModelAndView("redirect:/account#identities");
            }
            case Outcome.Refused<?>(Refusal refusal) -> failed(refusal, null, request);
        };
    }

    /** A page that says what went wrong on the way to or from a provider, and what to do. */
    private ModelAndView failed(Refusal refusal, @Nullable String provider, HttpServletRequest request) {
        Locale language = Languages.of(request);
        Refusal readable = refusal.name().equals("oidc-unavailable") && provider != null
                ? Refusal.conflict("oidc-unavailable", providers.label(provider, language))
                : refusal;
        Map<String, Object> model = new HashMap<>();
        model.put("shell", shells.of(request));
        model.put("refusal", readable);
        model.put("provider", provider);
        ModelAndView page = new ModelAndView("identity/oidc-failed", model);
        page.setStatus(
                refusal.name().equals("oidc-unavailable") ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.CONFLICT);
        return page;
    }

    /**
     * Where a provider says, from server to server, that a session there ended (OpenID Connect Back-Channel Logout 1.0).
     * Anybody can write here; only the provider can sign.
     */
    @PostMapping("/sign-in/signed-out-there/{provider}")
    ResponseEntity<Map<String, String>> signedOutThere(
            @PathVariable String provider,
            @RequestParam(name = "logout_token", required = false) @Nullable String token) {
        if (providers.settings(provider).isEmpty()) {
            throw new NotFoundException("sign-in provider");
        }
        Optional<OidcProviders.Known> known = providers.find(provider);
        if (known.isEmpty()) {
            return answer(HttpStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable");
        }
        if (token == null || token.length() > 20_000) {
            return answer(HttpStatus.BAD_REQUEST, "invalid_request");
        }
        try {
            Jwt logout = known.get().logoutTokens().decode(token);
            identities.signedOutThere(
                    known.get().settings().issuer(),
                    logout.getSubject(),
                    logout.getClaimAsString("sid"),
                    String.valueOf(logout.getId()),
                    logout.getExpiresAt() == null ? clock.instant() : logout.getExpiresAt());
            return ResponseEntity.ok()
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .build();
        } catch (JwtException e) {
            LOG.warn("a logout token of sign-in provider {} was not taken: {}", provider, OidcProviders.sentence(e));
            return answer(HttpStatus.BAD_REQUEST, "invalid_request");
        }
    }

    private static ResponseEntity<Map<String, String>> answer(HttpStatus status, String error) {
        return ResponseEntity.status(status)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("error", error));
    }

    /** Where a browser that is signed out of Farga can sign out of the provider too; empty where that offers no such place. */
    static Optional<String> signOutAddress(OidcProviders.Known known, String idToken, String publicUrl) {
        return Optional.ofNullable(known.endSession())
                .map(end -> org.springframework.web.util.UriComponentsBuilder.fromUri(URI.create(end))
                        .queryParam("client_id", "{client}")
                        .queryParam("id_token_hint", "{token}")
                        .queryParam("post_logout_redirect_uri", "{back}")
                        .encode()
                        .buildAndExpand(known.registration().getClientId(), idToken, publicUrl + "/")
                        .toUriString());
    }
}
