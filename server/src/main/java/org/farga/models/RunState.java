package org.farga.models;

/** How far a run is; the words are those of MLflow, but for {@link #COLLECTING}. */
public enum RunState {
    /** A program has announced it, and has not begun. */
    SCHEDULED,
    RUNNING,
    /** The job has ended, and what it left is being taken. */
    COLLECTING,
    FINISHED,
    FAILED,
    KILLED;

    /** What became of a run whose job ended in this state, in Slurm's words. */
    static RunState of(String jobState) {
        return switch (jobState) {
            case "COMPLETED" -> FINISHED;
            case "CANCELLED" -> KILLED;
            default -> FAILED;
        };
    }

    boolean isOver() {
        return this == FINISHED || this == FAILED || this == KILLED;
    }
}
