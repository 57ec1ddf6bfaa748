package org.farga.identity;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * What a passkey is bound to (WebAuthn §5.1.2): the host of the public address, and the origin that pages come from. A
 * passkey needs a name, so an address of loopback stands for {@code localhost}; any other bare address has none.
 */
record RelyingParty(String id, String origin) {
    static Optional<RelyingParty> of(String publicUrl) {
        URI uri = URI.create(publicUrl);
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        if (host.equals("127.0.0.1") || host.equals("[::1]")) {
            host = "localhost";
        }
        boolean bareAddress = host.startsWith("[") || host.matches("[0-9.]+");
        // Browsers offer passkeys over TLS alone, but for localhost.
        boolean safe = "https".equals(uri.getScheme()) || host.equals("localhost") || host.endsWith(".localhost");
        if (host.isEmpty() || bareAddress || !safe) {
            return Optional.empty();
        }
        boolean usualPort = uri.getPort() == -1
                || uri.getPort() == ("https".equals(uri.getScheme()) ? 443 : 80);
        return Optional.of(
                new RelyingParty(host, uri.getScheme() + "://" + host + (usualPort ? "" : ":" + uri.getPort())));
    }
}
