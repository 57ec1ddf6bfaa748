/**
 * Tells people what happened to what is theirs: on the page, and by mail in their language.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "people"})
@NullMarked
package org.farga.notification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
