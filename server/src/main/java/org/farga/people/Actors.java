package org.farga.people;

import java.util.Optional;
import java.util.Set;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.springframework.stereotype.Service;

/** Who somebody is by now, with all their rights: read anew for each request. */
@Service
public class Actors {
    private final ActorTable table;

    Actors(ActorTable table) {
        this.table = table;
    }

    /** A person who is here themselves, with all scopes. */
    public Optional<Actor> find(PersonId id) {
        return table.find(id);
    }

    /** A person with the rights they have at this moment, limited to the scopes they came with. */
    public Optional<Actor> find(PersonId id, Set<Scope> scopes) {
        return table.find(id).map(now -> now.with(scopes));
    }
}
