package org.farga.lineage;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Something in lineage that the one who asks may see.
 *
 * @param title its name
 * @param detail what tells it from others of its name; may be empty
 * @param page the address of the page about it; null where it has none
 * @param deleted whether it was deleted and stays in the record because something rests on it
 */
record LineageNode(
        Id id, String title, String detail, @Nullable String page, boolean deleted) {
    LineageNode(Id id, String title, String detail, @Nullable String page) {
        this(id, title, detail, page, false);
    }

    /** Its kind, and its identifier as addresses have it. */
    record Id(LineageKind kind, String value) implements Comparable<Id> {
        private static final Comparator<Id> ORDER =
                Comparator.comparing(Id::kind).thenComparing(Id::value);

        @Override
        public int compareTo(Id other) {
            return ORDER.compare(this, other);
        }

        /** Where the picture stands that has it in its middle. */
        String address() {
            return "/lineage/" + kind.word() + "/"
                    + org.springframework.web.util.UriUtils.encodePathSegment(
                            value, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
