package org.farga.cli.demo;

/** A step did not do what it is there to show; the message says what was expected, and what came. */
final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StepFailed(String message) {
        super(message);
    }
}
