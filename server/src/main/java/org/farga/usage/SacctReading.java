package org.farga.usage;

import java.util.Locale;

/** What a line of {@code sacct} is to the ledger. */
sealed interface SacctReading {

    /** A run that is charged. */
    record Taken(SacctRun run) implements SacctReading {}

    /** Nothing to charge, by a rule. */
    record Skipped(Rule rule) implements SacctReading {}

    /** Not understood: somebody has to look at it. */
    record Rejected(Reason reason) implements SacctReading {}

    /** Why a line that was understood charges nothing. */
    enum Rule {
        /** A step of a job: what it held is the job's already. */
        STEP,
        /** The job never ran. */
        NEVER_STARTED,
        /** It runs, or waits to run again: its end will be another line. */
        NOT_ENDED,
        /** An empty line. */
        EMPTY
    }

    /** Why a line is not understood. */
    enum Reason {
        /** It has fewer or more columns than the header, and no job name explains it. */
        COLUMNS,
        JOB_ID,
        /** A task of an array without {@code JobIDRaw}: it could be counted twice. */
        RAW_ID_MISSING,
        START,
        END,
        /** It has ended, and does not say when. */
        NO_END,
        ELAPSED,
        STATE,
        TRES,
        /** It ran, and does not say on what. */
        NO_TRES,
        /** It is of another cluster than the lines before. */
        OTHER_CLUSTER,
        TOO_LONG;

        /** As interfaces spell it: {@code no-tres}. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
