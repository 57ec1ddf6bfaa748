package org.farga.shared;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/** An e-mail address, in lower case; at most 254 characters (RFC 5321 §4.5.3.1). */
public record EmailAddress(@JsonValue String value) {
    // Deliberately plain: what mail servers accept is decided by the mail that arrives, not by a grammar.
    private static final Pattern SHAPE =
            Pattern.compile("[^\\s@<>\"(),:;\\\\\\[\\]\\p{Cntrl}]{1,64}@[\\p{L}\\p{N}.-]+\\.[\\p{L}\\p{N}-]{2,63}");

    /** Throws {@link IllegalArgumentException} for what cannot be an address. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public EmailAddress {
        value = value.strip().toLowerCase(Locale.ROOT);
        if (value.length() > 254 || !SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not an e-mail address");
        }
    }

    /** Whether mail can go there; RFC 2606 keeps {@code .invalid} for what is no address. */
    public boolean isDeliverable() {
        return !value.endsWith(".invalid");
    }

    @Override
    public String toString() {
        return value;
    }
}
