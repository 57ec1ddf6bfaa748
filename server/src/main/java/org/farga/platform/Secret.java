package org.farga.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A random secret that is shown once and kept only as its SHA-256: 256 random bits need no slow hash. Its text starts
 * with what it is for, so that scanners find one that leaked.
 */
public record Secret(String text) {
    private static final SecureRandom RANDOM = new SecureRandom();

    public static Secret create(String purpose) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return new Secret("farga_" + purpose + "_"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    public byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "a secret";
    }
}
