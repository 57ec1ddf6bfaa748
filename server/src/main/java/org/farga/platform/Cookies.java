package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;

/** How Farga's cookies are called. */
public final class Cookies {
    /** Browsers take such a cookie only by HTTPS, for one host and every path of it (RFC 6265bis, 4.1.3.2). */
    public static final String HOST_PREFIX = "__Host-";

    private Cookies() {}

    /** The name that a cookie has on this request's way: prefixed by HTTPS, plain on one's own machine. */
    public static String name(String name, HttpServletRequest request) {
        return request.isSecure() ? HOST_PREFIX + name : name;
    }
}
