/**
 * How somebody proves who they are: signing up and in, browser sessions, API tokens, one's account, and the filter that
 * says of each request who is asking.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "audit", "people"})
@NullMarked
package org.farga.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
