package org.farga.audit;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.farga.shared.PersonId;

/** Who the persons of entries are: the audit log lies below the module that knows, which fills this in. */
public interface PersonNames {
    /** The names of those of these persons who are there. */
    Map<PersonId, String> names(Collection<PersonId> persons);

    /** The person with exactly this e-mail address. */
    Optional<PersonId> find(String email);
}
