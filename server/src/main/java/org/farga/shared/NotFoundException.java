package org.farga.shared;

/** There is no such thing, or none that the one who asks may see: both answer 404. */
public final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param what the kind of thing, for the log */
    public NotFoundException(String what) {
        super("no such " + what + ", or not visible");
    }
}
