package org.farga.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.farga.platform.Cookies;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.stereotype.Component;

/**
 * The cookie that a session lives in: by HTTPS only for this very host, which the name's prefix makes browsers hold to; by
 * plain HTTP, on one's own machine, without.
 */
@Component
class SessionCookie implements CookieSerializer {
    private static final String NAME = "farga_session";
    private final DefaultCookieSerializer plain = serializer(NAME, false);
    private final DefaultCookieSerializer secure = serializer(Cookies.HOST_PREFIX + NAME, true);

    private static DefaultCookieSerializer serializer(String name, boolean secure) {
        DefaultCookieSerializer serializer = new DefaultCookieSerializer();
        serializer.setCookieName(name);
        serializer.setCookiePath("/");
        serializer.setUseHttpOnlyCookie(true);
        serializer.setUseSecureCookie(secure);
        serializer.setSameSite("Lax");
        return serializer;
    }

    private DefaultCookieSerializer of(HttpServletRequest request) {
        return request.isSecure() ? secure : plain;
    }

    @Override
    public void writeCookieValue(CookieValue value) {
        of(value.getRequest()).writeCookieValue(value);
    }

    @Override
    public List<String> readCookieValues(HttpServletRequest request) {
        // Not the plain one by HTTPS: anybody on the way of a request without it could have set that.
        return of(request).readCookieValues(request);
    }
}
