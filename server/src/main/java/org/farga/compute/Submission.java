package org.farga.compute;

/** The engine's answer to a job order. */
sealed interface Submission {

    /** The job is the engine's now, and will be observed until it ends. */
    record Accepted(String engineJobId) implements Submission {}

    /** The job never came to be; the reason is a sentence for the person who sent it. */
    record Rejected(String reason) implements Submission {}
}
