package org.farga.platform;

import java.time.Instant;
import java.util.List;

/**
 * A module's part of the operator's question "what is wrong, and what do I do": each module that knows of something has a
 * bean for it. Every Farga process looks at intervals of some seconds, in the background; what was found is shown by the
 * operations page, by {@code GET /api/v1/operations} and by {@code farga operations}.
 */
public interface HealthCheck {
    /** Its name in lower case with hyphens, such as {@code mail}: stands in metrics, in the API and in the log. */
    String name();

    /** The message key of what was looked at, such as "Mail": shown as fine where nothing was found. */
    String title();

    /**
     * Looks. May take a few seconds at most and changes nothing; runs outside any request and transaction. What it throws
     * is itself shown as a finding.
     */
    List<HealthFinding> look(Instant now);
}
