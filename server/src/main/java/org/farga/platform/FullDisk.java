package org.farga.platform;

import org.jspecify.annotations.Nullable;

/** Tells a full disk from other failures. */
public final class FullDisk {
    private FullDisk() {}

    /** Whether a disk was full: the database's (PostgreSQL's 53100) or the data folder's (the kernel's ENOSPC, EDQUOT). */
    public static boolean caused(Throwable thrown) {
        for (@Nullable Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (t instanceof java.sql.SQLException sql && "53100".equals(sql.getSQLState())) {
                return true;
            }
            String message = t instanceof java.io.IOException ? String.valueOf(t.getMessage()) : "";
            if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
                return true;
            }
        }
        return false;
    }
}
