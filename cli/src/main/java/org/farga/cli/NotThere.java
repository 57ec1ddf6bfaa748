package org.farga.cli;

/** Nothing has the name that was given. */
final class NotThere extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotThere(String message) {
        super(message);
    }
}
