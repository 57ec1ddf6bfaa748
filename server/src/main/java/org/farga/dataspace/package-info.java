/**
 * Datasets with immutable versions, their cards, files and terms; who accepted which terms; and the folder a job may
 * mount under a live agreement.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "people", "audit", "notification", "usage"})
@NullMarked
package org.farga.dataspace;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
