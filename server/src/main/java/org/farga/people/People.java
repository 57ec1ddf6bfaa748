package org.farga.people;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.farga.shared.EmailAddress;
import org.farga.shared.Fields;
import org.farga.shared.NotFoundException;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What persons do with their accounts, and what other modules may know of them. */
@Service
public class People {
    private final PersonTable table;
    private final PasswordEncoder passwords;
    private final CentreRoleTable roles;
    private final BrowserSessions sessions;
    private final AuditLog audit;
    private final Clock clock;
    // Checked against for an unknown address, so that the answer takes as long as for a known one.
    // Made at the first need: it is slow on purpose, and no start should wait for it.
    private volatile @Nullable String nobodysHash;

    People(
            PersonTable table,
            PasswordEncoder passwords,
            CentreRoleTable roles,
            BrowserSessions sessions,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.passwords = passwords;
        this.roles = roles;
        this.sessions = sessions;
        this.audit = audit;
        this.clock = clock;
    }

    /** What others may know of a person. */
    public record Summary(PersonId id, String name, EmailAddress email, Locale language) {}

    /** Signs somebody up who comes from this network address; refused where too many came from there. */
    @Transactional
    Outcome<Person> signUpFrom(
            String address,
            @Nullable String email,
            @Nullable String name,
            @Nullable String password,
            @Nullable String language) {
        Instant now = clock.instant();
        Optional<SignUpLimit> limit = SignUpLimit.of(address, now);
        // Every try counts: the answer to one tells whether an address has an account.
        if (limit.isPresent() && SignUpLimit.isExceededBy(table.countSignUp(limit.get()))) {
            return Outcome.refused(
                    Refusal.tooMany("too-many-sign-ups", limit.get().minutesLeft(now)));
        }
        return signUp(email, name, password, language);
    }

    @Transactional
    Outcome<Person> signUp(
            @Nullable String email, @Nullable String name, @Nullable String password, @Nullable String language) {
        return Person.signUp(email, name, password, language, clock.instant()).then(person -> {
            String hash = java.util.Objects.requireNonNull(passwords.encode(password));
            if (!table.insert(person, hash)) {
                return Outcome.refused(Refusal.conflict("email-taken"));
            }
            audit.recordBy(person.id(), "person.signed-up", "person", person.id(), Map.of());
            return Outcome.done(person);
        });
    }

    /**
     * The person behind an address and password. Refused as {@code wrong-credentials} whether the address or the
     * password is wrong, and as {@code too-many-sign-ins} where it was tried too often.
     */
    // Its own transaction, so that a failure is counted whatever the caller does.
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    Outcome<Person> signIn(@Nullable String email, @Nullable String password) {
        Optional<EmailAddress> address = email == null ? Optional.empty() : Person.parse(email);
        if (address.isEmpty() || password == null || password.length() > Person.LONGEST_PASSWORD) {
            return Outcome.refused(Refusal.forbidden("wrong-credentials"));
        }
        Instant now = clock.instant();
        Instant waitUntil =
                table.throttle(address.get()).map(SignInThrottle::waitUntil).orElse(Instant.EPOCH);
        if (now.isBefore(waitUntil)) {
            return Outcome.refused(Refusal.tooMany(
                    "too-many-sign-ins",
                    java.time.Duration.between(now, waitUntil).toSeconds() + 1));
        }
        Optional<Person> person = table.find(address.get());
        String hash = person.flatMap(p -> table.passwordHash(p.id())).orElseGet(this::nobodysHash);
        boolean right = passwords.matches(password, hash);
        if (person.isEmpty() || !right) {
            table.countFailure(address.get(), now);
            return Outcome.refused(Refusal.forbidden("wrong-credentials"));
        }
        table.forgetFailures(address.get());
        return Outcome.done(person.get());
    }

    /** Changes one's name and language. */
    @Transactional
    Outcome<Person> change(Actor actor, long version, @Nullable String name, @Nullable String language) {
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
                        Map.of("from", person.name(), "to", changed.name()));
            }
            return Outcome.done(get(actor.person()));
        });
    }

    /**
     * Takes a new password from somebody who knows the present one, and signs them out in every other browser. API tokens
     * stay: they are listed beside it and revoked one by one.
     *
     * @param keptSession identifier of the browser session that stays, if any
     */
    @Transactional
    Outcome<Person> changePassword(
            Actor actor, @Nullable String present, @Nullable String password, @Nullable String keptSession) {
        Fields fields = new Fields().present("present", present == null || present.isEmpty() ? null : present);
        Person.checkPassword(fields, "password", password, actor.email().value());
        var refusal = fields.refusal();
        if (refusal.isPresent() || password == null) {
            return Outcome.refused(refusal.orElseThrow());
        }
        // As a sign-in, so that guessing here is slowed down as well.
        if (signIn(actor.email().value(), present) instanceof Outcome.Refused<Person>(Refusal refused)) {
            return Outcome.refused(
                    refused.kind() == Refusal.Kind.TOO_MANY
                            ? refused
                            : new Fields()
                                    .rule("present", false, "wrong-password")
                                    .refusal()
                                    .orElseThrow());
        }
        table.updatePassword(actor.person(), java.util.Objects.requireNonNull(passwords.encode(password)));
        audit.record(actor, "person.password-changed", "person", actor.person(), Map.of());
        sessions.endOthers(actor.person(), keptSession);
        return Outcome.done(get(actor.person()));
    }

    @Transactional
    void speak(Actor actor, Locale language) {
        table.updateLanguage(actor.person(), language);
    }

    private String nobodysHash() {
        String known = nobodysHash;
        if (known == null) {
            known = java.util.Objects.requireNonNull(passwords.encode("nobody has this password"));
            nobodysHash = known;
        }
        return known;
    }

    Person get(PersonId id) {
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

    /** The person with this address, where there is one. */
    public Optional<Summary> find(EmailAddress email) {
        return table.find(email).map(People::summary);
    }

    /** Those who hold a role at the centre. */
    public List<PersonId> withRole(CentreRole role) {
        return roles.listHolders(role);
    }

    private static Summary summary(Person person) {
        return new Summary(person.id(), person.name(), person.email(), person.language());
    }
}
