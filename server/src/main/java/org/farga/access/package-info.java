/**
 * The front door: calls, proposals, eligibility by rules that explain themselves, decisions under a visible clock.
 */
@ApplicationModule(
        allowedDependencies = {"shared", "platform", "people", "audit", "notification", "allocation", "usage", "aid"})
@NullMarked
package org.farga.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
