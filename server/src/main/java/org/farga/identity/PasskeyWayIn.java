package org.farga.identity;

import org.farga.shared.PersonId;
import org.springframework.stereotype.Component;

/** Passkeys, as ways to sign in. */
@Component
class PasskeyWayIn implements WayIn {
    private final Passkeys passkeys;

    PasskeyWayIn(Passkeys passkeys) {
        this.passkeys = passkeys;
    }

    @Override
    public int count(PersonId person) {
        return passkeys.relyingParty().isPresent() ? passkeys.list(person).size() : 0;
    }
}
