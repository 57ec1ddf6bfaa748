/**
 * Projects with their members, and the allocations they hold: budgets of GPU-hours and CPU-hours on a cluster for a
 * period. An award opens a project; everything that uses the machine happens inside one.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "people", "audit", "notification"})
@NullMarked
package org.farga.allocation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
