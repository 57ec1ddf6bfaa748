package org.farga.usage;

import java.util.Optional;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;

/**
 * Whose a run is that an engine's accounting tells of, by the names it has there. Modules that come after this one know, and hand
 * it in.
 */
public interface Attribution {
    /** The allocation that an account stands for; empty for accounts that are none of Farga's. */
    Optional<AllocationId> allocationOf(String cluster, String account);

    /** Whose Unix user this is. */
    Optional<PersonId> personOf(String unixUser);
}
