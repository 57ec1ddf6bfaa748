package org.farga.models;

/** How far a run is; the words are those of MLflow, but for {@link #COLLECTING}. */
enum RunState {
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
        return this != RUNNING && this != COLLECTING;
    }
}
