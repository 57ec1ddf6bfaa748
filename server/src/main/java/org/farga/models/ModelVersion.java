package org.farga.models;

import java.time.Instant;
import java.util.List;
import org.farga.shared.ModelId;
import org.farga.shared.PersonId;
import org.farga.shared.RunId;

/**
 * A version of a model, immutable: the files and parameters are those of its run, the metrics are its run's last values.
 *
 * @param number counts up within the model, from 1
 */
record ModelVersion(
        ModelId model,
        int number,
        RunId run,
        Instant registeredAt,
        PersonId registeredBy,
        List<LastValue> metrics,
        Lineage lineage) {
    ModelVersion {
        metrics = List.copyOf(metrics);
    }

    /** A metric's last value. */
    record LastValue(String name, long step, double value) {}
}
