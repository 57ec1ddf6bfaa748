package org.farga.people;

import org.farga.shared.OrganisationId;

/** What closing an organisation ends in a module; each module where something ends has the bean. */
public interface ClosingEffect {
    /** Key of a sentence that takes one number, such as "{0} allocations are held back". */
    String message();

    /** How many of them there are now; nothing is said where there are none. */
    int count(OrganisationId organisation);
}
