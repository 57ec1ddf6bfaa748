/**
 * What was decided and which rights changed, by whom and when: written in the transaction of the change itself, so that
 * neither exists without the other, and never changed afterwards, which the database enforces.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform"})
@NullMarked
package org.farga.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
