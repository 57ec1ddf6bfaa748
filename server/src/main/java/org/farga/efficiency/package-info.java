/**
 * How well jobs use what they were given: CPU, memory, GPUs and time, with advice for the next one; the energy it took, measured
 * where there are meters and estimated where not; and what goes to waste over a month, by project, person and cluster.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "people", "audit", "allocation", "compute"})
@NullMarked
package org.farga.efficiency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
