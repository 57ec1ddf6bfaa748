package org.farga.people;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.farga.audit.PersonNames;
import org.farga.shared.PersonId;
import org.springframework.stereotype.Component;

/** Tells the audit log, which lies below this module, who its entries' persons are. */
@Component
class NamesOfPersons implements PersonNames {
    private final PersonTable table;

    NamesOfPersons(PersonTable table) {
        this.table = table;
    }

    @Override
    public Map<PersonId, String> names(Collection<PersonId> persons) {
        return persons.isEmpty()
                ? Map.of()
                : table.list(persons).stream().collect(Collectors.toMap(Person::id, Person::name));
    }

    @Override
    public Optional<PersonId> find(String email) {
        return Person.parse(email).flatMap(table::find).map(Person::id);
    }
}
