/**
 * The glue that every capability stands on, with no domain of its own: the database and its work queue, problems and
 * answers over HTTP, the page shell and its languages, mail, and what operators look at.
 */
@ApplicationModule(type = ApplicationModule.Type.OPEN, allowedDependencies = "shared")
@NullMarked
package org.farga.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
