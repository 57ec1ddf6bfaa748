package org.farga.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A file or stream of {@code sacct}'s lines that is brought into the ledger, and how far it has come. What was read is committed
 * with the place it was read up to, so that it goes on from there, whatever broke it off.
 *
 * @param zone of local times in it
 * @param sizeBytes null for a stream
 * @param header its first line, once that was read
 * @param slurmCluster what its lines call the cluster
 * @param positionBytes up to where it is read and committed
 * @param counts what became of its lines
 */
record UsageImport(
        UUID id,
        String cluster,
        ZoneId zone,
        String name,
        @Nullable Long sizeBytes,
        PersonId startedBy,
        Instant startedAt,
        Instant changedAt,
        @Nullable Instant endedAt,
        @Nullable String header,
        @Nullable String slurmCluster,
        long positionBytes,
        Counts counts) {
    /** Without progress for so long, nobody is at it any more. */
    private static final Duration SILENT = Duration.ofMinutes(2);

    /**
     * What became of lines: each is counted once.
     *
     * @param entered new runs
     * @param corrected runs that stood otherwise in the ledger
     * @param unchanged runs that stood there already
     * @param unattributed runs of accounts that stand for no allocation, and that were not known to wait
     */
    record Counts(
            long lines,
            long entered,
            long corrected,
            long unchanged,
            long unattributed,
            long steps,
            long neverStarted,
            long notEnded,
            long empty,
            long rejected) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        static Counts of(SacctChunk chunk, LedgerTable.Merged merged) {
            return new Counts(
                    chunk.lines(),
                    merged.entered(),
                    merged.corrected(),
                    chunk.taken() - merged.entered() - merged.corrected() - merged.unattributed(),
                    merged.unattributed(),
                    chunk.skipped(SacctReading.Rule.STEP),
                    chunk.skipped(SacctReading.Rule.NEVER_STARTED),
                    chunk.skipped(SacctReading.Rule.NOT_ENDED),
                    chunk.skipped(SacctReading.Rule.EMPTY),
                    chunk.rejections().size());
        }
    }

    /** How it stands. */
    enum State {
        RUNNING,
        /** Broken off; it goes on from its position when the rest is sent. */
        INTERRUPTED,
        DONE
    }

    State state(Instant now) {
        return endedAt != null ? State.DONE : now.isAfter(changedAt.plus(SILENT)) ? State.INTERRUPTED : State.RUNNING;
    }

    /** Lines read so far with their header. */
    long linesRead() {
        return header == null ? 0 : counts.lines() + 1;
    }
}
