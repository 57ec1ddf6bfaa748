package org.farga.audit;

import java.time.Instant;

/**
 * A signed statement of how long the log was and what its root was: a C2SP tlog-checkpoint.
 *
 * @param size leaves it covers
 * @param note origin, size, root and signatures, as they were signed
 */
record Checkpoint(long size, Hash root, Instant signedAt, int key, String note) {
    /** The text that is signed. */
    static String text(String origin, long size, Hash root) {
        return origin + "\n" + size + "\n" + root + "\n";
    }

    /** Size and root as a checkpoint's text says them. */
    record Said(String origin, long size, Hash root) {}

    /**
     * Reads a checkpoint's text.
     *
     * @throws IllegalArgumentException where it is none
     */
    static Said parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || !lines[1].matches("0|[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("not a checkpoint");
        }
        return new Said(lines[0], Long.parseLong(lines[1]), Hash.valueOf(lines[2]));
    }
}
