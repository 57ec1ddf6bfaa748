package org.farga.platform;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;

/** The language of a request: the reader's choice (a cookie), then the browser's, then English. */
public final class Languages {
    public static final String COOKIE = "farga_language";

    private Languages() {}

    public static Locale of(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(Cookies.name(COOKIE, request))) {
                    Locale chosen = Locale.forLanguageTag(cookie.getValue());
                    if (Messages.LANGUAGES.contains(chosen)) {
                        return chosen;
                    }
                }
            }
        }
        String header = request.getHeader("Accept-Language");
        if (header == null || header.length() > 500) {
            return Locale.ENGLISH;
        }
        try {
            List<Locale.LanguageRange> ranges = Locale.LanguageRange.parse(header);
            Locale best = Locale.lookup(ranges, Messages.LANGUAGES);
            return best == null ? Locale.ENGLISH : best;
        } catch (IllegalArgumentException e) {
            return Locale.ENGLISH;
        }
    }
}
