package org.farga.audit;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the log, and where.
 *
 * @param from number of the entry it concerns, or of the first of those among which it is
 * @param to number of the last of those
 */
record AuditFinding(
        Kind kind, @Nullable Long from, @Nullable Long to) {
    /** What can be wrong; its sentence is the message {@code audit.finding.<name>}. */
    enum Kind {
        /** The tree has a leaf, but its entry is gone. */
        ENTRY_MISSING,
        /** The entry is not what was taken in. */
        ENTRY_CHANGED,
        /** A personal value beside an entry is not what the entry commits to. */
        VALUE_CHANGED,
        /** A leaf of the tree is gone. */
        LEAF_MISSING,
        /** An entry stands beside the log, and was never taken in. */
        ENTRY_OUTSIDE,
        /** A stored interior node is not that of its leaves. */
        TILE_CHANGED,
        /** The leaves do not make the root that was signed. */
        ROOT_DIFFERS,
        /** A checkpoint is not signed by a key of the log. */
        CHECKPOINT_FORGED,
        /** The log was longer, or another, when the checkpoint in the data folder was kept. */
        OLDER_THAN_KEPT,
        /** An entry was taken away before it had its place in the tree. */
        WAITING_MISSING
    }

    static AuditFinding of(Kind kind, long number) {
        return new AuditFinding(kind, number, number);
    }
}
