package org.farga.audit;

import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * Which entries somebody looks for; all where nothing is given.
 *
 * @param person who did it
 * @param action such as {@code organisation.founded}, or a noun alone, such as {@code organisation}
 * @param subject identifier of the thing it was done to
 */
record AuditFilter(
        @Nullable PersonId person,
        @Nullable String action,
        @Nullable String subject) {
    AuditFilter {
        action = action == null || action.isBlank() ? null : action.strip();
        subject = subject == null || subject.isBlank() ? null : subject.strip();
    }
}
