/**
 * Persons, the organisations they belong to, and what each may do: memberships and invitations, roles at the centre, the
 * size an enterprise declares and the SME test on it.
 */
@ApplicationModule(allowedDependencies = {"shared", "platform", "audit"})
@NullMarked
package org.farga.people;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
