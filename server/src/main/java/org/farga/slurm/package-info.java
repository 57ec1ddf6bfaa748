/**
 * Slurm clusters as a centre runs them: how each is reached, its commands, and the accounts, users and limits in it that follow
 * from allocations. Running jobs there is {@code compute}'s part.
 */
@ApplicationModule(
        allowedDependencies = {"shared", "platform", "people", "audit", "notification", "allocation", "usage"})
@NullMarked
package org.farga.slurm;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
