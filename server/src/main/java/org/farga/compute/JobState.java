package org.farga.compute;

/** Where a job stands, in Slurm's words. */
enum JobState {
    PENDING(false),
    CONFIGURING(false),
    RUNNING(false),
    SUSPENDED(false),
    COMPLETING(false),
    COMPLETED(true),
    FAILED(true),
    CANCELLED(true),
    TIMEOUT(true),
    OUT_OF_MEMORY(true),
    NODE_FAIL(true),
    PREEMPTED(true),
    BOOT_FAIL(true),
    DEADLINE(true);

    private final boolean ended;

    JobState(boolean ended) {
        this.ended = ended;
    }

    /** Whether the job is over: it will use nothing more, and this state will not change. */
    boolean ended() {
        return ended;
    }
}
