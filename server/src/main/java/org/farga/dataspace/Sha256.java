package org.farga.dataspace;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A SHA-256 digest; written as 64 lower-case hexadecimal digits, as {@code sha256sum} does. */
record Sha256(@JsonValue String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIGEST_FIELD = Pattern.compile("(?:^|,)\\s*sha-256\\s*=\\s*:([A-Za-z0-9+/=]*):");

    Sha256 {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256: " + hex);
        }
    }

    static Sha256 of(byte[] digest) {
        return new Sha256(HexFormat.of().formatHex(digest));
    }

    /** The digest of a text in UTF-8. */
    static Sha256 ofText(String text) {
        return of(newDigest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static Optional<Sha256> parse(@Nullable String hex) {
        return hex != null && HEX.matcher(hex).matches() ? Optional.of(new Sha256(hex)) : Optional.empty();
    }

    /**
     * The sha-256 among the digests of a {@code Content-Digest} (RFC 9530 §2); empty where there is none. Throws
     * {@link IllegalArgumentException} where there is one that no SHA-256 can be.
     */
    static Optional<Sha256> inDigestField(@Nullable String field) {
        if (field == null) {
            return Optional.empty();
        }
        var found = DIGEST_FIELD.matcher(field);
        if (!found.find()) {
            return Optional.empty();
        }
        return Optional.of(of(Base64.getDecoder().decode(found.group(1))));
    }

    /** As {@code Content-Digest} and {@code Repr-Digest} carry it. */
    String digestField() {
        return "sha-256=:" + Base64.getEncoder().encodeToString(bytes()) + ":";
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
