package org.farga.people;

import java.util.Set;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.PersonId;

/** A person with what they may do for the whole centre; may be nothing yet. */
record StaffMember(PersonId person, String name, EmailAddress email, Set<CentreRole> roles) {
    StaffMember {
        roles = Set.copyOf(roles);
    }
}
