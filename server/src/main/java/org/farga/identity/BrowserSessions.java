package org.farga.identity;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.farga.audit.AuditLog;
import org.farga.people.Person;
import org.farga.platform.Cookies;
import org.farga.platform.Languages;
import org.farga.platform.LinkTokens;
import org.farga.platform.Secret;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Where people are signed in with a browser. */
@Service
class BrowserSessions {
    private static final String BROWSER = "farga.browser";
    private static final String SIGNED_IN = "farga.signed-in";
    private static final String IDENTITY = "farga.identity";
    private static final String ISSUER = "farga.oidc.issuer";
    private static final String PROVIDER_SESSION = "farga.oidc.sid";
    private static final String ID_TOKEN = "farga.oidc.id-token";
    private static final int LONGEST_BROWSER = 200;

    private final FindByIndexNameSessionRepository<? extends Session> repository;
    private final KnownBrowsers browsers;
    private final AuditLog audit;

    BrowserSessions(
            FindByIndexNameSessionRepository<? extends Session> repository, KnownBrowsers browsers, AuditLog audit) {
        this.repository = repository;
        this.browsers = browsers;
        this.audit = audit;
    }

    /**
     * One place where somebody is signed in.
     *
     * @param handle names it without giving the session's secret identifier away
     * @param browser what the browser called itself
     * @param signedIn how the person proved who they are; unknown for sessions older than this knowledge
     * @param current whether it is the one that asks
     */
    record BrowserSession(
            String handle,
            String browser,
            @Nullable SignedIn signedIn,
            Instant createdAt,
            Instant lastSeenAt,
            boolean current) {}

    /** Signs a person in with this browser, and keeps how they proved who they are. */
    void open(Person person, SignedIn signedIn, HttpServletRequest request, HttpServletResponse response) {
        HttpSession session = fresh(request);
        session.setAttribute(SignInFilter.SESSION_PERSON, person.id().toString());
        session.setAttribute(
                FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME,
                person.id().toString());
        session.setAttribute(SIGNED_IN, signedIn.text());
        session.setAttribute(BROWSER, browser(request.getHeader("User-Agent")));
        remember(person.language(), response);
        browsers.greet(person, request, response);
    }

    /**
     * A new session in place of the one there was, not only a new identifier: nothing from before the sign-in is carried
     * over but an invitation that somebody came with.
     */
    static HttpSession fresh(HttpServletRequest request) {
        Map<String, String> carried = LinkTokens.carried(request);
        HttpSession before = request.getSession(false);
        if (before != null) {
            before.invalidate();
        }
        HttpSession session = request.getSession(true);
        carried.forEach(session::setAttribute);
        return session;
    }

    /** Keeps with this request's session that its person proved again just now who they are. */
    void proved(HttpServletRequest request, SignedIn.Method method, Instant now) {
        HttpSession session = request.getSession(false);
        Optional<SignedIn> before = signedIn(request);
        if (session == null) {
            return;
        }
        SignedIn after = method == SignedIn.Method.PASSWORD
                ? before.map(b -> new SignedIn(b.methods(), now, b.secondFactor(), b.provider(), b.acr()))
                        .orElseGet(() -> SignedIn.byPassword(now))
                : before.orElseGet(() -> SignedIn.byPassword(now)).with(method, now);
        session.setAttribute(SIGNED_IN, after.text());
    }

    /** How the person behind this request's session proved who they are; empty without such a session. */
    static Optional<SignedIn> signedIn(HttpServletRequest request) {
        return text(request, SIGNED_IN).flatMap(SignedIn::parse);
    }

    /** Signs a person in whom a provider vouches for, and keeps what a sign-out there or from there needs. */
    void open(
            Person person,
            UUID identity,
            OidcArrival arrival,
            String idToken,
            HttpServletRequest request,
            HttpServletResponse response) {
        open(person, arrival.signedIn(), request, response);
        keepProvider(identity, arrival, idToken, request);
    }

    /** Keeps with this request's session what a sign-out at the provider, or from there, needs. */
    static void keepProvider(UUID identity, OidcArrival arrival, String idToken, HttpServletRequest request) {
        HttpSession session = request.getSession(true);
        session.setAttribute(IDENTITY, identity.toString());
        session.setAttribute(ISSUER, arrival.issuer());
        session.setAttribute(ID_TOKEN, idToken);
        if (arrival.sid() != null) {
            session.setAttribute(PROVIDER_SESSION, arrival.sid());
        }
    }

    /** What {@link #keepProvider} kept, to be carried into the session that follows. */
    static Map<String, String> keptOfProvider(HttpServletRequest request) {
        Map<String, String> kept = new HashMap<>();
        for (String name : List.of(IDENTITY, ISSUER, PROVIDER_SESSION, ID_TOKEN)) {
            text(request, name).ifPresent(value -> kept.put(name, value));
        }
        return kept;
    }

    /** The link at a provider that this request's session began by. */
    static Optional<UUID> identity(HttpServletRequest request) {
        return text(request, IDENTITY).map(UUID::fromString);
    }

    /** The token that this request's session began by, for the sign-out at the provider. */
    static Optional<String> idToken(HttpServletRequest request) {
        return text(request, ID_TOKEN);
    }

    private static Optional<String> text(HttpServletRequest request, String name) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(name) instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    /** Keeps the language one reads in, for a year. */
    static void remember(Locale language, HttpServletResponse response) {
        boolean secure = RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                && attributes.getRequest().isSecure();
        Cookie cookie =
                new Cookie(secure ? Cookies.HOST_PREFIX + Languages.COOKIE : Languages.COOKIE, language.getLanguage());
        cookie.setSecure(secure);
        cookie.setPath("/");
        cookie.setMaxAge(365 * 24 * 3600);
        cookie.setHttpOnly(true);
        cookie.setAttribute("SameSite", "Lax");
        response.addCookie(cookie);
    }

    private static String browser(@Nullable String userAgent) {
        if (userAgent == null) {
            return "";
        }
        String readable = userAgent.replaceAll("\\p{Cntrl}", " ");
        return readable.substring(0, Math.min(readable.length(), LONGEST_BROWSER));
    }

    /** Where a person is signed in, the last seen first. */
    List<BrowserSession> list(PersonId person, @Nullable String currentId) {
        return sessions(person).entrySet().stream()
                .map(e -> new BrowserSession(
                        handle(e.getKey()),
                        Optional.ofNullable(e.getValue().<String>getAttribute(BROWSER))
                                .orElse(""),
                        SignedIn.parse(e.getValue().getAttribute(SIGNED_IN)).orElse(null),
                        e.getValue().getCreationTime(),
                        e.getValue().getLastAccessedTime(),
                        e.getKey().equals(currentId)))
                .sorted(Comparator.comparing(BrowserSession::lastSeenAt)
                        .reversed()
                        .thenComparing(BrowserSession::handle))
                .toList();
    }

    /** Ends one of the actor's own. */
    @Transactional
    void end(Actor actor, String handle) {
        String id = sessions(actor.person()).keySet().stream()
                .filter(candidate -> handle(candidate).equals(handle))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("session"));
        repository.deleteById(id);
        audit.record(actor, "session.ended", "person", actor.person(), Map.of());
    }

    /** Ends all of the actor's own but the one that asks. */
    @Transactional
    void endOthers(Actor actor, @Nullable String keptId) {
        endOthers(actor.person(), keptId);
        audit.record(actor, "sessions.ended", "person", actor.person(), Map.of());
    }

    /** Ends all of a person's but one. */
    void endOthers(PersonId person, @Nullable String keptId) {
        sessions(person).keySet().stream().filter(id -> !id.equals(keptId)).forEach(repository::deleteById);
    }

    /** Ends those of a person's that began by this link, but one; how many. */
    int endThoseBy(PersonId person, UUID identity, @Nullable String keptId) {
        return end(
                person,
                id -> !id.equals(keptId),
                session -> identity.toString().equals(session.getAttribute(IDENTITY)));
    }

    /** Ends those of a person's that began by this session at a provider; how many. */
    int endThoseWith(PersonId person, String issuer, String sid) {
        return end(
                person,
                id -> true,
                session -> issuer.equals(session.getAttribute(ISSUER))
                        && sid.equals(session.getAttribute(PROVIDER_SESSION)));
    }

    private int end(PersonId person, Predicate<String> byId, Predicate<Session> by) {
        List<String> ids = sessions(person).entrySet().stream()
                .filter(e -> byId.test(e.getKey()) && by.test(e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        ids.forEach(repository::deleteById);
        return ids.size();
    }

    private Map<String, ? extends Session> sessions(PersonId person) {
        return repository.findByPrincipalName(person.toString());
    }

    private static String handle(String sessionId) {
        return HexFormat.of().formatHex(new Secret(sessionId).sha256()).substring(0, 16);
    }
}
