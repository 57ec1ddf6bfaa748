package org.farga.identity;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.farga.platform.Secret;

/**
 * What lets somebody in who lost their second factor, once. 80 random bits, so that its SHA-256 needs no slow hash;
 * written in groups of four letters and digits, of which none is mistaken for another.
 */
final class RecoveryCode {
    static final int HOW_MANY = 10;
    private static final int RANDOM_BYTES = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RecoveryCode() {}

    /** A new set, as it is shown. */
    static List<String> create() {
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < HOW_MANY; i++) {
            byte[] random = new byte[RANDOM_BYTES];
            RANDOM.nextBytes(random);
            codes.add(Totp.base32(random).replaceAll("(.{4})(?!$)", "$1-"));
        }
        return codes;
    }

    /** However it was typed: with or without dashes and blanks, in small letters, with 0 for O and 1 for I. */
    static byte[] sha256(String typed) {
        String plain = typed.toUpperCase(Locale.ROOT)
                .replace('0', 'O')
                .replace('1', 'I')
                .replaceAll("[^A-Z2-7]", "");
        return new Secret(plain).sha256();
    }
}
