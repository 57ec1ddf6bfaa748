/**
 * What training left behind: runs with parameters, metrics and files, and registered models with their lineage back to
 * dataset, agreement, code, job, allocation and call.
 */
@ApplicationModule(
        allowedDependencies = {
            "shared",
            "platform",
            "people",
            "audit",
            "allocation",
            "usage",
            "dataspace",
            "compute",
            "notification"
        })
@NullMarked
package org.farga.models;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
