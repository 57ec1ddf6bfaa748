/**
 * The words every module speaks: identifiers, quantities with their units, who is asking, and how an answer is given
 * or refused. Plain Java, no Spring, no SQL. Identifiers live here, not with their nouns, because a record in a lower
 * module (usage) names a noun of a higher one (job).
 */
@ApplicationModule(type = ApplicationModule.Type.OPEN)
@NullMarked
package org.farga.shared;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
