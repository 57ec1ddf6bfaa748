package org.farga.compute;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.farga.shared.JobId;
import org.jspecify.annotations.Nullable;

/**
 * The engine that runs jobs: Slurm at a centre, the machine itself where there is no cluster. Farga's own job number is
 * the only name a job has here; what the engine calls it is kept for the reader of the engine's logs.
 *
 * <p>An engine that cannot be reached throws {@link java.io.UncheckedIOException}: nothing is known, ask again.
 */
interface Scheduler {

    /**
     * Hands a job to the engine. The same number twice is one job: a caller that lost the answer asks again, and the
     * first order stands.
     */
    Submission submit(JobOrder order);

    /**
     * Whether it takes arrays whole and holds a job until others have come so far; where it does not, Farga's own queue does
     * both.
     */
    default boolean queuesItself() {
        return false;
    }

    /** Time limits there are multiples of this: one in between becomes the next longer. */
    default Duration timeGrain() {
        return Duration.ofSeconds(1);
    }

    /**
     * Hands the tasks of an array to the engine as one; as idempotent as {@link #submit}. The answer's number is the array's,
     * which {@code _} and the index make a task's. Only where the engine {@link #queuesItself}.
     */
    default Submission submitArray(JobId array, List<JobOrder> tasks) {
        throw new UnsupportedOperationException("this engine takes no arrays");
    }

    /**
     * Says what is known of a job for sure where the engine's own notes of it may be lost, as by a power cut: its number there or,
     * where that is null, that {@link #submit} may have been called for it before. To be called before that is called again.
     *
     * @param task which task of an array it is, of an engine that {@link #queuesItself}; null for none
     * @param since before this instant it was surely not submitted
     */
    default void recall(JobId job, JobOrder.@Nullable Task task, @Nullable String engineJobId, Instant since) {}

    /** Parts of the cluster that an order may name; none where there are none. */
    default Set<String> partitions() {
        return Set.of();
    }

    /** What is known of these jobs, in one question to the engine. A job it has never heard of is absent. */
    Map<JobId, Observation> observe(Set<JobId> jobs);

    /**
     * Jobs that the engine has now, its own numbers for Farga's among them; of an engine that nobody can give jobs to but Farga,
     * none.
     */
    default List<ByHand> everybodys() {
        return List.of();
    }

    /** The same of those that were there at some time since, by the engine's accounting. */
    default List<ByHand> everybodys(Instant since) {
        return List.of();
    }

    /** What these ask for, which is more than the lists say; those that cannot be told are left out. */
    default Map<String, Resources> asked(Collection<ByHand> some) {
        return Map.of();
    }

    /** Knows one of them by this number from now on. */
    default void adopt(JobId id, ByHand job) {
        throw new UnsupportedOperationException("nobody gives jobs to this engine but Farga");
    }

    /**
     * Ends a job with every process it started, wherever they hid; a pending one never starts. Returns at once, the end
     * is observed later. Of an unknown, ended or already cancelled job it asks nothing.
     */
    void cancel(JobId job);

    /**
     * Jobs that ended at this instant or later, earliest end first: the engine's accounting, for reconciliation. An end may
     * become known long after it happened (a node that failed), so this completes {@link #observe}, it does not replace it.
     */
    List<Observation> endedSince(Instant since);

    /** What the engine has and how much of it is free now. */
    Cluster describe();

    /** Where a job's log, metrics and output are on the shared file system; they may not exist yet. */
    JobFiles files(JobId job);

    /** The jobs whose files are still there, by number. */
    List<JobId> withFolders();

    /** Removes an ended job's files; without any it does nothing. */
    void discard(JobId job);
}
