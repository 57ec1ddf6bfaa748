package org.farga.platform;

import org.jspecify.annotations.Nullable;

/** What people or jobs wrote, so that a spreadsheet takes it for text. */
public final class SafeCell {
    private SafeCell() {}

    /** A cell that would start a formula gets an apostrophe before it (OWASP, "CSV injection"). */
    public static String of(String typed) {
        return !typed.isEmpty() && "=+-@\t\r\n".indexOf(typed.charAt(0)) >= 0 ? "'" + typed : typed;
    }

    /** The same of what may be missing. */
    public static @Nullable String ofNullable(@Nullable String typed) {
        return typed == null ? null : of(typed);
    }
}
