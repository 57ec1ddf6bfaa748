/**
 * What jobs consumed, exact to the millisecond of what was allocated: settled when a job has ended, in flight while it
 * runs, committed before. The statement of an allocation, and the check that a further job fits its budget.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "people", "allocation"})
@NullMarked
package org.farga.usage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
