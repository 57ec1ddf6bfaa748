/**
 * State aid: who pays for what the centre gives, the register of de minimis aid of each single undertaking and Member State
 * (Regulation (EU) 2023/2831), and the letters about it. {@link Grants} is asked inside an award's transaction.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "audit", "people", "notification", "allocation"})
@NullMarked
package org.farga.aid;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
