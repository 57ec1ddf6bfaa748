/**
 * Jobs on the centre's clusters: preflight, submission through the work queue to a scheduler, observation, logs,
 * cancellation, and the hand-over of what they used.
 */
@ApplicationModule(
        allowedDependencies = {
            "shared",
            "platform",
            "people",
            "audit",
            "notification",
            "allocation",
            "usage",
            "slurm",
            "dataspace"
        })
@NullMarked
package org.farga.compute;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
