package org.farga.compute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks of its engine beyond amounts, and how it came there.
 *
 * @param partition that it shall run in; null where Farga chooses
 * @param qos that it shall run under; null where Farga or the engine chooses
 * @param after the jobs it waits for
 * @param task null where it is no task of an array
 * @param unixUser who gave it to the engine, where that was done without Farga; null where Farga did
 */
record JobOptions(
        @Nullable String partition,
        @Nullable String qos,
        List<Dependency> after,
        JobOrder.@Nullable Task task,
        @Nullable String unixUser) {

    static final JobOptions NONE = new JobOptions(null, null, List.of(), null, null);

    JobOptions {
        after = List.copyOf(after);
    }
}
