package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import org.farga.shared.AllocationId;
import org.farga.shared.JobId;
import org.farga.shared.Outcome;
import org.springframework.stereotype.Service;

/** Keeps the account of every allocation. All of these join the caller's transaction. */
@Service
public class Usage {
    public Balance balance(AllocationId allocation) {
        throw new UnsupportedOperationException();
    }

    /**
     * Commits what a job may use at most. Refused as {@code over-budget} with the numbers where it does not fit; jobs of
     * one allocation are judged one after another, also from several processes. The same job twice commits once.
     */
    public Outcome<Balance> commit(AllocationId allocation, JobId job, int gpus, int cpus, Duration timeLimit) {
        throw new UnsupportedOperationException();
    }

    /** The job runs since then: its commitment is partly in flight now. */
    public void started(JobId job, Instant startedAt) {
        throw new UnsupportedOperationException();
    }

    /** The job never ran: its commitment is lifted. */
    public void release(JobId job) {
        throw new UnsupportedOperationException();
    }

    /** The job has ended: its usage is on the statement and its commitment is lifted. Twice counts once. */
    public void settle(JobUsage usage) {
        throw new UnsupportedOperationException();
    }
}
