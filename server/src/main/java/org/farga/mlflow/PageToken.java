package org.farga.mlflow;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How far a client has read a list: how many things it has seen, in a form that it need not understand. */
final class PageToken {
    private static final int FURTHEST = 10_000_000;

    private PageToken() {}

    /** How many to leave out; 0 without a token. */
    static int offset(@Nullable String token) {
        if (token == null || token.isEmpty()) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            int offset = Integer.parseInt(text);
            if (offset >= 0 && offset <= FURTHEST) {
                return offset;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw MlflowException.invalid("Invalid page token, could not be decoded.");
    }

    static String of(int offset) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Integer.toString(offset).getBytes(StandardCharsets.UTF_8));
    }
}
