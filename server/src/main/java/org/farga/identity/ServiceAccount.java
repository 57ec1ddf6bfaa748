package org.farga.identity;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.farga.people.Person;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A program that acts for an organisation, such as its build server: it belongs to the organisation and not to whoever
 * set it up, so it goes on when they leave. It comes with tokens only, and never uses a role at the centre.
 */
record ServiceAccount(
        PersonId id, OrganisationId organisation, String name, String purpose, PersonId createdBy, Instant createdAt) {
    /** What its tokens can be for. */
    static final Set<Scope> SCOPES = Set.copyOf(EnumSet.of(Scope.READ, Scope.WRITE, Scope.COMPUTE));

    static final int MOST = 50;

    /** An account with the person it stands for; nothing is stored yet. */
    record Founded(ServiceAccount account, Person person) {}

    static Outcome<Founded> found(
            OrganisationId organisation,
            @Nullable String name,
            @Nullable String purpose,
            PersonId creator,
            Instant now) {
        Fields fields = new Fields().text("name", name, 100).text("purpose", purpose, 500);
        var refusal = fields.refusal();
        if (refusal.isPresent() || name == null || purpose == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        PersonId id = PersonId.create();
        // RFC 2606 keeps .invalid for what is no address: no mail ever goes there, and nobody can own it.
        EmailAddress address = new EmailAddress(id + "@service.invalid");
        Person person = new Person(id, address, name.strip(), Locale.ENGLISH, now, 1);
        return Outcome.done(new Founded(
                new ServiceAccount(id, organisation, person.name(), purpose.strip(), creator, now), person));
    }
}
