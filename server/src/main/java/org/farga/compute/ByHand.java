package org.farga.compute;

import java.time.Instant;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A job that an engine has, as one may have been given to it by somebody without Farga.
 *
 * @param claims Farga's number that it carries, which anybody may write there; null where it carries none
 * @param partition empty where the engine does not say
 */
record ByHand(
        String engineJobId,
        String account,
        String unixUser,
        String name,
        String partition,
        Instant submittedAt,
        @Nullable JobId claims) {}
