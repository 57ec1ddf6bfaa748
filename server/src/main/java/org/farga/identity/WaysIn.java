package org.farga.identity;

import org.farga.shared.PersonId;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** All ways a person could sign in: whoever takes one away asks first whether another is left. */
@Component
class WaysIn {
    private final ObjectProvider<WayIn> kinds;

    WaysIn(ObjectProvider<WayIn> kinds) {
        this.kinds = kinds;
    }

    int count(PersonId person) {
        return kinds.stream().mapToInt(kind -> kind.count(person)).sum();
    }
}
