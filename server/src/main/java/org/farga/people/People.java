package org.farga.people;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.audit.Personal;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.farga.shared.ScopedRole;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The persons on record, and what other modules may know of them. */
@Service
public class People {
    private final PersonTable table;
    private final CentreRoleTable roles;
    private final ScopedRoleTable scopedRoles;
    private final AuditLog audit;

    People(PersonTable table, CentreRoleTable roles, ScopedRoleTable scopedRoles, AuditLog audit) {
        this.table = table;
        this.roles = roles;
        this.scopedRoles = scopedRoles;
        this.audit = audit;
    }

    /** What others may know of a person. */
    public record Summary(PersonId id, String name, EmailAddress email, Locale language) {}

    /** Takes a new person into the record; refused as {@code email-taken} where the address has an account. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome<Person> add(Person person) {
        return table.insert(person) ? Outcome.done(person) : Outcome.refused(Refusal.conflict("email-taken"));
    }

    /** Changes one's name and language. */
    @Transactional
    public Outcome<Person> change(Actor actor, long version, @Nullable String name, @Nullable String language) {
        Person person = get(actor.person());
        if (person.version() != version) {
            return Outcome.refused(Refusal.stale());
        }
        return person.change(name, language).then(changed -> {
            if (!table.update(changed)) {
                return Outcome.refused(Refusal.stale());
            }
            if (!changed.name().equals(person.name())) {
                audit.record(
                        actor,
                        "person.renamed",
                        "person",
                        person.id(),
                        Map.of(
                                "from", new Personal(person.id(), person.name()),
                                "to", new Personal(person.id(), changed.name())));
            }
            return Outcome.done(get(actor.person()));
        });
    }

    /** Keeps the language that somebody reads in. */
    @Transactional
    public void speak(Actor actor, Locale language) {
        table.updateLanguage(actor.person(), language);
    }

    /** Whether the address was changed: false where another account has it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean changeEmail(PersonId id, EmailAddress email) {
        return table.updateEmail(id, email);
    }

    /** Throws {@link NotFoundException}. */
    public Person get(PersonId id) {
        return table.find(id).orElseThrow(() -> new NotFoundException("person"));
    }

    /** What others may know of a person; throws {@link NotFoundException}. */
    public Summary summary(PersonId id) {
        return summary(get(id));
    }

    /** The same for many at once, by their identifiers; those that are not there are left out. */
    public Map<PersonId, Summary> summaries(Collection<PersonId> ids) {
        return ids.isEmpty()
                ? Map.of()
                : table.list(ids).stream()
                        .map(People::summary)
                        .collect(Collectors.toMap(Summary::id, Function.identity()));
    }

    /** The whole record of the person with this address, where there is one. */
    public Optional<Person> findPerson(EmailAddress email) {
        return table.find(email);
    }

    /** The person with this address, where there is one. */
    public Optional<Summary> find(EmailAddress email) {
        return table.find(email).map(People::summary);
    }

    /** Those who hold a role at the centre. */
    public List<PersonId> withRole(CentreRole role) {
        return roles.listHolders(role);
    }

    /** Those who hold a role over one thing at an instant. */
    public List<PersonId> withRole(ScopedRole role, Instant now) {
        return scopedRoles.listHolders(role, now);
    }

    private static Summary summary(Person person) {
        return new Summary(person.id(), person.name(), person.email(), person.language());
    }
}
