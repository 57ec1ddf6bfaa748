/**
 * Expert review: the pool of reviewers, conflicts of interest, who reviews what, and what they find. {@link
 * org.farga.access.ReviewStep} hears of it when a proposal's reviews are done.
 */
@ApplicationModule(
        allowedDependencies = {"shared", "platform", "audit", "people", "notification", "allocation", "access"})
@NullMarked
package org.farga.review;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
