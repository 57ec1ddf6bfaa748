package org.farga.identity;

import org.farga.shared.PersonId;

/** One kind of way to sign in, such as passwords or passkeys; each kind has one bean. */
interface WayIn {
    /** How many ways of this kind would let this person in by now. */
    int count(PersonId person);
}
