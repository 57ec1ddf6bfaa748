package org.farga.slurm;

import java.time.Instant;
import java.util.List;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * How a Slurm cluster stands towards what Farga wants there.
 *
 * @param slurmName Slurm's own name of the cluster; null before it was first asked
 * @param readWantedAt when somebody last asked for a fresh reading
 * @param applyWantedAt since when an application that somebody asked for waits; null where none does
 * @param triedAt when it was last tried to read what Slurm has
 * @param complaint why that failed; null where it did not
 * @param read what was read last; null before the first time
 * @param held whether so many stops at once wait for somebody to look at them
 * @param applying how far an application is that is under way; null where none is
 * @param applied what was applied last; null where nothing was yet
 */
record Reconciliation(
        String cluster,
        @Nullable String slurmName,
        Mode mode,
        @Nullable Instant readWantedAt,
        @Nullable Instant applyWantedAt,
        @Nullable PersonId applyWantedBy,
        @Nullable Instant triedAt,
        @Nullable String complaint,
        @Nullable Read read,
        boolean held,
        @Nullable Applying applying,
        @Nullable Applied applied) {

    /** What Farga does by itself. */
    enum Mode {
        /** It shows what it would change. */
        PLAN,
        /** It changes Slurm whenever that is not as it should be. */
        APPLY
    }

    /**
     * What Slurm had, compared with what it should have.
     *
     * @param associations how many Slurm has on this cluster
     * @param changes how many must be made
     * @param stops those of them that take something from somebody
     * @param driftSince since when something must change; null where nothing does
     */
    record Read(
            Instant at,
            long associations,
            int changes,
            int stops,
            List<Plan.Trouble> troubles,
            @Nullable Instant driftSince) {
        Read {
            troubles = List.copyOf(troubles);
        }
    }

    /**
     * An application that is under way.
     *
     * @param changes that are to be made
     * @param done those of them whose command has ended
     */
    record Applying(Instant since, int changes, int done) {}

    /**
     * An application that has ended.
     *
     * @param changes that were to be made
     * @param left that had not been made when it ended
     * @param complaint what Slurm said about them; null where it said nothing
     */
    record Applied(
            Instant at, int changes, int left, @Nullable String complaint) {}

    static final int LONGEST_COMPLAINT = 4_000;

    /** Whether somebody asked for a reading since the last. */
    boolean wantsReading() {
        Instant tried = triedAt;
        return readWantedAt != null && (tried == null || readWantedAt.isAfter(tried));
    }

    static String shortened(String complaint) {
        String plain = complaint.strip().replaceAll("\\p{Cntrl}+", " ");
        return plain.length() > LONGEST_COMPLAINT ? plain.substring(0, LONGEST_COMPLAINT) : plain;
    }
}
