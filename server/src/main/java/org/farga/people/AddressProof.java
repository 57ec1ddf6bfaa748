package org.farga.people;

import org.farga.shared.PersonId;

/**
 * Whether somebody has still to show that the address they signed up with is theirs. Modules to the left of the one that
 * mails the link ask by this; that one has the bean.
 */
public interface AddressProof {
    /** Whether a proof is asked for, can be given (mail goes out), and is not there. Service accounts have no address. */
    boolean isMissing(PersonId person);
}
