package org.farga.models;

import java.time.Instant;
import java.util.List;
import org.farga.compute.Jobs;
import org.farga.shared.JobId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/**
 * What one job reported while it ran and what it left behind.
 *
 * @param name the job's name
 * @param points how many values of metrics were taken
 * @param garbageLines how many lines of the metrics file could not be understood
 * @param remarks what was not taken, and why
 */
record Run(
        RunId id,
        JobId job,
        ProjectId project,
        String name,
        PersonId startedBy,
        RunState state,
        Instant startedAt,
        @Nullable Instant endedAt,
        int points,
        long garbageLines,
        List<Remark> remarks) {
    static final int MOST_REMARKS = 20;

    Run {
        remarks = List.copyOf(remarks);
    }

    /** The run of a job that has started; null for one that never did. */
    static @Nullable Run of(Jobs.Summary job) {
        Instant startedAt = job.startedAt();
        return startedAt == null
                ? null
                : new Run(
                        RunId.create(),
                        job.id(),
                        job.project(),
                        job.name(),
                        job.submittedBy(),
                        RunState.RUNNING,
                        startedAt,
                        null,
                        0,
                        0,
                        List.of());
    }

    /**
     * Something that was not taken.
     *
     * @param reason a word whose text is the message {@code models.remark.<reason>}
     * @param where what it is about: a path in the output folder, or a place in the metrics file
     */
    record Remark(String reason, String where) {
        /** As it is stored. */
        static Remark parse(String text) {
            int space = text.indexOf(' ');
            return space < 0 ? new Remark(text, "") : new Remark(text.substring(0, space), text.substring(space + 1));
        }

        @Override
        public String toString() {
            return where.isEmpty() ? reason : reason + " " + where;
        }
    }
}
