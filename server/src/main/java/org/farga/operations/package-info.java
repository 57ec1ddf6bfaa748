/**
 * What tells an operator at three in the morning what is wrong and what to do. Every process looks at intervals through all
 * {@link org.farga.platform.HealthCheck}s, the modules' own among them; what each found stands in the database, so that any
 * process shows it for all.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "audit"})
@NullMarked
package org.farga.operations;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
