package org.farga.notification;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * Something that one person was told.
 *
 * @param message key of the sentence
 * @param arguments its values: texts, numbers, and instants in their ISO form behind {@link Sentence#INSTANT}
 * @param link the page to look at, a path on this site
 */
record Notification(
        UUID id,
        PersonId person,
        Instant at,
        String message,
        List<Object> arguments,
        String link,
        @Nullable Instant readAt) {}
