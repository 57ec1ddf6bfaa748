package org.farga.models;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.shared.ModelId;
import org.farga.shared.PersonId;
import org.farga.shared.RunId;
import org.jspecify.annotations.Nullable;

/**
 * A version of a model, immutable: the files and parameters are those of its run, the metrics are its run's last values.
 *
 * @param number counts up within the model, from 1
 * @param source which files of its run, or of a logged model, it took; all of its run's where there is none
 * @param run none of a logged model that was made outside any run
 * @param loggedModel the logged model that it is, where it was one
 * @param deleted whether it, or its model, is no longer offered
 */
record ModelVersion(
        ModelId model,
        int number,
        @Nullable RunId run,
        Instant registeredAt,
        PersonId registeredBy,
        List<LastValue> metrics,
        Lineage lineage,
        @Nullable String source,
        @Nullable UUID loggedModel,
        boolean deleted) {
    ModelVersion {
        metrics = List.copyOf(metrics);
    }

    /** A metric's last value. */
    record LastValue(String name, long step, double value) {}
}
