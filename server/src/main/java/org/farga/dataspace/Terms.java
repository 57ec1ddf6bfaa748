package org.farga.dataspace;

import java.time.Instant;
import org.farga.shared.Fields;

/**
 * The wording under which a dataset may be used. It is never changed, only followed by the next version, so that an
 * agreement always says exactly what was agreed.
 *
 * @param version counted from 1
 * @param sha256 of the text in UTF-8; who accepts repeats it, which proves which wording they saw
 */
record Terms(int version, String text, Sha256 sha256, Instant since) {
    static final int LONGEST_TEXT = 50_000;

    static void check(Fields fields, @org.jspecify.annotations.Nullable String text) {
        fields.text("terms", text == null ? null : normal(text), LONGEST_TEXT);
    }

    static Terms first(String text, Instant now) {
        String normal = normal(text);
        return new Terms(1, normal, Sha256.ofText(normal), now);
    }

    Terms next(String newText, Instant now) {
        String normal = normal(newText);
        return new Terms(version + 1, normal, Sha256.ofText(normal), now);
    }

    /** Whether a text is this wording: line ends, which browsers change, are not part of it. */
    boolean says(String other) {
        return text.equals(normal(other));
    }

    private static String normal(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n').strip();
    }
}
