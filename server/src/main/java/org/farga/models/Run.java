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
 * What a training reported while it ran and what it left behind. Each job that started has one of its own; programs may
 * add more, in a job or on somebody's laptop.
 *
 * @param job in which it ran; none for a run of a laptop
 * @param name the job's name, or what its program called it
 * @param points how many values of metrics were taken
 * @param garbageLines how many lines of the metrics file could not be understood
 * @param remarks what was not taken, and why
 * @param tracked what the tracking protocol knows of it beside that
 */
record Run(
        RunId id,
        @Nullable JobId job,
        ProjectId project,
        String name,
        PersonId startedBy,
        RunState state,
        Instant startedAt,
        @Nullable Instant endedAt,
        int points,
        long garbageLines,
        List<Remark> remarks,
        Tracked tracked) {
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
                        List.of(),
                        Tracked.OF_JOB);
    }

    /** The same with its new counts and remarks. */
    Run with(int points, long garbageLines, List<Remark> remarks) {
        return new Run(
                id, job, project, name, startedBy, state, startedAt, endedAt, points, garbageLines, remarks, tracked);
    }

    /** Whether it is the one that Farga began with the job, rather than one that a program created. */
    boolean isOwn() {
        return tracked.own();
    }

    /**
     * What the tracking protocol knows of a run.
     *
     * @param experiment the number of the project's experiment it belongs to
     * @param own whether it is its job's own: the one with the metrics file and the output folder
     * @param reported what the job said of its own run while it ran; how the job ends decides in the end
     * @param reportedEnd when it said so
     * @param deletedAt hidden since then
     */
    record Tracked(
            int experiment,
            boolean own,
            @Nullable RunState reported,
            @Nullable Instant reportedEnd,
            @Nullable Instant deletedAt) {
        static final Tracked OF_JOB = new Tracked(Experiment.DEFAULT, true, null, null, null);
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
