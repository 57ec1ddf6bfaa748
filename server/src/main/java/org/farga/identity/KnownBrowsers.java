package org.farga.identity;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import org.farga.people.Person;
import org.farga.platform.Secret;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Tells people by mail of a sign-in from a browser that they never used before. */
@Component
class KnownBrowsers {
    private static final String COOKIE = "farga_browser";
    private static final int COOKIE_LASTS_S = 400 * 24 * 3600;

    private final AccountLinkTable table;
    private final AccountNotices notices;
    private final Clock clock;

    KnownBrowsers(AccountLinkTable table, AccountNotices notices, Clock clock) {
        this.table = table;
        this.notices = notices;
        this.clock = clock;
    }

    /** Takes down that a person signs in with this browser; the first one ever needs no telling. */
    @Transactional
    void greet(Person person, HttpServletRequest request, HttpServletResponse response) {
        Optional<Secret> known = cookie(request);
        if (known.isPresent() && table.knewBrowser(person.id(), known.get(), clock.instant())) {
            return;
        }
        Secret secret = known.orElseGet(() -> Secret.create("browser"));
        if (table.addBrowser(person.id(), secret, clock.instant())) {
            notices.tell(
                    person.id(),
                    "new-browser",
                    BrowserName.of(request.getHeader("User-Agent")).text(),
                    request.getRemoteAddr());
        }
        Cookie cookie = new Cookie(COOKIE, secret.text());
        cookie.setPath("/");
        cookie.setMaxAge(COOKIE_LASTS_S);
        cookie.setHttpOnly(true);
        cookie.setSecure(request.isSecure());
        cookie.setAttribute("SameSite", "Lax");
        response.addCookie(cookie);
    }

    private static Optional<Secret> cookie(HttpServletRequest request) {
        return request.getCookies() == null
                ? Optional.empty()
                : Arrays.stream(request.getCookies())
                        .filter(c -> c.getName().equals(COOKIE))
                        .map(Cookie::getValue)
                        .filter(value -> value.matches("farga_browser_[A-Za-z0-9_-]{43}"))
                        .findFirst()
                        .map(Secret::new);
    }
}
