package org.farga.cli;

/** The command was not given as it is to be given; the message says how. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
