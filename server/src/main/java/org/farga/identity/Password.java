package org.farga.identity;

import org.farga.shared.Fields;
import org.jspecify.annotations.Nullable;

/** What a password must be. */
final class Password {
    /** NIST SP 800-63B asks for at least 15 characters where a password stands alone; bounded so that hashing is. */
    static final int SHORTEST = 12;

    static final int LONGEST = 200;

    private Password() {}

    /** Long, not the address itself, and none of the first that are guessed (NIST SP 800-63B §3.1.1.2). */
    static void check(Fields fields, String field, @Nullable String password, @Nullable String email) {
        if (password == null || password.isEmpty()) {
            fields.present(field, null);
            return;
        }
        int length = password.codePointCount(0, password.length());
        fields.rule(field, length >= SHORTEST, "password-too-short", SHORTEST)
                .rule(field, length <= LONGEST, "too-long", LONGEST)
                .rule(field, email == null || !password.equalsIgnoreCase(email.strip()), "password-is-email")
                .rule(field, length < SHORTEST || !CommonPasswords.isCommon(password), "password-common");
    }
}
