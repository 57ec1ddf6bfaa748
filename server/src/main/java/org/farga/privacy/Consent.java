package org.farga.privacy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person agreed to for a purpose, or was asked.
 *
 * @param text in the reader's language, of the version that was agreed to or else the newest
 * @param sha256 of the text that was shown when it was given, in hex
 */
record Consent(
        Purpose purpose,
        int version,
        String text,
        @Nullable Instant givenAt,
        @Nullable Instant withdrawnAt,
        @Nullable String sha256) {
    /** What consent is asked for. */
    enum Purpose {
        NEWS_MAIL,
        SUCCESS_STORY,
        SHARE_CONTACT
    }

    boolean given() {
        return givenAt != null && withdrawnAt == null;
    }
}
