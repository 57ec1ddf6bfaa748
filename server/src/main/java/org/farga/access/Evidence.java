package org.farga.access;

import java.math.BigDecimal;
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
        arguments = kept(arguments);
    }

    /** Figures as JSON brings them back: without decimals they would be other numbers than those that were found. */
    static List<Object> kept(List<Object> arguments) {
        return arguments.stream()
                .map(a -> a instanceof BigDecimal figure && figure.scale() < 2 ? figure.setScale(2) : a)
                .toList();
    }

    static Evidence of(String name, Object... arguments) {
        return new Evidence(name, List.of(arguments));
    }
}
