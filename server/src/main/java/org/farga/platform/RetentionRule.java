package org.farga.platform;

import java.time.Instant;

/** A kind of data that is kept for some time only: each has one bean, in the module that keeps it. */
public interface RetentionRule {
    /** In lower case with hyphens; its text is the message {@code privacy.retention.<name>}. */
    String name();

    /** For how many days it is kept where nobody decides otherwise. */
    int days();

    /** Removes what is older than this, at its own pace; says how many things. Runs outside any transaction. */
    long removeBefore(Instant limit);

    /** A rule that is one statement. */
    static RetentionRule of(String name, int days, java.util.function.ToLongFunction<Instant> remove) {
        return new RetentionRule() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int days() {
                return days;
            }

            @Override
            public long removeBefore(Instant limit) {
                return remove.applyAsLong(limit);
            }
        };
    }
}
