package org.farga.shared;

/**
 * A right over one thing only, such as one call, for a time.
 *
 * @param scope which one: the identifier of a call, or the code of a sector
 */
public record ScopedRole(Kind kind, String scope) {
    public enum Kind {
        /** Reads what is submitted to one call, and says what they think of it. */
        ASSESSOR,
        /** Reads what is submitted in one sector, and says what they think of it. */
        COORDINATOR,
        /** Sits on the panel that ranks what was reviewed under one call. */
        PANEL_MEMBER
    }
}
