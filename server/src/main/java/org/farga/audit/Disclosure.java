package org.farga.audit;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A personal detail beside its audit entry, which commits to it by a salted digest: computed as RFC 9901 (SD-JWT) computes
 * the digest of a disclosure, over {@code [salt, name, value]}. Without the salt the digest tells nothing of the value.
 *
 * @param name of the detail
 */
record Disclosure(String name, @Nullable PersonId person, String salt, String value) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static Disclosure of(String name, Personal personal) {
        byte[] salt = new byte[32];
        RANDOM.nextBytes(salt);
        return new Disclosure(name, personal.person(), base64url(salt), personal.value());
    }

    /** The disclosure as RFC 9901 writes it. */
    String encoded() {
        return base64url(CanonicalJson.of(new String[] {salt, name, value}));
    }

    String digest() {
        return digest(encoded());
    }

    static String digest(String encoded) {
        return base64url(Merkle.digest(encoded));
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String base64url(String text) {
        return base64url(text.getBytes(StandardCharsets.UTF_8));
    }
}
