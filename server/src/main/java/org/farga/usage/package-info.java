/**
 * What jobs consumed, exact to the millisecond of what was allocated: settled when a job has ended, in flight while it
 * runs, committed before. The statement of an allocation, and the check that a further job fits its budget.
 *
 * <p>The ledger ({@code usage_record}) has a line for each run of a job, and lines are only ever added. A run is known by its
 * cluster, the engine's name for the job, and its start, so that it counts once whether Farga saw it end, {@code sacct} told of
 * it, or both. Where both did, {@code sacct} wins ({@code AllocTRES} times {@code ElapsedRaw}): what differs is put right by
 * a line that reverses the first and one in its place, with the next revision.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "audit", "people", "allocation"})
@NullMarked
package org.farga.usage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
