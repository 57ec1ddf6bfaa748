package org.farga.usage;

import java.time.Instant;
import java.util.Collection;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;

/**
 * Which of an engine's jobs are Farga's own and not settled yet; of settled ones the ledger knows itself. A module that comes after
 * this one knows, and hands it in.
 */
public interface EngineJobs {
    /**
     * One of ours.
     *
     * @param engineJob the engine's own number of it
     */
    record Own(String engineJob, JobId job, AllocationId allocation, PersonId person, Instant submittedAt) {}

    /** All that a cluster has of ours and that have not ended as far as Farga knows. */
    Collection<Own> live(String cluster);
}
