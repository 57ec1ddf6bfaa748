package org.farga.people;

import java.time.Instant;

/**
 * What an enterprise is by the size it last declared (Recommendation 2003/361/EC, annex, Article 2).
 *
 * @param sme whether it is a micro, small or medium-sized enterprise
 * @param year the accounting year that the figures are of
 * @param declaredAt when an owner declared them
 */
public record SmeStatus(Category category, boolean sme, int year, Instant declaredAt) {
    /** The categories of Article 2; LARGE is what exceeds them all. */
    public enum Category {
        MICRO,
        SMALL,
        MEDIUM,
        LARGE
    }
}
