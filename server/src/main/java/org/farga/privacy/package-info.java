/**
 * What the law gives a person over their data: a copy of it, being forgotten, consent that can be taken back, and an end to
 * keeping things. Modules say by {@code platform.PersonalData} what they keep about persons and how they forget it; ledgers and
 * the audit log keep an identifier that names nobody any more.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "audit", "people"})
@NullMarked
package org.farga.privacy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
