package org.farga.audit;

import java.time.Instant;
import java.util.Map;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was decided or changed.
 *
 * @param number its place in the log, in order of writing
 * @param person who did it; null where a rule did
 * @param details what a reader needs to understand it; personal values stand beside it as {@link Disclosure}s
 * @param commitments the digest of each personal detail, by its name
 */
record AuditEntry(
        long number,
        Instant at,
        @Nullable PersonId person,
        String action,
        String subjectType,
        String subject,
        Map<String, Object> details,
        Map<String, String> commitments) {}
