package org.farga.access;

import java.util.List;

/**
 * A fact that a rule looked at: which figure from which register, answer or declaration, and of when. Kept with the finding.
 *
 * @param name of the sentence {@code access.evidence.<name>}
 * @param arguments numbers, texts, and for the reader's language: days as ISO 8601 writes them, keys of messages after an
 *     {@code @}, countries after a {@code #}
 */
record Evidence(String name, List<Object> arguments) {
    Evidence {
        arguments = List.copyOf(arguments);
    }

    static Evidence of(String name, Object... arguments) {
        return new Evidence(name, List.of(arguments));
    }
}
