package org.farga.platform;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Where a person goes on to after a detour, such as signing in. */
public final class OwnPath {
    private OwnPath() {}

    /** Only a path on this very site: anything else could send a person who just signed in elsewhere. */
    public static String of(@Nullable String next) {
        if (next == null
                || next.length() > 500
                || !next.startsWith("/")
                || next.startsWith("//")
                || next.indexOf('\\') >= 0
                // Braces would be taken for variables of the redirect.
                || next.indexOf('{') >= 0
                || next.indexOf('}') >= 0
                || next.chars().anyMatch(Character::isISOControl)) {
            return "/";
        }
        return next;
    }

    /** A page's address that goes on to {@code next} afterwards. */
    public static String address(String page, @Nullable String next) {
        String own = of(next);
        return own.equals("/") ? page : page + "?next=" + URLEncoder.encode(own, StandardCharsets.UTF_8);
    }
}
