package org.farga.identity;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How somebody proved who they are when a browser session (or an API token) began: what is asked for later, where a step
 * needs more than a password.
 *
 * @param methods all that was shown, one or two
 * @param at when it was shown; for a provider, when the person last showed it there ({@code auth_time})
 * @param secondFactor whether it was more than one factor: an own second factor, a passkey that asked its holder, or what
 *     the provider vouches for
 * @param provider the name of the sign-in provider in the settings, where one vouched
 * @param acr what the provider calls the strength of the sign-in (OpenID Connect's {@code acr}), where it said so
 */
record SignedIn(
        Set<Method> methods,
        Instant at,
        boolean secondFactor,
        @Nullable String provider,
        @Nullable String acr) {
    /** What somebody showed. */
    enum Method {
        PASSWORD,
        PASSKEY,
        TOTP,
        RECOVERY_CODE,
        PROVIDER
    }

    SignedIn {
        methods = Set.copyOf(methods);
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("nobody signs in by nothing");
        }
    }

    /** By password alone. */
    static SignedIn byPassword(Instant at) {
        return new SignedIn(Set.of(Method.PASSWORD), at, false, null, null);
    }

    /** The same with one thing more that was shown just now. */
    SignedIn with(Method more, Instant now) {
        Set<Method> all = EnumSet.of(more);
        all.addAll(methods);
        return new SignedIn(all, now, true, provider, acr);
    }

    /** Whether more than one factor was shown, and not longer ago than this. */
    boolean isStrong(Instant now, Duration longestAgo) {
        return secondFactor && !at.isBefore(now.minus(longestAgo));
    }

    /** One line that a session or a row keeps; later versions of Farga read it and leave out what they do not know. */
    String text() {
        StringBuilder text = new StringBuilder("at=").append(at);
        text.append("&methods=")
                .append(methods.stream().map(Enum::name).sorted().collect(Collectors.joining(",")));
        text.append("&second-factor=").append(secondFactor);
        if (provider != null) {
            text.append("&provider=").append(URLEncoder.encode(provider, StandardCharsets.UTF_8));
        }
        if (acr != null) {
            text.append("&acr=").append(URLEncoder.encode(acr, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** What {@link #text} wrote; empty for anything else, which then counts as no proof at all. */
    static Optional<SignedIn> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        Map<String, String> parts = new HashMap<>();
        for (String part : text.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(
                        part.substring(0, equals),
                        URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        try {
            Set<Method> methods = Arrays.stream(
                            parts.getOrDefault("methods", "").split(",", -1))
                    .filter(name -> Arrays.stream(Method.values())
                            .anyMatch(m -> m.name().equals(name)))
                    .map(Method::valueOf)
                    .collect(Collectors.toSet());
            return methods.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new SignedIn(
                            methods,
                            Instant.parse(parts.getOrDefault("at", "")),
                            Boolean.parseBoolean(parts.get("second-factor")),
                            parts.get("provider"),
                            parts.get("acr")));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
